/** Connecting to real servers: accounts, sockets, TLS. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ValueKind } from '../../src/kernel/forms.ts';
import { connect } from '../../src/mysql/connect.ts';
import type { TlsOptions } from '../../src/mysql/options.ts';
import { laneServers, uniqueName, withConnection } from '../support/lanes.ts';
import type { TestServer } from '../support/servers.ts';
import {
  CountingSink,
  grownBytes,
  memory,
  noise,
  once,
  one,
  optionsOf,
  read,
  sha256,
  withSession,
} from '../support/sessions.ts';

const MIB = 1024 * 1024;

// 100,000 rows without a table.
const DIGITS =
  'WITH digits AS (SELECT 0 AS d' + Array.from({ length: 9 }, (_, at) => ` UNION ALL SELECT ${at + 1}`).join('') + ')';
const JOINED = 'digits a, digits b, digits c, digits d, digits e';
const NUMBER = 'a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d';

describe.each(laneServers())('$lane', ({ source }) => {
  describe('connecting', () => {
    test('over the socket', async (context) => {
      const { socketPath } = source;
      if (socketPath === undefined) return context.skip();
      await withSession({ ...optionsOf(source), host: 'unused.invalid', socketPath }, async (session) => {
        expect(await one(session, 'SELECT 7')).toBe('7');
      });
    });

    test('with a wrong password or an unknown account', async () => {
      const wrong = { ...optionsOf(source), password: `${source.password}wrong` };
      for (const options of [wrong, { ...wrong, user: 'nobody_of_that_name' }]) {
        await expect(connect(options)).rejects.toMatchObject({
          code: 'AUTHENTICATION',
          exitCode: 5,
          cause: { errno: 1045 },
        });
      }
    });

    test('with a password, which the account really has', async () => {
      const account = uniqueName('u').slice(0, 14);
      await withConnection(source, (connection) =>
        connection.query(`CREATE USER ${account} IDENTIFIED BY 'Größe "7"'`),
      );
      try {
        const options = { ...optionsOf(source), user: account, password: 'Größe "7"' };
        await withSession(options, async (session) => {
          expect(await one(session, 'SELECT CURRENT_USER()')).toBe(`${account}@%`);
        });
      } finally {
        await withConnection(source, (connection) => connection.query(`DROP USER ${account}`));
      }
    });

    test.each([
      ['ACCOUNT LOCK', 'cannot be used', 'ACCOUNT UNLOCK'],
      ['REQUIRE SSL', 'did not accept', 'wants --ssl-mode=REQUIRED'],
    ])('with an account that has %s, which is said with what to do', async (clause, message, hint) => {
      const account = uniqueName('u').slice(0, 14);
      await withConnection(source, (connection) =>
        connection.query(`CREATE USER ${account} IDENTIFIED BY 'p' ${clause}`),
      );
      try {
        await expect(connect({ ...optionsOf(source), user: account, password: 'p' })).rejects.toMatchObject({
          code: 'AUTHENTICATION',
          message: expect.stringContaining(message) as unknown,
          hint: expect.stringContaining(hint) as unknown,
        });
      } finally {
        await withConnection(source, (connection) => connection.query(`DROP USER ${account}`));
      }
    });

    test('when the server has no connection left for the account', async () => {
      const account = uniqueName('u').slice(0, 14);
      await withConnection(source, (connection) =>
        connection.query(`CREATE USER ${account} IDENTIFIED BY 'p' WITH MAX_USER_CONNECTIONS 1`),
      );
      try {
        const options = { ...optionsOf(source), user: account, password: 'p' };
        await withSession(options, async () => {
          await expect(connect(options)).rejects.toMatchObject({ code: 'CONNECT', exitCode: 5 });
        });
      } finally {
        await withConnection(source, (connection) => connection.query(`DROP USER ${account}`));
      }
    });
  });

  const seesSockets = process.platform === 'linux' && ['local', 'debian'].includes(source.origin);
  test.runIf(seesSockets)('a server that has gone silent is asked whether it is there, after two minutes', async () => {
    const kinds = offersTls(source) ? [undefined, { rejectUnauthorized: false, verifyIdentity: false }] : [undefined];
    for (const tls of kinds) {
      await withSession({ ...optionsOf(source), tls }, async (session) => {
        const host = await one(session, 'SELECT host FROM information_schema.PROCESSLIST WHERE id = CONNECTION_ID()');
        const port = Number(host?.split(':')[1]).toString(16).toUpperCase().padStart(4, '0');
        const sockets = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
        const timer = sockets.find(([, local]) => local === `0100007F:${port}`)?.[5] ?? '';
        // Timer 2 is keepalive's; hundredths of a second.
        expect(timer).toMatch(/^02:/);
        expect(Number.parseInt(timer.slice(3), 16)).toBeLessThanOrEqual(12_000);
      });
    }
  });

  describe('compressed', () => {
    const kinds: (TlsOptions | undefined)[] = [undefined];
    if (offersTls(source)) kinds.push({ rejectUnauthorized: false, verifyIdentity: false });
    test.each(kinds)('carries 100,000 rows, and 10 MiB the other way, with TLS: %s', async (tls) => {
      const query = `${DIGITS} SELECT ${NUMBER} AS n, REPEAT('x', (${NUMBER}) % 300) FROM ${JOINED} ORDER BY n`;
      const columns = [ValueKind.NUMBER, ValueKind.TEXT];
      const plain = await withSession(optionsOf(source), (session) => read(session, query, columns));
      await withSession({ ...optionsOf(source), tls, compress: true }, async (session) => {
        expect((await session.query("SHOW SESSION STATUS LIKE 'Compression'")).rows[0]?.[1]?.toString()).toBe('ON');
        expect(await read(session, query, columns)).toEqual(plain);
        for (const value of [noise(10 * MIB), Buffer.alloc(10 * MIB, 'x')]) {
          await session.execute(Buffer.concat([Buffer.from("SET @big = '"), value, Buffer.from("'")]));
          expect(await one(session, 'SELECT SHA2(@big, 256)')).toBe(sha256(value));
        }
      });
    });
  });

  describe('TLS', () => {
    const anyCertificate: TlsOptions = { rejectUnauthorized: false, verifyIdentity: false };

    test.runIf(offersTls(source))('carries 100,000 rows', async () => {
      const query = `${DIGITS} SELECT ${NUMBER} AS n, REPEAT('x', (${NUMBER}) % 300) FROM ${JOINED} ORDER BY n`;
      const kinds = [ValueKind.NUMBER, ValueKind.TEXT];
      const plain = await withSession(optionsOf(source), (session) => read(session, query, kinds));
      await withSession({ ...optionsOf(source), tls: anyCertificate }, async (session) => {
        expect((await session.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")).rows[0]?.[1]?.length).toBeGreaterThan(0);
        expect(await read(session, query, kinds)).toEqual(plain);
        expect(plain.rows).toBe(100_000);
        const value = noise(10 * MIB);
        await session.execute(Buffer.concat([Buffer.from("SET @big = '"), value, Buffer.from("'")]));
        expect(await one(session, 'SELECT SHA2(@big, 256)')).toBe(sha256(value));
      });
    });

    test.runIf(offersTls(source))('has the version and the cipher that were asked for', async () => {
      const status = async (tls: TlsOptions, name: string): Promise<string | undefined> =>
        withSession({ ...optionsOf(source), tls }, async (session) =>
          (await session.query(`SHOW SESSION STATUS LIKE '${name}'`)).rows[0]?.[1]?.toString(),
        );
      const ciphers = 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256';
      const old: TlsOptions = { ...anyCertificate, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers };
      expect(await status(old, 'Ssl_version')).toBe('TLSv1.2');
      expect(await status(old, 'Ssl_cipher')).toMatch(/AES128-GCM-SHA256$/);
      const young: TlsOptions = { ...anyCertificate, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' };
      expect(await status(young, 'Ssl_version')).toBe('TLSv1.3');
    });

    test.runIf(offersTls(source))('a slow sink stops the server there too', async () => {
      await withSession({ ...optionsOf(source), tls: anyCertificate }, async (session) => {
        await withSession(optionsOf(source), async (other) => {
          const query = `${DIGITS} SELECT ${NUMBER}, REPEAT('x', 2000) FROM ${JOINED}`;
          const kinds = [ValueKind.NUMBER, ValueKind.TEXT];
          const before = memory();
          let during = 0;
          const wait = once(async () => {
            await other.query("SELECT BENCHMARK(1500000, SHA2('x', 256))");
            during = grownBytes(before);
          });
          const sink = new CountingSink(kinds, wait);
          await session.select(query, () => sink);
          expect(sink.rows).toBe(100_000);
          expect(during).toBeLessThan(16 * MIB);
        });
      });
    });

    test.runIf(offersTls(source))('a certificate of an authority we do not trust is refused', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'tsdump-tls-'));
      try {
        const ca = join(folder, 'ca.pem');
        await writeFile(ca, UNRELATED_AUTHORITY);
        for (const tls of [
          { rejectUnauthorized: true, verifyIdentity: false, ca },
          { rejectUnauthorized: true, verifyIdentity: true, ca },
          { rejectUnauthorized: true, verifyIdentity: false },
          { rejectUnauthorized: true, verifyIdentity: false, caDirectory: folder },
        ]) {
          await expect(connect({ ...optionsOf(source), tls })).rejects.toMatchObject({ code: 'CONNECT', exitCode: 5 });
        }
        await rm(ca);
        const tls = { rejectUnauthorized: true, verifyIdentity: false, caDirectory: folder };
        await expect(connect({ ...optionsOf(source), tls })).rejects.toMatchObject({ code: 'USAGE' });
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    test.runIf(!offersTls(source))('is missed where the server offers none', async () => {
      await expect(connect({ ...optionsOf(source), tls: anyCertificate })).rejects.toMatchObject({
        code: 'CONNECT',
        message: expect.stringContaining('offers no TLS') as string,
      });
      const tls = { ...anyCertificate, isOptional: true };
      await withSession({ ...optionsOf(source), tls }, async (session) => {
        expect(await one(session, 'SELECT 7')).toBe('7');
      });
    });
  });
});

/** MySQL makes itself certificates, MariaDB does from 11.4 on. */
function offersTls({ product, version }: TestServer): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return product === 'MySQL' || major * 100 + minor >= 1104;
}

