/**
 * Users, roles and grants: what a server has of them the target has afterwards, logins with the old passwords included.
 * On servers of their own, because a dump holds all accounts of its server.
 */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { clientRuns } from '../support/clients.ts';
import { laneServers, withConnection } from '../support/lanes.ts';
import { failureOf, runDump, runLoad, withDirectory } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';
import type { ManagedServer } from '../support/servers.ts';

const PASSWORD = 'Größe \'7\' \\ "x"';
const PASSWORD_SQL = "'Größe ''7'' \\\\ \"x\"'";

const OBJECTS = `
  CREATE DATABASE shop; CREATE DATABASE hidden;
  CREATE TABLE shop.orders (id INT PRIMARY KEY, total INT, note TEXT);
  CREATE TABLE hidden.t (id INT);
  CREATE PROCEDURE shop.close_day() SELECT 1;
  CREATE FUNCTION shop.twice(n INT) RETURNS INT DETERMINISTIC NO SQL RETURN 2 * n;
  CREATE USER owner@localhost;
  GRANT SELECT ON shop.orders TO owner@localhost;
  CREATE DEFINER = owner@localhost VIEW shop.totals AS SELECT total FROM shop.orders;`;

/** In the words of both servers. */
const ACCOUNTS = `
  CREATE ROLE reader, writer, chief;
  CREATE USER app IDENTIFIED BY ${PASSWORD_SQL};
  CREATE USER 'o''Brien "x" \`y\` @z'@'192.168.0.0/255.255.0.0' IDENTIFIED BY 'x' REQUIRE SSL
    WITH MAX_QUERIES_PER_HOUR 5 MAX_USER_CONNECTIONS 2 PASSWORD EXPIRE INTERVAL 90 DAY ACCOUNT LOCK;
  CREATE USER 'größe_日本'@'10.%' IDENTIFIED BY 'x' REQUIRE SUBJECT '/CN=O''Brien \\\\ Söhne' ISSUER '/C=x' CIPHER 'AES';
  CREATE USER ''@'nobody.example';
  CREATE USER expired IDENTIFIED BY 'x' PASSWORD EXPIRE;
  GRANT SELECT ON shop.* TO reader;
  GRANT INSERT, UPDATE ON shop.* TO writer;
  GRANT ALL ON *.* TO chief;
  GRANT SELECT (id, total), INSERT (id) ON shop.orders TO app WITH GRANT OPTION;
  GRANT EXECUTE ON PROCEDURE shop.close_day TO app;
  GRANT EXECUTE, ALTER ROUTINE ON FUNCTION shop.twice TO app;
  GRANT ALL ON \`tmp\\_%\`.* TO app;
  GRANT RELOAD, PROCESS ON *.* TO 'größe_日本'@'10.%' WITH GRANT OPTION;
  GRANT PROXY ON 'o''Brien "x" \`y\` @z'@'192.168.0.0/255.255.0.0' TO app WITH GRANT OPTION;
  GRANT reader TO writer;
  GRANT writer TO app WITH ADMIN OPTION;
  GRANT reader TO app;`;

