/** docs/OPTIONS.md is true, and no option goes untried. `npm run docs` writes the page anew. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { dumpCommand } from '../../../src/cli/dump-arguments.ts';
import { publicOptions } from '../../../src/cli/help.ts';
import { loadCommand } from '../../../src/cli/load-arguments.ts';
import { EFFECTS } from './option-effects.ts';
import { optionsPage } from './options-page.ts';
import type { PeerOptions } from './options-page.ts';
import { PLAIN } from './surroundings.ts';

const ROOT = new URL('../../../../', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(name, ROOT));

const peer = JSON.parse(readFileSync(pathOf('test/data/mydumper-1.0.1-options.json'), 'utf8')) as PeerOptions;

const page = pathOf('docs/OPTIONS.md');
const commands = [dumpCommand(PLAIN), loadCommand(PLAIN)] as const;

if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, optionsPage(...commands, peer));

/** The lines of its tables, by heading and option. */
function linesOf(text: string): Map<string, string> {
  const lines = new Map<string, string>();
  let heading = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('## ')) heading = line.slice(3);
    const option = /^\| `([^`]*)`/.exec(line)?.[1];
    if (option !== undefined) lines.set(`${heading}: ${option}`, line);
  }
  return lines;
}

test("docs/OPTIONS.md has every option of mydumper's, and promises nothing that is not there (npm run docs)", () => {
  const written = linesOf(readFileSync(page, 'utf8'));
  const found = linesOf(optionsPage(...commands, peer));
  // What was refused and is carried since is no lie, only late.
  const isLate = (line = ''): boolean => /\*\*(?:refused|nothing)\*\*/.test(line);
  for (const [option, line] of found) {
    if (option.startsWith('Only in')) continue;
    expect(written.get(option), option).toBeDefined();
    if (!isLate(written.get(option)) || isLate(line)) expect(written.get(option)).toBe(line);
  }
  expect([...found.keys()]).toEqual(expect.arrayContaining([...written.keys()]));
});

test('every option on the page has a test that shows its effect', () => {
  const text = readFileSync(page, 'utf8');
  const options = commands.flatMap(publicOptions).filter(({ long }) => new RegExp(`${long}\\b(?!-)`).test(text));
  for (const name of new Set(options.map(({ long }) => long?.slice(2) ?? ''))) {
    if (!(name in EFFECTS) && isLateName(text, name)) continue;
    const [file, word] = EFFECTS[name] ?? [];
    expect(file, `--${name}: where is its effect tried? say so in option-effects.ts`).toBeDefined();
    const path = pathOf(`test/${file}.test.ts`);
    expect(existsSync(path), `--${name}: ${path}`).toBe(true);
    expect(readFileSync(path, 'utf8'), `--${name}: ${file}`).toContain(word);
  }
});

/** On the page as one that is not carried. */
function isLateName(text: string, name: string): boolean {
  return new RegExp(`^\\| \`(?:-\\w, )?--${name}\` \\| \\*\\*(?:refused|nothing)`, 'm').test(text);
}
