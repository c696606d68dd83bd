/** Error 1146: a table that is not there yet is waited for, with patience that ends; no row is lost or doubled by it. */

import { describe, expect, test } from 'vitest';

import type { RunEvent } from '../../src/index.ts';
import type { LaneServers } from '../support/lanes.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { failureOf, runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';

/** `early` has more on disk, so it is loaded first, and too much text to be sent together with `late`. */
const EARLY = 'CREATE TABLE early (id INT PRIMARY KEY, filler TEXT)';
const LATE = 'CREATE TABLE late (id INT PRIMARY KEY)';
const ROWS = `INSERT INTO early VALUES (1, REPEAT('filler ', 7000)), (2, UUID()), (3, UUID());
  INSERT INTO late VALUES (1), (2)`;

describe.each(laneServers())('$lane', (lane) => {
  test('a table that appears after the run began is loaded', () =>
    withDumpAndTarget(lane, async (directory, database) => {
      await execute(lane.target, database, EARLY);
      const created: Promise<void>[] = [];
      const onEvent = (event: RunEvent): void => {
        if (event.type === 'retry' && created.length === 0) created.push(execute(lane.target, database, LATE));
      };
      await runLoad(lane.target, { directory, targetDatabase: database, withSchemas: false }, { onEvent });
      await Promise.all(created);
      expect(created).toHaveLength(1);
      expect(await rowsIn(lane.target, database)).toEqual({ early: 3, late: 2 });
    }));

  test('a table that is dropped and created anew while rows are loaded gets all its rows', () =>
    withDumpAndTarget(lane, async (directory, database) => {
      await execute(lane.target, database, `${EARLY}; ${LATE}`);
      await withTableTakenAway(lane.target, database, async (drop, create) => {
        const steps: Promise<unknown>[] = [];
        const onEvent = (event: RunEvent): void => {
          if (event.type === 'table-done' && event.table.endsWith('`early`')) steps.push(drop());
          if (event.type === 'retry' && steps.length === 1) steps.push(create());
        };
        const { summary } = await runLoad(
          lane.target,
          { directory, targetDatabase: database, withSchemas: false, threads: 1 },
          { onEvent },
        );
        await Promise.all(steps);
        expect(steps).toHaveLength(2);
        expect(summary.retries).toBeGreaterThan(0);
      });
      expect(await rowsIn(lane.target, database)).toEqual({ early: 3, late: 2 });
    }));
});

describe.each(laneServers())('$lane', (lane) => {
  test('rows that vanish with a table that is dropped after they were committed are not called loaded', () =>
    withDatabase(lane.source, 'vanish', async (database, connection) => {
      await connection.query('CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)');
      await withDirectory(async (directory) => {
        await runDump(lane.source, { directory, databases: [database], maxStatementBytes: 10 });
        await withDatabase(lane.target, 'vanished', async (target, holder) => {
          // The load stops at row 2, which another transaction holds, with row 1 committed.
          await holder.query('CREATE TABLE t (id INT PRIMARY KEY); START TRANSACTION; INSERT INTO t VALUES (2)');
          const steps: Promise<unknown>[] = [];
          const onEvent = (event: RunEvent): void => {
            if (event.type === 'progress' && event.progress.rowsDone === 1 && steps.length === 0)
              steps.push(holder.query('ROLLBACK; DROP TABLE t'));
            if (event.type === 'retry' && steps.length === 1)
              steps.push(holder.query('CREATE TABLE t (id INT PRIMARY KEY)'));
          };
          const one = { threads: 1, statementsPerTransaction: 1 };
          const into = { directory, targetDatabase: target, withSchemas: false, ...one };
          const error = await failureOf(runLoad(lane.target, into, { onEvent }));
          await Promise.all(steps);
          expect(error).toMatchObject({ code: 'ROWS_DIFFER', message: expect.stringContaining('`t`') as string });
        });
      });
    }));
});

// Each waits for half a minute, as it should; all of them at the same time.
describe('in every lane', () => {
  test.concurrent('a table that never appears is named in the end, and no row was sent', async () => {
    const lanes = laneServers().map((lane) =>
      withDumpAndTarget(lane, async (directory, database) => {
        await execute(lane.target, database, EARLY);
        const retries: RunEvent[] = [];
        const onEvent = (event: RunEvent): void => {
          if (event.type === 'retry') retries.push(event);
        };
        const error = await failureOf(
          runLoad(lane.target, { directory, targetDatabase: database, withSchemas: false }, { onEvent }),
        );
        expect(error.code).toBe('LOAD_FAILED');
        expect(error.message).toContain(`\`${database}\`.\`late\``);
        expect(error.message).toContain('tried 10 times');
        expect(retries).toHaveLength(9);
        expect(await rowsIn(lane.target, database)).toEqual({ early: 0 });
      }),
    );
    await Promise.all(lanes);
  });

  test.concurrent('a table that is dropped while rows are loaded and stays away is named in the end', async () => {
    const lanes = laneServers().map((lane) =>
      withDumpAndTarget(lane, async (directory, database) => {
        await execute(lane.target, database, `${EARLY}; ${LATE}`);
        await withTableTakenAway(lane.target, database, async (drop) => {
          const steps: Promise<unknown>[] = [];
          const onEvent = (event: RunEvent): void => {
            if (event.type === 'table-done') steps.push(drop());
          };
          const load = runLoad(
            lane.target,
            { directory, targetDatabase: database, withSchemas: false, threads: 1 },
            { onEvent },
          );
          const error = await failureOf(load);
          await Promise.all(steps);
          expect(error.code).toBe('SERVER_REFUSED');
          expect(error.message).toMatch(/\.late\.00000\.sql\.zst, statement \d+.*tried 10 times/);
        });
      }),
    );
    await Promise.all(lanes);
  });
});

/** A dump of both tables with their rows, and an empty database on the target. */
async function withDumpAndTarget(
  { source, target }: LaneServers,
  use: (directory: string, database: string) => Promise<void>,
): Promise<void> {
  await withDirectory((directory) =>
    withDatabase(source, 'missing', async (name, connection) => {
      await connection.query(`${EARLY}; ${LATE}; ${ROWS}`);
      await runDump(source, { directory, databases: [name] });
      await withDatabase(target, 'missing', (database) => use(directory, database));
    }),
  );
}

/** Holds `late` locked, so that no row gets in before it is dropped, which is when the lock ends. */
async function withTableTakenAway(
  server: TestServer,
  database: string,
  use: (drop: () => Promise<unknown>, create: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  await withConnection(
    server,
    async (connection) => {
      await connection.query('LOCK TABLES late WRITE');
      await use(
        () => connection.query('DROP TABLE late; UNLOCK TABLES'),
        () => connection.query(LATE),
      );
    },
    { database },
  );
}

async function execute(server: TestServer, database: string, sql: string): Promise<void> {
  await withConnection(server, (connection) => connection.query(sql), { database });
}

async function rowsIn(server: TestServer, database: string): Promise<Record<string, number>> {
  return withConnection(
    server,
    async (connection) => {
      const [tables] = await connection.query({ sql: 'SHOW TABLES', rowsAsArray: true });
      const counts: Record<string, number> = {};
      for (const [table = ''] of tables as unknown as string[][]) {
        const [rows] = await connection.query('SELECT COUNT(*) AS n FROM ??', [table]);
        counts[table] = (rows as { n: number }[])[0]?.n ?? -1;
      }
      return counts;
    },
    { database },
  );
}
