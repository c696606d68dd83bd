/**
 * The least that an account must be granted for a dump and for a load, and what is said when something of it is missing:
 * never is a dump smaller without a word. The grants here are those of the README.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { DumpSummary } from '../../src/index.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { Fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withConnection } from '../support/lanes.ts';
import { connectionTo, failureOf, runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { LaneName, ManagedServer } from '../support/servers.ts';
import { startServer } from '../support/servers.ts';

interface Needs {
  /** On everything. */
  readonly global: readonly string[];
  /** On each database. */
  readonly database: readonly string[];
  /** On something else. */
  readonly other: readonly string[];
}

const READ = ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT', 'LOCK TABLES'];
const WRITE =
  'SELECT INSERT CREATE DROP ALTER REFERENCES INDEX TRIGGER EVENT|CREATE VIEW|SHOW VIEW|CREATE ROUTINE|ALTER ROUTINE'
    .split('|')
    .flatMap((words, at) => (at === 0 ? words.split(' ') : words));

function needsOf(lane: LaneName): { readonly dump: Needs; readonly load: Needs } {
  if (lane.startsWith('mysql')) {
    return {
      dump: { global: ['RELOAD', 'BACKUP_ADMIN', 'REPLICATION CLIENT', 'SHOW_ROUTINE'], database: READ, other: [] },
      load: { global: ['SESSION_VARIABLES_ADMIN', 'SET_ANY_DEFINER'], database: WRITE, other: [] },
    };
  }
  const showsRoutines = lane === 'mariadb-11.8';
  return {
    dump: {
      global: ['RELOAD', 'BINLOG MONITOR'],
      database: [...READ, ...(showsRoutines ? ['SHOW CREATE ROUTINE'] : [])],
      other: showsRoutines ? [] : ['SELECT ON mysql.proc'],
    },
    load: { global: ['BINLOG ADMIN', 'SET USER'], database: WRITE, other: [] },
  };
}

const DATABASE = 'least';
const SETUP = [
  "CREATE USER app@'%' IDENTIFIED BY 'x'",
  `GRANT ALL ON ${DATABASE}.* TO app@'%'`,
  `CREATE DATABASE ${DATABASE}`,
  `USE ${DATABASE}`,
  'CREATE TABLE orders (id INT PRIMARY KEY, n INT)',
  'CREATE TABLE items (id INT, of_order INT, FOREIGN KEY (of_order) REFERENCES orders (id))',
  'INSERT INTO orders VALUES (1, 1), (2, 2), (3, 3)',
  'INSERT INTO items VALUES (1, 1), (2, 1), (3, 3)',
  "CREATE DEFINER = app@'%' VIEW shown AS SELECT id FROM orders",
  "CREATE DEFINER = app@'%' TRIGGER counted BEFORE INSERT ON orders FOR EACH ROW SET NEW.n = 0",
  "CREATE DEFINER = app@'%' FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2",
  "CREATE DEFINER = app@'%' PROCEDURE noted() SELECT 1",
  "CREATE DEFINER = app@'%' EVENT yearly ON SCHEDULE EVERY 1 YEAR DISABLE DO DELETE FROM orders",
];

/** What a dump says when it lacks a privilege, and what it has then. */
const MISSING: Readonly<Record<string, Partial<DumpSummary> & { readonly says?: RegExp; readonly fails?: RegExp }>> = {
  RELOAD: { says: /lacks RELOAD/, codeObjects: 4 },
  BACKUP_ADMIN: { says: /lacks BACKUP_ADMIN/, codeObjects: 4 },
  'REPLICATION CLIENT': { fails: /binlog position/ },
  'BINLOG MONITOR': { fails: /binlog position/ },
  SHOW_ROUTINE: { says: /routines of `least`.*GRANT SHOW_ROUTINE ON \*\.\*/, codeObjects: 2 },
  'SHOW CREATE ROUTINE': { says: /routines of `least`.*GRANT SHOW CREATE ROUTINE ON `least`/, codeObjects: 2 },
  'SELECT ON mysql.proc': { says: /routines of `least`.*GRANT SELECT ON mysql\.proc/, codeObjects: 2 },
  SELECT: { fails: /may not read `least`\.`items`, `least`\.`orders`/ },
  'SHOW VIEW': { says: /view `least`\.`shown`.*SHOW VIEW/, views: 0, codeObjects: 4 },
  TRIGGER: { says: /triggers of `least`.*GRANT TRIGGER ON `least`/, codeObjects: 3 },
  EVENT: { says: /events of `least`.*GRANT EVENT ON `least`/, codeObjects: 3 },
  // Only asked for where RELOAD is missing, or tables are not transactional.
  'LOCK TABLES': { codeObjects: 4 },
};

