/** Views that need what the dump does not hold. */

import { describe, expect, test } from 'vitest';

import { laneServers, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';

describe.each(laneServers())('$lane', (lane) => {
  test('a view that calls a function left out of the dump is named, with what to do, and the others are there', () =>
    withDatabase(lane.source, 'calls', async (database, connection) => {
      await connection.query('CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC NO SQL RETURN 2 * n');
      await connection.query(
        `CREATE TABLE t (id INT PRIMARY KEY); CREATE VIEW doubled AS SELECT twice(id) AS n FROM t;
         CREATE VIEW plain AS SELECT id FROM t`,
      );
      await withDirectory(async (directory) => {
        await runDump(lane.source, { directory, databases: [database], withRoutines: false });
        await vacate(lane, database);
        const { summary } = await runLoad(lane.target, { directory });
        expect(summary).toMatchObject({
          views: 1,
          skipped: [{ what: `view \`${database}\`.\`doubled\``, why: expect.stringContaining('--routines') as string }],
        });
        await vacate(lane, database);
      });
    }));
});
