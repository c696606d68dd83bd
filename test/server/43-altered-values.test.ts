/** A value that the server would store otherwise than the dump has it ends the load; what it only remarks on does not. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { LaneServers } from '../support/lanes.ts';
import { acceptAltered } from '../support/manifest.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { dataFilesOf, dropEverywhere, failureOf, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';

const TABLE = `CREATE TABLE things (id INT PRIMARY KEY, t VARCHAR(20) CHARACTER SET utf8mb4, n INT, x DECIMAL(10, 4), m DATETIME NULL,
    e ENUM('a', 'b', 'c'), j JSON, b VARBINARY(20), f DOUBLE, \`at 'row 5\` INT);
  INSERT INTO things VALUES (1, 'a', 1, 1, NULL, 'a', '[]', 'x', 1, 1), (2, NULL, 2, 2, '2024-01-01', 'b', NULL, NULL, 2, 2),
    (3, 'Ω long', 70000, 1.2345, '2024-02-29 12:34:56', 'c', '{"a": "long"}', 0xFF00FF, 1e300, 70000)`;

/** How the target's table differs, and the column that the error has to name. */
const CHANGES: readonly (readonly [string, string, string])[] = [
  ['a shorter text column', 'MODIFY t VARCHAR(3) CHARACTER SET utf8mb4', 't'],
  ['a smaller integer', 'MODIFY n SMALLINT', 'n'],
  ['a column that has to have a value', 'MODIFY m DATETIME NOT NULL', 'm'],
  ['fewer decimals', 'MODIFY x DECIMAL(10, 2)', 'x'],
  ['a date instead of a moment', 'MODIFY m DATE', 'm'],
  ['an ENUM without the member', "MODIFY e ENUM('a', 'b', '')", 'e'],
  ['a text column for bytes', 'MODIFY b VARCHAR(20) CHARACTER SET utf8mb4', 'b'],
  ['a FLOAT for a DOUBLE', 'MODIFY f FLOAT', 'f'],
  ['a narrower column with an odd name', "MODIFY `at 'row 5` TINYINT", "at 'row 5"],
];

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  describe('a target with', () => {
    const database = uniqueName('altered');
    const state: { directory: string; done: () => void } = { directory: '', done: () => undefined };

    beforeAll(async () => {
      await withConnection(source, (connection) =>
        connection.query(`CREATE DATABASE ${database}; USE ${database}; ${TABLE}`),
      );
      const ready = new Promise<void>((resolve, reject) => {
        void withDirectory(async (directory) => {
          await runDump(source, { directory, databases: [database] });
          state.directory = directory;
          resolve();
          await new Promise<void>((release) => (state.done = release));
        }).catch(reject);
      });
      await ready;
    });
    afterAll(async () => {
      state.done();
      await dropEverywhere(lane, database);
    });

    test.each(CHANGES)('%s is an error that names the column and the row', async (_, change, column) => {
      const { directory } = state;
      await vacate(lane, database);
      await runLoad(target, { directory, withData: false });
      await withConnection(target, (connection) => connection.query(`ALTER TABLE ${database}.things ${change}`));
      const failure = await failureOf(runLoad(target, { directory, withSchemas: false }));
      expect(failure).toMatchObject({ code: 'ROWS_DIFFER', exitCode: 4 });
      expect(failure.message).toContain(`\`${database}\`.\`things\``);
      expect(failure.message).toContain('things.00000.sql.zst, statement 5 (line 5)');
      expect(failure.message).toContain(column);
      if (column !== 'm') expect(failure.message).toContain('at row 3');
      expect(await countOf(lane, database)).toBe(0);
    });
  });

  test('bytes that are no text in the column’s character set are an error', () =>
    withDatabase(source, 'invalid', async (database, connection) => {
      await connection.query(
        "CREATE TABLE things (id INT, t TEXT CHARACTER SET utf8mb4); INSERT INTO things VALUES (1, 'x'), (2, 'a@@b')",
      );
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], codec: 'none' });
        await edit(directory, database, (text) => text.replace('@@', '\xff\xff'));
        await vacate(lane, database);
        const failure = await failureOf(runLoad(target, { directory }));
        expect(failure).toMatchObject({ code: 'ROWS_DIFFER' });
        expect(failure.message).toMatch(/Incorrect string value: '\\xFF.*row 2/);
      });
      await dropDatabase(target, database);
    }));

  test('what generated columns warn of when they are computed is told once and is no error', () =>
    withDatabase(source, 'computed', async (database, connection) => {
      await connection.query(`SET sql_mode = '';
        CREATE TABLE computed (id INT AUTO_INCREMENT PRIMARY KEY, s VARCHAR(20), i INT AS (CAST(s AS SIGNED)) STORED, t TINYINT AS (CHAR_LENGTH(s) * 100) STORED,
          v INT AS (s + 0) STORED, d DATE AS (CAST(s AS DATE)) STORED, m DATETIME NULL, l DATE AS (LAST_DAY(m)) STORED, KEY (v));
        INSERT IGNORE INTO computed (s, m) VALUES ('abc', '2024-00-00'), ('12x', '2024-02-00'), ('2024-99-99', NULL), ('7', '2024-02-01')`);
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], maxStatementBytes: 150 });
        await vacate(lane, database);
        const { summary } = await runLoad(target, { directory });
        const errnos = summary.warnings.map((message) => /\((\d+)\);/.exec(message)?.[1]);
        expect(new Set(errnos)).toEqual(new Set(['1264', '1292']));
        expect(errnos.length).toBe(2);
        expect(summary.warnings.every((message) => message.includes(`\`${database}\`.\`computed\``))).toBe(true);
      });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      await dropDatabase(target, database);
    }));

  test("an ENUM's error value is no error, also as other tools write it", () =>
    withDatabase(source, 'enums', async (database, connection) => {
      await connection.query(`SET sql_mode = ''; CREATE TABLE things (a ENUM('x', 'y'), s SET('p'), b ENUM('z') CHARACTER SET utf16);
        INSERT IGNORE INTO things VALUES ('x', 'p', 'z'), ('none', '', 'none'), (NULL, NULL, NULL)`);
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], codec: 'none' });
        await edit(directory, database, (text) => text.replace(/\n,\("0","","[^"]*"\)/, `\n,('','',"")`));
        await vacate(lane, database);
        const { summary } = await runLoad(target, { directory });
        expect(summary.warnings).toEqual([]);
      });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      await dropDatabase(target, database);
    }));
});

async function countOf({ target }: LaneServers, database: string): Promise<number> {
  const [rows] = await withConnection(target, (connection) =>
    connection.query({ sql: `SELECT COUNT(*) FROM ${database}.things`, rowsAsArray: true }),
  );
  return Number((rows as unknown as string[][])[0]?.[0]);
}

/** Changes the data file of table things; the manifest goes with it. */
async function edit(directory: string, database: string, change: (text: string) => string): Promise<void> {
  const [name = ''] = await dataFilesOf(directory, database, 'things');
  const path = join(directory, name);
  const before = await readFile(path, 'latin1');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(path, after, 'latin1');
  await acceptAltered(directory, name);
}
