/** No option is read and forgotten: each of them changes what the engine is told, or how the run is reported. */

import { expect, test } from 'vitest';

import { dumpCommand, parseDumpArguments } from '../../../src/cli/dump-arguments.ts';
import { publicOptions } from '../../../src/cli/help.ts';
import { loadCommand, parseLoadArguments } from '../../../src/cli/load-arguments.ts';
import { PLAIN, withFiles } from './surroundings.ts';

const FILES = {
  ...withFiles({ 'a.cnf': '[client]\nuser=x\n', 'omit.txt': 'a.b\n', 'password.txt': 'secret\n' }),
  outputOf: () => 'secret\n',
};

/** Of options that need others, or values that cannot be guessed: a command line without them, and with. */
const PAIRS: Readonly<Record<string, readonly [without: readonly string[], rest: readonly string[]]>> = {
  outputdir: [
    ['-o', 'x'],
    ['--outputdir', 'y'],
  ],
  directory: [
    ['-d', 'x'],
    ['--directory', 'y'],
  ],
  protocol: [
    ['-d', 'x', '-S', 's'],
    ['--protocol', 'tcp'],
  ],
  cert: [
    ['-d', 'x', '--ssl'],
    ['--cert', 'c', '--key', 'k'],
  ],
  key: [
    ['-d', 'x', '--ssl'],
    ['--cert', 'c', '--key', 'k'],
  ],
  url: [
    ['-d', 'x'],
    ['--url', 'mysql://me@there/'],
  ],
  'tls-version': [
    ['-d', 'x'],
    ['--tls-version', 'TLSv1.3'],
  ],
  'ssl-mode': [
    ['-d', 'x'],
    ['--ssl-mode', 'VERIFY_CA'],
  ],
  'password-file': [
    ['-d', 'x'],
    ['--password-file', 'password.txt'],
  ],
  'omit-from-file': [
    ['-d', 'x'],
    ['--omit-from-file', 'omit.txt'],
  ],
  'defaults-file': [
    ['-d', 'x'],
    ['--defaults-file', 'a.cnf'],
  ],
  'defaults-extra-file': [
    ['-d', 'x'],
    ['--defaults-extra-file', 'a.cnf'],
  ],
  'compress-level': [
    ['-d', 'x', '-c'],
    ['--compress-level', '3'],
  ],
  exec: [
    ['-d', 'x'],
    ['--exec', '/bin/cp FILENAME'],
  ],
  'exec-threads': [
    ['-d', 'x', '--exec', '/bin/cp FILENAME'],
    ['--exec-threads', '3'],
  ],
  'exec-per-thread': [
    ['-d', 'x'],
    ['--exec-per-thread', '/bin/cat', '--exec-per-thread-extension', '.x'],
  ],
  'exec-per-thread-extension': [
    ['-d', 'x'],
    ['--exec-per-thread', '/bin/cat', '--exec-per-thread-extension', '.x'],
  ],
  'fields-terminated-by': [
    ['-d', 'x', '--csv'],
    ['--fields-terminated-by', ';'],
  ],
  'fields-enclosed-by': [
    ['-d', 'x', '--csv'],
    ['--fields-enclosed-by', '|'],
  ],
  'fields-escaped-by': [
    ['-d', 'x', '--csv'],
    ['--fields-escaped-by', '|'],
  ],
  'lines-starting-by': [
    ['-d', 'x', '--csv'],
    ['--lines-starting-by', '|'],
  ],
  'lines-terminated-by': [
    ['-d', 'x', '--csv'],
    ['--lines-terminated-by', '|'],
  ],
  'include-header': [['-d', 'x', '--csv'], ['--include-header']],
  'replace-definer': [
    ['-d', 'x'],
    ['--replace-definer', 'a@b'],
  ],
  'drop-table': [['-d', 'x'], ['--drop-table=SKIP']],
  'optimize-keys': [['-d', 'x'], ['--optimize-keys=SKIP']],
  'tables-list': [
    ['-d', 'x'],
    ['--tables-list', 'a.b'],
  ],
  throttle: [
    ['-d', 'x'],
    ['--throttle', 'Threads_running=5'],
  ],
  'trx-tables': [['-d', 'x'], ['--trx-tables']],
};

/** They end in a text, or in a question. */
const TEXTS = new Set(['help', 'version', 'completion', 'print-config', 'login-path', 'no-defaults']);

const PROGRAMS = [
  ['tsdump', publicOptions(dumpCommand(PLAIN)), parseDumpArguments],
  ['tsload', publicOptions(loadCommand(PLAIN)), parseLoadArguments],
] as const;

for (const [program, options, parse] of PROGRAMS) {
  const names = options.map(({ long }) => long?.slice(2) ?? '').filter((name) => !TEXTS.has(name));
  test.each(names)(`${program} --%s`, (name) => {
    const made = options.find(({ long }) => long === `--${name}`);
    const [without, rest] = PAIRS[name] ?? [
      ['-d', 'x'],
      made?.required === true ? [`--${name}`, made.argChoices?.at(-1) ?? '7'] : [`--${name}`],
    ];
    const told = (argv: readonly string[]) => parse(argv, FILES);
    expect(told([...without, ...rest])).not.toEqual(told(without));
  });
}
