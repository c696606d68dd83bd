/** What --exec and --exec-per-thread name has to be runnable as it stands, for no shell makes anything of it. */

import { expect, test } from 'vitest';

import { parseDumpArguments } from '../../../../src/cli/dump-arguments.ts';
import { parseLoadArguments } from '../../../../src/cli/load-arguments.ts';
import { PLAIN } from '../surroundings.ts';

const NODE = process.execPath;

function options(...argv: string[]) {
  const request = parseDumpArguments(['-d', 'x', ...argv], PLAIN);
  if (request.kind !== 'run') throw new Error('not a run');
  return request.options;
}

test('words are split at blanks, quotes keep them together', () => {
  const command = [NODE, '--title', 'a name', '$HOME;'];
  expect(
    options('--exec-per-thread', `${NODE} --title "a name" $HOME;`, '--exec-per-thread-extension', '.enc'),
  ).toMatchObject({ codec: { program: command, extension: '.enc' } });
  expect(options('--exec', `${NODE} FILENAME`, '--exec-threads', '2').hook).toEqual({
    command: [NODE, 'FILENAME'],
    parallel: 2,
  });
});

test.each([
  [['--exec', 'gzip FILENAME'], 'needs its whole path'],
  [['--exec', `${NODE} file`], 'has no FILENAME'],
  [['--exec', '/nowhere/gzip FILENAME'], '/nowhere/gzip cannot be run'],
  [['--exec-threads', '2'], '--exec-threads needs --exec'],
  [['--exec-per-thread', NODE], 'needs --exec-per-thread-extension'],
  [['--exec-per-thread-extension', '.gz'], 'needs --exec-per-thread'],
  [['--exec-per-thread', NODE, '--exec-per-thread-extension', '.sql'], '".sql" is not allowed'],
  [['--exec-per-thread', NODE, '--exec-per-thread-extension', '.x', '-c'], 'exclude each other'],
])('%j is refused', (argv, message) => {
  expect(() => options(...argv)).toThrow(message);
});

test('tsload reads through one, and --enable-binlog has the load written to the binlog', () => {
  const argv = ['-d', 'x', '-e', '--exec-per-thread', `${NODE} -d`, '--exec-per-thread-extension', '.x'];
  const request = parseLoadArguments(argv, PLAIN);
  expect(request).toMatchObject({ options: { program: { program: [NODE, '-d'] }, writesBinlog: true } });
});
