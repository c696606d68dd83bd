/** Servers of their own: one that is killed in the middle of a load and started again, and one that has few connections. */

import { describe, expect, test } from 'vitest';

import { ALL_ROWS, IN_SMALL_TRANSACTIONS, restored } from '../support/disturbed-load.ts';
import { laneServers, withConnection } from '../support/lanes.ts';
import { withProxy } from '../support/proxy.ts';
import { connectionTo, runLoad } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';
import type { TestServer } from '../support/servers.ts';

const own = laneServers().filter(({ source }) => source.origin !== 'environment');

/** No server takes fewer for a limit, and it has one more for administrators. */
const MOST = 10;
/** For the load: its first, and three. */
const LEFT = 4;

/** Lends a server on which others have all connections but a few. */
async function withFewConnections(server: TestServer, use: () => Promise<void>): Promise<void> {
  const occupy = async (count: number): Promise<void> =>
    count === 0 ? use() : withConnection(server, () => occupy(count - 1));
  await withConnection(server, async (connection) => {
    await connection.query(`SET GLOBAL max_connections = ${MOST}`);
    await occupy(MOST - LEFT);
    await connection.query('SET GLOBAL max_connections = 100');
  });
}

describe.each(own)('$lane', ({ lane, source }) => {
  test('a load makes do with the connections that there are, and goes on when a killed server is back', async () => {
    const server = await startServer(lane, { role: 'target' });
    const lanes = { lane, source, target: server };
    try {
      await restored(lanes, async (directory) => {
        await withFewConnections(server, async () => {
          const { summary } = await runLoad(server, { directory, threads: 16 });
          expect(summary.rows).toBe(ALL_ROWS);
          expect(summary.warnings.join()).toContain('over fewer connections than --threads says');
        });
      });
      await restored(lanes, async (directory) => {
        await withProxy(server, { from: 'client', holdAfterBytes: 700_000 }, async ({ port, held, release }) => {
          const connection = { ...connectionTo(server), port };
          const load = Promise.allSettled([runLoad(server, { directory, connection, ...IN_SMALL_TRANSACTIONS })]);
          await Promise.race([held, load]);
          await server.kill();
          release();
          await server.restart();
          const [outcome] = await load;
          if (outcome.status === 'rejected') throw outcome.reason;
          expect(outcome.value.summary.rows).toBe(ALL_ROWS);
          expect(outcome.value.summary.retries).toBeGreaterThan(0);
        });
      });
    } finally {
      await server.stop();
    }
  });
});
