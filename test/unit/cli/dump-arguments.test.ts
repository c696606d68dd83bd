import { expect, test } from 'vitest';

import { parseDumpArguments } from '../../../src/cli/dump-arguments.ts';
import { DEFAULT_LOCK } from '../../../src/index.ts';
import { PLAIN, withFiles } from './surroundings.ts';

function run(...argv: string[]) {
  const request = parseDumpArguments(argv, PLAIN);
  if (request.kind !== 'run') throw new Error('not a run');
  return request;
}

const options = (...argv: string[]) => run('-d', 'x', ...argv).options;

test('the defaults are those of mydumper', () => {
  const { connection: _, ...rest } = options();
  expect(rest).toEqual({
    directory: 'x',
    clearsDirectory: false,
    resume: false,
    threads: 4,
    databases: [],
    tables: [],
    regex: [],
    omit: [],
    tableRules: [],
    codec: 'none',
    compressLevel: undefined,
    withSchemas: true,
    withData: true,
    withTriggers: false,
    withRoutines: false,
    withEvents: false,
    withViews: true,
    withUsers: false,
    rowsPerChunk: undefined,
    maxThreadsPerTable: undefined,
    splitPartitions: false,
    maxFileBytes: undefined,
    maxStatementBytes: 1_000_000,
    completeInsert: false,
    lock: DEFAULT_LOCK,
  });
});

test.each([
  ['-N', 'IGNORE'],
  ['--insert-ignore', 'IGNORE'],
  ['--replace', 'REPLACE'],
])('%s is what the statements say of rows that are there already', (word, duplicates) => {
  expect(run('-d', 'x', word).options.duplicates).toBe(duplicates);
  expect(() => run('-d', 'x', '--replace', '-N')).toThrow('--insert-ignore and --replace exclude each other');
});

test.each([
  ['--throttle=Threads_running=25', { variable: 'Threads_running', limit: 25 }],
  ['--throttle=max:Threads_connected=9', { variable: 'Threads_connected', limit: 9 }],
  ['--throttle', { variable: 'Threads_running', limit: 12 }],
])('%s', (word, throttle) => {
  expect(run('-d', 'x', '-t', '6', word).options.throttle).toEqual(throttle);
  expect(() => run('-d', 'x', '--throttle=often')).toThrow('--throttle: "often" is not allowed');
});

test.each([
  ['500', 500],
  ['100:2000', 2000],
  ['100:2000:90000', 2000],
  ['1000:0:0', undefined],
])("--rows %s aims at %s rows: of mydumper's three numbers the second", (text, rows) => {
  expect(run('-d', 'x', '-r', text).options.rowsPerChunk).toBe(rows);
});

test.each(['1:2:3:4', ':5', '5:', 'a:1', '-5'])('--rows %s is refused', (text) => {
  expect(() => run('-d', 'x', `--rows=${text}`)).toThrow(/--rows: ".*" is not allowed/);
});

test('--directory and --outputdir are the same thing', () => {
  expect(run('-o', 'here').options.directory).toBe('here');
  expect(run('--outputdir=here', '-d', 'here').options.directory).toBe('here');
  expect(() => run('-o', 'here', '-d', 'there')).toThrow(/differ/);
  expect(() => run()).toThrow(/--directory DIR/);
});

test("mydumper's -d, a flag there, does not take the next option for a directory", () => {
  expect(() => run('-d', '-o', 'x')).toThrow(
    '--directory: "-o" is not a directory name (to leave out the rows, say --no-data)',
  );
});

test.each([
  [['-c'], 'zstd'],
  [['--compress'], 'zstd'],
  [['-c', '-G'], 'zstd'],
  [['-czstd'], 'zstd'],
  [['-c', 'gzip'], 'gzip'],
  [['--compress=GZIP'], 'gzip'],
  [['--compress', 'ZSTD'], 'zstd'],
])('%j compresses with %s', (argv, codec) => {
  expect(options(...argv).codec).toBe(codec);
});

test('flags can be bundled and turn things on and off', () => {
  expect(options('-mWGRE', '--no-data')).toMatchObject({
    withSchemas: false,
    withData: false,
    withViews: false,
    withTriggers: true,
    withRoutines: true,
    withEvents: true,
  });
  expect(options('--users').withUsers).toBe(true);
});

test('lists are split at commas and add up', () => {
  expect(options('-B', 'a,b', '--database=c').databases).toEqual(['a', 'b', 'c']);
  expect(options('-T', 'a.x, a.y%', '-T', 'b.z').tables).toEqual(['a.x', 'a.y%', 'b.z']);
});

test('patterns add up, and one that JavaScript would read otherwise than PCRE2 is refused', () => {
  expect(options('-x', '^a', '--regex=b,c').regex).toEqual(['^a', 'b,c']);
  expect(() => options('-x', '(')).toThrow('--regex: cannot take "(": ');
  expect(() => options('-x', String.raw`\Ashop`)).toThrow(/--regex: cannot take .*no escape/);
});

test('the other filters', () => {
  const given = ['-i', 'MyISAM,MEMORY', '--where', 'id > 5', '--partition-regex', '^p1', '-U', '7'];
  expect(options(...given)).toMatchObject({
    ignoreEngines: ['MyISAM', 'MEMORY'],
    where: 'id > 5',
    partitionRegex: '^p1',
    updatedSinceDays: 7,
  });
  expect(options('-U', '7d').updatedSinceDays).toBe(7);
  expect(() => options('--where', 'a', '--where', 'b')).toThrow('--where was given more than once');
});