/** The certificate of an authority whose key nobody has. */
const UNRELATED_AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBrDCCAVOgAwIBAgIUFCQVOVaV7dfEopBHQmCf0MbDHngwCgYIKoZIzj0EAwIw
KzEpMCcGA1UEAwwgYW4gYXV0aG9yaXR5IHRoYXQgc2lnbmVkIG5vdGhpbmcwIBcN
MjYxMTIxMTEzODQwWhgPMjEyNjEwMjgxMTM4NDBaMCsxKTAnBgNVBAMMIGFuIGF1
dGhvcml0eSB0aGF0IHNpZ25lZCBub3RoaW5nMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEh2Sr6qiwCwtkHhhJeHFd9hFRIt7AvU7VkhhBTCTBneJzTReOfLhC0b1x
fVRhN0r17C7VKr0Y59wnRbmKGg0roaNTMFEwHQYDVR0OBBYEFI6caa7JDWtwhkCK
+jG7mSeA4AmdMB8GA1UdIwQYMBaAFI6caa7JDWtwhkCK+jG7mSeA4AmdMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgBcDrDdQbgBZr/WcZPRbW/wVj
jHIqgxV07Ci3jP4TSsMCICl4WOpiAJV+tTz9rSnaqHSdWZO28ZmY7SLUVzHQFJB3
-----END CERTIFICATE-----
`;
