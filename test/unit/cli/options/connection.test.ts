import { expect, test } from 'vitest';

import { parseDumpArguments } from '../../../../src/cli/dump-arguments.ts';
import type { Surroundings } from '../../../../src/cli/command.ts';
import { PLAIN, withEnvironment } from '../surroundings.ts';

function connect(argv: readonly string[], surroundings: Surroundings = PLAIN) {
  const request = parseDumpArguments(['-d', 'x', ...argv], surroundings);
  if (request.kind !== 'run') throw new Error('not a run');
  return { ...request.options.connection, askPassword: request.askPassword };
}

const DEFAULTS = {
  host: '127.0.0.1',
  port: 3306,
  socketPath: undefined,
  user: 'me',
  password: undefined,
  tls: undefined,
  compress: false,
  askPassword: false,
};

test('nothing given: this machine, the login name, no password, no TLS', () => {
  expect(connect([])).toEqual(DEFAULTS);
});

test('the environment fills in what the options leave open', () => {
  const surroundings = withEnvironment({ MYSQL_HOST: 'db1', MYSQL_TCP_PORT: '3307', MYSQL_PWD: 'from env' });
  expect(connect([], surroundings)).toMatchObject({ host: 'db1', port: 3307, password: 'from env' });
  expect(connect(['-h', 'db2', '-P3308', '-pmine'], surroundings)).toMatchObject({
    host: 'db2',
    port: 3308,
    password: 'mine',
  });
});

test('an empty variable counts as unset', () => {
  expect(connect([], withEnvironment({ MYSQL_HOST: '', MYSQL_TCP_PORT: '' }))).toMatchObject({
    host: '127.0.0.1',
    port: 3306,
  });
});

test("the environment's socket is for those who name no host", () => {
  const surroundings = withEnvironment({ MYSQL_UNIX_PORT: '/run/db.sock' });
  expect(connect([], surroundings).socketPath).toBe('/run/db.sock');
  expect(connect(['-h', 'db1'], surroundings).socketPath).toBeUndefined();
  expect(connect(['-h', 'db1', '-S', '/other'], surroundings).socketPath).toBe('/other');
});

test.each([
  [['-psecret'], 'secret'],
  [['-p', 'secret'], 'secret'],
  [['--password=secret'], 'secret'],
  [['--password', 'secret'], 'secret'],
  [['--password=-starts with a dash'], '-starts with a dash'],
  [['--password='], ''],
])('%j gives the password', (argv, password) => {
  expect(connect(argv)).toMatchObject({ password, askPassword: false });
});

test.each([[['-p']], [['-p', '-G']], [['--password']], [['-a']], [['--ask-password']]])('%j asks for it', (argv) => {
  const surroundings = withEnvironment({ MYSQL_PWD: 'from env' });
  expect(connect(argv, surroundings)).toMatchObject({ password: undefined, askPassword: true });
});

test.each([
  [['--ssl'], { rejectUnauthorized: false, verifyIdentity: false }],
  [['--ssl-mode=required'], { rejectUnauthorized: false, verifyIdentity: false }],
  [['--ssl-mode', 'VERIFY_CA', '--ca', 'ca.pem'], { rejectUnauthorized: true, verifyIdentity: false, ca: 'ca.pem' }],
  [['--ssl-mode=VERIFY_IDENTITY'], { rejectUnauthorized: true, verifyIdentity: true }],
  [['--cert=c', '--key=k'], { rejectUnauthorized: false, cert: 'c', key: 'k' }],
])('%j is TLS', (argv, tls) => {
  expect(connect(argv).tls).toMatchObject(tls);
});

test.each([
  [['-P', '99999'], '--port: "99999" is not allowed; give a whole number from 1 to 65535'],
  [['-P', '0'], '--port: "0" is not allowed; give a whole number from 1 to 65535'],
  [['-P', '33o6'], '--port: "33o6" is not allowed; give a whole number from 1 to 65535'],
  [['-h', ''], '--host: "" is not allowed; give a host name'],
  [['-p1', '-p2'], '--password was given more than once'],
  [['-a', '-psecret'], '--ask-password and a --password were both given: which one?'],
  [
    ['--ssl-mode=MAYBE'],
    '--ssl-mode: "MAYBE" is not allowed; give one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY',
  ],
  [['--ssl-mode=DISABLED', '--ca=x'], '--ssl-mode=DISABLED leaves no use for --ca'],
  [['--cert=c'], '--cert and --key go together'],
])('%j is refused', (argv, message) => {
  expect(() => connect(argv)).toThrow(expect.objectContaining({ code: 'USAGE', message }));
});

test('a bad port of the environment is named as such', () => {
  expect(() => connect([], withEnvironment({ MYSQL_TCP_PORT: 'x' }))).toThrow(
    /^environment MYSQL_TCP_PORT: --port: "x"/,
  );
});
