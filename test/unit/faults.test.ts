/** The list of faults names tests that there are. */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

const TESTS = new URL('../../../test/', import.meta.url);
const LIST = readFileSync(new URL('faults/README.md', TESTS), 'utf8');
const LINE = /^\| .* \| .* \| `([\w/-]+)`: (.*) \|$/gm;

const listed = [...LIST.matchAll(LINE)].map(([, file = '', name = '']) => ({ file, name }));

test.each(listed)('$file: $name', ({ file, name }) => {
  const path = new URL(`${file}.test.ts`, TESTS);
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, 'utf8')).toContain(name);
});

test('every line has its test, and every file beside the list is in it', () => {
  const lines = LIST.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| fault |'));
  expect(listed).toHaveLength(lines.length);
  const files = readdirSync(new URL('faults/', TESTS)).filter((name) => name.endsWith('.test.ts'));
  const unlisted = files.filter((name) => !LIST.includes(`\`faults/${name.replace('.test.ts', '')}\``));
  expect(unlisted).toEqual(['secrets.test.ts']);
});
