/** Competing sessions take what a load needs: transactions that the server ends are sent again, whole and once. */

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Connection, RowDataPacket } from 'mysql2/promise';
import { describe, expect, test } from 'vitest';

import type { RunEvent } from '../../src/index.ts';
import { ALL_ROWS, restored } from '../support/disturbed-load.ts';
import type { LaneServers } from '../support/lanes.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { dataFilesOf, runLoad } from '../support/runs.ts';

/** Rows of `keyed` at which a competitor waits for the load, each within a transaction of about a thousand rows. */
const PLACES = [450, 1550, 2650, 4200, 5300];

describe.each(laneServers())('$lane', (lane) => {
  test('sessions that deadlock with a load, and one that makes it wait for too long', () =>
    restored(lane, async (directory, database) => {
      await shortenLockWaits(directory, database);
      await runLoad(lane.target, { directory, withData: false });
      const seen = new Seen();
      await withCompetitors(lane, database, PLACES.length + 2, async ([gate, clerk, ...others]) => {
        // Nothing is appended to an empty table whose end is locked.
        await gate.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        await gate.query('SELECT * FROM keyless FOR UPDATE');
        for (const [at, other] of others.entries()) await other.query(`INSERT INTO keyed (id) VALUES (${PLACES[at]})`);
        const options = { directory, withSchemas: false, statementsPerTransaction: 10, threads: 3 };
        const [load] = await Promise.all([
          runLoad(lane.target, options, { onEvent: (event) => seen.hear(event) }),
          ...others.map(async (other, at) => {
            await collide(other, `keyed WHERE id = ${PLACES[at]! - 1}`);
            await other.query('ROLLBACK');
          }),
          (async () => {
            await takeRecord(clerk, database, 0);
            await gate.query('ROLLBACK');
            await seen.timeout;
            await clerk.query('ROLLBACK');
            await takeRecord(clerk, database, 20);
            await weighDown(clerk, 2);
            await collide(clerk, 'keyless', 2600);
            await clerk.query('ROLLBACK');
          })(),
        ]);
        expect(load.summary.rows).toBe(ALL_ROWS);
        expect(seen.deadlocksOf('keyless')).toBeGreaterThanOrEqual(1);
        expect(seen.deadlocksOf('keyed')).toBeGreaterThanOrEqual(3);
      });
    }));
});

/** What the load said that it does again. */
class Seen {
  readonly timeout: Promise<void>;
  private onTimeout: () => void = () => undefined;
  private readonly deadlocks: string[] = [];

  constructor() {
    this.timeout = new Promise((resolve) => {
      this.onTimeout = resolve;
    });
  }

  hear(event: RunEvent): void {
    if (event.type !== 'retry') return;
    if (event.reason.includes('error 1205')) this.onTimeout();
    if (event.reason.includes('error 1213')) this.deadlocks.push(event.what);
  }

  deadlocksOf(table: string): number {
    return this.deadlocks.filter((what) => what.includes(`.${table}.`)).length;
  }
}

/** A load waits for five minutes unless a file says otherwise. */
async function shortenLockWaits(directory: string, database: string): Promise<void> {
  const [name = ''] = await dataFilesOf(directory, database, 'keyless');
  const file = join(directory, name);
  await writeFile(file, `SET SESSION innodb_lock_wait_timeout = 1;\n${await readFile(file, 'utf8')}`);
  await rm(join(directory, 'tsdump-manifest.jsonl')); // it knows the file's size
}

type Competitors = readonly [Connection, Connection, ...Connection[]];

/** Lends sessions whose transactions cost more to undo than those of the load: of two, a server ends the cheaper. */
async function withCompetitors(
  { target }: LaneServers,
  database: string,
  count: number,
  use: (sessions: Competitors) => Promise<void>,
): Promise<void> {
  const sessions: Connection[] = [];
  const withNext = (heavy: string): Promise<void> =>
    withConnection(
      target,
      async (session) => {
        const number = sessions.push(session);
        await session.query('SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SET autocommit = 0');
        await session.query(`SET @heavy = '${heavy}'`);
        await weighDown(session, number);
        await (number < count ? withNext(heavy) : use(sessions as unknown as Competitors));
        await session.query('ROLLBACK');
      },
      { database },
    );
  await withDatabase(target, 'heavy', async (heavy, connection) => {
    await connection.query('CREATE TABLE heavy (session INT, n INT, v INT, PRIMARY KEY (session, n))');
    for (let session = 1; session <= count; session++) {
      const rows = Array.from({ length: 3000 }, (_, n) => `(${session},${n},0)`);
      await connection.query(`INSERT INTO heavy VALUES ${rows.join()}`);
    }
    await withNext(heavy);
  });
}

/** Changes much, which would have to be undone. */
async function weighDown(session: Connection, number: number): Promise<void> {
  const [rows] = await session.query<RowDataPacket[]>('SELECT @heavy AS heavy');
  const { heavy } = rows[0] as { heavy: string };
  await session.query(`UPDATE \`${heavy}\`.heavy SET v = v + 1 WHERE session = ${number}`);
}

/** Records something of the file of `keyless`, as soon as the load has a record: what it comes to behind so many statements. */
async function takeRecord(session: Connection, database: string, statements: number): Promise<void> {
  const file = `0x${Buffer.from(`${database}.keyless.00000.sql`).toString('hex')}`;
  const sql = `INSERT INTO tsload_progress VALUES (${file}, ${statements}, 1, 1, 0, NULL)`;
  const isTaken = (): Promise<boolean> =>
    session.query(sql).then(
      () => true,
      () => false,
    );
  while (!(await isTaken())) await session.query('DO SLEEP(0.01)');
}

/** Waits for what the load has inserted behind so many rows and not committed, once that waits for the session. */
async function collide(session: Connection, rows: string, behind = 0): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const [found] = await session.query<RowDataPacket[]>(`SELECT 1 FROM ${rows} LIMIT 1 OFFSET ${behind}`);
    return found.length > 0;
  };
  while (!(await isThere())) await session.query('DO SLEEP(0.01)');
  await session.query(`SELECT * FROM ${rows} FOR UPDATE`);
}
