/** The server is killed in the middle of a load and started again: the load waits for it, goes on, and is whole. */

import { describe, expect, test } from 'vitest';

import { ALL_ROWS, IN_SMALL_TRANSACTIONS, restored } from '../support/disturbed-load.ts';
import { laneServers } from '../support/lanes.ts';
import { withProxy } from '../support/proxy.ts';
import { connectionTo, runLoad } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';

const own = laneServers().filter(({ source }) => source.origin !== 'environment');

describe.each(own)('$lane', ({ lane, source }) => {
  test('a load goes on when its server is back', async () => {
    const server = await startServer(lane, { role: 'target' });
    try {
      await restored({ lane, source, target: server }, async (directory) => {
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
