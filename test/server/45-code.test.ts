/** Views and code come back as they were: text, settings, order; or are named. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fillCode } from '../support/code-corpus.ts';
import type { Fingerprint } from '../support/fingerprint.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { differencesOf, dropEverywhere, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';
import { startServer } from '../support/servers.ts';
import { optionsOf, withSession } from '../support/sessions.ts';

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const database = uniqueName('code');
  const other = `a_${database}`;
  const role = uniqueName('writers');
  const databases = [database, other];
  const read = (server: TestServer): Promise<Fingerprint> => fingerprint(server.url, { databases });
  const isMariaDb = source.product === 'MariaDB';
  const onBoth = async (sql: string): Promise<void> => {
    for (const server of new Set([source, target])) await withConnection(server, (connection) => connection.query(sql));
  };
  const clearTarget = async (): Promise<void> => {
    for (const name of databases) await vacate(lane, name);
  };

  beforeAll(async () => {
    if (isMariaDb) await onBoth(`CREATE OR REPLACE ROLE ${role}`);
    await withSession(optionsOf(source), (session) =>
      fillCode(session, { product: source.product, database, other, role }),
    );
  });
  afterAll(async () => {
    for (const name of databases) await dropEverywhere(lane, name);
    if (isMariaDb) await onBoth(`DROP ROLE IF EXISTS ${role}`);
  });

  test('code of every kind comes back equal, and a definer that is missing is told', async () => {
    const original = await read(source);
    await withDirectory(async (directory) => {
      const dumped = await runDump(source, { directory, databases });
      await clearTarget();
      const loaded = await runLoad(target, { directory });
      expect(diffFingerprints(original, await read(target))).toEqual([]);
      expect(await differencesOf(target, { directory })).toEqual([]);
      expect(dumped.summary).toMatchObject({ skipped: [], warnings: [] });
      expect(loaded.summary).toMatchObject({
        skipped: [],
        views: dumped.summary.views,
        codeObjects: dumped.summary.codeObjects,
      });
      expect(loaded.summary.warnings).toContainEqual(expect.stringContaining("'gone'@'%'"));
      if (isMariaDb) return;
      const [stored = ''] = await firstColumn(
        target,
        `SELECT ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '${database}' AND ROUTINE_NAME = 'tail_of_procedure'`,
      );
      expect(stored).toBe('SELECT 1;');
      expect(loaded.summary.warnings).toContainEqual(expect.stringContaining("'gone'@'tail'"));
    });
  });

  test('definers can be left out or replaced, on either side, and nothing else changes', async () => {
    // Views cannot be created on views whose definer has no rights.
    const owner = '`new``owner`@`%`';
    await onTarget(`CREATE USER IF NOT EXISTS ${owner}; GRANT ALL ON *.* TO ${owner}`);
    const original = await bodies(source, databases);
    await withDirectory(async (directory) => {
      await runDump(source, { directory, databases, codec: 'none', definer: { kind: 'replace', definer: owner } });
      expect(await textOf(directory)).not.toMatch(/DEFINER\s*=\s*(?!`new``owner`)/);
      await clearTarget();
      await runLoad(target, { directory });
      expect(await definers(target, databases)).toEqual(new Set(['new`owner@%']));
      expect(await bodies(target, databases)).toEqual(original);
      await clearTarget();
      const { summary } = await runLoad(target, { directory, definer: { kind: 'skip' } });
      expect(await differencesOf(target, { directory, definer: { kind: 'skip' } })).toEqual([]);
      const [account] = await firstColumn(target, 'SELECT CURRENT_USER()');
      expect(await definers(target, databases)).toEqual(new Set([account]));
      expect(await bodies(target, databases)).toEqual(original);
      expect(summary.warnings).toEqual([]);
    });
    await onTarget(`DROP USER ${owner}`);
  });

  test('what the account may not read is named, and the rest is dumped', async () => {
    const user = uniqueName('reader');
    await onSource(
      `CREATE USER ${user}; GRANT SELECT, EXECUTE ON ${database}.* TO ${user}; GRANT RELOAD, PROCESS, REPLICATION CLIENT ON *.* TO ${user}`,
    );
    try {
      await withDirectory(async (directory) => {
        const connection = { ...optionsOf(source), user, password: '' };
        const { summary } = await runDump(source, { directory, databases: [database], connection });
        const named = summary.skipped.map(({ what }) => what);
        expect(named).toContain(`view \`${database}\`.\`z_base\``);
        expect(named).toContain(`procedure \`${database}\`.\`odd_body\``);
        expect(summary).toMatchObject({ tables: 3, views: 0, codeObjects: 0 });
        expect((await readdir(directory)).filter((name) => name.includes('z_base'))).toEqual([]);
        await clearTarget();
        expect((await runLoad(target, { directory })).summary).toMatchObject({ tables: 3, views: 0, skipped: [] });
      });
    } finally {
      await onSource(`DROP USER ${user}`);
    }
  });

  test('a view whose table is gone is dumped, and named by the load that cannot create it', async () => {
    await withDatabase(source, 'broken', async (name, connection) => {
      await connection.query(
        'CREATE TABLE t (id INT); CREATE VIEW a AS SELECT id FROM t; CREATE VIEW b AS SELECT id FROM a; DROP TABLE t; CREATE VIEW c AS SELECT 1',
      );
      await withDirectory(async (directory) => {
        expect((await runDump(source, { directory, databases: [name] })).summary).toMatchObject({
          views: 3,
          skipped: [],
        });
        await vacate(lane, name);
        const { summary } = await runLoad(target, { directory });
        expect(summary.views).toBe(1);
        expect(summary.skipped.map(({ what }) => what).sort()).toEqual([
          `view \`${name}\`.\`a\``,
          `view \`${name}\`.\`b\``,
        ]);
        await vacate(lane, name);
      });
    });
  });

  const foreign = laneServers().find((each) => each.source.product !== source.product)?.target;

  test.runIf(foreign !== undefined)(
    'the other product takes what it knows, and what it does not is named',
    async () => {
      if (foreign === undefined) return;
      await withDatabase(source, 'across', async (name, connection) => {
        const modes = isMariaDb ? 'NO_AUTO_CREATE_USER,ANSI_QUOTES' : 'TIME_TRUNCATE_FRACTIONAL,ANSI_QUOTES';
        await connection.query(`ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
        CREATE TABLE t (id INT, s TEXT) COLLATE utf8mb4_general_ci; INSERT INTO t VALUES (1, 'x');
        SET NAMES utf8mb4 COLLATE utf8mb4_general_ci; SET sql_mode = '${modes}';
        CREATE PROCEDURE plain() SELECT "id" FROM "t";
        CREATE PROCEDURE again() SELECT "s" FROM "t"; SET sql_mode = ''`);
        await connection.query(
          isMariaDb
            ? "SET sql_mode = 'ORACLE'; CREATE PROCEDURE foreign_mode AS BEGIN NULL; END; SET sql_mode = ''"
            : 'SET NAMES utf8mb4 COLLATE utf8mb4_0900_as_cs; CREATE PROCEDURE foreign_collation() SELECT 1',
        );
        await withDirectory(async (directory) => {
          await runDump(source, { directory, databases: [name] });
          try {
            const { summary } = await runLoad(foreign, { directory });
            expect(summary.skipped).toEqual([
              isMariaDb
                ? { what: `procedure \`${name}\`.\`foreign_mode\``, why: expect.stringContaining('ORACLE') as string }
                : {
                    what: `procedure \`${name}\`.\`foreign_collation\``,
                    why: expect.stringContaining('utf8mb4_0900_as_cs') as string,
                  },
            ]);
            const unknown = isMariaDb ? 'NO_AUTO_CREATE_USER' : 'TIME_TRUNCATE_FRACTIONAL';
            expect(summary.warnings.filter((warning) => warning.includes(unknown))).toHaveLength(1);
            expect(
              await firstColumn(
                foreign,
                `SELECT SQL_MODE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '${name}'`,
              ),
            ).toEqual(['ANSI_QUOTES', 'ANSI_QUOTES']);
          } finally {
            await dropDatabase(foreign, name);
          }
        });
      });
    },
  );

  // A server of its own: the mode is global.
  test('a server whose own sql_mode is an odd one gives and takes the same code', async () => {
    const server = await startServer(lane.lane);
    try {
      if (isMariaDb) await withConnection(server, (connection) => connection.query(`CREATE ROLE ${role}`));
      await withSession(optionsOf(server), async (session) => {
        await fillCode(session, { product: server.product, database, other, role });
        const more = isMariaDb ? 'ORACLE,EMPTY_STRING_IS_NULL,NO_AUTO_CREATE_USER' : 'PAD_CHAR_TO_FULL_LENGTH';
        await session.execute(`SET GLOBAL sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,${more}'`);
      });
      const original = await read(server);
      await withDirectory(async (directory) => {
        await runDump(server, { directory, databases });
        for (const name of databases) await dropDatabase(server, name);
        expect((await runLoad(server, { directory })).summary.skipped).toEqual([]);
      });
      expect(diffFingerprints(original, await read(server))).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  async function onTarget(sql: string): Promise<void> {
    await withConnection(target, (connection) => connection.query(sql));
  }

  async function onSource(sql: string): Promise<void> {
    await withConnection(source, (connection) => connection.query(sql));
  }
});

async function firstColumn(server: TestServer, sql: string): Promise<string[]> {
  const [rows] = await withConnection(server, (connection) => connection.query({ sql, rowsAsArray: true }));
  return (rows as string[][]).map(([first = '']) => first);
}

const PLACES = [
  ['VIEWS', 'TABLE_SCHEMA', 'TABLE_NAME', 'VIEW_DEFINITION'],
  ['TRIGGERS', 'TRIGGER_SCHEMA', 'TRIGGER_NAME', 'ACTION_STATEMENT'],
  ['ROUTINES', 'ROUTINE_SCHEMA', 'ROUTINE_NAME', 'ROUTINE_DEFINITION'],
  ['EVENTS', 'EVENT_SCHEMA', 'EVENT_NAME', 'EVENT_DEFINITION'],
] as const;

async function definers(server: TestServer, databases: readonly string[]): Promise<Set<string>> {
  const found = PLACES.map(([table, schema]) =>
    firstColumn(
      server,
      `SELECT DEFINER FROM information_schema.${table} WHERE ${schema} IN ('${databases.join("', '")}')`,
    ),
  );
  return new Set((await Promise.all(found)).flat());
}

/** Every piece of code without its head. */
async function bodies(server: TestServer, databases: readonly string[]): Promise<string[]> {
  const found = PLACES.map(([table, schema, name, body]) =>
    firstColumn(
      server,
      `SELECT CONCAT(${name}, ' ', ${body}) FROM information_schema.${table}
        WHERE ${schema} IN ('${databases.join("', '")}') ORDER BY 1`,
    ),
  );
  return (await Promise.all(found)).flat();
}

async function textOf(directory: string): Promise<string> {
  const names = (await readdir(directory)).filter((name) => /-schema-(?:view|triggers|post)\.sql$/.test(name));
  return (await Promise.all(names.map((name) => readFile(join(directory, name), 'latin1')))).join('');
}
