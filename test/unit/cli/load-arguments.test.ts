import { expect, test } from 'vitest';

import { parseLoadArguments } from '../../../src/cli/load-arguments.ts';
import { PLAIN } from './surroundings.ts';

function run(...argv: string[]) {
  const request = parseLoadArguments(['-d', 'x', ...argv], PLAIN);
  if (request.kind !== 'run') throw new Error('not a run');
  return request;
}

test('--database is one database', () => {
  expect(() => run('--database', 'a,b')).toThrow('--database: "a,b" is more than one name');
});

test('the second phase empties tables, and neither drops nor skips them', () => {
  expect(run('--no-schemas', '-oTRUNCATE').options).toMatchObject({ withSchemas: false, dropTable: 'TRUNCATE' });
  for (const mode of ['-o', '-oSKIP', '--overwrite-tables']) {
    expect(() => run('--no-schemas', mode)).toThrow(/^--drop-table=(DROP|SKIP) and --no-schemas exclude each other/);
  }
});

test('--drop-database drops tables too, and is refused where not all of it would be created again', () => {
  expect(run('--drop-database').options).toMatchObject({ dropTable: 'DROP', dropsDatabases: true });
  for (const other of [['-T', 'a.b'], ['-x', 'a'], ['--no-schemas'], ['--skip-create-table'], ['-oSKIP']]) {
    expect(() => run('--drop-database', ...other)).toThrow('--drop-database and --');
  }
});

test('the defaults are those of myloader', () => {
  const { connection: _, ...rest } = run().options;
  expect(rest).toEqual({
    directory: 'x',
    threads: 4,
    sourceDatabase: undefined,
    targetDatabase: undefined,
    tables: [],
    regex: [],
    omit: [],
    tableRules: [],
    without: new Set(),
    dropTable: 'FAIL',
    dropsDatabases: false,
    withSchemas: true,
    withData: true,
    withUsers: false,
    optimizeKeys: 'AUTO',
    isVerified: false,
    loadMethod: 'auto',
    resume: false,
    trustDump: false,
    statementsPerTransaction: 1000,
  });
});

test('what of the dump is loaded', () => {
  const given = ['-T', 'a.x,a.y%', '-x', '^a', '-x', '^b', '--skip-triggers', '--skip-post', '--skip-create-database'];
  expect(run(...given).options).toMatchObject({
    tables: ['a.x', 'a.y%'],
    regex: ['^a', '^b'],
    without: new Set(['databases', 'triggers', 'routines']),
  });
  expect(run('--skip-create-table', '--skip-constraints', '--no-triggers').options.without).toEqual(
    new Set(['tables', 'foreign keys', 'triggers']),
  );
  expect(() => run('-x', 'a++')).toThrow('--regex: cannot take "a++"');
});

test('how many connections load, and how many of them one table', () => {
  expect(run('-t', '16', '--max-threads-per-table', '2').options).toMatchObject({ threads: 16, maxThreadsPerTable: 2 });
  expect(() => run('--max-threads-per-table', '0')).toThrow('--max-threads-per-table');
});

test('what to load and where', () => {
  expect(run('-s', 'shop', '-B', 'shop_test', '--no-data', '--no-schemas', '-q', '50').options).toMatchObject({
    sourceDatabase: 'shop',
    targetDatabase: 'shop_test',
    withData: false,
    withSchemas: false,
    statementsPerTransaction: 50,
  });
});

test.each([
  [['-o'], 'DROP'],
  [['--drop-table'], 'DROP'],
  [['-o', '-t', '2'], 'DROP'],
  [['-oTRUNCATE'], 'TRUNCATE'],
  [['-odelete'], 'DELETE'],
  [['--drop-table=SKIP'], 'SKIP'],
  [['--drop-table=none'], 'NONE'],
])('%j drops tables as %s', (argv, dropTable) => {
  expect(run(...argv).options.dropTable).toBe(dropTable);
});

test('the mode of --drop-table is attached; the next argument is not it', () => {
  expect(() => run('-o', 'TRUNCATE')).toThrow('unexpected argument: TRUNCATE');
});

test.each([
  [['--overwrite-tables'], 'DROP', ['--overwrite-tables is an old name: use --drop-table']],
  [['--purge-mode', 'TRUNCATE'], 'TRUNCATE', ['--purge-mode is an old name: use --drop-table=TRUNCATE']],
  [
    ['--overwrite-tables', '--purge-mode=DELETE'],
    'DELETE',
    ['--overwrite-tables is an old name: use --drop-table', '--purge-mode is an old name: use --drop-table=DELETE'],
  ],
])('old names are understood, with a notice: %j', (argv, dropTable, notices) => {
  const request = run(...argv);
  expect(request.options.dropTable).toBe(dropTable);
  expect(request.notices).toEqual(notices);
});

test('errors to be ignored', () => {
  expect(run('--ignore-errors=1062, 1452').options.ignoreErrors).toEqual([1062, 1452]);
  expect(() => run('--ignore-errors', '1062;1452')).toThrow('--ignore-errors: "1062;1452" is not allowed; give error');
});

test('--no-schema is --no-schemas', () => {
  expect(run('--no-schema')).toMatchObject({
    options: { withSchemas: false },
    notices: ['--no-schema is an old name: use --no-schemas'],
  });
});

test.each([
  [['-o=BURN'], '--drop-table: "=BURN" is not allowed; give one of FAIL, NONE, DROP, TRUNCATE, DELETE, SKIP'],
  [['--drop-table=SKIP', '--purge-mode=DELETE'], /differ: use --drop-table alone/],
  [['-q', '0'], /^--queries-per-transaction: "0" is not allowed; give a whole number from 1/],
  [['-B', ''], '--database: "" is not allowed; give a name'],
  [['--drop-tabel=SKIP'], 'unknown option --drop-tabel (did you mean --drop-table?)'],
])('%j is refused', (argv, message) => {
  expect(() => run(...argv)).toThrow(message);
});

test('a directory is needed, and help fits in 80 columns', () => {
  expect(() => parseLoadArguments([], PLAIN)).toThrow(/--directory DIR/);
  const help = parseLoadArguments(['--help=all'], PLAIN);
  const text = help.kind === 'print' ? help.text : '';
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text).not.toContain('--purge-mode');
});

test.each([
  [['--optimize-keys'], 'AFTER_IMPORT_PER_TABLE'],
  [['--optimize-keys=skip'], 'SKIP'],
  [['--optimize-keys=AFTER_IMPORT_ALL_TABLES', '-o'], 'AFTER_IMPORT_ALL_TABLES'],
  [['--innodb-optimize-keys'], 'AFTER_IMPORT_PER_TABLE'],
] as const)('%j: keys are built %s', (given, optimizeKeys) => {
  expect(run(...given).options).toMatchObject({ optimizeKeys });
  expect(run(...given).notices.length).toBe(given[0].startsWith('--innodb') ? 1 : 0);
  expect(() => run('--optimize-keys=NEVER')).toThrow('--optimize-keys');
});
