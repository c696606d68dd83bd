/** Option files, the environment, login paths and URLs → what a run is told. */

import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';

import type { Surroundings } from '../../../../src/cli/command.ts';
import { parseDumpArguments } from '../../../../src/cli/dump-arguments.ts';
import { parseLoadArguments } from '../../../../src/cli/load-arguments.ts';
import { serverKind } from '../../../../src/cli/sources/server-kind.ts';
import { withFiles } from '../surroundings.ts';
import { SHIPPED } from './shipped.ts';

function dumping(
  files: Record<string, string>,
  argv: readonly string[] = ['-d', 'x'],
  more: Partial<Surroundings> = {},
) {
  const request = parseDumpArguments(argv, { ...withFiles(files), ...more });
  if (request.kind !== 'run') throw new Error(request.text);
  return request;
}

const options = (...given: Parameters<typeof dumping>) => dumping(...given).options;
const connection = (...given: Parameters<typeof dumping>) => options(...given).connection;

test('options stand in [tsdump] or [mydumper] as on the command line, without the dashes', () => {
  const file =
    '[mydumper]\ntriggers\nroutines=1\nthreads = 7\nno_data\ncompress=GZIP\n[tsdump]\nevents=on\n[myloader]\nthreads=9\n[client]\ncompress';
  expect(options({ '/etc/mydumper.cnf': file })).toMatchObject({
    withTriggers: true,
    withRoutines: true,
    withEvents: true,
    withData: false,
    threads: 7,
    codec: 'gzip',
    connection: { compress: true },
  });
});

test('a flag that is said to be 0 is off, also where a file before it said 1', () => {
  const files = {
    '/etc/mydumper.cnf': '[mydumper]\nno-data=0\ntriggers=1\n',
    '/home/me/.my.cnf': '[tsdump]\ntriggers=0\n',
  };
  expect(options(files)).toMatchObject({ withData: true, withTriggers: false });
});

test('what wins: command line, login path, later files, more particular groups, the environment, the default', () => {
  const files = {
    '/etc/my.cnf': '[tsdump]\nuser=own\n[client]\nuser=all\nhost=h\nport=1\n[mydumper]\nuser=peer\n',
    '/etc/mydumper.cnf': '[mydumper]\nport=2\n',
    '/home/me/.my.cnf': '[client]\nport=3\nhost=home\n',
  };
  const environment = { MYSQL_HOST: 'e', MYSQL_TCP_PORT: '9', MYSQL_PWD: 'pw' };
  expect(connection(files, undefined, { environment })).toMatchObject({
    user: 'own',
    host: 'home',
    port: 3,
    password: 'pw',
  });
  expect(connection(files, ['-d', 'x', '-P', '4'])).toMatchObject({ port: 4, host: 'home' });
  expect(connection({}, ['-d', 'x'], { environment })).toMatchObject({ user: 'me', host: 'e', port: 9 });
});

test('--defaults-file replaces the usual files, --defaults-extra-file adds to them, --no-defaults reads none', () => {
  const files = {
    '/etc/mydumper.cnf': '[mydumper]\nthreads=2\nrows=5\n',
    'mine.cnf': '[mydumper]\nthreads=3\n',
  };
  expect(options(files, ['-d', 'x', '--defaults-file=mine.cnf'])).toMatchObject({
    threads: 3,
    rowsPerChunk: undefined,
  });
  expect(options(files, ['-d', 'x', '--defaults-extra-file=mine.cnf'])).toMatchObject({ threads: 3, rowsPerChunk: 5 });
  expect(options(files, ['-d', 'x', '--no-defaults'])).toMatchObject({ threads: 4, rowsPerChunk: undefined });
  expect(() => options(files, ['-d', 'x', '--no-defaults', '--defaults-file=mine.cnf'])).toThrow(/no use/);
  expect(() => options(files, ['-d', 'x', '--defaults-file=absent.cnf'])).toThrow('there is no file absent.cnf');
});

