/** What a load does with tables that exist: exactly what it was told, and nothing when it was told nothing. */

import { describe, expect, test } from 'vitest';

import type { DropTableMode } from '../../src/index.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { failureOf, NO_LOCK, runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';

/** The dump: `kept` with three rows, `extra` with one. */
const DUMPED = `CREATE TABLE kept (id INT PRIMARY KEY, word VARCHAR(20));
  CREATE TABLE extra (id INT PRIMARY KEY);
  INSERT INTO kept VALUES (1, 'dump'), (2, 'dump'), (3, 'dump');
  INSERT INTO extra VALUES (1)`;

/** The target: `kept` with another column and rows that the dump has not, and no `extra`. */
const EXISTING = `CREATE TABLE kept (id INT PRIMARY KEY, word VARCHAR(20), KEY added (word));
  INSERT INTO kept VALUES (8, 'target'), (9, 'target')`;

interface Mode {
  readonly mode: DropTableMode;
  readonly what: string;
  readonly ids: readonly number[];
  readonly keepsKey: boolean;
}

const MODES: readonly Mode[] = [
  { mode: 'DROP', what: 'replaces the table', ids: [1, 2, 3], keepsKey: false },
  { mode: 'TRUNCATE', what: 'keeps the definition and replaces the rows', ids: [1, 2, 3], keepsKey: true },
  { mode: 'DELETE', what: 'keeps the definition and replaces the rows', ids: [1, 2, 3], keepsKey: true },
  { mode: 'NONE', what: 'keeps the definition and adds to the rows', ids: [1, 2, 3, 8, 9], keepsKey: true },
  { mode: 'SKIP', what: 'leaves the table as it is', ids: [8, 9], keepsKey: true },
];

describe.each(laneServers())('$lane', ({ source, target }) => {
  test.each(MODES)('$mode $what', ({ mode, ids, keepsKey }) =>
    withDumpBesideTables(source, target, async (directory, database) => {
      await runLoad(target, { directory, targetDatabase: database, dropTable: mode });
      expect(await idsOf(target, database, 'kept')).toEqual(ids);
      expect(await idsOf(target, database, 'extra')).toEqual([1]);
      const found = await fingerprint(target.url, { databases: [database] });
      expect(found.get(`table \`${database}\`.\`kept\` definition`)?.includes('`added`')).toBe(keepsKey);
    }),
  );

  test.each(['TRUNCATE', 'DELETE'] as const)(
    '%s empties tables in the second phase too, those without keys among them',
    (dropTable) =>
      withDatabase(source, 'second', async (database, connection) => {
        await connection.query(
          'CREATE TABLE t (id INT); CREATE TABLE m (id INT) ENGINE=MyISAM; INSERT INTO t VALUES (1); INSERT INTO m VALUES (1)',
        );
        await withDirectory(async (directory) => {
          await runDump(source, { directory, databases: [database], lock: NO_LOCK });
          const into = `${database}_into`;
          try {
            await runLoad(target, { directory, targetDatabase: into });
            await runLoad(target, { directory, targetDatabase: into, withSchemas: false, dropTable });
            for (const table of ['t', 'm']) expect(await idsOf(target, into, table)).toEqual([1]);
          } finally {
            await dropDatabase(target, into);
          }
        });
      }),
  );

  test('--drop-database takes all that is in the database, and names what the dump does not have', () =>
    withDumpBesideTables(source, target, async (directory, database) => {
      await withConnection(
        target,
        (connection) =>
          connection.query(
            'CREATE TABLE stale (id INT); CREATE VIEW old AS SELECT 1; CREATE PROCEDURE gone() SELECT 1; CREATE TABLE tsload_progress (id INT)',
          ),
        { database },
      );
      const options = { directory, targetDatabase: database, dropTable: 'DROP', dropsDatabases: true } as const;
      const { summary } = await runLoad(target, options);
      expect(summary.warnings).toEqual([
        `\`${database}\` is dropped with what the dump does not have: \`gone\`, \`old\`, \`stale\``,
      ]);
      expect(await idsOf(target, database, 'kept')).toEqual([1, 2, 3]);
      const objects = [...(await fingerprint(target.url, { databases: [database] })).keys()];
      expect(objects.filter((name) => /stale|old|gone/.test(name))).toEqual([]);
      expect((await runLoad(target, options)).summary.warnings).toEqual([]);

      await withDirectory(async (rowsOnly) => {
        await runDump(target, { directory: rowsOnly, databases: [database], withSchemas: false, lock: NO_LOCK });
        const failure = await failureOf(runLoad(target, { ...options, directory: rowsOnly }));
        expect(failure.message).toMatch(/^the dump has no definition of .*; nothing was changed$/);
      });
      expect(await idsOf(target, database, 'kept')).toEqual([1, 2, 3]);
    }));

  test('without a mode the load is refused, names the table, and changes nothing', () =>
    withDumpBesideTables(source, target, async (directory, database) => {
      const before = await fingerprint(target.url, { databases: [database] });
      const error = await failureOf(runLoad(target, { directory, targetDatabase: database }));
      expect(error.code).toBe('LOAD_FAILED');
      expect(error.message).toContain(`\`${database}\`.\`kept\``);
      expect(await fingerprint(target.url, { databases: [database] })).toEqual(before);
    }));

  test('a row that is there already ends the load under NONE, naming file and table', () =>
    withDumpBesideTables(source, target, async (directory, database) => {
      await withConnection(target, (connection) => connection.query(`INSERT INTO kept VALUES (3, 'target')`), {
        database,
      });
      const error = await failureOf(runLoad(target, { directory, targetDatabase: database, dropTable: 'NONE' }));
      expect(error.code).toBe('SERVER_REFUSED');
      expect(error.message).toMatch(/\.kept\.00000\.sql\.zst, statement \d+/);
      expect(await idsOf(target, database, 'kept')).toEqual([3, 8, 9]);
    }));

  test('TRUNCATE and DROP work on tables that others refer to', () =>
    withDatabase(source, 'existing', async (name, connection) => {
      await connection.query(
        `CREATE TABLE parents (id INT PRIMARY KEY);
         CREATE TABLE children (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parents (id));
         INSERT INTO parents VALUES (1), (2);
         INSERT INTO children VALUES (10, 1), (20, 2)`,
      );
      const original = await fingerprint(source.url, { databases: [name] });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [name] });
        if (source.url !== target.url) await runLoad(target, { directory });
        try {
          for (const dropTable of ['TRUNCATE', 'DELETE', 'DROP'] as const) {
            await runLoad(target, { directory, dropTable });
            expect(await fingerprint(target.url, { databases: [name] })).toEqual(original);
          }
        } finally {
          await dropDatabase(target, name);
        }
      });
    }));
});