const ACCOUNTS_OF = {
  MySQL: `
    CREATE USER noted@localhost IDENTIFIED BY 'x' PASSWORD HISTORY 5 PASSWORD REUSE INTERVAL 10 DAY
      FAILED_LOGIN_ATTEMPTS 3 PASSWORD_LOCK_TIME 2 COMMENT 'it''s a \\\\ "ß"';
    CREATE USER attributed@localhost ATTRIBUTE '{"a": "it''s \\\\"q\\\\""}';
    CREATE USER old IDENTIFIED WITH sha256_password BY ${PASSWORD_SQL};
    CREATE USER changing IDENTIFIED BY 'before'; ALTER USER changing IDENTIFIED BY 'after' RETAIN CURRENT PASSWORD;
    CREATE ROLE 'we''ird"r\`'@'10.0.%'; GRANT 'we''ird"r\`'@'10.0.%' TO chief;
    SET DEFAULT ROLE reader, writer TO app;
    GRANT BACKUP_ADMIN, ROLE_ADMIN ON *.* TO noted@localhost WITH GRANT OPTION;
    GRANT CONNECTION_ADMIN ON *.* TO noted@localhost;
    SET GLOBAL partial_revokes = ON; GRANT SELECT, INSERT ON *.* TO noted@localhost;
    REVOKE INSERT ON hidden.* FROM noted@localhost;
    SET GLOBAL mandatory_roles = 'reader'`,
  MariaDB: `
    CREATE USER timed IDENTIFIED BY 'x' WITH MAX_STATEMENT_TIME 1.5 PASSWORD EXPIRE NEVER;
    CREATE USER local@localhost IDENTIFIED VIA unix_socket USING 'CORP\\\\someone';
    CREATE USER either IDENTIFIED VIA mysql_native_password USING PASSWORD(${PASSWORD_SQL}) OR unix_socket;
    CREATE USER unsayable@localhost IDENTIFIED VIA unix_socket USING 'it''s';
    CREATE ROLE \`we'ird"r\`\`@x\` WITH ADMIN chief; GRANT \`we'ird"r\`\`@x\` TO chief;
    SET DEFAULT ROLE writer FOR app;
    GRANT SELECT ON hidden.* TO PUBLIC;
    GRANT BINLOG MONITOR ON *.* TO timed`,
} as const;

/** Accounts with the password above. */
const LOGINS = { MySQL: ['app', 'old'], MariaDB: ['app', 'either'] } as const;

interface Definition {
  readonly created: string;
  readonly grants: readonly string[];
}

/** Every account of a server, as the server prints it, but for those every server has. */
async function accountsOf(server: ManagedServer): Promise<Map<string, Definition>> {
  return withConnection(server, async (connection) => {
    const isMySQL = server.product === 'MySQL';
    if (isMySQL) await connection.query('SET print_identified_with_as_hex = ON');
    const rows = await lines(
      connection,
      `SELECT CONCAT(QUOTE(User), '@', QUOTE(Host)) FROM mysql.user
        WHERE User NOT IN ('root', 'mysql', 'mariadb.sys', 'mysql.sys', 'mysql.session', 'mysql.infoschema')`,
    );
    const found = new Map<string, Definition>();
    for (const name of rows) {
      const isRole = name.endsWith("@''");
      const shown = isRole ? (name === "'PUBLIC'@''" ? 'PUBLIC' : name.slice(0, -3)) : name;
      found.set(name, {
        created: isRole ? 'role' : (await lines(connection, `SHOW CREATE USER ${shown}`)).join(),
        grants: (await lines(connection, `SHOW GRANTS FOR ${shown}`)).map(inOrder).sort(),
      });
    }
    return found;
  });
}

/** MariaDB prints the columns of a privilege in an order of chance. */
function inOrder(grant: string): string {
  return grant.replaceAll(/\(([^)]*)\)/g, (_, columns: string) => `(${columns.split(', ').sort().join(', ')})`);
}

/** Settings that bear on privileges, as the source has them. */
async function setUp(server: ManagedServer): Promise<void> {
  if (server.product !== 'MySQL') return;
  await withConnection(server, (connection) =>
    connection.query("SET GLOBAL partial_revokes = ON, GLOBAL mandatory_roles = 'reader'"),
  );
}

async function lines(connection: Connection, sql: string): Promise<string[]> {
  const [rows] = await connection.query({ sql, rowsAsArray: true });
  return (rows as string[][]).map(([text = '']) => text);
}

