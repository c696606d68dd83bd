/** Databases that MySQL keeps read-only: dumped like any other, read-only again when everything is in them. */

import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { laneServers, uniqueName, withConnection } from '../support/lanes.ts';
import { dropEverywhere, failureOf, runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const isPossible = source.product === 'MySQL' && source.port !== target.port;

  test.runIf(isPossible)('a read-only database comes back read-only, with everything in it', async () => {
    const database = uniqueName('closed');
    const databases = [database];
    try {
      await send(
        source,
        `CREATE DATABASE ${database} COLLATE utf8mb4_bin; USE ${database};
         CREATE TABLE parent (id INT PRIMARY KEY); INSERT INTO parent VALUES (1), (2);
         CREATE TABLE child (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES parent (id)) ENGINE=InnoDB; INSERT INTO child VALUES (1);
         CREATE TABLE apart (id INT) ENGINE=MyISAM; INSERT INTO apart VALUES (7); CREATE VIEW v AS SELECT id FROM child;
         CREATE TRIGGER g BEFORE INSERT ON child FOR EACH ROW SET @a = 1; ALTER DATABASE COLLATE utf8mb4_0900_ai_ci;
         CREATE PROCEDURE p(s TEXT) SELECT s; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SET @a = 1;
         ALTER DATABASE ${database} READ ONLY = 1`,
      );
      const original = await fingerprint(source.url, { databases });
      expect(original.size).toBeGreaterThan(5);
      await withDirectory(async (directory) => {
        expect((await runDump(source, { directory, databases })).summary.skipped).toEqual([]);
        expect((await runLoad(target, { directory })).summary).toMatchObject({ skipped: [], warnings: [] });
        expect(diffFingerprints(original, await fingerprint(target.url, { databases }))).toEqual([]);

        const error = await failureOf(runLoad(target, { directory, dropTable: 'DROP' }));
        expect(error.message).toContain(`read-only on the target: database \`${database}\`; nothing was changed`);

        await send(target, `ALTER DATABASE ${database} READ ONLY = 0; DROP DATABASE ${database}`);
        const definitions = await runLoad(target, { directory, withData: false });
        expect(definitions.summary.warnings).toEqual([expect.stringContaining('READ ONLY = 1')]);
        expect((await runLoad(target, { directory, withSchemas: false })).summary.rows).toBe(4);
      });
    } finally {
      for (const server of [source, target]) await open(server, database);
      await dropEverywhere(lane, database);
    }
  });
});

async function send(server: TestServer, sql: string): Promise<void> {
  await withConnection(server, (connection) => connection.query(sql));
}

/** A read-only database cannot be dropped. */
async function open(server: TestServer, database: string): Promise<void> {
  await send(server, `CREATE DATABASE IF NOT EXISTS ${database}; ALTER DATABASE ${database} READ ONLY = 0`);
}
