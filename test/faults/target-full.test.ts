/** The target has no room for a row, or InnoDB none at all: exit code 7, the table is named, and with more room the load goes on. */

import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { connectionTo, failureOf, NO_LOCK, runDump, runLoad, withDirectory } from '../support/runs.ts';
import { dropEverywhere, vacate } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';

const MIB = 1024 * 1024;
/** All tables in one file, which is full at that size. */
const ALL_IN_72_MIB = ['--innodb-file-per-table=0', '--innodb-data-file-path=ibdata1:12M:autoextend:max:72M'];

const ROWS = 'WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)';

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  test('a table that is full is named; --resume goes on when there is room', () =>
    withDatabase(source, 'full', async (database, connection) => {
      await connection.query(`CREATE TABLE held (id INT PRIMARY KEY, v CHAR(200)) ENGINE=MEMORY;
        INSERT INTO held ${ROWS} SELECT i, REPEAT('x', 200) FROM n`);
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], lock: NO_LOCK });
        await vacate(lane, database);
        try {
          const small = { name: 'max_heap_table_size', value: '16384', origin: 'the test' };
          const connectionOptions = { ...connectionTo(target), sessionVariables: [small] };
          const failure = await failureOf(runLoad(target, { directory, connection: connectionOptions }));
          expect(failure).toMatchObject({ code: 'STORAGE', exitCode: 7 });
          expect(failure.message).toContain(`${database}.held`);
          expect(failure.hint).toMatch(/room .* --resume/);
          const { summary } = await runLoad(target, { directory, resume: true });
          expect(summary.rows).toBe(1000);
        } finally {
          await dropEverywhere(lane, database);
        }
      });
    }));

  test.runIf(source.origin !== 'environment')(
    'InnoDB that is full rolls back; --resume goes on when there is room',
    () =>
      withDatabase(source, 'full', async (database, connection) => {
        // 20 MB, in transactions of 2 MB.
        await connection.query(`CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(1000));
        INSERT INTO t (v) ${ROWS} SELECT REPEAT(SHA2(i, 256), 15) FROM n;
        ${'INSERT INTO t (v) SELECT v FROM t LIMIT 1000;'.repeat(19)}`);
        const original = await fingerprint(source.url, { databases: [database] });
        const full = await startServer(lane.lane, {
          role: 'target',
          bufferPoolBytes: 64 * MIB,
          extraArgs: ALL_IN_72_MIB,
        });
        try {
          await withDirectory(async (directory) => {
            const options = { directory, rowsPerChunk: 2000, databases: [database], lock: NO_LOCK };
            await runDump(source, options);
            await withConnection(full, async (other) => {
              await other.query('CREATE DATABASE other; CREATE TABLE other.ballast (v LONGBLOB)');
              await other.query("INSERT INTO other.ballast VALUES (REPEAT('x', 4194304));".repeat(10));
              const failure = await failureOf(runLoad(full, { directory }));
              expect(failure).toMatchObject({ code: 'STORAGE', exitCode: 7 });
              expect(failure.message).toContain(`${database}.t`);
              expect(failure.hint).toMatch(/room .* --resume/);
              await other.query('DROP TABLE other.ballast');
              // MariaDB gives the room back when it purges.
              if (full.product === 'MariaDB') await other.query('SET GLOBAL innodb_max_purge_lag_wait = 0');
            });
            const { summary } = await runLoad(full, { directory, resume: true });
            expect(summary.rows).toBe(20_000);
          });
          const restored = await fingerprint(full.url, { databases: [database] });
          expect(diffFingerprints(original, restored)).toEqual([]);
        } finally {
          await full.stop();
        }
      }),
  );
});