describe.each(laneServers())('$lane', ({ lane, source: { product } }) => {
  let source: ManagedServer;
  let target: ManagedServer;
  beforeAll(async () => {
    const options = { bufferPoolBytes: 64 * 1024 * 1024 };
    [source, target] = await Promise.all([
      startServer(lane, options),
      startServer(lane, { ...options, role: 'target' }),
    ]);
    await withConnection(source, (connection) => connection.query(OBJECTS + ACCOUNTS + ACCOUNTS_OF[product]));
    await setUp(target);
  });
  afterAll(async () => {
    await Promise.all([source, target].map((server) => server.stop()));
  });

  test('--users carries accounts, roles and grants, and names what it cannot', () =>
    withDirectory(async (directory) => {
      const { summary } = await runDump(source, { directory, databases: [], withUsers: true });
      const left =
        product === 'MySQL'
          ? { what: 'the second password of account `changing`@`%`', why: 'the server does not print it' }
          : {
              what: 'account `unsayable`@`localhost`',
              why: 'the server prints it with a quote that it does not escape',
            };
      expect(summary.skipped).toEqual([left]);
      expect(summary.accounts?.excluded).toContain(
        product === 'MySQL' ? '`mysql.sys`@`localhost`' : '`mariadb.sys`@`localhost`',
      );
      const [file = ''] = (await readdir(directory)).filter((name) => name.startsWith('tsdump-users'));
      expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);

      const loaded = await runLoad(target, { directory, withUsers: true });
      expect(loaded.summary.skipped).toEqual([]);
      expect(loaded.summary.warnings).toEqual([expect.stringMatching(/^in the target already.*`root`@/)]);
      const expected = await accountsOf(source);
      expected.delete("'unsayable'@'localhost'");
      expect(await accountsOf(target)).toEqual(expected);
      for (const user of LOGINS[product]) {
        await withConnection(target, (connection) => connection.query('DO 1'), { user, password: PASSWORD });
      }

      const again = await runLoad(target, { directory, withUsers: true, withSchemas: false, withData: false });
      expect(again.summary.accounts).toMatchObject({ created: 0 });
      expect(await accountsOf(target)).toEqual(expected);
    }));

  test("the server's own client reads the file too", () =>
    withDirectory(async (directory) => {
      await runDump(source, { directory, databases: [], codec: 'none', withUsers: true });
      await emptied(target);
      await runLoad(target, { directory });
      await clientRuns(target, join(directory, 'tsdump-users'));
      await setUp(target);
      const expected = await accountsOf(source);
      expected.delete("'unsayable'@'localhost'");
      expect(await accountsOf(target)).toEqual(expected);
    }));

  test.each([
    { way: 'begins anew', resume: false },
    { way: 'goes on', resume: true },
  ])('accounts that an interrupted load has created are given what they lack by the next, which $way', ({ resume }) =>
    withDirectory(async (directory) => {
      await runDump(source, { directory, databases: [], withUsers: true });
      await emptied(target);
      const stop = new AbortController();
      const interrupted = runLoad(
        target,
        { directory, withUsers: true },
        { signal: stop.signal, onEvent: (event) => event.type === 'phase' && event.phase === 'data' && stop.abort() },
      );
      await expect(interrupted).rejects.toThrow();
      expect((await accountsOf(target)).get("'app'@'%'")?.grants).toHaveLength(1);
      if (resume) {
        // As a load leaves it that is stopped between two grants.
        await withConnection(target, (connection) => connection.query('GRANT ALL ON `tmp\\_%`.* TO app'));
        await runLoad(target, { directory, withUsers: true, resume });
      } else {
        await runLoad(target, { directory, withUsers: true, dropTable: 'DROP' });
      }
      await setUp(target);
      const expected = await accountsOf(source);
      expected.delete("'unsayable'@'localhost'");
      if (resume) return expect(await accountsOf(target)).toEqual(expected);
      // Its demands are not compared, so it counts as another.
      const found = await accountsOf(target);
      for (const accounts of [expected, found]) accounts.delete("'größe_日本'@'10.%'");
      expect(found).toEqual(expected);
    }),
  );

  test('an account that the load itself would be taken for does not come into its way', () =>
    withDirectory(async (directory) => {
      const rival = "'loader'@'127.0.0.1'";
      await withConnection(source, (connection) => connection.query(`CREATE USER ${rival} IDENTIFIED BY 'other'`));
      await withConnection(target, (connection) =>
        connection.query("CREATE USER loader IDENTIFIED BY 'x'; GRANT ALL ON *.* TO loader WITH GRANT OPTION"),
      );
      await runDump(source, { directory, databases: ['hidden'], withUsers: true });
      const loader = { ...target, user: 'loader', password: 'x' };
      await runLoad(loader, { directory, withUsers: true, dropTable: 'DROP' });
      expect((await accountsOf(target)).has(rival)).toBe(true);
    }));

  test('a grant that the target refuses is named, and the others are there', () =>
    withDirectory(async (directory) => {
      await runDump(source, { directory, databases: ['hidden'], withUsers: true });
      await emptied(target);
      if (product === 'MySQL') {
        await withConnection(target, (connection) => connection.query('SET GLOBAL partial_revokes = OFF'));
      }
      const { summary } = await runLoad(target, { directory, withUsers: true });
      const names = summary.skipped.map(({ what, why }) => `${what}: ${why}`).join('\n');
      expect(names).toMatch(/`shop`.`orders` TO `owner`@`localhost`: Table 'shop.orders' doesn't exist/);
      expect(names).not.toMatch(/IDENTIFIED|0x|\*[0-9A-F]{40}/);
      const found = await accountsOf(target);
      expect(found.get("'app'@'%'")?.grants.join()).toContain('`tmp\\_%`.*');
      if (product === 'MySQL') {
        expect(names).toContain('grants to `noted`@`localhost`: some of its privileges are revoked in part');
        expect(found.get("'noted'@'localhost'")?.grants).not.toContainEqual(expect.stringContaining('INSERT'));
      }
    }));

  test('an account whose creation is refused gets no grants, and no message holds its hash', () =>
    withDirectory(async (directory) => {
      await runDump(source, { directory, databases: ['hidden'], withSchemas: false, withData: false, withUsers: true });
      const other = laneServers().find((each) => each.source.product !== product)?.lane;
      if (other === undefined) return;
      const stranger = await startServer(other, { bufferPoolBytes: 64 * 1024 * 1024 });
      try {
        const { events, summary } = await runLoad(stranger, {
          directory,
          withSchemas: false,
          withData: false,
          withUsers: true,
        });
        const said = JSON.stringify(events);
        expect(summary.skipped.map(({ what }) => what)).toContain('account `app`@`%`');
        expect(said).not.toMatch(/0x[0-9A-F]{10}|\*[0-9A-F]{10}/);
        expect([...(await accountsOf(stranger)).keys()]).not.toContain("'app'@'%'");
      } finally {
        await stranger.stop();
      }
    }));

  test('without --users a load says that they are there, and with another name for the database it refuses them', () =>
    withDirectory(async (directory) => {
      await runDump(source, { directory, databases: ['hidden'], withUsers: true });
      const { summary } = await runLoad(target, { directory, dropTable: 'DROP' });
      expect(summary.warnings).toEqual([
        'the dump holds users, roles and grants, which are not loaded without --users',
      ]);
      const error = await failureOf(runLoad(target, { directory, withUsers: true, targetDatabase: 'other' }));
      expect(error).toMatchObject({ code: 'USAGE', exitCode: 2 });
    }));

  test('an account that may not read accounts dumps the rest and names what is left out', () =>
    withDirectory(async (directory) => {
      await withConnection(source, (connection) =>
        connection.query(
          "CREATE USER modest IDENTIFIED BY 'x'; GRANT RELOAD, REPLICATION CLIENT ON *.* TO modest; GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON hidden.* TO modest",
        ),
      );
      const modest = { ...source, user: 'modest', password: 'x' };
      const options = { directory, databases: ['hidden'], withUsers: true, withRoutines: false };
      const { summary } = await runDump(modest, options);
      expect(summary.skipped).toEqual([
        { what: 'users, roles and grants', why: expect.stringMatching(/denied .*for table .*user/) as string },
      ]);
      expect(summary.tables).toBe(1);
    }));
});

/** Takes every account and database that is not the server's own away. */
async function emptied(server: ManagedServer): Promise<void> {
  const names = [...(await accountsOf(server)).keys()].filter((name) => name !== "'PUBLIC'@''");
  await withConnection(server, async (connection) => {
    if (server.product === 'MySQL') await connection.query("SET GLOBAL mandatory_roles = ''");
    for (const name of names) {
      const isRole = name.endsWith("@''");
      await connection.query(isRole ? `DROP ROLE ${name.slice(0, -3)}` : `DROP USER ${name}`);
    }
    await connection.query('DROP DATABASE IF EXISTS shop; DROP DATABASE IF EXISTS hidden');
  });
}
