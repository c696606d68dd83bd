/**
 * The data that is dumped: each set is a database of its own, made by the server itself from its own numbers, so that
 * nothing but statements travels and every machine has the same shapes and sizes.
 */

import type { Connection } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';

import type { TestServer } from '../../../support/servers.ts';

export interface Dataset {
  readonly database: string;
  readonly describe: string;
  /** With the database as the connection's own. */
  readonly make: (connection: Connection, server: TestServer) => Promise<void>;
}

/** Rows that one INSERT … SELECT makes: large enough to be quick, small enough for any undo log. */
export const BATCH = 100_000;

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

/** Nothing: what a dump of it costs is what every dump costs. */
export const EMPTY: Dataset = {
  database: 'bench_empty',
  describe: 'an empty database',
  make: () => Promise.resolve(),
};

/**
 * Lends a table `numbers` with n = 1 to BATCH.
 * @param use is given a SELECT's FROM: BATCH numbers that follow on `from`
 */
export async function withNumbers(
  connection: Connection,
  use: (numbersAfter: (from: number) => string) => Promise<void>,
): Promise<void> {
  await connection.query('CREATE TABLE numbers (n INT PRIMARY KEY)');
  const units = Array.from({ length: 10 }, (_, n) => `SELECT ${n} AS d`).join(' UNION ALL ');
  const places = ['a', 'b', 'c', 'd', 'e'].map((name) => `(${units}) ${name}`).join(', ');
  await connection.query(
    `INSERT INTO numbers SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d FROM ${places}`,
  );
  await use((from) => `(SELECT n + ${from} AS n FROM numbers) numbered`);
  await connection.query('DROP TABLE numbers');
}
