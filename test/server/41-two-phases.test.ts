/** Definitions first, rows later: two loads that together give what one load gives. */

import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { dropEverywhere, failureOf, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import { loadSakila } from '../support/sakila.ts';
import type { TestServer } from '../support/servers.ts';
import { fillShop } from '../support/shop.ts';

/** A table that writes down every firing of the trigger on `orders`. */
const WITH_TRIGGER = `CREATE TABLE orders (id INT PRIMARY KEY);
  CREATE TABLE fired (id INT PRIMARY KEY AUTO_INCREMENT, order_id INT);
  INSERT INTO orders VALUES (1), (2), (3);
  CREATE TRIGGER note AFTER INSERT ON orders FOR EACH ROW INSERT INTO fired (order_id) VALUES (NEW.id)`;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  test.each([
    { what: 'sakila', fill: (database: string) => loadSakila(source, { database }) },
    { what: 'the shop', fill: (database: string) => fillShop(source.url, { database, orders: 1000 }) },
  ])('$what comes back equal', async ({ fill }) => {
    const database = uniqueName('phases');
    try {
      await fill(database);
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], rowsPerChunk: 1000 });
        await vacate(lane, database);
        const first = await runLoad(target, { directory, withData: false });
        const second = await runLoad(target, { directory, withSchemas: false });
        expect(first.summary.rows).toBe(0);
        expect(second.summary.rows).toBeGreaterThan(5000);
        expect(second.summary.warnings).toEqual([]);
      });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
    } finally {
      await dropEverywhere(lane, database);
    }
  });

  test('triggers do not fire in the second phase, and are there after it', () =>
    withDatabase(source, 'phases', async (name, connection) => {
      await connection.query(WITH_TRIGGER);
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [name] });
        await withDatabase(target, 'phases', async (database) => {
          await runLoad(target, { directory, targetDatabase: database, withData: false });
          await runLoad(target, { directory, targetDatabase: database, withSchemas: false });
          expect(await count(target, database, 'orders')).toBe(3);
          expect(await count(target, database, 'fired')).toBe(0);
          await withConnection(target, (onTarget) => onTarget.query('INSERT INTO orders VALUES (4)'), { database });
          expect(await count(target, database, 'fired')).toBe(1);
        });
      });
    }));

  test('a trigger that the dump does not know refuses the rows before the first of them', () =>
    withDatabase(source, 'phases', async (name, connection) => {
      await connection.query(WITH_TRIGGER);
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [name], withTriggers: false });
        await withDatabase(target, 'phases', async (database, onTarget) => {
          await runLoad(target, { directory, targetDatabase: database, withData: false });
          await onTarget.query('CREATE TRIGGER audit BEFORE INSERT ON orders FOR EACH ROW SET NEW.id = NEW.id + 100');
          const error = await failureOf(runLoad(target, { directory, targetDatabase: database, withSchemas: false }));
          expect(error.code).toBe('LOAD_FAILED');
          expect(error.message).toContain(`\`${database}\`.\`orders\` has the trigger \`audit\``);
          expect(await count(target, database, 'orders')).toBe(0);
          const [triggers] = await onTarget.query('SHOW TRIGGERS');
          expect(triggers).toHaveLength(1);
        });
      });
    }));
});

async function count(server: TestServer, database: string, table: string): Promise<number> {
  const [rows] = await withConnection(server, (connection) =>
    connection.query(`SELECT COUNT(*) AS n FROM \`${database}\`.\`${table}\``),
  );
  return (rows as { n: number }[])[0]?.n ?? -1;
}
