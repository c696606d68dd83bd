/**
 * Servers in odd modes: whatever their defaults are, what is restored equals what was dumped. Each lane has a source and
 * a target of its own here, because the settings are global; they are put back before anything is compared.
 */

import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { Fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, uniqueName, withConnection } from '../support/lanes.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { ManagedServer, Product, TestServer } from '../support/servers.ts';
import { startServer } from '../support/servers.ts';

type Globals = Readonly<Record<string, string | number>>;

interface Mode {
  readonly what: string;
  readonly product?: Product;
  readonly globals: Globals;
}

/** Modes of SQL that change what text means, in groups that do not hide one another. */
const SQL_MODES: readonly Mode[] = [
  { what: 'ANSI and NO_BACKSLASH_ESCAPES', globals: { sql_mode: 'ANSI,NO_BACKSLASH_ESCAPES' } },
  {
    what: 'PAD_CHAR_TO_FULL_LENGTH and kin',
    globals: { sql_mode: 'PAD_CHAR_TO_FULL_LENGTH,REAL_AS_FLOAT,HIGH_NOT_PRECEDENCE,NO_UNSIGNED_SUBTRACTION' },
  },
  {
    what: 'TRADITIONAL',
    globals: { sql_mode: 'TRADITIONAL,NO_ZERO_DATE,NO_ZERO_IN_DATE,ONLY_FULL_GROUP_BY,ANSI_QUOTES' },
  },
  { what: 'ORACLE', product: 'MariaDB', globals: { sql_mode: 'ORACLE' } },
  {
    what: 'EMPTY_STRING_IS_NULL and NO_AUTO_CREATE_USER',
    product: 'MariaDB',
    globals: { sql_mode: 'EMPTY_STRING_IS_NULL,NO_AUTO_CREATE_USER,TIME_ROUND_FRACTIONAL' },
  },
];

/** Defaults of sessions, each of which once broke or bent some backup; all at the same time. */
const HARSH: Globals = {
  autocommit: 0,
  completion_type: 'RELEASE',
  sql_select_limit: 2,
  max_join_size: 1,
  sql_safe_updates: 1,
  sql_auto_is_null: 1,
  time_zone: '-07:00',
  transaction_isolation: 'SERIALIZABLE',
  transaction_read_only: 1,
  tx_isolation: 'SERIALIZABLE',
  tx_read_only: 1,
  wait_timeout: 2,
  innodb_lock_wait_timeout: 1,
  default_storage_engine: 'MyISAM',
  explicit_defaults_for_timestamp: 0,
  innodb_strict_mode: 1,
  character_set_server: 'latin2',
  collation_server: 'latin2_croatian_ci',
  group_concat_max_len: 4,
  // MySQL
  max_execution_time: 1,
  sql_require_primary_key: 1,
  sql_generate_invisible_primary_key: 1,
  show_gipk_in_create_table_and_information_schema: 0,
  default_collation_for_utf8mb4: 'utf8mb4_general_ci',
  information_schema_stats_expiry: 3600,
  // MariaDB
  sql_quote_show_create: 0,
  max_statement_time: 0.001,
  idle_transaction_timeout: 1,
  old_mode: '',
  alter_algorithm: 'INSTANT',
  check_constraint_checks: 1,
  enforce_storage_engine: 'Aria',
  character_set_collations: 'utf8mb4=utf8mb4_unicode_ci,latin1=latin1_bin',
};

describe.each(laneServers())('$lane', ({ lane, source: { product } }) => {
  const database = uniqueName('modes');
  let source: ManagedServer;
  let target: ManagedServer;
  let original: Fingerprint;

  beforeAll(async () => {
    const options = { bufferPoolBytes: 128 * 1024 * 1024 };
    [source, target] = await Promise.all([
      startServer(lane, options),
      startServer(lane, { ...options, role: 'target' }),
    ]);
    await withConnection(source, (connection) => fill(connection, database, product));
    original = await fingerprint(source.url, { databases: [database] });
  });
  afterAll(() => Promise.all([source?.stop(), target?.stop()]));

  const dumpUnder = (globals: Globals, directory: string): Promise<unknown> =>
    withGlobals(source, globals, () => runDump(source, { directory, databases: [database] }));
  const expectEqualUnder = async (globals: Globals, directory: string): Promise<void> => {
    await withGlobals(target, globals, () => runLoad(target, { directory }));
    const restored = await fingerprint(target.url, { databases: [database] });
    await dropDatabase(target, database);
    expect(diffFingerprints(original, restored)).toEqual([]);
  };

  test.each(SQL_MODES.filter((mode) => mode.product === undefined || mode.product === product))(
    'a dump of a server under $what, and a load into one, change nothing',
    ({ globals }) =>
      withDirectory(async (directory) => {
        await dumpUnder(globals, directory);
        await expectEqualUnder({}, directory);
        await expectEqualUnder(globals, directory);
      }),
  );

  test('no default of a session bends a dump or a load', () =>
    withDirectory(async (directory) => {
      await dumpUnder(HARSH, directory);
      await expectEqualUnder(HARSH, directory);
    }));
});

/** Sets what the server has of the settings, for new sessions, and puts them back as they were. */
async function withGlobals<T>(server: TestServer, globals: Globals, use: () => Promise<T>): Promise<T> {
  return withConnection(server, async (connection) => {
    // This session keeps what the server began with, whatever becomes of the defaults.
    await connection.query('SET SESSION wait_timeout = 3600, sql_select_limit = 18446744073709551615');
    const [rows] = await connection.query('SHOW GLOBAL VARIABLES');
    const before = new Map(
      (rows as { Variable_name: string; Value: string }[]).map((row) => [row.Variable_name, row.Value]),
    );
    const known = Object.entries(globals).filter(([name]) => before.has(name));
    try {
      for (const [name, value] of known) await setGlobal(connection, name, value);
      return await use();
    } finally {
      for (const [name] of known.toReversed()) await setGlobal(connection, name, before.get(name) ?? '');
    }
  });
}

