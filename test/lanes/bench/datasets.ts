/**
 * The data that is dumped and loaded: each set is a database of its own, made by the server itself from its own numbers,
 * so that nothing but statements travels and every machine has the same shapes and sizes.
 */

import type { Connection } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';

import type { TestServer } from '../../support/servers.ts';

export interface Dataset {
  readonly database: string;
  readonly describe: string;
  readonly make: (connection: Connection, server: TestServer) => Promise<void>;
}

/** Rows that one INSERT … SELECT makes: large enough to be quick, small enough for any undo log. */
const BATCH = 100_000;
/** Statements in one round trip when many small tables are made. */
const TABLES_A_TRIP = 50;

export const SYSBENCH: Dataset = {
  database: 'bench_sysbench',
  describe: '4 sysbench tables of 1,000,000 rows with a secondary key',
  make: (connection) => sysbenchTables(connection, 4, 1_000_000),
};

export const ONE_TABLE: Dataset = {
  database: 'bench_one',
  describe: 'one sysbench table of 4,000,000 rows',
  make: (connection) => sysbenchTables(connection, 1, 4_000_000),
};

export const WIDE: Dataset = {
  database: 'bench_wide',
  describe:
    '300,000 rows of 40 columns: integers, decimals, datetimes, short strings, JSON, NULLs, blobs of bytes to escape',
  make: wideTable,
};

export const SMALL_TABLES: Dataset = {
  database: 'bench_small',
  describe: '6,111 InnoDB tables of 20 rows with keys, a foreign key, JSON and a generated column',
  make: (connection) => manyTables(connection, 6111, smallTable),
};

export const MYISAM_TABLES: Dataset = {
  database: 'bench_myisam',
  describe: '10,000 MyISAM tables of 5 rows',
  make: (connection) => manyTables(connection, 10_000, myisamTable),
};

