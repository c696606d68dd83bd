/** The session on real servers: what it promises to dump and load about bytes, errors and memory. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ValueKind } from '../../src/kernel/forms.ts';
import { isConnectionLost } from '../../src/mysql/failure.ts';
import { ServerError } from '../../src/mysql/packets.ts';
import type { Session } from '../../src/mysql/session.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
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
          if (takes++ % 400 === 0 && takes < 1300) await other.query("SELECT BENCHMARK(1500000, SHA2('x', 256))");
          most = Math.max(most, grownBytes(before));
        });
        const end = await session.select(query, () => sink);
        expect(end.warnings).toBe(0);
        expect(sink.rows).toBe(NUMBERS);
        expect(sink.digest()).toBe(quick.text);
        expect(takes).toBeGreaterThan(1200);
        expect(most).toBeLessThan(64 * MIB);
      });
    });
  });
});

async function killFrom(server: TestServer, kill: string): Promise<void> {
  await withConnection(server, (connection) => connection.query(kill));
}

async function* partsOf(statement: Buffer, partBytes: number): AsyncGenerator<Buffer> {
  // One buffer for all parts, as a file reader has: whoever keeps a part has to copy it.
  const lent = Buffer.alloc(partBytes);
  for (let at = 0; at < statement.length; at += partBytes) {
    const bytes = statement.copy(lent, 0, at, at + partBytes);
    yield lent.subarray(0, bytes);
  }
}
