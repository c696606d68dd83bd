/** Connections are lost while rows are loaded, within COMMIT too: nothing is lost and nothing is there twice. */

import { describe, expect, test } from 'vitest';

import type { LoadSummary, RunEvent } from '../../src/index.ts';
import { connectionsIn } from '../support/connections.ts';
import type { Loss } from '../support/commit-proxy.ts';
import { withCommitProxy } from '../support/commit-proxy.ts';
import { ALL_ROWS, IN_SMALL_TRANSACTIONS, restored } from '../support/disturbed-load.ts';
import type { LaneServers } from '../support/lanes.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import type { Run } from '../support/runs.ts';
import { connectionTo, failureOf, NO_LOCK, runDump, runLoad, withDirectory } from '../support/runs.ts';

/** Each is waited for a little longer than the one before it. */
const KILLS = 12;

describe.each(laneServers())('$lane', (lane) => {
  test('a table without transactions that held rows before is not emptied to be loaded anew', () =>
    withDatabase(lane.source, 'apart', (database, connection) =>
      withDirectory(async (directory) => {
        const rows = Array.from({ length: 100 }, (_, n) => `(${n})`);
        await connection.query(`CREATE TABLE t (n INT) ENGINE = MyISAM; INSERT INTO t VALUES ${rows.join()}`);
        await runDump(lane.source, { directory, databases: [database], maxStatementBytes: 200, lock: NO_LOCK });
        await withDatabase(lane.target, 'apart', async (targetDatabase, owner) => {
          await owner.query('CREATE TABLE t (n INT) ENGINE = MyISAM; INSERT INTO t VALUES (-1)');
          await withCommitProxy(
            lane.target,
            (commit) => (commit === 3 ? 'after' : undefined),
            async ({ port }) => {
              const to = {
                targetDatabase,
                dropTable: 'NONE',
                connection: { ...connectionTo(lane.target), port },
              } as const;
              const load = runLoad(lane.target, { directory, threads: 1, statementsPerTransaction: 1, ...to });
              expect(await failureOf(load)).toMatchObject({
                code: 'LOAD_FAILED',
                message: expect.stringContaining('held rows before the load') as string,
              });
            },
          );
          const [left] = await owner.query('SELECT n FROM t WHERE n = -1');
          expect(left).toEqual([{ n: -1 }]);
        });
      }),
    ));

  test('COMMITs are lost before they reach the server, and their answers on the way back', () =>
    restored(lane, async (directory) => {
      // Of a hundred or so; neighbours among them, so that what replays a lost transaction is lost too.
      const losses = new Map<number, Loss>([
        [3, 'after'],
        [10, 'before'],
        [11, 'after'],
        [12, 'after'],
        [20, 'before'],
        [30, 'after'],
        [31, 'before'],
        [45, 'after'],
      ]);
      await withCommitProxy(
        lane.target,
        (commit) => losses.get(commit),
        async ({ port, commits }) => {
          const connection = { ...connectionTo(lane.target), port };
          const { summary, events } = await runLoad(lane.target, { directory, connection, ...IN_SMALL_TRANSACTIONS });
          expect(commits()).toBeGreaterThan(60);
          expect(summary.rows).toBe(ALL_ROWS);
          expect(summary.retries).toBeGreaterThanOrEqual(losses.size);
          expect(reasons(events).every((reason) => reason.includes('connection lost'))).toBe(true);
        },
      );
    }));

  test('connections are killed time after time', () =>
    restored(lane, async (directory, database) => {
      const killed = await whileKilling(lane, database, KILLS, () =>
        runLoad(lane.target, { directory, ...IN_SMALL_TRANSACTIONS }),
      );
      expect(killed.kills).toBe(KILLS);
      expect(killed.run.summary.rows).toBe(ALL_ROWS);
      // A connection that was idle is opened again without a word.
      expect(killed.run.summary.retries).toBeGreaterThan(2);
    }));
});

interface Killed {
  readonly run: Run<LoadSummary>;
  readonly kills: number;
}

/** Kills one connection that works in the database after the other, so many times. */
async function whileKilling(
  { target }: LaneServers,
  database: string,
  times: number,
  load: () => Promise<Run<LoadSummary>>,
): Promise<Killed> {
  return withConnection(target, async (killer) => {
    const over = new AbortController();
    let kills = 0;
    const running = Promise.allSettled([load().finally(() => over.abort())]);
    while (!over.signal.aborted && kills < times) {
      const ids = await connectionsIn(killer, target, database);
      const id = ids[Math.floor(Math.random() * ids.length)];
      if (id === undefined) continue;
      // It may have gone by itself.
      kills += await killer.query(`KILL ${id}`).then(
        () => 1,
        () => 0,
      );
      await killer.query('DO SLEEP(RAND() / 50)');
    }
    const [outcome] = await running;
    if (outcome.status === 'rejected') throw outcome.reason;
    return { run: outcome.value, kills };
  });
}

const reasons = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'retry' ? [event.reason] : []));
