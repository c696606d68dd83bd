/** Servers that tell upper from lower case in names, and servers that do not, load each other's dumps or say why not. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { Fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { failureOf, runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { ManagedServer } from '../support/servers.ts';
import { startServer } from '../support/servers.ts';

describe.each(laneServers())('$lane', ({ lane, source: careful }) => {
  /** lower_case_table_names = 1: it stores names in lower case and finds them in any. */
  let careless: ManagedServer;

  beforeAll(async () => {
    const extraArgs = ['--lower-case-table-names=1'];
    careless = await startServer(lane, { role: 'target', extraArgs, bufferPoolBytes: 128 * 1024 * 1024 });
  });
  afterAll(() => careless?.stop());

  test('names that differ only by case are refused by a target that cannot tell them apart, before anything is created', () =>
    withDatabase(careful, 'cases', async (database, connection) => {
      await connection.query(
        'CREATE TABLE Orders (id INT); CREATE TABLE items (id INT); CREATE VIEW orders AS SELECT 1 AS a',
      );
      await withDirectory(async (directory) => {
        await runDump(careful, { directory, databases: [database] });
        expect(await failureOf(runLoad(careless, { directory }))).toMatchObject({
          code: 'LOAD_FAILED',
          message: expect.stringMatching(
            /`Orders` and `\w+`\.`orders` are two in the dump and one to the target/,
          ) as string,
        });
        const [found] = await withConnection(careless, (target) => target.query('SHOW DATABASES LIKE ?', [database]));
        expect(found).toEqual([]);
      });
    }));

  test('names in upper case arrive in lower case, with what refers to them, and are found again', () =>
    withDatabase(careful, 'Cases', async (database, connection) => {
      await connection.query(SHOP);
      await connection.query('CREATE TRIGGER counted BEFORE INSERT ON Items FOR EACH ROW SET NEW.n = NEW.n + 1');
      const original = await fingerprint(careful.url, { databases: [database] });
      const folded = database.toLowerCase();
      await withDirectory(async (directory) => {
        await runDump(careful, { directory, databases: [database] });
        try {
          await runLoad(careless, { directory });
          expect(await failureOf(runLoad(careless, { directory }))).toMatchObject({ code: 'LOAD_FAILED' });
          await runLoad(careless, { directory, dropTable: 'DROP' });
          await runLoad(careless, { directory, dropTable: 'TRUNCATE' });
        } catch (error) {
          await dropDatabase(careless, folded);
          throw error;
        }
      });
      const restored = await fingerprint(careless.url, { databases: [folded] });
      await dropDatabase(careless, folded);
      expect([...restored].map(([key]) => key).sort()).toEqual([...original].map(([key]) => key.toLowerCase()).sort());
      expect(rowsOf(restored)).toEqual(rowsOf(original));
    }));

  test('a dump of a server that folds case restores equal on one that does not, and code is warned of', async () => {
    const database = uniqueName('cases');
    await withConnection(careless, async (connection) => {
      await connection.query(`CREATE DATABASE ${database}; USE ${database}; ${SHOP}`);
      await connection.query('CREATE PROCEDURE Sum_up() SELECT COUNT(*) FROM ITEMS');
    });
    try {
      const original = await fingerprint(careless.url, { databases: [database] });
      await withDirectory(async (directory) => {
        await runDump(careless, { directory, databases: [database] });
        const { summary } = await runLoad(careful, { directory });
        expect(summary.warnings).toEqual([expect.stringContaining('upper and lower case')]);
      });
      expect(diffFingerprints(original, await fingerprint(careful.url, { databases: [database] }))).toEqual([]);
    } finally {
      await dropDatabase(careful, database);
      await dropDatabase(careless, database);
    }
  });
});

const SHOP = `CREATE TABLE Orders (Id INT PRIMARY KEY); INSERT INTO Orders VALUES (1), (2);
  CREATE TABLE Items (Id INT PRIMARY KEY, Of_Order INT, n INT, FOREIGN KEY (Of_Order) REFERENCES Orders (Id));
  INSERT INTO Items VALUES (1, 1, 0), (2, 2, 5);
  CREATE VIEW Both_Of_Them AS SELECT o.Id, i.n FROM Orders o JOIN Items AS i ON i.Of_Order = o.Id;
  CREATE VIEW A_Second AS SELECT * FROM Both_Of_Them`;

/** Row counts and hashes without the names of the tables. */
function rowsOf(found: Fingerprint): string[] {
  return [...found]
    .filter(([key]) => key.endsWith(' rows'))
    .map(([, text]) => text)
    .sort();
}
