/** Rows that the target refuses, and that are to be left out: those and no others, counted and named. */

import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { LOAD_DATA_SEPARATORS } from '../../src/format/load-data.ts';
import { MANIFEST_NAME } from '../../src/format/names.ts';
import type { DumpOptions } from '../../src/index.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { dropEverywhere, failureOf, NO_LOCK, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';

const BARE: Partial<DumpOptions> = { bareRows: { separators: LOAD_DATA_SEPARATORS, withHeader: false } };
const ER_DUP_ENTRY = 1062;
const ER_NO_REFERENCED_ROW_2 = 1452;

/** 2,000 rows in one statement, and five in a table without transactions. */
const TABLES = `CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(40) NOT NULL); CREATE TABLE m (id INT PRIMARY KEY) ENGINE=MyISAM;
  INSERT INTO t VALUES ${Array.from({ length: 2000 }, (_, id) => `(${id}, 'it''s ${id}')`).join(', ')};
  INSERT INTO m VALUES (0), (1), (2), (3), (4)`;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const query = async (sql: string): Promise<unknown[]> =>
    withConnection(target, async (on) => (await on.query({ sql, rowsAsArray: true }))[0] as unknown[]);

  /** Lends a dump, and the target with its tables, empty. */
  const withDump = (
    sql: string,
    options: Partial<DumpOptions>,
    use: (dump: { directory: string; database: string; change: Change }) => Promise<void>,
  ): Promise<void> =>
    withDatabase(source, 'refused', async (database, connection) => {
      await connection.query(sql);
      try {
        await withDirectory(async (directory) => {
          await runDump(source, { directory, databases: [database], codec: 'none', lock: NO_LOCK, ...options });
          await vacate(lane, database);
          await runLoad(target, { directory, withData: false });
          await use({ directory, database, change: (edit) => changeFiles(directory, edit) });
        });
      } finally {
        await dropEverywhere(lane, database);
      }
    });

  test.each([
    ['INSERT statements', {}, 'insert', '.sql, statement 11 (line 12), row'],
    ['INSERT statements through LOAD DATA', {}, 'load-data', '.sql, statement 11 (line 12), row'],
    ['bare rows', BARE, 'load-data', '.dat, row'],
  ] as const)('of %s only the rows with ignored errors are left out', (_, options, loadMethod, place) =>
    withDump(TABLES, options, async ({ directory, database }) => {
      await query(`INSERT INTO ${database}.t VALUES (6, 'mine'), (1499, 'mine')`);
      await query(`INSERT INTO ${database}.m VALUES (1)`);
      const how = { directory, withSchemas: false, loadMethod };
      const failure = await failureOf(runLoad(target, { ...how, ignoreErrors: [ER_NO_REFERENCED_ROW_2] }));
      expect(failure.message).toContain(`refused while loading ${database}.`);
      await query(`DELETE FROM ${database}.m WHERE id <> 1`);
      await query(`DROP TABLE ${database}.tsload_progress`); // the load is begun anew

      const { summary } = await runLoad(target, { ...how, ignoreErrors: [ER_NO_REFERENCED_ROW_2, ER_DUP_ENTRY] });
      const [ofM, ofT] = [...summary.skipped].sort((a, b) => a.what.localeCompare(b.what));
      expect(summary.skipped).toHaveLength(2);
      expect(ofM?.what).toBe(`1 of 5 rows of \`${database}\`.\`m\``);
      expect(ofT?.what).toBe(`2 of 2000 rows of \`${database}\`.\`t\``);
      expect(ofT?.why.replace(/statement \d+ \(line \d+\)/g, 'statement 11 (line 12)')).toContain(
        `${database}.t.00000${place} 7: Duplicate entry '6' for key`,
      );
      expect(ofT?.why).toContain('row 1500: ');
      expect(summary.rows).toBe(1998 + 4);
      expect(await query(`SELECT COUNT(*), SUM(v = 'mine'), SUM(v = CONCAT('it''s ', id)) FROM ${database}.t`)).toEqual(
        [[2000, '2', '1998']],
      );
      expect(await query(`SELECT COUNT(*) FROM ${database}.m`)).toEqual([[5]]);
    }),
  );

  const MANY = `CREATE TABLE t (id INT PRIMARY KEY);
    INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM n WHERE id < 1000), k AS (SELECT id FROM n WHERE id <= 70)
    SELECT n.id + (k.id - 1) * 1000 FROM n, k`;
  const THREE = `CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(40) NOT NULL); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')`;

  const FORMS = [
    ['INSERT statements', {}],
    ['bare rows', BARE],
  ] as const;
  const METHODS = ['insert', 'load-data'] as const;

  test.each(FORMS)('%s dumped with --replace take the place of rows that are there, and are counted once', (_, form) =>
    withDump(THREE, { ...form, duplicates: 'REPLACE' }, async ({ directory, database }) => {
      for (const loadMethod of METHODS) {
        await query(`REPLACE INTO ${database}.t VALUES (1, 'mine'), (3, 'mine')`);
        const { summary } = await runLoad(target, { directory, withSchemas: false, loadMethod });
        expect(summary).toMatchObject({ rows: 3, skipped: [] });
        expect(await query(`SELECT v FROM ${database}.t ORDER BY id`)).toEqual([['a'], ['b'], ['c']]);
      }
    }),
  );

  test.each(FORMS)('%s dumped with --insert-ignore leave rows that are there, which is said', (_, form) =>
    withDump(THREE, { ...form, duplicates: 'IGNORE' }, async ({ directory, database }) => {
      for (const loadMethod of METHODS) {
        await query(`DELETE FROM ${database}.t`);
        await query(`INSERT INTO ${database}.t VALUES (1, 'mine'), (3, 'mine')`);
        const { summary } = await runLoad(target, { directory, withSchemas: false, loadMethod });
        expect(summary.rows).toBe(1);
        expect(summary.skipped.map(({ what }) => what)).toEqual([`2 of 3 rows of \`${database}\`.\`t\``]);
        expect(await query(`SELECT v FROM ${database}.t ORDER BY id`)).toEqual([['mine'], ['b'], ['mine']]);
      }
    }),
  );

  test.each(FORMS)('%s may all be there already, more of them than a server keeps warnings', (_, form) =>
    withDump(MANY, { ...form, duplicates: 'IGNORE' }, async ({ directory, database }) => {
      await runLoad(target, { directory, withSchemas: false });
      await query(`DELETE FROM ${database}.t WHERE id = 70000`);
      const { summary } = await runLoad(target, { directory, withSchemas: false });
      expect(summary.rows).toBe(1);
      expect(summary.skipped.map(({ what }) => what)).toEqual([`69999 of 70000 rows of \`${database}\`.\`t\``]);
    }),
  );

  test('files with comments, a byte order mark, or line ends of two bytes hold the same rows', () =>
    withDump(THREE, {}, async ({ directory, database, change }) => {
      await change((text) => `\xef\xbb\xbf-- by hand\n/* and\n again */\n${text}`.replaceAll('\n', '\r\n').trimEnd());
      await runLoad(target, { directory, withSchemas: false });
      expect(await query(`SELECT v FROM ${database}.t ORDER BY id`)).toEqual([['a'], ['b'], ['c']]);
      const failure = await failureOf(runLoad(target, { directory, withSchemas: false }));
      expect(failure.message).toMatch(/\(line 8\)$/);
    }));
});

type Change = (edit: (text: string) => string) => Promise<void>;

/** Changes the statements of all data files, and takes the manifest away, which would tell of it. */
async function changeFiles(directory: string, edit: (text: string) => string): Promise<void> {
  await rm(join(directory, MANIFEST_NAME));
  for (const name of await readdir(directory)) {
    if (!/\.\d{5}\.sql$/.test(name)) continue;
    const path = join(directory, name);
    await writeFile(path, edit(await readFile(path, 'latin1')), 'latin1');
  }
}
