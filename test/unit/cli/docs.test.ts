/** Every command line that docs/ shows is one that the programs understand. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { parseDumpArguments } from '../../../src/cli/dump-arguments.ts';
import { parseLoadArguments } from '../../../src/cli/load-arguments.ts';
import { PLAIN } from './surroundings.ts';

const DOCS = fileURLToPath(new URL('../../../../docs/', import.meta.url));

/** Indented lines of Markdown, behind cron's five fields and user, and ExecStart= of units. */
const LINE = /^(?: {4}|ExecStart=\/usr\/bin\/env )(?:\S+ \S+ \* \* \* +\w+ +)?(ts(?:dump|load)) +(-.*)$/gm;

const shown = [DOCS, join(DOCS, 'examples')].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(?:md|service)$/.test(name) && name !== 'OPTIONS.md')
    .flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(LINE)].map(([, program = '', rest = '']) => ({
        name,
        program,
        argv: (rest.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", '')),
      })),
    ),
);

/** Files that a line names are there, and empty. */
const reading = { ...PLAIN, readFile: () => '', findFile: () => '' };

test.each(shown)('$name: $program $argv', ({ program, argv }) => {
  const request = program === 'tsdump' ? parseDumpArguments(argv, reading) : parseLoadArguments(argv, reading);
  expect(request.kind === 'print' || request.notices.length === 0).toBe(true);
});

test('there are command lines to look at, and the CronJob has the same', () => {
  expect(shown.length).toBeGreaterThan(10);
  const yaml = readFileSync(join(DOCS, 'examples', 'cronjob.yaml'), 'utf8');
  const argv = [...yaml.matchAll(/^ +- (--.*)$/gm)].map(([, word = '']) => word);
  expect(parseDumpArguments(argv, reading)).toMatchObject({
    kind: 'run',
    upkeep: { snapshots: { count: 7 } },
    notices: [],
  });
});
