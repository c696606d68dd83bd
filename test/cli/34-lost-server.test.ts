/**
 * The server goes away in the middle: a dump ends at once, says so, and leaves nothing that looks whole; it can be resumed when
 * the server is back. A load goes on by itself.
 */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { RunningProgram, account, expectFailure, mustRun, withFolder } from '../support/cli.ts';
import { laneServers, withConnection } from '../support/lanes.ts';
import { withProxy } from '../support/proxy.ts';
import { startServer } from '../support/servers.ts';
import type { ManagedServer, TestServer } from '../support/servers.ts';

/** 20,000 rows of 500 bytes in several chunks: more than fits into any buffer on the way. */
const FILL = `CREATE DATABASE lost; USE lost; CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(500));
  INSERT INTO t (v) WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    SELECT REPEAT('x', 500) FROM n;
  ${'INSERT INTO t (v) SELECT v FROM t LIMIT 4000;'.repeat(6)}`;

const PROMPT_MS = 10_000;

async function withServer(lane: TestServer['lane'], use: (server: ManagedServer) => Promise<void>): Promise<void> {
  const server = await startServer(lane);
  try {
    await withConnection(server, (connection) => connection.query(FILL));
    await use(server);
  } finally {
    await server.stop();
  }
}

const own = laneServers().filter(({ source }) => source.origin !== 'environment');

describe.each(own)('$lane', ({ lane }) => {
  test('a server killed in the middle of a dump ends it, and a load waits until it is back', () =>
    withServer(lane, (server) =>
      withFolder(async (folder) => {
        const whole = join(folder, 'whole');
        const broken = join(folder, 'broken');
        await mustRun('tsdump', ['-d', whole, ...account(server), '-B', 'lost', '-r', '2000']);

        await withProxy(server, { from: 'server', holdAfterBytes: 2_000_000 }, async ({ port, held, release }) => {
          const args = ['-d', broken, ...account({ ...server, port }), '-B', 'lost', '-r', '2000'];
          const running = new RunningProgram('tsdump', args);
          await held;
          await server.kill();
          const killedAt = performance.now();
          release();
          const text = expectFailure(await running.ended, 5, 'SERVER_GONE', ['lost the server while', 'error log']);
          expect(text).toMatch(/(reading|planning) .*\blost\b/);
          expect(performance.now() - killedAt).toBeLessThan(PROMPT_MS);
          expect(await readdir(broken)).not.toContain('metadata');
        });

        await server.restart();
        await mustRun('tsdump', ['-d', broken, ...account(server), '-B', 'lost', '-r', '2000', '--resume']);
        await mustRun('tsload', ['verify', '-d', broken]);
        await withConnection(server, (connection) => connection.query('DROP DATABASE lost'));
        await withProxy(server, { from: 'client', holdAfterBytes: 2_000_000 }, async ({ port, held, release }) => {
          // One connection for data: others could be lost first, while they are being prepared.
          const args = ['-d', whole, ...account({ ...server, port }), '-t', '1'];
          const running = new RunningProgram('tsload', args);
          await held;
          await server.kill();
          release();
          await running.said('lost the server while');
          await server.restart();
          const ended = await running.ended;
          expect(ended, ended.stderr).toMatchObject({ code: 0, stdout: '' });
          expect(ended.stderr).toMatch(/rows +20,000/);
        });
      }),
    ));
});
