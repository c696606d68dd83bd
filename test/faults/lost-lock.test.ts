/** The lock of a dump, or the wait for it, is ended by somebody else: no dump is made of it, and nobody waits any longer. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';

import type { Connection, RowDataPacket } from 'mysql2/promise';
import { describe, expect, test, vi } from 'vitest';

import { DEFAULT_LOCK } from '../../src/index.ts';
import type { RunEvent } from '../../src/index.ts';
import { laneServers, withConnection } from '../support/lanes.ts';
import { connectionTo, failureOf, runDump, withDirectory } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';
import type { TestServer } from '../support/servers.ts';

const FILL = `CREATE DATABASE held; USE held; CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2);
  CREATE TABLE apart (id INT PRIMARY KEY) ENGINE=MyISAM; INSERT INTO apart VALUES (1);
  CREATE USER dumper; GRANT ALL ON *.* TO dumper`;

const own = laneServers().filter(({ source }) => source.origin !== 'environment' && source.clientCommand !== undefined);

describe.each(own)('$lane', ({ lane }) => {
  test('connections that hold locks, and a statement that waits for one, are killed', async () => {
    const server = await startServer(lane);
    try {
      await withConnection(server, async (connection) => {
        await connection.query(FILL);
        for (const lock of ['lock held', 'rows to be read']) await killedWhile(server, lock);
        // Nobody is held up by what was killed.
        await connection.query('INSERT INTO held.t VALUES (3); INSERT INTO held.apart VALUES (3)');
        await killedInWait(server, connection);
        await connection.query('UNLOCK TABLES; INSERT INTO held.t VALUES (4)');
      });
    } finally {
      await server.stop();
    }
  });
});

/** Kills the dump's first connections: those that hold the locks. */
async function killedWhile(server: TestServer, what: string): Promise<void> {
  await withDirectory(async (directory) => {
    let killed = 0;
    const onEvent = (event: RunEvent): void => {
      const isHeld = event.type === 'lock' && event.state === 'held';
      if (killed === 0 && (what === 'lock held' ? isHeld : event.type === 'totals')) killed = killFirst(server);
    };
    const connection = { ...connectionTo(server), user: 'dumper' };
    const options = { directory, databases: ['held'], connection };
    const failure = await failureOf(runDump(server, options, { onEvent }));
    expect(killed).toBeGreaterThan(0);
    expect([5, 6], failure.message).toContain(failure.exitCode);
    if (existsSync(directory)) expect(await readdir(directory)).not.toContain('metadata');
  });
}

/** With the server's own client, while this process stands still. */
function killFirst({ clientCommand = [] }: TestServer): number {
  const [program = '', ...args] = clientCommand;
  const ask = (sql: string): string => {
    const { status, stdout, stderr } = spawnSync(program, [
      ...args,
      '--skip-column-names',
      '--batch',
      '--execute',
      sql,
    ]);
    if (status !== 0) throw new Error(`the client ended with ${status}: ${stderr.toString()}`);
    return stdout.toString().trim();
  };
  const id = Number(ask("SELECT MIN(id) FROM information_schema.PROCESSLIST WHERE user = 'dumper'"));
  ask(`KILL ${id}`);
  return id;
}

/** Ends with the connection's lock on the table in place. */
async function killedInWait(server: TestServer, connection: Connection): Promise<void> {
  await connection.query('LOCK TABLES held.t WRITE');
  await withDirectory(async (directory) => {
    const lock = { ...DEFAULT_LOCK, mode: 'FTWRL' } as const;
    const options = { directory, databases: ['held'], lock, connection: { ...connectionTo(server), user: 'dumper' } };
    const failing = failureOf(runDump(server, options));
    await withConnection(server, async (other) => {
      const id = await vi.waitFor(
        async () => {
          const [rows] = await other.query<RowDataPacket[]>(
            "SELECT id FROM information_schema.PROCESSLIST WHERE user = 'dumper' AND info LIKE 'FLUSH TABLES%'",
          );
          expect(rows).toHaveLength(1);
          return (rows[0] as { id: number }).id;
        },
        { timeout: 60_000, interval: 20 },
      );
      await other.query(`KILL QUERY ${id}`);
    });
    expect(await failing).toMatchObject({ code: 'LOCK', exitCode: 6 });
    expect(existsSync(directory)).toBe(false);
  });
}
