/** The network is cut and nobody is told: a dump ends and goes on with --resume, a load goes on when the network is back. */

import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, test } from 'vitest';

import { RunningProgram, account, expectFailure, mustRun, runProgram, withFolder } from '../support/cli.ts';
import { restored } from '../support/disturbed-load.ts';
import { laneServers, withDatabase } from '../support/lanes.ts';
import { mayHaveNetworks, withOwnNetwork } from '../support/own-network.ts';

const ROWS = 20_000;
const FILL = `CREATE TABLE small (id INT PRIMARY KEY); INSERT INTO small VALUES (1);
  CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(500));
  INSERT INTO t (v) WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    SELECT REPEAT('x', 500) FROM n;
  ${'INSERT INTO t (v) SELECT v FROM t LIMIT 1000;'.repeat(19)}`;

/** The two minutes after which a silent server is asked whether it is there, which server/31-connecting holds, as a second. */
const IMPATIENT = `import net from 'node:net'; import { syncBuiltinESMExports } from 'node:module';
  const { createConnection } = net;
  net.createConnection = (options, ...rest) =>
    createConnection(options.keepAlive ? { ...options, keepAliveInitialDelay: 1000 } : options, ...rest);
  syncBuiltinESMExports();`;

async function withImpatience(
  use: (folder: string, environment: { NODE_OPTIONS: string }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const file = join(folder, 'impatient.mjs');
    await writeFile(file, IMPATIENT);
    await use(folder, { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` });
  });
}

// The system has a part in it, no kind of server has.
describe.runIf(mayHaveNetworks()).each(laneServers().slice(0, 1))('$lane', (lane) => {
  const { source, target } = lane;

  test('in a dump: lost, no dump, and --resume goes on', () =>
    withDatabase(source, 'cut', (database, connection) =>
      withImpatience(async (folder, environment) => {
        await connection.query(FILL);
        const directory = join(folder, 'dump');
        // Of the lock of a dump that is cut off nobody would tell the server.
        const how = ['-d', directory, '-B', database, '-r', '1000', '--sync-thread-lock-mode=NO_LOCK'];
        await withOwnNetwork(source, { from: 'server', afterBytes: 4_000_000 }, async ({ host, port, before }) => {
          const where = account({ ...source, host, port });
          const ended = await runProgram('tsdump', [...how, ...where], environment, before);
          expectFailure(ended, 5, 'SERVER_GONE', ['lost the server while', 'ETIMEDOUT', '--resume goes on']);
          expect(await readdir(directory)).not.toContain('metadata');
        });
        const resumed = await runProgram('tsdump', [...how, ...account(source), '--resume']);
        expect([0, 3], resumed.stderr).toContain(resumed.code);
        expect(resumed.stderr).toContain((ROWS + 1).toLocaleString('en'));
        await mustRun('tsload', ['verify', '-d', directory]);
      }),
    ));

  test('in a load: it goes on when the network is back, and no row is there twice', () =>
    restored(lane, (directory) =>
      withImpatience((_, environment) =>
        withOwnNetwork(target, { from: 'client', afterBytes: 400_000 }, async ({ host, port, before, cut, mend }) => {
          const where = account({ ...target, host, port });
          const running = new RunningProgram('tsload', ['-d', directory, ...where, '-q', '2'], environment, before);
          await Promise.race([cut, running.ended]);
          await running.said('; attempt 1 in');
          mend();
          const ended = await running.ended;
          expect(ended.code, ended.stderr).toBe(0);
        }),
      ),
    ));
});