describe.each(laneServers())('$lane: what TRUNCATE and DELETE are to more than plain tables', ({ source, target }) => {
  const versionedTest = test.runIf(source.product === 'MariaDB');
  versionedTest.each(['TRUNCATE', 'DELETE'] as const)('%s empties versioned tables, with their past', (dropTable) =>
    withDatabase(source, 'emptied', async (name, connection) => {
      await connection.query(
        `CREATE TABLE past (id INT PRIMARY KEY, v INT) WITH SYSTEM VERSIONING;
         INSERT INTO past VALUES (1, 1), (2, 2); UPDATE past SET v = 5; DELETE FROM past WHERE id = 2`,
      );
      const original = await fingerprint(source.url, { databases: [name] });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [name] });
        if (source.url !== target.url) await runLoad(target, { directory });
        try {
          await runLoad(target, { directory, dropTable });
          expect(await fingerprint(target.url, { databases: [name] })).toEqual(original);
        } finally {
          await dropDatabase(target, name);
        }
      });
    }),
  );

  test.each(['TRUNCATE', 'DELETE'] as const)('%s leaves rows alone that a table shows of others', (dropTable) =>
    withDatabase(source, 'elsewhere', async (name, connection) => {
      await connection.query(
        `CREATE TABLE one (a INT) ENGINE=MyISAM; CREATE TABLE both_of (a INT) ENGINE=MERGE UNION=(one) INSERT_METHOD=LAST`,
      );
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [name], tables: [`${name}.both_of`] });
        await withConnection(target, (other) => other.query(`CREATE DATABASE IF NOT EXISTS \`${name}\``));
        try {
          await withConnection(
            target,
            (other) =>
              other.query(
                `CREATE TABLE IF NOT EXISTS one (a INT) ENGINE=MyISAM; INSERT INTO one VALUES (7);
                 CREATE TABLE IF NOT EXISTS both_of (a INT) ENGINE=MERGE UNION=(one) INSERT_METHOD=LAST`,
              ),
            { database: name },
          );
          await runLoad(target, { directory, dropTable });
          const [rows] = await withConnection(target, (other) => other.query('SELECT a FROM one'), { database: name });
          expect(rows).toEqual([{ a: 7 }]);
        } finally {
          await dropDatabase(target, name);
        }
      });
    }),
  );
});

/** A dump of {@link DUMPED}, and a database on the target that holds {@link EXISTING}. */
async function withDumpBesideTables(
  source: TestServer,
  target: TestServer,
  use: (directory: string, database: string) => Promise<void>,
): Promise<void> {
  await withDirectory((directory) =>
    withDatabase(source, 'existing', async (name, connection) => {
      await connection.query(DUMPED);
      await runDump(source, { directory, databases: [name] });
      await withDatabase(target, 'existing', async (database, onTarget) => {
        await onTarget.query(EXISTING);
        await use(directory, database);
      });
    }),
  );
}

async function idsOf(server: TestServer, database: string, table: string): Promise<number[]> {
  const [rows] = await withConnection(server, (connection) =>
    connection.query(`SELECT id FROM \`${database}\`.\`${table}\` ORDER BY id`),
  );
  return (rows as { id: number }[]).map(({ id }) => id);
}
