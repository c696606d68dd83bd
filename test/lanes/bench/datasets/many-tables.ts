/** Thousands of tables with a few rows each: where the tables, not the rows, are the work. */

import { chownSync, copyFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Connection } from 'mysql2/promise';

import type { Dataset } from './dataset.ts';

/** Of a table's number, so that names sort as they were made. */
const padded = (n: number, digits: number): string => String(n).padStart(digits, '0');

/** Statements in one round trip when many small tables are made. */
const TABLES_A_TRIP = 50;

export const SMALL_TABLES: Dataset = {
  database: 'bench_small',
  describe: '6,111 InnoDB tables of 20 rows with keys, a foreign key, JSON and a generated column',
  make: (connection) => byStatements(connection, 6111, smallTable),
};

export function myisamTables(count: number): Dataset {
  return {
    database: `bench_myisam_${count}`,
    describe: `${count.toLocaleString('en')} MyISAM tables of 5 rows`,
    make: (connection, server) =>
      server.product === 'MariaDB' && server.socketPath !== undefined
        ? byCopies(connection, count, dirname(server.socketPath))
        : byStatements(connection, count, myisamTable),
  };
}

async function byStatements(connection: Connection, count: number, one: (n: number) => string): Promise<void> {
  for (let from = 0; from < count; from += TABLES_A_TRIP) {
    const numbers = Array.from({ length: Math.min(TABLES_A_TRIP, count - from) }, (_, n) => from + n);
    await connection.query(numbers.map(one).join('; '));
  }
}

/**
 * MariaDB finds a table where its files are: those of the first are copied, four times as quick as statements.
 * @param instance the server's folder, with its data in it, as private servers have it
 */
async function byCopies(connection: Connection, count: number, instance: string): Promise<void> {
  await connection.query(`${myisamTable(0)}; FLUSH TABLES`);
  const [rows] = await connection.query('SELECT DATABASE() AS name');
  const [{ name }] = rows as [{ name: string }];
  const directory = join(instance, 'data', name);
  const first = nameOf(0);
  const files = readdirSync(directory).filter((file) => file.startsWith(`${first}.`));
  for (const file of files) {
    const source = join(directory, file);
    const { uid, gid } = statSync(source);
    for (let n = 1; n < count; n += 1) {
      const copy = join(directory, file.replace(first, nameOf(n)));
      copyFileSync(source, copy);
      chownSync(copy, uid, gid);
    }
  }
}

const rowsOf = (count: number, row: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `(${row(n + 1)})`).join(', ');

function smallTable(n: number): string {
  const parent = `t${padded(Math.max(0, n - 1), 5)}`;
  const name = `t${padded(n, 5)}`;
  return `CREATE TABLE ${name} (
      id INT NOT NULL AUTO_INCREMENT, parent_id INT, code VARCHAR(20) NOT NULL, name VARCHAR(60), data JSON,
      amount DECIMAL(10,2) NOT NULL DEFAULT 0, doubled DECIMAL(11,2) GENERATED ALWAYS AS (amount * 2) STORED,
      PRIMARY KEY (id), UNIQUE KEY (code), KEY (name),
      CONSTRAINT fk_${name} FOREIGN KEY (parent_id) REFERENCES ${parent} (id));
    INSERT INTO ${name} (id, parent_id, code, name, data, amount)
      VALUES ${rowsOf(20, (row) => `${row}, ${row}, 'c${row}', 'name ${row}', '{"a": ${row}}', ${row}.5`)}`;
}

function nameOf(n: number): string {
  return `t${padded(n, 6)}`;
}

function myisamTable(n: number): string {
  return `CREATE TABLE ${nameOf(n)} (id INT PRIMARY KEY, name VARCHAR(20)) ENGINE=MyISAM;
    INSERT INTO ${nameOf(n)} VALUES ${rowsOf(5, (row) => `${row}, 'name ${row}'`)}`;
}
