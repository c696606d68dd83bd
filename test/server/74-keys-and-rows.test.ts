/** What becomes of keys, counters and foreign keys when the rows, the target or the operator do not play along. */

import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ToolError } from '../../src/index.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { LaneServers } from '../support/lanes.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { acceptAltered } from '../support/manifest.ts';
import { failureOf, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';

const ROWS = '(1, 7, 1, "one"), (2, 8, 1, "two"), (3, 7, 2, "three")'.replaceAll('"', "'");

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  test('a unique key that the rows do not allow is named, with what refers to it and the statements; all else is loaded', () =>
    withDumpOf(
      lane,
      `${source.product === 'MySQL' ? 'SET restrict_fk_on_non_standard_key = 0;' : ''}
       CREATE TABLE parents (id INT PRIMARY KEY, a INT, b INT, t VARCHAR(20), KEY plain (b), KEY unique_one (a), KEY words (t));
       CREATE TABLE others (id INT PRIMARY KEY, a INT, KEY kept (a)); INSERT INTO parents VALUES ${ROWS}; INSERT INTO others VALUES (1, 1);
       CREATE TABLE children (id INT PRIMARY KEY, a INT, CONSTRAINT kin FOREIGN KEY (id) REFERENCES others (id), CONSTRAINT up FOREIGN KEY (a) REFERENCES parents (a));
       INSERT INTO children VALUES (1, 7); CREATE VIEW seen AS SELECT id FROM parents`,
      async (directory, database) => {
        // As a dump would be whose rows were changed since.
        const file = join(directory, `${database}.parents-schema.sql`);
        const text = await readFile(file, 'latin1');
        expect(text).toContain('KEY `unique_one` (`a`)');
        await writeFile(file, text.replace('KEY `unique_one` (`a`)', 'UNIQUE KEY `one` (`a`)'), 'latin1');
        await acceptAltered(directory, basename(file));
        const { summary } = await runLoad(target, { directory, optimizeKeys: 'AFTER_IMPORT_PER_TABLE' });
        expect(summary.skipped.map(({ what }) => what)).toEqual([
          `key \`one\` of table \`${database}\`.\`parents\``,
          `foreign key \`up\` of table \`${database}\`.\`children\``,
        ]);
        expect(summary.skipped[0]?.why).toMatch(/Duplicate entry '7' for key .*one'/);
        expect(summary.skipped[0]?.why).toContain(
          `ALTER TABLE \`${database}\`.\`parents\` ADD UNIQUE KEY \`one\` (\`a\`)`,
        );
        expect(summary).toMatchObject({ rows: 5, views: 1 });
        expect(await keysOf(lane, database)).toEqual(['children.up', 'others.kept', 'parents.plain', 'parents.words']);
        const children = (await fingerprint(target.url, { databases: [database] })).get(
          `table \`${database}\`.\`children\` definition`,
        );
        expect(children).toContain('CONSTRAINT `kin`');
      },
    ));

  test('a load that ends between rows and keys and kept no record is recognised by the next one, which names what is missing', () =>
    withDumpOf(
      lane,
      `CREATE TABLE first (id INT PRIMARY KEY, a INT, b INT, t VARCHAR(20), KEY a (a), UNIQUE KEY b (b, id), FULLTEXT KEY t (t)); INSERT INTO first VALUES ${ROWS};
       CREATE TABLE second LIKE first; INSERT INTO second SELECT * FROM first`,
      async (directory, database, original) => {
        const stopping = new AbortController();
        const reason = new ToolError('INTERRUPTED', 'stopped by the test');
        const interrupted = runLoad(
          target,
          { directory, threads: 1, optimizeKeys: 'AFTER_IMPORT_ALL_TABLES' },
          { signal: stopping.signal, onEvent: ({ type }) => type === 'table-done' && stopping.abort(reason) },
        );
        expect(await failureOf(interrupted)).toMatchObject({ code: reason.code, message: reason.message });
        const [whole = '', bare = ''] = (await keysOf(lane, database)).some((key) => key.startsWith('first'))
          ? ['first', 'second']
          : ['second', 'first'];
        expect(await keysOf(lane, database)).toEqual(['a', 'b', 't'].map((key) => `${whole}.${key}`));
        await withConnection(target, (connection) => connection.query(`DROP TABLE ${database}.tsload_progress`));
        const missing = `\`${database}\`.\`${bare}\` lacks the keys \`b\`, \`a\`, \`t\``;
        const refused = await failureOf(runLoad(target, { directory }));
        expect(refused.code).toBe('LOAD_FAILED');
        expect(refused.message).toContain(missing);
        const { summary: kept } = await runLoad(target, { directory, dropTable: 'TRUNCATE' });
        expect(kept.warnings).toEqual([expect.stringContaining(missing)]);
        const { summary } = await runLoad(target, { directory, dropTable: 'DROP' });
        expect(summary.warnings).toEqual([]);
        expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      },
    ));

  test.each(['SKIP', 'AUTO', 'AFTER_IMPORT_ALL_TABLES'] as const)(
    'under %s the tables are equal, in one pass and in two phases',
    (optimizeKeys) =>
      withDumpOf(
        lane,
        `CREATE TABLE first (id INT PRIMARY KEY, a INT, b INT, t VARCHAR(20), KEY a (a), UNIQUE KEY b (b, id)); INSERT INTO first VALUES ${ROWS}; CREATE TABLE none (id INT, KEY (id));
         CREATE TABLE second LIKE first; INSERT INTO second SELECT * FROM first; ALTER TABLE second ADD CONSTRAINT up FOREIGN KEY (b) REFERENCES first (id)`,
        async (directory, database, original) => {
          await runLoad(target, { directory, optimizeKeys });
          expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
          await runLoad(target, { directory, optimizeKeys, withData: false, dropTable: 'DROP' });
          const { summary } = await runLoad(target, { directory, optimizeKeys, withSchemas: false });
          expect(summary.warnings).toEqual([]);
          expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
        },
      ),
  );

  test('counters are what they were, also of tables that are emptied or were there before', () =>
    withDumpOf(
      lane,
      `CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, v INT, KEY (v)) AUTO_INCREMENT = 500 COMMENT 'AUTO_INCREMENT=900'; INSERT INTO counted VALUES (1, 1), (2, 2);
       CREATE TABLE gone_back (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY); INSERT INTO gone_back VALUES (1), (18446744073709551613); DELETE FROM gone_back WHERE id > 1;
       CREATE TABLE plain (id INT PRIMARY KEY); INSERT INTO plain VALUES (1)`,
      async (directory, database, original) => {
        await runLoad(target, { directory, optimizeKeys: 'AFTER_IMPORT_PER_TABLE' });
        expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
        await runLoad(target, { directory, dropTable: 'TRUNCATE' });
        expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
        await withConnection(
          target,
          (connection) => connection.query('TRUNCATE counted; TRUNCATE gone_back; TRUNCATE plain'),
          {
            database,
          },
        );
        await runLoad(target, { directory, withSchemas: false });
        expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      },
    ));

  test('rows without the row that their foreign key refers to are loaded, counted and told', () =>
    withDumpOf(
      lane,
      `CREATE TABLE parents (id INT, part INT, PRIMARY KEY (id, part)); INSERT INTO parents VALUES (1, 1), (2, 1); CREATE TABLE gone (id INT PRIMARY KEY);
       CREATE TABLE children (id INT PRIMARY KEY, parent INT, part INT, other INT, CONSTRAINT up FOREIGN KEY (parent, part) REFERENCES parents (id, part), FOREIGN KEY (other) REFERENCES gone (id));
       SET foreign_key_checks = 0; INSERT INTO children VALUES (1, 1, 1, 5), (2, NULL, 7, NULL), (3, 7, NULL, 6), (4, 1, 2, NULL), (5, 9, 9, 7); DROP TABLE gone; SET foreign_key_checks = 1`,
      async (directory, database, original) => {
        const { summary } = await runLoad(target, { directory });
        expect(summary.warnings).toEqual([
          `rows without the row that their foreign key refers to, loaded as they were dumped: 2 in \`${database}\`.\`children\` (\`parent\`, \`part\`) → \`${database}\`.\`parents\``,
        ]);
        expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      },
    ));

  /** Uncompressed; the target has nothing of it. */
  async function withDumpOf(
    { source: from }: LaneServers,
    sql: string,
    use: (directory: string, database: string, original: Awaited<ReturnType<typeof fingerprint>>) => Promise<void>,
  ): Promise<void> {
    await withDirectory((directory) =>
      withDatabase(from, 'later', async (database, connection) => {
        await connection.query(sql);
        const original = await fingerprint(source.url, { databases: [database] });
        await runDump(source, { directory, databases: [database], codec: 'none' });
        await vacate(lane, database);
        try {
          await use(directory, database, original);
        } finally {
          await dropDatabase(target, database);
        }
      }),
    );
  }
});

/** "table.key" of all keys but the primary ones. */
async function keysOf({ target }: LaneServers, database: string): Promise<string[]> {
  const [rows] = await withConnection(target, (connection) =>
    connection.query(
      `SELECT DISTINCT CONCAT(TABLE_NAME, '.', INDEX_NAME) AS k FROM information_schema.STATISTICS
        WHERE TABLE_SCHEMA = ? AND INDEX_NAME <> 'PRIMARY' ORDER BY k`,
      [database],
    ),
  );
  return (rows as { k: string }[]).map(({ k }) => k);
}
