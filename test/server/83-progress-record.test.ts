/** The table in which a load records its progress: where there can be none, and where one was left behind. */

import { describe, expect, test } from 'vitest';

import { LEDGER_TABLE } from '../../src/schema/names.ts';
import { laneServers, withDatabase } from '../support/lanes.ts';
import { connectionTo, dataFilesOf, runDump, runLoad, withDirectory } from '../support/runs.ts';

describe.each(laneServers())('$lane', ({ source, target }) => {
  test('an account that may not create tables loads without a record, and is told so', () =>
    withDatabase(source, 'record', (database, connection) =>
      withDirectory(async (directory) => {
        await connection.query('CREATE TABLE t (id INT); INSERT INTO t VALUES (1), (1)');
        await runDump(source, { directory, databases: [database] });
        await withDatabase(target, 'record', async (targetDatabase, owner) => {
          await owner.query(`CREATE TABLE t (id INT); CREATE USER '${targetDatabase}'@'%' IDENTIFIED BY 'x'`);
          await owner.query(`GRANT SELECT, INSERT ON \`${targetDatabase}\`.* TO '${targetDatabase}'@'%'`);
          try {
            const account = { ...connectionTo(target), user: targetDatabase, password: 'x' };
            const options = { directory, targetDatabase, withSchemas: false, connection: account };
            const { summary } = await runLoad(target, options);
            expect(summary).toMatchObject({ rows: 2, skipped: [] });
            expect(summary.warnings.join('\n')).toContain('progress is not recorded');
            // Nor where a table of somebody else's has the name.
            await owner.query(`CREATE TABLE ${LEDGER_TABLE} (mine INT); INSERT INTO ${LEDGER_TABLE} VALUES (7)`);
            const again = await runLoad(target, { ...options, connection: connectionTo(target) });
            expect(again.summary.warnings.join('\n')).toContain('progress is not recorded');
            const [rows] = await owner.query(`SELECT mine FROM ${LEDGER_TABLE}`);
            expect(rows).toEqual([{ mine: 7 }]);
          } finally {
            await owner.query(`DROP USER '${targetDatabase}'@'%'`);
          }
        });
      }),
    ));

  test('a dump of a server that is half loaded leaves the record out, and says so', () =>
    withDatabase(source, 'half', (database, connection) =>
      withDirectory(async (directory) => {
        await connection.query(`CREATE TABLE t (id INT); CREATE TABLE ${LEDGER_TABLE} (file INT)`);
        const { summary } = await runDump(source, { directory, databases: [database] });
        expect(summary.tables).toBe(1);
        expect(summary.warnings.join('\n')).toContain(`\`${database}\`.\`${LEDGER_TABLE}\` is left out`);
        expect(await dataFilesOf(directory, database, LEDGER_TABLE)).toEqual([]);
      }),
    ));
});
