/**
 * A believable web shop for tests, benchmarks and demonstrations. A server's URL goes in; a new database comes out that
 * holds the same content every time: 18 tables, views, triggers, routines, events, texts in many scripts, and, at the
 * default scale, more than 1.5 million rows. Rows are loaded before secondary keys, and those before code.
 */

import { createConnection } from 'mysql2/promise';
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import { CODE } from './shop/code.ts';
import { numbers, rows, scaleOf } from './shop/rows.ts';
import { FOREIGN_KEYS, KEYS, TABLES } from './shop/tables.ts';

export interface ShopOptions {
  /** The database to create; it must not exist. Default `shop`. */
  readonly database?: string;
  /** The scale; about 7.5 rows in all for each order. Default 220,000. */
  readonly orders?: number;
  /** Is told each step as it ends. */
  readonly log?: (line: string) => void;
}

export interface Shop {
  readonly database: string;
  readonly rows: number;
  readonly tables: number;
  readonly seconds: number;
}

const DEFAULT_ORDERS = 220_000;
const CONNECTIONS = 2;

const SETTINGS = [
  'SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci',
  "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
  "SET SESSION time_zone = '+00:00'",
];

/** The shop is there to be dumped, not to be replicated: loading it leaves no trace in the binlog. */
const LOAD_SETTINGS = [
  'SET SESSION sql_log_bin = 0',
  'SET SESSION unique_checks = 0',
  'SET SESSION foreign_key_checks = 0',
];

/**
 * Creates and fills the shop. The account needs all rights on the server (it is meant for servers of tests).
 * Throws the driver's error when the database exists already or the server refuses a statement.
 */
export async function fillShop(url: string, options: ShopOptions = {}): Promise<Shop> {
  const database = options.database ?? 'shop';
  const scale = scaleOf(options.orders ?? DEFAULT_ORDERS);
  const started = performance.now();
  const seconds = (): number => Math.round(performance.now() - started) / 1000;
  const log = (line: string): void => options.log?.(`${seconds().toFixed(1)} s  ${line}`);

  const connections: Connection[] = [];
  try {
    for (let opened = 0; opened < CONNECTIONS; opened += 1) connections.push(await openConnection(url));
    const [first] = connections;
    if (first === undefined) throw new Error('no connection to fill the shop over');
    await createTables(first, database);
    log(`${TABLES.length} tables created`);
    for (const connection of connections.slice(1)) await connection.query(`USE ${quoteName(database)}`);
    await first.query(numbers(scale.orders));
    const rowCount = await runAll(connections, rows(scale));
    log(`${rowCount} rows inserted`);
    await runAll(connections, KEYS);
    await runAll([first], [...FOREIGN_KEYS, 'DROP TABLE numbers']);
    log('keys and foreign keys added');
    for (const code of CODE) await runCode(first, code.sql, code.settings ?? []);
    log('code created');
    return { database, rows: rowCount, tables: TABLES.length, seconds: seconds() };
  } finally {
    await Promise.all(connections.map((connection) => connection.end()));
  }
}

/** IGNORE_SPACE is taken out of the handshake: it would turn up in the sql_mode of the shop's code. */
async function openConnection(url: string): Promise<Connection> {
  const connection = await createConnection({ uri: url, flags: ['-IGNORE_SPACE'] });
  for (const setting of [...SETTINGS, ...LOAD_SETTINGS]) await connection.query(setting);
  return connection;
}

async function createTables(connection: Connection, database: string): Promise<void> {
  const name = quoteName(database);
  await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  await connection.query(`USE ${name}`);
  for (const table of TABLES) await connection.query(table);
  await connection.query('CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY) ENGINE=InnoDB');
}

/** Runs statements that do not depend on each other, each connection taking the next; answers how many rows they wrote. */
async function runAll(connections: readonly Connection[], statements: readonly string[]): Promise<number> {
  const queue = statements.values();
  let written = 0;
  const outcomes = await Promise.allSettled(
    connections.map(async (connection) => {
      for (const statement of queue) {
        const [result] = await connection.query<ResultSetHeader>(statement);
        written += result.affectedRows;
      }
    }),
  );
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return written;
}

async function runCode(connection: Connection, sql: string, settings: readonly string[]): Promise<void> {
  for (const setting of settings) await connection.query(setting);
  await connection.query(sql);
  if (settings.length > 0) for (const setting of SETTINGS) await connection.query(setting);
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
