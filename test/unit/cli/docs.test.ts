/** Every command line that docs/ shows is one that the programs understand. */

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { parseDumpArguments } from '../../../src/cli/dump-arguments.ts';
import { parseLoadArguments } from '../../../src/cli/load-arguments.ts';
import { findProgram, succeeds } from '../../support/servers/command.ts';
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

const UNITS = readdirSync(join(DOCS, 'examples')).filter((name) => /\.(?:service|timer)$/.test(name));

test.runIf(findProgram('systemd-analyze') !== undefined)('systemd has nothing to say about the units', () => {
  expect(UNITS).toHaveLength(3);
  const paths = UNITS.map((name) => join(DOCS, 'examples', name));
  expect(execFileSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' })).toBe('');
});

test.runIf(await succeeds(['python3', '-c', 'import yaml'], 60_000))('a YAML parser reads the CronJob', () => {
  const program = 'import json, sys, yaml; print(json.dumps([each["kind"] for each in yaml.safe_load_all(sys.stdin)]))';
  const input = readFileSync(join(DOCS, 'examples', 'cronjob.yaml'));
  const kinds: unknown = JSON.parse(execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }));
  expect(kinds).toEqual(['Secret', 'PersistentVolumeClaim', 'CronJob']);
});