test('files of names and of table sections are read', () => {
  const files = withFiles({
    'omit.txt': 'shop.log\r\n\n# not these\nbank\n',
    'a.cnf': '[client]\nuser=x\n[`shop`.`orders`]\nlimit=1\n',
    'b.cnf': '[`shop`.`orders`]\nlimit=2\n',
  });
  const argv = ['-d', 'x', '-O', 'omit.txt', '--defaults-file', 'a.cnf', '--defaults-extra-file', 'b.cnf'];
  const request = parseDumpArguments(argv, files);
  expect(request).toMatchObject({
    options: {
      omit: ['shop.log', 'bank'],
      connection: { user: 'x' },
      tableRules: [{ settings: { limit: 1 } }, { settings: { limit: 2 } }],
    },
    notices: [],
  });
  expect(() => options('-O', 'absent.txt')).toThrow('there is no file absent.txt');
});

test('0 threads is one a core', () => {
  expect(options('-t', '0').threads).toBe(6);
});

test('sizes have units', () => {
  expect(options('-F', '64').maxFileBytes).toBe(64 * 1024 ** 2);
  expect(options('-F', '1G').maxFileBytes).toBe(1024 ** 3);
  expect(options('-F', '0').maxFileBytes).toBeUndefined();
  expect(options('-s', '2m').maxStatementBytes).toBe(2 * 1024 ** 2);
  expect(options('-s', '500').maxStatementBytes).toBe(500);
});

test.each([
  [[], 2, 3],
  [['-v'], 3, 3],
  [['-vv'], 4, 4],
  [['-vvv'], 4, 4],
  [['-v', '-v'], 4, 4],
  [['-v', '0'], 0, 0],
  [['-v3'], 3, 3],
  [['--verbose=1'], 1, 1],
] as const)('%j is level %i on the terminal and %i in a log file', (argv, terminalLevel, fileLevel) => {
  expect(run('-d', 'x', ...argv).report).toMatchObject({ terminalLevel, fileLevel, logfile: undefined });
});

test.each([
  [['--thread', '3'], 'unknown option --thread (did you mean --threads?)'],
  [['--tables_list=a.b'], 'unknown option --tables_list (did you mean --tables-list?)'],
  [['--comp'], 'unknown option --comp (did you mean --compress?)'],
  [['--frobnicate'], 'unknown option --frobnicate'],
  [['-Z'], 'unknown option -Z'],
  [['-t', '-3'], '--threads: "-3" is not allowed; give a whole number from 0 to 1024 (0: one a core)'],
  [['-t', '1e3'], '--threads: "1e3" is not allowed; give a whole number from 0 to 1024 (0: one a core)'],
  [['-t'], '--threads needs a value'],
  [['-r', '0'], '--rows: "0" is not allowed; give a whole number from 1 to 1000000000000000'],
  [
    ['-s', '1.5M'],
    '--statement-size: "1.5M" is not allowed; give a size of 1 to 1073741824 bytes, or with a unit, as 64M or 1G',
  ],
  [
    ['-F', '-1'],
    '--chunk-filesize: "-1" is not allowed; give a size of 0 to 1048576 MB, or with a unit, as 64M or 1G (0: off)',
  ],
  [['-c', 'lz4'], '--compress: "lz4" is not allowed; give one of zstd, gzip'],
  [['--compress-level', '3'], '--compress-level needs --compress'],
  [['-cgzip', '--compress-level', '19'], '--compress-level: "19" is not allowed; gzip knows 1 to 9'],
  [['-B', 'a,,b'], '--database: "a,,b" is not allowed; give names separated by commas, without an empty one'],
  [
    ['-T', 'a.b,nonsense'],
    '--tables-list: "nonsense" is not allowed; give database.table entries, separated by commas; % and _ match any',
  ],
  [['-v', '99'], /^--verbose: "99" is not allowed; give a whole number from 0 to 4 \(0 silent/],
  [['shop'], 'unexpected argument: shop'],
] as const)('%j is refused, saying what is allowed', (argv, message) => {
  expect(() => options(...argv)).toThrow(expect.objectContaining({ code: 'USAGE', exitCode: 2 }));
  expect(() => options(...argv)).toThrow(message);
});

test('help fits in 80 columns and has every option under a heading', () => {
  const request = parseDumpArguments(['--help=all'], PLAIN);
  const text = request.kind === 'print' ? request.text : '';
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  const headings = text.split('\n').filter((line) => /^[A-Z].*:$/.test(line));
  expect(headings).toEqual([
    'Where to:',
    'Connection:',
    'What to dump:',
    'How:',
    'What rows look like:',
    'One point in time:',
    'Option files:',
    'Output:',
    'Examples:',
  ]);
});

test('-? is help too, and wins over what is missing', () => {
  expect(parseDumpArguments(['-?'], PLAIN).kind).toBe('print');
  expect(parseDumpArguments(['-V'], PLAIN)).toEqual({ kind: 'print', text: 'tsdump 9.9.9\n' });
});
