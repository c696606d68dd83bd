/** Many small tables that refer to each other are created, loaded and tied together by many connections, time after time. */

import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';

const TABLES = 500;
/** Tables that hang together; each refers to the one before it, and to itself. */
const FAMILY = 10;
const ROUNDS = 2;
const THREADS = 16;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  test(`${TABLES} tables with foreign keys are restored, and restored again, over ${THREADS} connections`, () =>
    withDatabase(source, 'many', async (database, connection) => {
      await connection.query('SET foreign_key_checks = 0');
      for (let number = 0; number < TABLES; number++) await connection.query(smallTable(number));
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        const said: string[] = [];
        const onWarning = (warning: Error): void => void said.push(warning.message);
        process.on('warning', onWarning);
        await runDump(source, { directory, databases: [database], threads: THREADS });
        await vacate(lane, database);
        try {
          for (let round = 0; round < ROUNDS; round++) {
            // The second time the tables are there: they are dropped, keys and all.
            const { summary } = await runLoad(target, { directory, threads: THREADS, dropTable: 'DROP' });
            expect(summary).toMatchObject({ tables: TABLES, rows: 2 * TABLES, retries: 0, warnings: [] });
          }
        } finally {
          process.off('warning', onWarning);
        }
        expect(said).toEqual([]);
      });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      await dropDatabase(target, database);
    }));
});

function smallTable(number: number): string {
  const parent = number % FAMILY === 0 ? number : number - 1;
  return `CREATE TABLE t${number} (id INT PRIMARY KEY, parent INT NULL, own INT NULL, word VARCHAR(20), KEY (word),
      FOREIGN KEY (parent) REFERENCES t${parent} (id) ON DELETE CASCADE, FOREIGN KEY (own) REFERENCES t${number} (id));
    INSERT INTO t${number} VALUES (1, NULL, 1, 'one'), (2, 1, NULL, 'two')`;
}
