/** The session on real servers: what it promises to dump and load about bytes, errors, memory and TLS. */

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { compileInsertKernel, InsertKernel, Stop, ValueKind } from '../../src/kernel/kernel.ts';
import { connect } from '../../src/mysql/connect.ts';
import { isConnectionLost } from '../../src/mysql/failure.ts';
import type { ConnectionOptions, TlsOptions } from '../../src/mysql/options.ts';
import { ServerError } from '../../src/mysql/packets.ts';
import type { EofPacket } from '../../src/mysql/packets.ts';
import type { RowSink, Session } from '../../src/mysql/session.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import type { TestServer } from '../support/servers.ts';

const MIB = 1024 * 1024;
/** In the table `numbers` that every lane gets: 0 to 199,999. */
const NUMBERS = 200_000;

describe.each(laneServers())('$lane', ({ source }) => {
  const database = uniqueName('session');
  let packetLimit = 0;

  beforeAll(async () => {
    await withConnection(source, async (connection) => {
      await connection.query(`CREATE DATABASE ${database}; USE ${database}; CREATE TABLE digits (d INT);
        INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9); CREATE TABLE numbers (n INT PRIMARY KEY);
        INSERT INTO numbers SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + 100000 * f.d
        FROM digits a, digits b, digits c, digits d, digits e, digits f WHERE f.d < 2 ORDER BY 1`);
      const [rows] = await connection.query({ sql: 'SELECT @@GLOBAL.max_allowed_packet', rowsAsArray: true });
      packetLimit = Number((rows as unknown as number[][])[0]?.[0]);
      await connection.query(`SET GLOBAL max_allowed_packet = ${256 * MIB}`);
    });
  });

  afterAll(async () => {
    await withConnection(source, (connection) => connection.query(`SET GLOBAL max_allowed_packet = ${packetLimit}`));
    await dropDatabase(source, database);
  });

  const inDatabase = <T>(use: (session: Session) => Promise<T>): Promise<T> =>
    withSession(optionsOf(source), async (session) => {
      await session.execute(`USE ${database}`);
      return use(session);
    });

  describe('statements and values', () => {
    test('leave and come back byte by byte', async () => {
      await withDatabase(source, 'session', async (name) => {
        await withSession(optionsOf(source), async (session) => {
          await session.execute('SET NAMES binary');
          await session.execute(`CREATE TABLE ${name}.t (id INT, b BLOB, t TEXT CHARACTER SET latin1)`);
          const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
          const literal = Buffer.from(every.toString('hex'));
          const insert = Buffer.concat([
            Buffer.from(`INSERT INTO ${name}.t VALUES (1, x'`),
            literal,
            Buffer.from("', '"),
            Buffer.from([0xe4, 0xff]),
            Buffer.from("'), (2, '', NULL)"),
          ]);
          expect(await session.execute(insert)).toMatchObject({
            affectedRows: 2,
            warnings: 0,
            info: 'Records: 2  Duplicates: 0  Warnings: 0',
          });
          const { columns, rows } = await session.query(`SELECT * FROM ${name}.t ORDER BY id`);
          expect(columns.map((column) => column.name)).toEqual(['id', 'b', 't']);
          expect(rows).toEqual([
            [Buffer.from('1'), every, Buffer.from([0xe4, 0xff])],
            [Buffer.from('2'), Buffer.alloc(0), null],
          ]);
        });
      });
    });

    test('an empty result has its columns', async () => {
      await inDatabase(async (session) => {
        const { columns, rows } = await session.query('SELECT n FROM numbers WHERE n < 0');
        expect(columns.map((column) => column.name)).toEqual(['n']);
        expect(rows).toEqual([]);
        const { end, rows: count } = await read(session, 'SELECT n FROM numbers WHERE n < 0', [ValueKind.NUMBER]);
        expect([end.warnings, count]).toEqual([0, 0]);
      });
    });

    test('a statement that returns rows against expectation leaves the session in order', async () => {
      await inDatabase(async (session) => {
        await session.execute('SELECT n FROM numbers LIMIT 1000');
        expect(await one(session, 'SELECT 7')).toBe('7');
      });
    });

    // The command byte belongs to the first packet: a text of 2^24-2 bytes fills it exactly, and an empty one follows.
    test.each([
      ['20 MiB', 20 * MIB],
      ['a packet less a byte', 2 ** 24 - 3],
      ['exactly a packet', 2 ** 24 - 2],
      ['a packet and a byte', 2 ** 24 - 1],
      ['exactly two packets', 2 * (2 ** 24 - 1) - 1],
    ])('a statement of %s arrives whole, in one piece and in parts', async (_, bytes) => {
      await inDatabase(async (session) => {
        const ends = ["SELECT SHA2('", "', 256) INTO @sum"] as const;
        const value = noise(bytes - ends[0].length - ends[1].length);
        const statement = Buffer.concat([Buffer.from(ends[0]), value, Buffer.from(ends[1])]);
        expect(statement.length).toBe(bytes);
        await session.execute(statement);
        expect(await one(session, 'SELECT @sum')).toBe(sha256(value));
        await session.execute('SET @sum = NULL');
        await session.executeParts(partsOf(statement, 1_000_003));
        expect(await one(session, 'SELECT @sum')).toBe(sha256(value));
      });
    });

    test('a value of 40 MiB is read by query() and by select()', async () => {
      await inDatabase(async (session) => {
        const value = noise(40 * MIB);
        await session.execute(Buffer.concat([Buffer.from("SET @big = '"), value, Buffer.from("'")]));
        const { rows } = await session.query("SELECT 1, @big, 'after'");
        expect(rows[0]?.map((field) => field?.length)).toEqual([1, value.length, 5]);
        expect(sha256(rows[0]?.[1] ?? Buffer.alloc(0))).toBe(sha256(value));
        const kinds = [ValueKind.NUMBER, ValueKind.TEXT, ValueKind.TEXT];
        const found = await read(session, "SELECT 1, @big, 'after'", kinds);
        expect(found.text).toBe(sha256(Buffer.concat([Buffer.from('I(1,"'), value, Buffer.from('","after")\n;\n')])));
      });
    });

    test('a value too large for the server is a warning that select() returns', async () => {
      await inDatabase(async (session) => {
        await withConnection(source, async (connection) => {
          await connection.query('SET GLOBAL max_allowed_packet = 1048576');
        });
        try {
          await withSession(optionsOf(source), async (small) => {
            const { end } = await read(small, `SELECT REPEAT('x', ${2 * MIB})`, [ValueKind.TEXT]);
            expect(end.warnings).toBe(1);
          });
        } finally {
          await session.execute(`SET GLOBAL max_allowed_packet = ${256 * MIB}`);
        }
      });
    });
  });

  describe('errors', () => {
    const manyRows = `SELECT n, REPEAT('x', 1000) FROM numbers`;
    const kinds = [ValueKind.NUMBER, ValueKind.TEXT];

    test('a refused statement leaves the session usable', async () => {
      await inDatabase(async (session) => {
        await expect(session.query('SELECT * FROM no_such_table')).rejects.toMatchObject({
          errno: 1146,
          sqlState: '42S02',
        });
        await expect(session.execute('NONSENSE')).rejects.toMatchObject({ errno: 1064 });
        await expect(read(session, 'SELECT * FROM no_such_table', kinds)).rejects.toBeInstanceOf(ServerError);
        expect(await one(session, 'SELECT 7')).toBe('7');
      });
    });

    test('an error after rows were sent surfaces, and the session stays usable', async () => {
      await inDatabase(async (session) => {
        const late = 'SELECT n, (SELECT d FROM digits WHERE d < n - 150000) FROM numbers ORDER BY n';
        const sink = new CountingSink(kinds);
        await expect(session.select(late, () => sink)).rejects.toMatchObject({ errno: 1242 });
        expect(sink.rows).toBeGreaterThan(1000);
        await expect(session.query(late)).rejects.toMatchObject({ errno: 1242 });
        expect(await one(session, 'SELECT 7')).toBe('7');
      });
    });

    test('KILL QUERY within a result surfaces as 1317, and the session stays usable', async () => {
      await inDatabase(async (session) => {
        const sink = new CountingSink(
          kinds,
          once(() => killFrom(source, `KILL QUERY ${session.connectionId}`)),
        );
        await expect(session.select(manyRows, () => sink)).rejects.toMatchObject({ errno: 1317 });
        expect(sink.rows).toBeLessThan(NUMBERS);
        expect(await one(session, 'SELECT 7')).toBe('7');
      });
    });

    test('KILL of the connection within a result is a lost connection', async () => {
      await withSession(optionsOf(source), async (session) => {
        await session.execute(`USE ${database}`);
        const sink = new CountingSink(
          kinds,
          once(() => killFrom(source, `KILL ${session.connectionId}`)),
        );
        const thrown: unknown = await session.select(manyRows, () => sink).catch((error: unknown) => error);
        expect(isConnectionLost(thrown)).toBe(true);
        expect(sink.rows).toBeLessThan(NUMBERS);
        await expect(session.query('SELECT 7')).rejects.toSatisfy(isConnectionLost);
        expect(session.isUsable).toBe(false);
      });
    });

    test('KILL of a connection that idles is noticed with the next statement', async () => {
      await withSession(optionsOf(source), async (session) => {
        await killFrom(source, `KILL ${session.connectionId}`);
        await expect(session.query('SELECT 7')).rejects.toSatisfy(isConnectionLost);
      });
    });

    test('a session dropped by its owner ends the command under way', async () => {
      await inDatabase(async (session) => {
        const sink = new CountingSink(
          kinds,
          once(async () => session.destroy('the run was ended')),
        );
        await expect(session.select(manyRows, () => sink)).rejects.toThrow('the run was ended');
      });
    });

    test('a sink that fails ends the session at once: it never waits for the rest of the rows', async () => {
      await inDatabase(async (session) => {
        const failure = new Error('disk full');
        const sink = new CountingSink(kinds, () => Promise.reject(failure));
        await expect(session.select(manyRows, () => sink)).rejects.toBe(failure);
        expect(session.isUsable).toBe(false);
        await session.close();
      });
    });

    test('LOAD DATA LOCAL that nobody prepared is refused by us, and the session stays usable', async () => {
      await inDatabase(async (session) => {
        const load = "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE digits (@x)";
        await session.execute(load).catch((error: unknown) => expect(error).toBeInstanceOf(ServerError));
        expect(await one(session, 'SELECT COUNT(*) FROM digits')).toBe('10');
        await expect(session.query(load)).rejects.toThrow();
      });
    });
  });

  test('a slow sink stops the server, not our memory, and gets every row', async () => {
    await inDatabase(async (session) => {
      await withSession(optionsOf(source), async (other) => {
        const query = `SELECT n, REPEAT('x', 1000) FROM numbers ORDER BY n`;
        const kinds = [ValueKind.NUMBER, ValueKind.TEXT];
        const quick = await read(session, query, kinds); // a warm-up: what the first run allocates is no leak
        const before = memory();
        let takes = 0;
        let most = 0;
        const sink = new CountingSink(kinds, async () => {
          // Four times a statement elsewhere takes its time; the server could have sent all 200 MB meanwhile.
          if (takes++ % 800 === 0 && takes < 2500) await other.query("SELECT BENCHMARK(1500000, SHA2('x', 256))");
          most = Math.max(most, grownBytes(before));
        });
        const end = await session.select(query, () => sink);
        expect(end.warnings).toBe(0);
        expect(sink.rows).toBe(NUMBERS);
        expect(sink.digest()).toBe(quick.text);
        expect(takes).toBeGreaterThan(1600);
        expect(most).toBeLessThan(64 * MIB);
      });
    });
  });

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

  describe('TLS', () => {
    const anyCertificate: TlsOptions = { rejectUnauthorized: false, verifyIdentity: false };

    test.runIf(offersTls(source))('carries 100,000 rows', async () => {
      const query = `SELECT n, REPEAT('x', n % 300) FROM ${database}.numbers WHERE n < 100000 ORDER BY n`;
      const kinds = [ValueKind.NUMBER, ValueKind.TEXT];
      const plain = await withSession(optionsOf(source), (session) => read(session, query, kinds));
      await withSession({ ...optionsOf(source), tls: anyCertificate }, async (session) => {
        expect((await session.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")).rows[0]?.[1]?.length).toBeGreaterThan(0);
        expect(await read(session, query, kinds)).toEqual(plain);
        expect(plain.rows).toBe(100_000);
        const value = noise(20 * MIB);
        await session.execute(Buffer.concat([Buffer.from("SET @big = '"), value, Buffer.from("'")]));
        expect(await one(session, 'SELECT SHA2(@big, 256)')).toBe(sha256(value));
      });
    });

    test.runIf(offersTls(source))('a slow sink stops the server there too', async () => {
      await withSession({ ...optionsOf(source), tls: anyCertificate }, async (session) => {
        await withSession(optionsOf(source), async (other) => {
          const query = `SELECT n, REPEAT('x', 1000) FROM ${database}.numbers`;
          const kinds = [ValueKind.NUMBER, ValueKind.TEXT];
          const before = memory();
          let during = 0;
          const wait = once(async () => {
            await other.query("SELECT BENCHMARK(1500000, SHA2('x', 256))");
            during = grownBytes(before);
          });
          const sink = new CountingSink(kinds, wait);
          await session.select(query, () => sink);
          expect(sink.rows).toBe(NUMBERS);
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
        ]) {
          await expect(connect({ ...optionsOf(source), tls })).rejects.toMatchObject({ code: 'CONNECT', exitCode: 5 });
        }
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

function optionsOf({ host, port, user, password }: TestServer): ConnectionOptions {
  return { host, port, user, password };
}

/** MySQL makes itself certificates, MariaDB does from 11.4 on. */
function offersTls({ product, version }: TestServer): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return product === 'MySQL' || major * 100 + minor >= 1104;
}

async function withSession<T>(options: ConnectionOptions, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await connect(options);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

async function one(session: Session, sql: string): Promise<string | undefined> {
  return (await session.query(sql)).rows[0]?.[0]?.toString();
}

async function killFrom(server: TestServer, kill: string): Promise<void> {
  await withConnection(server, (connection) => connection.query(kill));
}

/** Calls `action` the first time only. */
function once(action: () => Promise<void>): () => Promise<void> {
  let called = false;
  return async () => {
    if (called) return;
    called = true;
    await action();
  };
}

/** Random text of that many bytes without anything to escape. */
function noise(bytes: number): Buffer {
  const text = randomBytes(Math.ceil((bytes * 3) / 4))
    .toString('base64')
    .slice(0, bytes);
  return Buffer.from(text);
}

async function* partsOf(statement: Buffer, partBytes: number): AsyncGenerator<Buffer> {
  // One buffer for all parts, as a file reader has: whoever keeps a part has to copy it.
  const lent = Buffer.alloc(partBytes);
  for (let at = 0; at < statement.length; at += partBytes) {
    const bytes = statement.copy(lent, 0, at, at + partBytes);
    yield lent.subarray(0, bytes);
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Memory that received bytes would fill: the process as a whole, or buffers in memory that it had already. */
interface Memory {
  readonly process: number;
  readonly buffers: number;
}

function memory(): Memory {
  const { rss, arrayBuffers } = process.memoryUsage();
  return { process: rss, buffers: arrayBuffers };
}

function grownBytes(since: Memory): number {
  const now = memory();
  return Math.max(now.process - since.process, now.buffers - since.buffers);
}

const kernelModule = compileInsertKernel();

/** Runs the rows through the kernel and keeps their number and a digest of their text. */
class CountingSink implements RowSink {
  private readonly kernel = new InsertKernel(kernelModule);
  private readonly hash = createHash('sha256');
  private readonly beforeTake: () => Promise<void>;
  private window = 0;

  constructor(kinds: readonly ValueKind[], beforeTake: () => Promise<void> = () => Promise.resolve()) {
    this.beforeTake = beforeTake;
    this.kernel.begin({ kinds, opening: Buffer.from('I('), maxStatementBytes: 1_000_000 });
    this.kernel.openWindow(0, Infinity);
  }

  get rows(): number {
    return this.kernel.rows;
  }

  digest(): string {
    this.kernel.endStatement();
    this.flush();
    return this.hash.digest('hex');
  }

  async take(bytes: Buffer): Promise<Buffer | undefined> {
    await this.beforeTake();
    for (let offset = 0; offset < bytes.length;) {
      offset += this.kernel.fill(bytes, offset);
      let stop = this.kernel.run();
      for (; stop === Stop.NEED_ROOM; stop = this.kernel.run()) this.flush();
      if (stop === Stop.END_OF_ROWS) return Buffer.concat([this.kernel.unread(), bytes.subarray(offset)]);
      if (stop !== Stop.NEED_INPUT) throw new Error(`the kernel stopped with ${stop}`);
    }
    return undefined;
  }

  private flush(): void {
    this.window = (this.window + 1) % this.kernel.outputWindows;
    this.hash.update(this.kernel.takeWindow(this.window, () => Infinity));
  }
}

interface Read {
  readonly end: EofPacket;
  readonly rows: number;
  /** SHA-256 of the INSERT text. */
  readonly text: string;
}

async function read(session: Session, sql: string, kinds: readonly ValueKind[]): Promise<Read> {
  const sink = new CountingSink(kinds);
  const end = await session.select(sql, () => sink);
  return { end, rows: sink.rows, text: sink.digest() };
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
