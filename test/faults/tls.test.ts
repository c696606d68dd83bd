/** TLS against real servers whose certificates a private authority signs: each mode lets in whom it says, and nobody else. */

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import { connect } from '../../src/mysql/connect.ts';
import type { TlsOptions } from '../../src/mysql/options.ts';
import { Authority } from '../support/certificates.ts';
import type { Certificate } from '../support/certificates.ts';
import { expectFailure, runProgram, withFolder } from '../support/cli.ts';
import { laneServers, withConnection } from '../support/lanes.ts';
import { connectionTo } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';
import { findProgram } from '../support/servers/command.ts';
import type { TestServer } from '../support/servers.ts';

const run = promisify(execFile);

// The server reads the certificates itself, and in a container it does not see our files.
const reachable = laneServers().filter(({ source }) => source.origin === 'local' || source.origin === 'debian');

const ANY: TlsOptions = { rejectUnauthorized: false, verifyIdentity: false };

describe.each(reachable)('$lane', ({ source }) => {
  test('certificates are verified as far as the mode says, and clients are known by theirs', () =>
    withFolder(async (folder) => {
      const authority = new Authority('the authority of the test');
      const ca = join(folder, 'ca.pem');
      const other = join(folder, 'other.pem');
      await writeFile(ca, authority.certificate);
      await writeFile(other, new Authority('somebody else').certificate);
      const toLocalhost = authority.issue({ name: 'server', hosts: ['localhost'] });
      const byAuthority: TlsOptions = { rejectUnauthorized: true, verifyIdentity: false, ca };
      const byName: TlsOptions = { ...byAuthority, verifyIdentity: true };

      await withTlsServer(source, authority, toLocalhost, async (server) => {
        const tryTo = async (tls: TlsOptions, options: Partial<TestServer> = {}): Promise<string> => {
          const session = await connect({ ...connectionTo({ ...server, ...options }), tls });
          const { rows } = await session.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
          await session.close();
          return rows[0]?.[1]?.toString() ?? '';
        };
        const expectRefused = async (attempt: Promise<unknown>, why: RegExp): Promise<void> => {
          const failure = await attempt.then(
            () => undefined,
            (error: unknown) => error as Error,
          );
          expect(failure).toMatchObject({ exitCode: 5 });
          expect(`${failure?.message} ${(failure?.cause as Error | undefined)?.message}`).toMatch(why);
        };

        for (const tls of [ANY, byAuthority]) expect(await tryTo(tls)).not.toBe('');
        expect(await tryTo(byName, { host: 'localhost' })).not.toBe('');
        await expectRefused(tryTo(byName), /does not match certificate's altnames/);
        for (const verifyIdentity of [false, true]) {
          const tls = { rejectUnauthorized: true, verifyIdentity, ca: other };
          await expectRefused(tryTo(tls, { host: 'localhost' }), /certificate/);
        }

        const root = [
          '-h',
          server.host,
          '-P',
          `${server.port}`,
          '-u',
          server.user,
          '--ssl-mode=VERIFY_CA',
          '-B',
          'kept',
        ];
        const from = (path: string) =>
          runProgram('tsdump', ['-d', join(folder, 'dumps', basename(dirname(path))), ...root, '--capath', path]);
        const hashed = await hashedDirectory(folder, 'hashed', ca);
        expect(await from(hashed)).toMatchObject({ code: 0 });
        const foreign = await hashedDirectory(folder, 'foreign', other);
        expectFailure(await from(foreign), 5, 'CONNECT', ['certificate', 'with --ca or --capath']);

        await server.show(authority.issue({ name: 'server', addresses: ['127.0.0.1'] }));
        expect(await tryTo(byName)).not.toBe('');

        await withConnection(server, (connection) =>
          connection.query('CREATE USER known REQUIRE X509; GRANT ALL ON *.* TO known'),
        );
        const client = authority.issue({ name: 'client' });
        const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
        await writeFile(cert, client.certificate);
        await writeFile(key, client.key, { mode: 0o600 });
        await expectRefused(tryTo(byName, { user: 'known' }), /did not accept the account/);
        expect(await tryTo({ ...byName, cert, key }, { user: 'known' })).not.toBe('');
        const args = ['-h', server.host, '-P', `${server.port}`, '-u', 'known', '--ssl-mode=VERIFY_IDENTITY'];
        const files = ['--ca', ca, '--cert', cert, '--key', key];
        const dumped = await runProgram('tsdump', ['-d', join(folder, 'dump'), ...args, ...files, '-B', 'kept']);
        expect(dumped.code, dumped.stderr).toBe(0);

        const expired = authority.issue({ name: 'server', addresses: ['127.0.0.1'], isExpired: true });
        // MySQL shows one only when it expires while the server runs.
        if (server.product === 'MySQL') return expect(server.show(expired)).rejects.toThrow('Invalid certificates');
        await server.show(expired);
        expect(await tryTo(ANY)).not.toBe('');
        for (const tls of [byAuthority, byName]) await expectRefused(tryTo(tls), /certificate has expired/);
        const late = await runProgram('tsdump', ['-d', join(folder, 'late'), ...args, ...files]);
        expectFailure(late, 5, 'CONNECT', ['certificate has expired']);
      });
    }));
});

/** As distributions have them: links to a file that lies elsewhere, one with the name that `openssl rehash` gives. */
async function hashedDirectory(folder: string, name: string, certificate: string): Promise<string> {
  const directory = join(folder, name, 'certs');
  await mkdir(directory, { recursive: true });
  await symlink(certificate, join(directory, 'authority.pem'));
  await symlink(join(directory, 'gone.pem'), join(directory, '0badf00d.0'));
  if (findProgram('openssl') === undefined) await symlink('authority.pem', join(directory, '9d66eef0.0'));
  else await run('openssl', ['rehash', directory]);
  expect((await readdir(directory)).filter((each) => /^[0-9a-f]{8}\.0$/.test(each))).not.toEqual([]);
  return directory;
}

interface TlsServer extends TestServer {
  /** Shows another certificate from now on. */
  readonly show: (certificate: Certificate) => Promise<void>;
}

/** Lends a server that shows this certificate and takes clients with one of the authority's. */
async function withTlsServer(
  source: TestServer,
  authority: Authority,
  first: Certificate,
  use: (server: TlsServer) => Promise<void>,
): Promise<void> {
  const root = await rootOf(source);
  const folder = await mkdtemp(join(root, '/tmp/tsdump-tls-'));
  try {
    // The server is another user.
    await chmod(folder, 0o755);
    const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text, { mode: 0o644 });
    const show = async ({ certificate, key }: Certificate): Promise<void> => {
      await put('cert.pem', certificate);
      await put('key.pem', key);
    };
    await put('ca.pem', authority.certificate);
    await show(first);
    const extraArgs = ['ca', 'cert', 'key'].map((name) => `--ssl-${name}=${folder.slice(root.length)}/${name}.pem`);
    const server = await startServer(source.lane, { extraArgs });
    try {
      const { kill: _kill, restart: _restart, stop: _stop, ...plain } = server;
      const tell = (sql: string): Promise<unknown> => withConnection(server, (connection) => connection.query(sql));
      await tell('CREATE DATABASE kept');
      const reload = server.product === 'MySQL' ? 'ALTER INSTANCE RELOAD TLS' : 'FLUSH SSL';
      await use({ ...plain, show: (certificate) => show(certificate).then(async () => void (await tell(reload))) });
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The folder that is `/` to the servers of a lane. */
async function rootOf(server: TestServer): Promise<string> {
  const data = await withConnection(server, async (connection) => {
    const [rows] = await connection.query({ sql: 'SELECT @@datadir', rowsAsArray: true });
    return (rows as unknown as string[][])[0]?.[0] ?? '';
  });
  const outside = join(dirname(server.socketPath ?? ''), 'data/');
  return outside.endsWith(data) ? outside.slice(0, -data.length) : '';
}
