/** What rows look like in files. */

import { expect, test } from 'vitest';

import { parseDumpArguments } from '../../../../src/cli/dump-arguments.ts';
import { CSV_SEPARATORS, LOAD_DATA_SEPARATORS } from '../../../../src/format/load-data.ts';
import type { DumpOptions } from '../../../../src/index.ts';
import { PLAIN } from '../surroundings.ts';

function run(...argv: string[]): { readonly options: DumpOptions; readonly notices: readonly string[] } {
  const request = parseDumpArguments(['-d', 'x', ...argv], PLAIN);
  if (request.kind !== 'run') throw new Error('no run');
  return request;
}

test('rows are INSERT statements unless another format is asked for', () => {
  expect(run().options.bareRows).toBeUndefined();
  expect(run('--format', 'insert').options.bareRows).toBeUndefined();
  expect(run('--format=LOAD_DATA').options.bareRows).toEqual({ separators: LOAD_DATA_SEPARATORS, withHeader: false });
  expect(run('--format=csv').options.bareRows).toEqual({ separators: CSV_SEPARATORS, withHeader: false });
});

test.each([
  ['--load-data', LOAD_DATA_SEPARATORS, '--load-data is an old name: use --format=LOAD_DATA'],
  ['--csv', CSV_SEPARATORS, '--csv is an old name: use --format=CSV'],
])('%s still means what it did, with a notice', (option, separators, notice) => {
  expect(run(option).options.bareRows?.separators).toEqual(separators);
  expect(run(option).notices).toContain(notice);
});

test('separators are given as they are or escaped, and the others stay', () => {
  const argv = [
    '--fields-terminated-by=;',
    '--lines-terminated-by=\\r\\n',
    '--fields-enclosed-by=',
    '--include-header',
  ];
  expect(run('--format=CSV', ...argv).options.bareRows).toEqual({
    separators: { ...CSV_SEPARATORS, fieldsTerminatedBy: ';', fieldsEnclosedBy: '', linesTerminatedBy: '\r\n' },
    withHeader: true,
  });
  expect(run('--format=CSV', '--fields-terminated-by=\t').options.bareRows?.separators.fieldsTerminatedBy).toBe('\t');
  expect(run('--csv', '--fields-escaped-by=\\').options.bareRows?.separators.fieldsEscapedBy).toBe('\\');
  expect(run('--csv', '--fields-escaped-by=\\\\').options.bareRows?.separators.fieldsEscapedBy).toBe('\\');
});

test.each([
  [['--format=XML'], '--format: "XML" is not allowed; give one of INSERT, LOAD_DATA, CSV'],
  [['--format=INSERT', '--csv'], 'INSERT and CSV contradict each other: use --format alone'],
  [['--include-header'], '--include-header: only for --format=LOAD_DATA or CSV'],
  [['--fields-enclosed-by=x'], '--fields-enclosed-by: only for --format=LOAD_DATA or CSV'],
  [['--csv', '--fields-terminated-by='], /^--fields-terminated-by: "" is not allowed/],
  [['--csv', '--fields-terminated-by=n'], /^--fields-terminated-by: "n" is not allowed/],
  [['--csv', '--fields-terminated-by=-'], /^--fields-terminated-by: "-" is not allowed/],
  [['--csv', '--fields-terminated-by=é'], /^--fields-terminated-by: "é" is not allowed/],
  [['--csv', '--fields-enclosed-by=""'], /^--fields-enclosed-by: /],
  [['--csv', '--fields-escaped-by='], /^--fields-escaped-by: "" is not allowed; give one punctuation mark/],
  [['--csv', '--lines-terminated-by=12345'], /^--lines-terminated-by: /],
  [['--csv', '--lines-terminated-by=,'], /must each begin with another character$/],
  [['--csv', '--fields-escaped-by="'], /must each begin with another character$/],
])('%j is refused: LOAD DATA could not tell it from values', (argv, message) => {
  expect(() => run(...argv)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(() => run(...argv)).toThrow(message);
});
