/**
 * A ledger: many tables that several writers change in transactions, so that one moment of all of them can be told from
 * two, and the statements that the binlog holds from a position on, to be done again on a copy.
 *
 * Every statement names its tables with their database and is logged with its own text, so that nothing but the server's
 * SHOW BINLOG EVENTS is needed to replay it.
 */

import type { Connection } from 'mysql2/promise';

import type { BinlogPosition } from '../../src/index.ts';
import { withConnection } from './lanes.ts';
import type { TestServer } from './servers.ts';

const BANKS = 24;
const ACCOUNTS = 120;
const OPENING_BALANCE = 1000;
export const LEDGER_TABLES = BANKS + 2;

const bank = (number: number): string => `bank${number % BANKS}`;

/** Banks with accounts, a ledger with a row a transfer, and a log that knows no transactions. */
export async function createLedger(connection: Connection): Promise<void> {
  const rows = Array.from({ length: ACCOUNTS }, (_, id) => `(${id}, ${OPENING_BALANCE})`).join();
  for (let number = 0; number < BANKS; number++) {
    await connection.query(`CREATE TABLE ${bank(number)} (id INT PRIMARY KEY, balance INT NOT NULL, KEY (balance));
      INSERT INTO ${bank(number)} VALUES ${rows}`);
  }
  await connection.query(`CREATE TABLE ledger (writer INT, round INT, amount INT, PRIMARY KEY (writer, round));
    CREATE TABLE log (writer INT, round INT, PRIMARY KEY (writer, round)) ENGINE=MyISAM`);
}

export interface Pace {
  readonly writers: number;
  /** Between two transfers of a writer. */
  readonly pauseMs?: number;
  /** They do not write to the log, whose lock they would wait for. */
  readonly isLogless?: boolean;
  /** A transfer that is ended by a deadlock is done again; otherwise it ends the test. */
  readonly mayDeadlock?: boolean;
}

/** Writers at work while `use` runs; all they began is committed when this resolves. */
export async function withLedgerWriters<T>(
  server: TestServer,
  database: string,
  { writers, pauseMs = 0, isLogless = false, mayDeadlock = false }: Pace,
  use: (transfers: () => number) => Promise<T>,
): Promise<T> {
  const state = { transfers: 0, isOver: false };
  const first = await nextRound(server, database);
  const write = (writer: number): Promise<void> =>
    withConnection(server, async (connection) => {
      await logStatements(connection, server);
      for (let round = first; !state.isOver; round++) {
        while (!(await isDone(connection, () => transfer(connection, database, { writer, round, isLogless })))) {
          if (!mayDeadlock) throw new Error('a transfer was ended by a deadlock');
        }
        state.transfers++;
        if (pauseMs > 0) await connection.query(`DO SLEEP(${pauseMs / 1000})`);
      }
    });
  const working = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  try {
    return await Promise.race([use(() => state.transfers), working.then(() => new Promise<never>(() => undefined))]);
  } finally {
    state.isOver = true;
    await working;
  }
}

/** False after a deadlock: the transaction is rolled back. */
async function isDone(connection: Connection, action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'errno' in error && error.errno === 1213)) throw error;
    await connection.query('ROLLBACK');
    return false;
  }
}

async function nextRound(server: TestServer, database: string): Promise<number> {
  return withConnection(server, async (connection) => {
    const [rows] = await connection.query(`SELECT COALESCE(MAX(round), 0) + 1 AS next FROM \`${database}\`.ledger`);
    return (rows as { next: number }[])[0]?.next ?? 1;
  });
}

async function logStatements(connection: Connection, { product }: TestServer): Promise<void> {
  await connection.query(
    product === 'MySQL'
      ? 'SET SESSION binlog_rows_query_log_events = 1'
      : "SET SESSION binlog_format = 'ROW', SESSION binlog_annotate_row_events = 1",
  );
}

/** Each writer has accounts of its own, so that none waits for another. */
async function transfer(
  connection: Connection,
  database: string,
  { writer, round, isLogless }: { writer: number; round: number; isLogless: boolean },
): Promise<void> {
  const named = (table: string): string => `\`${database}\`.${table}`;
  const [payer, payee] = [named(bank(writer + round)), named(bank(writer + round * 7 + 1))];
  const account = (((round * 13) % 20) * 6 + writer) % ACCOUNTS;
  const amount = 1 + (round % 50);
  await connection.query(
    `START TRANSACTION;
     UPDATE ${payer} SET balance = balance - ${amount} WHERE id = ${account};
     UPDATE ${payee} SET balance = balance + ${amount} WHERE id = ${account};
     INSERT INTO ${named('ledger')} VALUES (${writer}, ${round}, ${amount});
     COMMIT`,
  );
  if (!isLogless) await connection.query(`INSERT INTO ${named('log')} VALUES (${writer}, ${round})`);
}

export interface LedgerState {
  /** Of all accounts; every transfer leaves it as it is. */
  readonly total: number;
  readonly transfers: number;
  /** One line a row of every table, in order. */
  readonly rows: readonly string[];
}

export const EXACT_TOTAL = BANKS * ACCOUNTS * OPENING_BALANCE;

export async function readLedger(server: TestServer, database: string): Promise<LedgerState> {
  return withConnection(
    server,
    async (connection) => {
      const lines: string[] = [];
      let total = 0;
      let transfers = 0;
      for (const table of [...Array.from({ length: BANKS }, (_, number) => bank(number)), 'ledger', 'log']) {
        const [rows] = await connection.query(`SELECT * FROM ${table} ORDER BY 1, 2`);
        for (const row of rows as Record<string, number>[]) {
          lines.push(`${table} ${Object.values(row).join()}`);
          total += row['balance'] ?? 0;
          if (table === 'ledger') transfers++;
        }
      }
      return { total, transfers, rows: lines };
    },
    { database },
  );
}

/** Does on the copy what the source's binlog holds of the database from the position on. Out: the statements. */
export async function replay(
  source: TestServer,
  database: string,
  from: BinlogPosition,
  target: { readonly server: TestServer; readonly database: string },
): Promise<number> {
  const statements = await withConnection(source, (connection) => statementsFrom(connection, database, from));
  await withConnection(target.server, async (connection) => {
    for (const statement of statements) {
      await connection.query(statement.replaceAll(`\`${database}\``, `\`${target.database}\``));
    }
  });
  return statements.length;
}

async function statementsFrom(connection: Connection, database: string, from: BinlogPosition): Promise<string[]> {
  const [logs] = await connection.query('SHOW BINARY LOGS');
  const files = (logs as { Log_name: string }[]).map(({ Log_name: name }) => name);
  const statements: string[] = [];
  for (const file of files.slice(files.indexOf(from.file ?? ''))) {
    const start = file === from.file ? from.position : 4;
    const [events] = await connection.query(`SHOW BINLOG EVENTS IN '${file}' FROM ${start}`);
    for (const { Event_type: type, Info: info } of events as { Event_type: string; Info: string }[]) {
      if (type !== 'Rows_query' && type !== 'Annotate_rows') continue;
      if (info.includes(`\`${database}\``)) statements.push(info.replace(/^# /, ''));
    }
  }
  return statements;
}
