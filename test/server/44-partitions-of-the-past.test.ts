/** --partition-regex on tables that are divided by the past of their rows (MariaDB's SYSTEM_TIME). */

import { expect, describe, test } from 'vitest';

import type { DumpOptions } from '../../src/index.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';

describe.each(laneServers())('$lane', ({ source, target }) => {
  test.runIf(source.product === 'MariaDB' && source.port !== target.port)(
    'partitions of the past are chosen by name, with the moments of their rows or as nothing',
    () =>
      withDatabase(source, 'past', async (database, connection) => {
        await connection.query(`CREATE TABLE t (id INT PRIMARY KEY, x INT) WITH SYSTEM VERSIONING
            PARTITION BY SYSTEM_TIME LIMIT 2 (PARTITION p0 HISTORY, PARTITION p1 HISTORY, PARTITION now CURRENT);
          INSERT INTO t VALUES (1, 1), (2, 2); UPDATE t SET x = 5; DELETE FROM t WHERE id = 2`);
        const restored = (options: Partial<DumpOptions>): Promise<string[]> =>
          withDirectory(async (directory) => {
            await runDump(source, { directory, databases: [database], ...options });
            await dropDatabase(target, database);
            await runLoad(target, { directory });
            const found = await rowsOf(target, `${database}.t FOR SYSTEM_TIME ALL`);
            await dropDatabase(target, database);
            return found;
          });
        const old = await rowsOf(source, `${database}.t PARTITION (p0)`);
        const now = await rowsOf(source, `${database}.t PARTITION (now)`);
        expect([old.length, now.length]).toEqual([2, 1]);
        expect(await restored({ partitionRegex: '^p0' })).toEqual(old);
        expect(await restored({ partitionRegex: '0|now', rowsPerChunk: 1 })).toEqual([...old, ...now].sort());
        expect(await restored({ partitionRegex: '^none' })).toEqual([]);
        const settings = { columnsOnSelect: ['id', 'x'], partitionRegex: '0|now' };
        const tableRules = [{ database, table: 't', settings, origin: `[${database}.t]` }];
        const present = await restored({ tableRules });
        expect(present.map((row) => row.slice(0, 3))).toEqual(['1/5']);
      }),
  );
});

/** With the moments between which each was valid. */
async function rowsOf(server: TestServer, table: string): Promise<string[]> {
  return withConnection(server, async (connection) => {
    const [rows] = await connection.query({
      sql: `SELECT CONCAT_WS('/', id, x, row_start, row_end) FROM ${table} ORDER BY 1`,
      rowsAsArray: true,
    });
    return (rows as string[][]).map(([text = '']) => text);
  });
}
