/** A server can be shown to have the rows of a dump: what differs is named by table, chunk and key. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { decodedChunks } from '../../src/format/codec.ts';
import { LOAD_DATA_SEPARATORS } from '../../src/format/load-data.ts';
import { readManifest } from '../../src/format/manifest.ts';
import { account, mustRun, runProgram } from '../support/cli.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { editManifest, MANIFEST } from '../support/manifest.ts';
import {
  differencesOf,
  dropEverywhere,
  failureOf,
  NO_LOCK,
  runAgainst,
  runDump,
  runLoad,
  vacate,
  withDirectory,
} from '../support/runs.ts';
import { fillShop } from '../support/shop.ts';

/** Real name → the sum of its files' hashes. */
async function hashesOfTables(directory: string): Promise<Record<string, string>> {
  const path = join(directory, MANIFEST);
  const { entries } = await readManifest(decodedChunks(path, 'none'), path);
  const hashes: Record<string, string> = {};
  for await (const entry of entries) {
    if (!('table' in entry)) continue;
    const sum = entry.files.reduce((total, { rowHash = '0' }) => total + BigInt(`0x${rowHash}`), 0n);
    hashes[entry.table] = `${entry.rows} rows, ${BigInt.asUintN(64, sum).toString(16)}`;
  }
  return hashes;
}

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const database = uniqueName('against');
  const other = `${database}_other`;
  const again = `${database}_again`;

  beforeAll(() => fillShop(source.url, { database, orders: 600 }));
  afterAll(async () => {
    await dropEverywhere(lane, database);
    await dropDatabase(target, other);
    await dropDatabase(target, again);
  });

  test('the source and a target under another name have all rows of a dump; what is then altered is named', () =>
    withDirectory(async (directory) => {
      const dumped = await runDump(source, { directory, databases: [database], rowsPerChunk: 100, lock: NO_LOCK });
      const whole = await runAgainst(source, { directory, threads: 4 });
      expect(whole).toMatchObject({ differences: [], rows: dumped.summary.rows });
      await vacate(lane, database);
      const loaded = await mustRun('tsload', [
        '-d',
        directory,
        ...account(target),
        '-s',
        database,
        '-B',
        other,
        '--verify',
      ]);
      expect(loaded.last).toMatch(/is loaded, and the target has what is in it$/);
      const inOther = { sourceDatabase: database, targetDatabase: other };
      expect(await differencesOf(target, { directory, ...inOther })).toEqual([]);

      const statements = [
        'SET foreign_key_checks = 0',
        'UPDATE orders SET id = 100000 WHERE id = 250',
        'DELETE FROM stock WHERE warehouse_id = (SELECT MIN(id) FROM warehouses) ORDER BY product_id LIMIT 2',
        "UPDATE customers SET last_name = CONCAT(last_name, ' ') WHERE id = 7",
        'ALTER TABLE suppliers MODIFY name VARCHAR(121) NOT NULL',
        'DROP TABLE product_texts',
      ];
      await withConnection(target, async (connection) => {
        await connection.query(`USE ${other}`);
        for (const statement of statements) await connection.query(statement);
      });
      const found = await differencesOf(target, { directory, ...inOther });
      const about = (table: string): string[] => found.filter((each) => each.startsWith(`\`${other}\`.\`${table}\` `));
      expect(about('orders')).toHaveLength(2);
      // How many rows a chunk has depends on the server's estimate.
      const fewer = /has (\d+) rows instead of (\d+) in WHERE [^:]*: 1 missing \(id=250\)/.exec(about('orders').join());
      expect(Number(fewer?.[2]) - Number(fewer?.[1])).toBe(1);
      expect(about('orders').join()).toMatch(/1 too many \(id=100000\)/);
      expect(about('stock').join()).toMatch(/: 2 missing \(warehouse_id=-?\d+, product_id=\d+; warehouse_id=/);
      expect(about('customers').join()).toMatch(/but not the same.*: 1 other values \(id=7\)/);
      expect(about('suppliers')).toEqual([
        expect.stringMatching(/column name is varchar\(121\) \w+ instead of varchar\(120\)/),
      ]);
      expect(about('product_texts')).toEqual([expect.stringMatching(/is missing$/)]);
      expect(found).toHaveLength(6);

      await withDirectory(async (bare) => {
        const bareRows = { separators: LOAD_DATA_SEPARATORS, withHeader: false };
        await runDump(source, { directory: bare, databases: [database], bareRows, lock: NO_LOCK });
        const told = await differencesOf(target, { directory: bare, ...inOther });
        expect(told).toHaveLength(5); // all of orders is one chunk
        expect(told.join()).toMatch(
          /`orders` has 600 rows.*not the same: 1 missing \(id=250\); 1 too many \(id=100000\)/,
        );
        expect(told.join()).toMatch(/`customers` .*: 1 other values \(id=7\)/);
      });

      const args = ['-s', database, '-B', other, '--json'];
      const ended = await runProgram('tsload', ['verify', '-d', directory, '--against', ...account(target), ...args]);
      expect(ended).toMatchObject({ code: 4, last: 'tsload verify failed: ROWS_DIFFER (exit code 4)' });
      expect((JSON.parse(ended.stdout) as { differences: unknown[] }).differences).toHaveLength(6);
    }));

  test('a manifest that asks for more than rows is refused', () =>
    withDirectory(async (directory) => {
      await runDump(source, { directory, databases: [database], lock: NO_LOCK });
      const file = join(directory, 'stolen');
      await editManifest(directory, (line) => line.replace('"rest":""', `"rest":" INTO OUTFILE '${file}'"`));
      expect(await readFile(join(directory, MANIFEST), 'utf8')).toContain('INTO OUTFILE');
      expect(await failureOf(differencesOf(source, { directory }))).toMatchObject({ code: 'DUMP_DAMAGED' });
    }));

  test('all tables are compared at one moment, whoever writes', () =>
    withDatabase(source, 'moment', async (name, connection) => {
      const halves = ['left_half', 'right_half'];
      for (const half of halves)
        await connection.query(`CREATE TABLE ${half} (id INT PRIMARY KEY, v INT); INSERT INTO ${half} VALUES (1, 0)`);
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [name], lock: NO_LOCK });
        const enough = new AbortController();
        const write = async (): Promise<void> => {
          for (let round = 1; !enough.signal.aborted; round++) {
            const set = halves.map((half) => `UPDATE ${half} SET v = ${round % 2}`).join('; ');
            await connection.query(`START TRANSACTION; ${set}; COMMIT`);
          }
        };
        const compare = async (): Promise<void> => {
          for (const threads of [1, 2, 1, 2, 1, 2]) {
            const { moment, differences } = await runAgainst(source, { directory, threads });
            if (threads === 1) expect(moment?.isOne).toBe(true);
            // Both halves are always written together.
            if (moment?.isOne === true) expect([0, 2]).toContain(differences.length);
          }
        };
        await Promise.all([write(), compare().finally(() => enough.abort())]);
      });
    }));

  test('the hash of a table does not depend on form and chunks, and is the same after a load', () =>
    withDirectory(async (directory) => {
      await runDump(source, { directory, databases: [database], rowsPerChunk: 100, lock: NO_LOCK });
      const hashes = await hashesOfTables(directory);
      expect(Object.keys(hashes).length).toBeGreaterThan(3);
      const bareRows = { separators: LOAD_DATA_SEPARATORS, withHeader: false };
      await withDirectory(async (bare) => {
        await runDump(source, {
          directory: bare,
          databases: [database],
          codec: 'none',
          bareRows,
          maxFileBytes: 10_000,
          lock: NO_LOCK,
        });
        expect(await hashesOfTables(bare)).toEqual(hashes);
      });
      await vacate(lane, database);
      await runLoad(target, { directory, sourceDatabase: database, targetDatabase: again });
      await withDirectory(async (second) => {
        await runDump(target, { directory: second, databases: [again], lock: NO_LOCK });
        expect(await hashesOfTables(second)).toEqual(hashes);
      });
    }));
});