test("a name on the command line hides a file's other names for the same matter", () => {
  const file =
    '[client]\nsocket=/run/db.sock\npassword=secret\nssl-mode=DISABLED\n[mydumper]\noutputdir=/there\nno-locks\n';
  const files = { '/etc/mydumper.cnf': file };
  expect(options(files, [])).toMatchObject({ directory: '/there', connection: { socketPath: '/run/db.sock' } });
  const argv = ['-d', 'here', '-h', 'db', '--ssl', '--sync-thread-lock-mode=FTWRL', '-a'];
  const request = dumping(files, argv);
  expect(request.options).toMatchObject({ directory: 'here', lock: { mode: 'FTWRL' } });
  expect(request.options.connection).toMatchObject({ host: 'db', socketPath: undefined, password: undefined });
  expect(request.options.connection.tls).toBeDefined();
  expect(request.askPassword).toBe(true);
});

test('--protocol=tcp passes over a socket that a file names', () => {
  const files = { '/etc/my.cnf': '[client]\nsocket=/run/db.sock\nport=3307\n' };
  expect(connection(files, ['-d', 'x', '--protocol=TCP'])).toMatchObject({ socketPath: undefined, port: 3307 });
  expect(() => connection({}, ['-d', 'x', '--protocol=socket'])).toThrow('--protocol=socket needs a --socket');
});

test("[client] is every client's: what it holds for others is passed over; quotes and comments are the servers'", () => {
  const file = `[client]
default-character-set = utf8mb4
loose-anything
user = bob   # the backup's account
password = "a # b\\\\c\\"s"
ssl_ca = '/etc/ca file.pem'
ssl-mode = VERIFY_CA
`;
  expect(connection({ '/etc/my.cnf': file })).toMatchObject({
    user: 'bob',
    password: String.raw`a # b\c\"s`,
    tls: { ca: '/etc/ca file.pem', rejectUnauthorized: true },
  });
});

test("mydumper's own keys hold SQL and patterns: nothing within them is a comment or an escape", () => {
  const file = String.raw`[mydumper]
regex = ^(?!(mysql\.|sys\.)) # x
where = "a" <> '#'
fields-terminated-by = '\t'
format = csv
`;
  const { regex, where, bareRows } = options({ '/etc/mydumper.cnf': file });
  expect({ regex, where, tab: bareRows?.separators.fieldsTerminatedBy }).toEqual({
    regex: [String.raw`^(?!(mysql\.|sys\.)) # x`],
    where: `"a" <> '#'`,
    tab: '\t',
  });
});

test('files include others, and what follows still belongs to the group', () => {
  const files = {
    '/etc/my.cnf': '[tsdump]\nthreads=2\n!include conf/one.cnf\n!includedir /etc/conf\nrows=9\n',
    '/etc/conf/one.cnf': '[client]\nhost=included\n',
    '/etc/conf/two.cnf': '[tsdump]\nthreads=8\n',
    '/etc/conf/three.txt': 'not read',
  };
  expect(options(files)).toMatchObject({ threads: 8, rowsPerChunk: 9, connection: { host: 'included' } });
});

test.each([
  ['threads = 4', 'f.cnf, line 1: threads = 4 stands before the first [group]'],
  ['[mydumper]\nthread = 4', 'f.cnf, line 2: thread in [mydumper] is no option of tsdump (did you mean threads?)'],
  [
    '[tsdump]\n\nthreads = many',
    'f.cnf, line 3: --threads: "many" is not allowed; give a whole number from 0 to 1024 (0: one a core)',
  ],
  ['[tsdump]\nthreads', 'f.cnf, line 2: threads needs a value'],
  ['[tsdump]\ntriggers = maybe', 'f.cnf, line 2: triggers: "maybe" is not allowed; give 1 or 0, or the name alone'],
  ['[tsdump]\nno-defaults', 'f.cnf, line 2: no-defaults belongs on the command line'],
  ['[mydumper]\nstream', /^f\.cnf, line 2: --stream is not carried: there is no stream/],
  ['[tsdump', 'f.cnf, line 1: the group [tsdump does not end with ]'],
  ['!includes x', 'f.cnf, line 1: !includes is not known; give !include FILE or !includedir DIRECTORY'],
  ['!include absent.cnf', /^f\.cnf, line 1: cannot include .*absent\.cnf$/],
  ['!include f.cnf', /f\.cnf, line 1: files include each other more than 10 deep$/],
  [
    '[mydumper_mysql_8]\nport=1',
    'f.cnf, line 2: port cannot stand in [mydumper_mysql_8], which is read when the server is known',
  ],
])('%j is refused, with file and line', (text, message) => {
  const files = { 'f.cnf': text, [`${process.cwd()}/f.cnf`]: text };
  const given = () => options(files, ['-d', 'x', '--defaults-file=f.cnf']);
  expect(given).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(given).toThrow(message);
});

