/** The target has no room for a row: exit code 7, the table is named, and with more room the load goes on. */

import { describe, expect, test } from 'vitest';

import { laneServers, withDatabase } from '../support/lanes.ts';
import { connectionTo, failureOf, NO_LOCK, runDump, runLoad, withDirectory } from '../support/runs.ts';
import { dropEverywhere, vacate } from '../support/runs.ts';

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
});
