/** Tables in a tablespace that the target does not have: rows come back, the place is named. */

import { describe, expect, test } from 'vitest';

import { laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const isPossible = source.product === 'MySQL' && source.port !== target.port;

  test.runIf(isPossible)(
    'a table whose tablespace is missing is created in a file of its own, with its rows, and named',
    async () => {
      const space = uniqueName('space');
      try {
        await withDatabase(source, 'placed', async (database, connection) => {
          await connection.query(`CREATE TABLESPACE ${space} ADD DATAFILE '${space}.ibd';
          CREATE TABLE t (id INT PRIMARY KEY COMMENT ' TABLESPACE = x') TABLESPACE ${space}; INSERT INTO t VALUES (1), (2);
          CREATE TABLE elsewhere (id INT PRIMARY KEY) TABLESPACE innodb_system`);
          await withDirectory(async (directory) => {
            const dumped = await runDump(source, { directory, databases: [database] });
            expect(dumped.summary.warnings).toEqual([expect.stringContaining(`tablespace \`${space}\` is not dumped`)]);
            const { summary } = await runLoad(target, { directory });
            await vacate(lane, database);
            expect(summary.skipped).toEqual([
              { what: `place of table \`${database}\`.\`t\``, why: expect.stringContaining(space) as string },
            ]);
            expect(summary.rows).toBe(2);
          });
        });
      } finally {
        await withConnection(source, (connection) => connection.query(`DROP TABLESPACE ${space}`));
      }
    },
  );
});