test("mydumper's own file, as it is installed, is read without a word", () => {
  const files = withFiles({ '/etc/mydumper.cnf': SHIPPED });
  for (const server of [undefined, serverKind('8.4.1', 'MySQL Community Server'), serverKind('11.8.2-MariaDB', '')]) {
    const dump = parseDumpArguments(['-d', 'x'], { ...files, server });
    const load = parseLoadArguments(['-d', 'x'], { ...files, server });
    expect(dump).toMatchObject({ kind: 'run', notices: [], options: { ignoreEngines: ['tokudb'] } });
    expect(load).toMatchObject({ kind: 'run', notices: [] });
  }
});

test('groups for a product and its version hold where the server is of that kind, the more particular one winning', () => {
  const file = `[mydumper_mysql_8]
threads=8
[mydumper_mysql]
threads=5
rows=100
[mydumper_mariadb_10_11]
threads=10
[mydumper]
threads=3
`;
  const files = { '/etc/mydumper.cnf': file };
  expect(dumping(files)).toMatchObject({ needsServer: true, options: { threads: 3 } });
  const on = (version: string, comment = '') => dumping(files, undefined, { server: serverKind(version, comment) });
  expect(on('8.0.36')).toMatchObject({ needsServer: false, options: { threads: 8, rowsPerChunk: 100 } });
  expect(on('9.7.4')).toMatchObject({ options: { threads: 5, rowsPerChunk: 100 } });
  expect(on('8.0.36-28', 'Percona Server (GPL)').options.threads).toBe(3);
  expect(on('10.11.19-MariaDB-log').options.threads).toBe(10);
  expect(on('10.6.1-MariaDB').options.threads).toBe(3);
  const printed = parseDumpArguments(['--print-config'], withFiles(files));
  expect(printed).toMatchObject({
    text: expect.stringContaining('for certain servers is read when the server is known'),
  });
});

test('session variables reach every connection, but those that exactness rests on; globals are refused by name', () => {
  const file = `[mydumper_session_variables]
net_read_timeout = 99 /*!50000
sql_mode = 'ANSI'
[mydumper_session_variables_mysql_8]
optimizer_switch = 'mrr=off'
[mydumper_global_variables]
slow_query_log = OFF
`;
  const files = { 'v.cnf': file };
  const argv = ['-d', 'x', '--defaults-file=v.cnf'];
  const request = dumping(files, argv, { server: serverKind('8.0.36', '') });
  expect(request.options.connection.sessionVariables).toEqual([
    { name: 'net_read_timeout', value: '99', fromVersion: '50000', origin: 'v.cnf, line 2' },
    { name: 'optimizer_switch', value: "'mrr=off'", origin: 'v.cnf, line 5' },
  ]);
  expect(request.notices).toEqual([
    'v.cnf, line 3: sql_mode is passed over: tsdump sets it itself, and what it does rests on that',
    expect.stringMatching(/^v\.cnf, line 7: the global variable slow_query_log is passed over/),
  ]);
  expect(dumping(files, argv).needsServer).toBe(true);
});

test('a group that looks like one of ours and is none is named', () => {
  const files = { '/etc/mydumper.cnf': '[mydumper_msyql_8]\nthreads=1\n[mysqldump]\nx\n' };
  expect(dumping(files).notices).toEqual([
    '/etc/mydumper.cnf, line 1: the group [mydumper_msyql_8] is not known and is passed over',
  ]);
});

test.each([
  [
    'mysql://bob:a%40b@db.example.org:3307/shop?ssl-mode=REQUIRED',
    { host: 'db.example.org', port: 3307, user: 'bob', password: 'a@b' },
  ],
  ['mariadb://bob@[::1]/', { host: '::1', port: 3306, user: 'bob', password: undefined }],
])('%s says where the server is', (url, expected) => {
  expect(connection({}, ['-d', 'x', url])).toMatchObject(expected);
  expect(connection({}, ['-d', 'x', '--url', url])).toMatchObject(expected);
});

