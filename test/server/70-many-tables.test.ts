/** Many small tables that refer to each other are created, loaded and tied together by many connections, and none is missing in the end. */

import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';

/** On the server that is quickest with tables. TSDUMP_MANY_TABLES=6111 tries as many as a shop system with its plug-ins has, on each. */
const MANY = 1500;
const FEWER = 500;
const TIMEOUT_MS = 600_000;
/** Tables that hang together; each refers to the one before it, and to itself. */
const FAMILY = 10;
const THREADS = 16;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const tables = Number(process.env['TSDUMP_MANY_TABLES'] ?? (lane.lane === 'mariadb-10.11' ? MANY : FEWER));

  const promise = `${tables} tables with foreign keys are restored over ${THREADS} connections, every one of them`;
  test(promise, { timeout: TIMEOUT_MS }, () =>
    withDatabase(source, 'many', async (database) => {
      await createTables(source, database, tables);
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        const { warnings } = await watched(async () => {
          await runDump(source, { directory, databases: [database], threads: THREADS });
          await vacate(lane, database);
          const { summary } = await runLoad(target, { directory, threads: THREADS });
          expect(summary).toMatchObject({ tables, rows: 2 * tables, retries: 0, warnings: [] });
        });
        expect(warnings).toEqual([]);
        expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
        // Some of them again: they are dropped, keys and all.
        const again = { directory, threads: THREADS, dropTable: 'DROP', regex: ['\\.t[0-9]{1,2}$'] } as const;
        const { summary } = await runLoad(target, again);
        expect(summary).toMatchObject({ tables: 100, rows: 200, retries: 0, warnings: [] });
      });
      await dropDatabase(target, database);
    }),
  );
});

/** By several connections: a server waits for its disk with each table. */
async function createTables(server: TestServer, database: string, tables: number): Promise<void> {
  let next = 0;
  const create = (): Promise<void> =>
    withConnection(
      server,
      async (connection) => {
        await connection.query('SET foreign_key_checks = 0');
        while (next < tables) await connection.query(smallTable(next++));
      },
      { database },
    );
  await Promise.all(Array.from({ length: 8 }, create));
}

/** What Node warns of meanwhile: listeners or timers that pile up. */
async function watched(action: () => Promise<void>): Promise<{ readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', onWarning);
  try {
    await action();
  } finally {
    process.off('warning', onWarning);
  }
  return { warnings };
}

function smallTable(number: number): string {
  const parent = number % FAMILY === 0 ? number : number - 1;
  return `CREATE TABLE t${number} (id INT PRIMARY KEY, parent INT NULL, own INT NULL, word VARCHAR(20), KEY (word),
      FOREIGN KEY (parent) REFERENCES t${parent} (id) ON DELETE CASCADE, FOREIGN KEY (own) REFERENCES t${number} (id));
    INSERT INTO t${number} VALUES (1, NULL, 1, 'one'), (2, 1, NULL, 'two')`;
}