describe.each(laneServers())('$lane', ({ lane, source: { product } }) => {
  const needs = needsOf(lane);
  // Of its own: accounts and read_only are global.
  let server: ManagedServer;
  let original: Fingerprint;

  beforeAll(async () => {
    server = await startServer(lane, { bufferPoolBytes: 128 * 1024 * 1024 });
    await runAsRoot(...SETUP);
    original = await fingerprint(server.url, { databases: [DATABASE] });
  });
  afterAll(() => server?.stop());

  async function runAsRoot(...statements: string[]): Promise<void> {
    await withConnection(server, async (connection) => {
      for (const statement of statements) await connection.query(statement);
    });
  }
  /** An account with just these grants. */
  async function account({ global, database, other }: Needs): Promise<ReturnType<typeof connectionTo>> {
    await runAsRoot(
      'DROP USER IF EXISTS keeper',
      "CREATE USER keeper IDENTIFIED BY 'secret'",
      ...(global.length > 0 ? [`GRANT ${global.join(', ')} ON *.* TO keeper`] : []),
      ...(database.length > 0 ? [`GRANT ${database.join(', ')} ON ${DATABASE}.* TO keeper`] : []),
      ...other.map((grant) => `GRANT ${grant} TO keeper`),
    );
    return { ...connectionTo(server), user: 'keeper', password: 'secret' };
  }
  const without = (given: Needs, missing: string): Needs => ({
    global: given.global.filter((privilege) => privilege !== missing),
    database: given.database.filter((privilege) => privilege !== missing),
    other: given.other.filter((grant) => grant !== missing),
  });

  test('the least privileges suffice for a dump and for a load, whatever init_connect does to them', () =>
    withDirectory(async (directory) => {
      await runAsRoot(
        "SET GLOBAL init_connect = 'SET autocommit = 0, sql_select_limit = 1, sql_safe_updates = 1, sql_big_selects = 0'",
      );
      try {
        const dumped = await runDump(server, {
          directory,
          databases: [DATABASE],
          connection: await account(needs.dump),
        });
        expect(dumped.summary).toMatchObject({
          warnings: [],
          skipped: [],
          tables: 2,
          views: 1,
          codeObjects: 4,
          rows: 6,
        });
        await dropDatabase(server, DATABASE);
        await runAsRoot('SET GLOBAL log_bin_trust_function_creators = 1');
        const loaded = await runLoad(server, { directory, connection: await account(needs.load) });
        expect(loaded.summary).toMatchObject({
          warnings: [],
          skipped: [],
          tables: 2,
          views: 1,
          codeObjects: 4,
          rows: 6,
        });
      } finally {
        await runAsRoot("SET GLOBAL init_connect = ''", 'SET GLOBAL log_bin_trust_function_creators = 0');
      }
      expect(diffFingerprints(original, await fingerprint(server.url, { databases: [DATABASE] }))).toEqual([]);
    }));

  test.each([...needs.dump.global, ...needs.dump.database, ...needs.dump.other])(
    'a dump without %s is refused or says what is missing',
    (missing) =>
      withDirectory(async (directory) => {
        const { says, fails, ...counts } = MISSING[missing] ?? {};
        const connection = await account(without(needs.dump, missing));
        const run = runDump(server, { directory, databases: [DATABASE], connection });
        if (fails !== undefined) {
          const error = await failureOf(run);
          expect(error).toMatchObject({ code: 'PRIVILEGE', message: expect.stringMatching(fails) as string });
          expect(error.hint).toContain('GRANT');
          return;
        }
        const { summary } = await run;
        expect(summary).toMatchObject({ tables: 2, rows: 6, ...counts });
        const said = [...summary.warnings, ...summary.skipped.map(({ what, why }) => `${what}: ${why}`)];
        expect(said).toEqual(says === undefined ? [] : [expect.stringMatching(says)]);
      }),
  );

  test('an account that may read single tables is told that there may be others, unless it asks for tables', () =>
    withDirectory(async (directory) => {
      const other = [...needs.dump.other, `SELECT ON ${DATABASE}.orders`];
      const connection = await account({ ...needs.dump, database: [], other });
      const { summary } = await runDump(server, { directory, databases: [DATABASE], connection });
      expect(summary).toMatchObject({ tables: 1, rows: 3 });
      const others = expect.stringMatching(/^tables of `least` beside/) as string;
      expect(summary.skipped.map(({ what }) => what)).toContainEqual(others);
      const tables = [`${DATABASE}.orders`];
      const asked = await runDump(server, { directory: `${directory}2`, databases: [], tables, connection });
      expect(asked.summary).toMatchObject({ tables: 1, rows: 3 });
      expect(asked.summary.skipped.map(({ what }) => what)).not.toContainEqual(others);
    }));

  test('a target that does not trust the account with functions and triggers is told of at the start', () =>
    withDirectory(async (directory) => {
      await runDump(server, { directory, databases: [DATABASE] });
      const connection = await account(needs.load);
      try {
        const { summary } = await runLoad(server, { directory, connection, dropTable: 'DROP' });
        expect(summary.warnings).toEqual([expect.stringContaining('log_bin_trust_function_creators = 1')]);
        expect(summary.skipped.map(({ what }) => what).sort()).toEqual([
          'function `least`.`twice`',
          'trigger `least`.`counted`',
        ]);
      } finally {
        await dropDatabase(server, DATABASE);
        await runLoad(server, { directory });
      }
      expect(diffFingerprints(original, await fingerprint(server.url, { databases: [DATABASE] }))).toEqual([]);
    }));

  test('a target that is read-only to the account is refused at once', () =>
    withDirectory(async (directory) => {
      await runDump(server, { directory, databases: [DATABASE] });
      const connection = await account(needs.load);
      await runAsRoot('SET GLOBAL read_only = 1');
      try {
        const error = await failureOf(runLoad(server, { directory, connection, dropTable: 'DROP' }));
        expect(error).toMatchObject({
          code: 'LOAD_FAILED',
          message: 'the target is read-only; nothing was changed',
          hint: expect.stringContaining('read_only = 0') as string,
        });
      } finally {
        await runAsRoot('SET GLOBAL read_only = 0');
      }
      expect(diffFingerprints(original, await fingerprint(server.url, { databases: [DATABASE] }))).toEqual([]);
    }));

  test.runIf(product === 'MySQL')('a target that requires primary keys names the tables without one at once', () =>
    withDirectory(async (directory) => {
      await runDump(server, { directory, databases: [DATABASE] });
      const connection = await account(without(needs.load, 'SESSION_VARIABLES_ADMIN'));
      await runAsRoot('SET GLOBAL sql_require_primary_key = 1');
      try {
        const error = await failureOf(runLoad(server, { directory, connection, dropTable: 'DROP' }));
        expect(error).toMatchObject({
          code: 'PRIVILEGE',
          message:
            '`least`.`items` has no primary key, which the target requires (sql_require_primary_key); nothing was changed',
          hint: expect.stringContaining('SESSION_VARIABLES_ADMIN') as string,
        });
      } finally {
        await runAsRoot('SET GLOBAL sql_require_primary_key = 0');
      }
    }),
  );
});