test('a URL names a database and wins over files, single options win over it', () => {
  const files = { '/etc/my.cnf': '[client]\nhost=f\nport=5\nsocket=/s\n' };
  const request = dumping(files, ['-d', 'x', 'mysql://bob@h/shop?ssl-mode=REQUIRED', '-u', 'eve']);
  expect(request.options.databases).toEqual(['shop']);
  expect(request.options.connection).toMatchObject({ host: 'h', port: 5, user: 'eve', socketPath: undefined });
  expect(request.options.connection.tls).toBeDefined();
});

test.each([
  ['shop', 'unexpected argument: shop'],
  ['mysql://a:b@c:d/', /--url: this is no URL/],
  ['mysql://a@c/?speed=1', /--url: speed is not known/],
])('%s as a URL is refused', (url, message) => {
  expect(() => connection({}, ['-d', 'x', url])).toThrow(message);
});

test('a password comes from a file or from a command that no shell looks at', () => {
  const files = { 'pw.txt': 'top secret\nsecond line' };
  expect(connection(files, ['-d', 'x', '--password-file=pw.txt']).password).toBe('top secret');
  const outputOf: Surroundings['outputOf'] = (...given) => `${JSON.stringify(given)}\n`;
  const argv = ['-d', 'x', '--password-command', `vault read -f "my secret" '$HOME'`];
  expect(connection({}, argv, { outputOf }).password).toBe('["vault",["read","-f","my secret","$HOME"]]');
  expect(() => connection(files, ['-d', 'x', '--password-file=pw.txt', '-pother'])).toThrow(/which one\?/);
});

test('MYSQL_PWD works, and is advised against', () => {
  expect(dumping({}, undefined, { environment: { MYSQL_PWD: 'pw' } }).notices).toEqual([
    expect.stringContaining('--password-file'),
  ]);
});

test('--login-path reads what mysql_config_editor has written', () => {
  const lines = ['[client]\n', 'user = all\n', 'host = h\n', '[nightly]\n', 'user = "bob"\n', 'password = "a b"\n'];
  const seed = Buffer.from(Array.from({ length: 20 }, (_, i) => (i * 37 + 11) & 0xff));
  const key = Buffer.from(
    Array.from({ length: 16 }, (_, i) => seed.readUInt8(i) ^ (i < 4 ? seed.readUInt8(i + 16) : 0)),
  );
  const records = lines.map((line) => {
    const cipher = createCipheriv('aes-128-ecb', key, null);
    const sealed = Buffer.concat([cipher.update(line), cipher.final()]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(sealed.length);
    return Buffer.concat([length, sealed]);
  });
  const bytes = Buffer.concat([Buffer.alloc(4), seed, ...records]);
  const login = (name: string, file = bytes) =>
    connection({}, ['-d', 'x', '--login-path', name], { readBytes: () => file });
  expect(login('nightly')).toMatchObject({ user: 'bob', password: 'a b', host: 'h' });
  expect(() => login('weekly')).toThrow('--login-path: /home/me/.mylogin.cnf has no weekly; it has client, nightly');
  expect(() => login('nightly', bytes.subarray(0, 60))).toThrow(/is damaged, or no login file/);
});

test('--print-config says what each option comes to and where that was said, and no password', () => {
  const files = {
    '/etc/mydumper.cnf':
      '[client]\npassword=secret\n[mydumper]\nthreads=7\nno-data\n[mydumper_session_variables]\nlc_time_names=en_US\n',
  };
  const request = parseDumpArguments(['--print-config', '-B', 'a,b'], withFiles(files));
  const text = request.kind === 'print' ? request.text : '';
  const lines = new Map(text.split('\n').map((line) => [line.split(/\s{2,}/)[0], line.split(/\s{2,}/).slice(1)]));
  expect(lines.get('threads')).toEqual(['7', '/etc/mydumper.cnf, line 4']);
  expect(lines.get('no-data')).toEqual(['yes', '/etc/mydumper.cnf, line 5']);
  expect(lines.get('database')).toEqual(['a,b', 'command line']);
  expect(lines.get('port')).toEqual(['3306', 'default']);
  expect(lines.get('password')).toEqual(['***', '/etc/mydumper.cnf, line 2']);
  expect(lines.get('session lc_time_names')).toEqual(['en_US', '/etc/mydumper.cnf, line 7']);
  expect(text).not.toContain('secret');
});