/** Creates the set where it is not there yet. */
export async function provide(server: TestServer, { database, make }: Dataset): Promise<void> {
  const { host, port, user, password } = server;
  const connection = await createConnection({ host, port, user, password, multipleStatements: true });
  try {
    const [found] = await connection.query('SHOW DATABASES LIKE ?', [database]);
    if (Array.isArray(found) && found.length > 0) return;
    await connection.query('SET SESSION sql_log_bin = 0, SESSION unique_checks = 0, SESSION foreign_key_checks = 0');
    await connection.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4; USE ${database}`);
    await make(connection, server);
  } finally {
    await connection.end();
  }
}

/** `count` groups of eleven digits, as sysbench writes them; the digits follow from the row's number. */
function digits(count: number): string {
  const group = (n: number): string => `LPAD(CRC32(CONCAT(n, '-', ${n})) * 23, 11, '0')`;
  return `CONCAT_WS('-', ${Array.from({ length: count }, (_, n) => group(n)).join(', ')})`;
}

async function sysbenchTables(connection: Connection, tables: number, rows: number): Promise<void> {
  await makeNumbers(connection);
  for (let table = 1; table <= tables; table += 1) {
    await connection.query(
      `CREATE TABLE sbtest${table} (
         id INT NOT NULL AUTO_INCREMENT, k INT NOT NULL DEFAULT 0,
         c CHAR(120) NOT NULL DEFAULT '', pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id))`,
    );
    for (let from = 0; from < rows; from += BATCH) {
      await connection.query(
        `INSERT INTO sbtest${table} (id, k, c, pad)
           SELECT n, CRC32(n) % 1000000, ${digits(10)}, ${digits(5)} FROM (SELECT n + ${from} AS n FROM numbers) numbered`,
      );
    }
    await connection.query(`ALTER TABLE sbtest${table} ADD KEY k_${table} (k)`);
    await connection.query(`ANALYZE TABLE sbtest${table}`);
  }
  await connection.query('DROP TABLE numbers');
}

/** A table `numbers` of 1 to BATCH. */
async function makeNumbers(connection: Connection): Promise<void> {
  await connection.query('CREATE TABLE numbers (n INT PRIMARY KEY)');
  const units = Array.from({ length: 10 }, (_, n) => `SELECT ${n} AS d`).join(' UNION ALL ');
  const places = ['a', 'b', 'c', 'd', 'e'].map((name) => `(${units}) ${name}`).join(', ');
  await connection.query(
    `INSERT INTO numbers SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d FROM ${places}`,
  );
}

const WIDE_GROUPS = 5;
const WIDE_ROWS = 300_000;

async function wideTable(connection: Connection): Promise<void> {
  await makeNumbers(connection);
  const columns: (readonly [definition: string, value: string])[] = [];
  for (let g = 0; g < WIDE_GROUPS; g += 1) {
    columns.push(
      [`i${g} INT NOT NULL`, `CRC32(n + ${g}) % 1000000`],
      [`b${g} BIGINT UNSIGNED`, `IF(n % 7 = ${g}, NULL, CRC32(n * ${g + 3}) * 4294967296)`],
      [`d${g} DECIMAL(20,4)`, `CRC32(n + 7 * ${g}) / 10000`],
      [`t${g} DATETIME(3)`, `TIMESTAMPADD(SECOND, CRC32(n + ${g}) % 600000000, '2005-01-01 00:00:00.125')`],
      [`s${g} VARCHAR(40)`, `CONCAT('Name ', CRC32(n) % 5000, ' of "group" ', ${g})`],
      [`n${g} VARCHAR(20)`, `IF(n % 3 = 0, NULL, HEX(n))`],
      [`f${g} DOUBLE`, `CRC32(n + ${g}) / 3`],
    );
  }
  columns.push(
    ['j JSON', `JSON_OBJECT('id', n, 'name', CONCAT('item ', n), 'tags', JSON_ARRAY('a', 'b', n))`],
    ['x BLOB', `REPEAT(UNHEX('00270A5C220D1A00'), 8)`],
    ['day DATE', `DATE_ADD('2000-01-01', INTERVAL n % 9000 DAY)`],
    [`e ENUM('new','paid','sent')`, "ELT(1 + n % 3, 'new', 'paid', 'sent')"],
  );
  await connection.query(
    `CREATE TABLE wide (id INT PRIMARY KEY, ${columns.map(([definition]) => definition).join(', ')})`,
  );
  for (let from = 0; from < WIDE_ROWS; from += BATCH) {
    await connection.query(
      `INSERT INTO wide SELECT n, ${columns.map(([, value]) => value).join(', ')}
         FROM (SELECT n + ${from} AS n FROM numbers) numbered`,
    );
  }
  await connection.query('ANALYZE TABLE wide; DROP TABLE numbers');
}

async function manyTables(connection: Connection, count: number, one: (n: number) => string): Promise<void> {
  for (let from = 0; from < count; from += TABLES_A_TRIP) {
    const numbers = Array.from({ length: Math.min(TABLES_A_TRIP, count - from) }, (_, n) => from + n);
    await connection.query(numbers.map(one).join('; '));
  }
}

const rowsOf = (count: number, row: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `(${row(n + 1)})`).join(', ');

function smallTable(n: number): string {
  const parent = `t${String(Math.max(0, n - 1)).padStart(5, '0')}`;
  const name = `t${String(n).padStart(5, '0')}`;
  return `CREATE TABLE ${name} (
      id INT NOT NULL AUTO_INCREMENT, parent_id INT, code VARCHAR(20) NOT NULL, name VARCHAR(60), data JSON,
      amount DECIMAL(10,2) NOT NULL DEFAULT 0, doubled DECIMAL(11,2) GENERATED ALWAYS AS (amount * 2) STORED,
      PRIMARY KEY (id), UNIQUE KEY (code), KEY (name),
      CONSTRAINT fk_${name} FOREIGN KEY (parent_id) REFERENCES ${parent} (id));
    INSERT INTO ${name} (id, parent_id, code, name, data, amount)
      VALUES ${rowsOf(20, (row) => `${row}, ${row}, 'c${row}', 'name ${row}', '{"a": ${row}}', ${row}.5`)}`;
}

function myisamTable(n: number): string {
  const name = `t${String(n).padStart(6, '0')}`;
  return `CREATE TABLE ${name} (id INT PRIMARY KEY, name VARCHAR(20)) ENGINE=MyISAM;
    INSERT INTO ${name} VALUES ${rowsOf(5, (row) => `${row}, 'name ${row}'`)}`;
}
