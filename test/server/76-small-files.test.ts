/** Many small tables whose files travel together: each is loaded exactly once, whatever becomes of the others. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { serverErrno } from '../../src/mysql/failure.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { Fingerprint } from '../support/fingerprint.ts';
import { laneServers, uniqueName, withConnection } from '../support/lanes.ts';
import { withLink } from '../support/link.ts';
import { dropEverywhere, failureOf, NO_LOCK, runDump, runLoad, vacate } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';

const TABLES = 100;
const ROWS = 3;
/** A schema file has five statements, a data file too, and there is a COMMIT; a hundred are the load's own. */
const STATEMENTS = 11 * TABLES + 100;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const database = uniqueName('small');
  const databases = [database];
  let folder = '';
  let directory = '';
  let original: Fingerprint;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tsdump-test-'));
    directory = join(folder, 'dump');
    await withConnection(source, async (connection) => {
      await connection.query(`CREATE DATABASE ${database}; USE ${database}`);
      for (let number = 0; number < TABLES; number++) await connection.query(smallTable(number));
    });
    original = await fingerprint(source.url, { databases });
    await runDump(source, { directory, databases, lock: NO_LOCK });
    await vacate(lane, database);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await dropEverywhere(lane, database);
  });

  const expectWhole = async (): Promise<void> =>
    expect(diffFingerprints(original, await fingerprint(target.url, { databases }))).toEqual([]);

  test('over a slow link they take less than one round trip for five statements', async () => {
    await withLink(target, { delayMs: 10 }, async ({ port, roundTrips }) => {
      const { summary } = await runLoad({ ...target, port }, { directory, threads: 2 });
      expect(summary).toMatchObject({ tables: TABLES, rows: ROWS * TABLES, retries: 0, warnings: [] });
      expect(roundTrips()).toBeLessThan(STATEMENTS / 5);
    });
    await expectWhole();
  });

  /** The first test has made them; what an interrupted load has recorded goes too. */
  const empty = (): Promise<unknown> =>
    withConnection(target, async (connection) => {
      await connection.query(`DROP TABLE IF EXISTS ${database}.tsload_progress`);
      await connection.query(
        Array.from({ length: TABLES }, (_, number) => `DELETE FROM ${database}.t${number}`).join('; '),
      );
    });
  const intoTables = { withSchemas: false, threads: 1 } as const;

  test('a row that is refused is named, and of no file is there a part', async () => {
    await empty();
    await withConnection(target, (connection) => connection.query(`INSERT INTO ${database}.t2 VALUES (2, 'other')`));
    const error = await failureOf(runLoad(target, { directory, ...intoTables }));
    expect(error.message).toContain(`${database}.t2.00000.sql.zst, statement 5 (line 5)`);
    expect(serverErrno(error)).toBe(1062);
    const counts = new Set(await rowCounts());
    counts.delete(1); // t2
    expect([...counts].filter((rows) => rows !== 0 && rows !== ROWS)).toEqual([]);
  });

  test('a value that the target alters is named', async () => {
    await empty();
    await withConnection(target, (connection) => connection.query(`ALTER TABLE ${database}.t3 MODIFY word VARCHAR(2)`));
    const error = await failureOf(runLoad(target, { directory, ...intoTables }));
    expect(error.code).toBe('ROWS_DIFFER');
    expect(error.message).toMatch(/t3\.00000.*'word' at row 1/);
    expect((await rowCounts())[3]).toBe(0);
    await withConnection(target, (connection) =>
      connection.query(`ALTER TABLE ${database}.t3 MODIFY word VARCHAR(20)`),
    );
  });

  test.each([
    ['the rows', 'INSERT INTO `t', 1],
    ['a COMMIT and the rows behind it', '\x03COMMIT', 1],
    ['the last COMMIT', '\x03COMMIT', 3],
  ])('a connection lost behind %s costs no row and doubles none', async (_, text, nth) => {
    await empty();
    let seen = 0;
    const onSend = (bytes: Buffer): Promise<'cut' | undefined> | undefined => {
      if (bytes.includes(text)) seen++;
      return bytes.includes(text) && seen === nth ? Promise.resolve('cut') : undefined;
    };
    await withLink(target, { onSend }, async ({ port }) => {
      const { summary } = await runLoad({ ...target, port }, { directory, ...intoTables });
      expect(summary).toMatchObject({ rows: ROWS * TABLES, retries: 1 });
    });
    expect(seen).toBeGreaterThanOrEqual(nth);
    await expectWhole();
  });

  test.runIf(target.origin !== 'environment')('a COMMIT that is refused costs no row and doubles none', async () => {
    const server = await startServer(target.lane);
    try {
      await runLoad(server, { directory, withData: false });
      await withConnection(server, async (connection) => {
        await connection.query('SET GLOBAL lock_wait_timeout = 1');
        let isHeld = false;
        const onSend = async (bytes: Buffer): Promise<undefined> => {
          if (isHeld || !bytes.includes('\x03COMMIT')) return;
          isHeld = true;
          await connection.query('FLUSH TABLES WITH READ LOCK');
        };
        await withLink(server, { onSend }, async ({ port }) => {
          const onEvent = ({ type }: { type: string }): void => {
            if (type === 'retry') void connection.query('UNLOCK TABLES');
          };
          await runLoad({ ...server, port }, { directory, ...intoTables }, { onEvent });
        });
        expect(isHeld).toBe(true);
      });
      expect(diffFingerprints(original, await fingerprint(server.url, { databases }))).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  const rowCounts = async (): Promise<number[]> =>
    withConnection(target, async (connection) => {
      const counts: number[] = [];
      for (let number = 0; number < TABLES; number++) {
        const [rows] = await connection.query(`SELECT COUNT(*) AS n FROM ${database}.t${number}`);
        counts.push(Number((rows as { n: number }[])[0]?.n));
      }
      return counts;
    });
});

/** Most have no key: a row that is there twice is seen. Some have no transactions. */
function smallTable(number: number): string {
  const key = number === 2 ? 'PRIMARY KEY' : '';
  const engine = number % 30 === 7 ? 'MyISAM' : 'InnoDB';
  return `CREATE TABLE t${number} (id INT ${key}, word VARCHAR(20)) ENGINE = ${engine};
    INSERT INTO t${number} VALUES (1, 'one'), (2, 'two'), (${number + 10}, 'many')`;
}
