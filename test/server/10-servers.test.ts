/** What the other chapters stand on: the servers of a lane are what they say, and nothing of them stays behind. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import type { ManagedServer, TestServer } from '../support/servers.ts';
import { startServer } from '../support/servers.ts';

const run = promisify(execFile);

describe.each(laneServers())('$lane', ({ lane, source, target }) => {
  test('both servers are of the lane', () => {
    for (const server of [source, target])
      expect(`${server.product}-${server.version}`.toLowerCase()).toContain(`${lane}.`);
  });

  test.skipIf(source.port === target.port)('source and target are two servers', async () => {
    await withDatabase(source, 'servers', async (name) => {
      const found = await withConnection(target, (connection) => connection.query('SHOW DATABASES LIKE ?', [name]));
      expect(found[0]).toEqual([]);
    });
  });

  test.skipIf(source.origin === 'environment')(
    'the source keeps a binlog, takes local files and runs no events',
    async () => {
      expect(await variables(source)).toEqual({ log_bin: 1, local_infile: 1, event_scheduler: 'OFF' });
    },
  );

  test.skipIf(source.clientCommand === undefined)('the client gets in', async () => {
    const [client = '', ...args] = source.clientCommand ?? [];
    const { stdout } = await run(client, [...args, '--batch', '--skip-column-names', '--execute=SELECT VERSION()']);
    expect(stdout).toContain(source.version);
  });

  test.skipIf(source.socketPath === undefined)('the socket is reachable from here', async () => {
    const answer = await withConnection(source, (connection) => connection.query('SELECT 1 AS one'), {
      socketPath: source.socketPath ?? '',
    });
    expect(answer[0]).toEqual([{ one: 1 }]);
  });

  test('a database lent is gone afterwards, also when its user failed', async () => {
    let lent = '';
    const failing = withDatabase(source, 'servers', async (name, connection) => {
      lent = name;
      await connection.query('CREATE TABLE t (id INT); START TRANSACTION; INSERT INTO t VALUES (1)');
      throw new Error('the test failed');
    });
    await expect(failing).rejects.toThrow('the test failed');
    const left = await withConnection(source, (connection) => connection.query('SHOW DATABASES LIKE ?', [lent]));
    expect(left[0]).toEqual([]);
  });

  describe.skipIf(source.origin === 'environment')('a server started alone', () => {
    test('takes arguments, comes back with its data after kill, and is gone after stop', async () => {
      const server = await startServer(lane, {
        extraArgs: ['--max-connections=17'],
        bufferPoolBytes: 64 * 1024 * 1024,
      });
      try {
        await killAndRestart(server);
      } finally {
        await server.stop();
      }
      await expect(withConnection(server, () => Promise.resolve())).rejects.toThrow(/ECONNREFUSED/);
    });

    test('does not outlive a runner killed with SIGKILL', async () => {
      const runner = startRunner(lane);
      const [line] = (await once(runner.stdout, 'data')) as [Buffer];
      const server = JSON.parse(line.toString()) as TestServer;
      const session = connect(server.port, server.host);
      // A session that never logs in: reset or closed, both mean that the server is gone.
      session.on('error', () => undefined);
      await once(session, 'data');
      const gone = Promise.all([once(session, 'close'), once(runner, 'close')]);
      runner.kill('SIGKILL');
      await gone;
      if (server.socketPath !== undefined) expect(existsSync(dirname(server.socketPath))).toBe(false);
      await expect(withConnection(server, () => Promise.resolve())).rejects.toThrow(/ECONNREFUSED/);
    });
  });
});

async function variables(server: TestServer): Promise<unknown> {
  return withConnection(server, async (connection) => {
    const [rows] = await connection.query(
      'SELECT @@log_bin log_bin, @@local_infile local_infile, @@event_scheduler event_scheduler',
    );
    return (rows as unknown[])[0];
  });
}

async function killAndRestart(server: ManagedServer): Promise<void> {
  await withConnection(server, (connection) =>
    connection.query('CREATE DATABASE kept; CREATE TABLE kept.t (id INT PRIMARY KEY); INSERT INTO kept.t VALUES (7)'),
  );
  await server.kill();
  await expect(withConnection(server, () => Promise.resolve())).rejects.toThrow(/ECONNREFUSED/);
  await server.restart();
  const kept = await withConnection(server, (connection) =>
    connection.query('SELECT id, @@max_connections m FROM kept.t'),
  );
  expect(kept[0]).toEqual([{ id: 7, m: 17 }]);
}

/** Another process that starts a server and tells where; its standard error closes when its supervisors are gone too. */
function startRunner(lane: string) {
  const servers = new URL('../support/servers.js', import.meta.url).href;
  const script = `
    import { startServer } from ${JSON.stringify(servers)};
    console.log(JSON.stringify(await startServer(${JSON.stringify(lane)})));`;
  const runner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  runner.stderr.resume();
  return runner;
}