async function setGlobal(connection: Connection, name: string, value: string | number): Promise<void> {
  const isNumber = typeof value === 'number' || /^\d+(\.\d+)?$/.test(value);
  const isUnset = name === 'enforce_storage_engine' && value === '';
  await connection.query(`SET GLOBAL ${name} = ${isUnset ? 'NULL' : isNumber ? value : `'${value}'`}`);
}

/** Tables that look different under the one setting or the other, and rows that such settings refuse. */
async function fill(connection: Connection, database: string, product: Product): Promise<void> {
  await connection.query(`SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'; SET NAMES utf8mb4;
    SET SESSION innodb_strict_mode = 0, foreign_key_checks = 0, time_zone = '+02:00';
    CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4; USE \`${database}\``);
  await connection.query(COMMON_TABLES);
  await connection.query(product === 'MySQL' ? MYSQL_TABLES : MARIADB_TABLES);
  for (const statement of CODE) await connection.query(statement);
}

const COMMON_TABLES = String.raw`
  CREATE TABLE texts (id INT AUTO_INCREMENT PRIMARY KEY, c CHAR(10), v VARCHAR(100) NOT NULL DEFAULT 'it''s "\\"', b BLOB,
    l TEXT CHARACTER SET latin1, r REAL, f FLOAT, u INT UNSIGNED, KEY (l(5), c)) COMMENT 'a "b" \\ \n c';
  INSERT INTO texts VALUES (0, 'pad  ', '', '', '', 0.1, 0.1, 0), (-5, '', 'a\\b''c"d\n\r\0\Z', X'005C2227FF', 'é', 1e300, -2.5e-7, 4294967295),
    (7, NULL, '\\', '\\', NULL, NULL, NULL, 1);
  CREATE TABLE days (d DATE, dt DATETIME(2), t TIMESTAMP NOT NULL, t2 TIMESTAMP(6) NULL, n TIME(3)) DEFAULT CHARSET latin1;
  INSERT INTO days VALUES ('0000-00-00', '2024-02-31 10:00:00.25', '2024-01-01 00:00:00', '1999-12-31 23:59:59.123456', '-838:59:59'),
    ('2024-00-10', '0000-00-00', '0000-00-00', NULL, NULL);
  CREATE TABLE plain (a VARCHAR(20) CHARACTER SET utf8mb4, b VARCHAR(20) CHARACTER SET latin1, e ENUM('', 'é', 'a"b')) CHARSET utf8mb4;
  INSERT INTO plain VALUES ('', '', ''), ('a', 'b', 'a"b'), (NULL, NULL, NULL), ('4', 'é', 'é'), ('5', '5', '');
  CREATE TABLE old_text (a VARCHAR(20)) CHARSET utf8mb3; INSERT INTO old_text VALUES ('ü');
  CREATE TABLE packed (id INT PRIMARY KEY, a INT) ROW_FORMAT=DYNAMIC KEY_BLOCK_SIZE=8; INSERT INTO packed VALUES (1, 2);
  CREATE TABLE parents (id INT PRIMARY KEY, code INT, KEY (code)); INSERT INTO parents VALUES (1, 10), (2, 20);
  CREATE TABLE children (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE);
  INSERT INTO children VALUES (1, 1), (2, 99);
  CREATE TABLE computed (id INT PRIMARY KEY, a VARCHAR(5), b VARCHAR(20) AS (CONCAT(a, '|')) STORED, c INT AS (NOT id) VIRTUAL, KEY (b));
  INSERT INTO computed (id, a) VALUES (1, 'x'), (2, ''), (3, NULL)`;

/** One by one: a statement among several keeps its semicolon in the body. */
const CODE = [
  String.raw`CREATE VIEW joined AS SELECT p.id, CONCAT(c.id, ' "q" ''s'' \\') AS label FROM parents p JOIN children c ON c.parent = p.id WHERE NOT p.id = 5`,
  String.raw`CREATE TRIGGER before_text BEFORE INSERT ON texts FOR EACH ROW SET NEW.v = CONCAT(NEW.v, '"\\')`,
  String.raw`CREATE FUNCTION twice(n INT) RETURNS VARCHAR(20) DETERMINISTIC RETURN CONCAT(n * 2, '\\"')`,
  String.raw`CREATE PROCEDURE noted() SELECT "in double quotes", 'a\\b'`,
  "CREATE EVENT yearly ON SCHEDULE EVERY 1 YEAR STARTS '2030-01-01 00:00:00' DISABLE DO DELETE FROM days WHERE d = '0000-00-00'",
];

const MYSQL_TABLES = `
  SET SESSION sql_generate_invisible_primary_key = 1; CREATE TABLE keyed (a INT); INSERT INTO keyed VALUES (3), (1); SET SESSION sql_generate_invisible_primary_key = 0;
  SET SESSION restrict_fk_on_non_standard_key = 0;
  CREATE TABLE loose (code INT, FOREIGN KEY (code) REFERENCES parents (code)); INSERT INTO loose VALUES (10)`;

const MARIADB_TABLES = `
  CREATE TABLE checked (id INT PRIMARY KEY, a INT CHECK (a > 0)); SET SESSION check_constraint_checks = 0; INSERT INTO checked VALUES (1, -1), (2, 1);
  CREATE SEQUENCE tickets START WITH 100; DO NEXT VALUE FOR tickets`;
