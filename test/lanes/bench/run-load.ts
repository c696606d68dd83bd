/** One load of a dump into an empty database: its command line, its figures, and whether all rows are there. */

import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { createConnection } from 'mysql2/promise';
import type { Connection, RowDataPacket } from 'mysql2/promise';

import type { TestServer } from '../../support/servers.ts';
import { measure } from './measure.ts';
import type { Usage } from './measure.ts';
import { CommandFailed } from './run-dump.ts';

const TSLOAD = fileURLToPath(new URL('../../../../bin/tsload.js', import.meta.url));

/** Where dumps are loaded to, whatever database they are of. */
const TARGET = 'bench_loaded';

/** The server writes its own on and on. */
const FEW_PAGES = 200;
const MAX_WRITE_SECONDS = 60;

export interface LoadCommand {
  readonly dump: string;
  readonly threads: number;
  readonly options: readonly string[];
}

export function ourLoad(server: TestServer, command: LoadCommand): readonly string[] {
  return [process.execPath, TSLOAD, ...commonArguments(server, command), ...command.options];
}

export function peersLoad(peer: string, server: TestServer, command: LoadCommand): readonly string[] {
  return [peer, ...commonArguments(server, command), ...command.options];
}

/** Options that both programs spell alike. */
function commonArguments({ host, port, user }: TestServer, { dump, threads }: LoadCommand): string[] {
  return ['-d', dump, '-h', host, '-P', String(port), '-u', user, '-B', TARGET, '-t', String(threads), '-v', '1'];
}

/** Drops what was loaded, and leaves nothing to be written to the disk. */
export async function emptyTarget(server: TestServer): Promise<void> {
  await withSession(server, async (session) => {
    await session.query(`DROP DATABASE IF EXISTS ${TARGET}`);
    await session.query(`CREATE DATABASE ${TARGET} CHARACTER SET utf8mb4`);
    await writePages(session);
  });
  await promisify(execFile)('sync');
}

/** Else the next load would find the redo log full of what the last one changed. */
async function writePages(session: Connection): Promise<void> {
  const ask = async (sql: string): Promise<number> => {
    const [[row = {}]] = await session.query<RowDataPacket[]>(sql);
    return Number(Object.values(row).at(-1));
  };
  const limit = await ask('SELECT @@GLOBAL.innodb_max_dirty_pages_pct');
  await session.query('SET GLOBAL innodb_max_dirty_pages_pct = 0');
  for (let seconds = 0; seconds < MAX_WRITE_SECONDS; seconds += 1) {
    if ((await ask("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'")) < FEW_PAGES) break;
    await setTimeout(1000);
  }
  await session.query(`SET GLOBAL innodb_max_dirty_pages_pct = ${limit}`);
}

/**
 * Runs the command on an empty target.
 * @throws CommandFailed unless it ends with 0 and the target has so many rows.
 */
export async function runLoad(server: TestServer, command: readonly string[], expectedRows: number): Promise<Usage> {
  const { exitCode, lastWords, ...usage } = await measure(command);
  if (exitCode !== 0) throw new CommandFailed(command, `ended with exit code ${exitCode}`, lastWords);
  const rows = await countRows(server, TARGET);
  if (rows === expectedRows) return usage;
  throw new CommandFailed(command, `ended with 0, but loaded ${rows} of ${expectedRows} rows`);
}

/** The server's own way: each table filled by a session of its own from the one it is a copy of, side by side. */
export async function copyOnServer(server: TestServer, database: string): Promise<Usage> {
  const tables = await withSession(server, async (session) => {
    const names = await tablesOf(session, database);
    for (const name of names) await session.query(`CREATE TABLE ${TARGET}.${name} LIKE ${database}.${name}`);
    return names;
  });
  const sessions = await Promise.all(tables.map(() => open(server)));
  const startMs = performance.now();
  await Promise.all(
    sessions.map((session, n) =>
      session.query(`INSERT INTO ${TARGET}.${tables[n]} SELECT * FROM ${database}.${tables[n]}`),
    ),
  );
  const wallSeconds = (performance.now() - startMs) / 1000;
  await Promise.all(sessions.map((session) => session.end()));
  return { wallSeconds, userSeconds: 0, systemSeconds: 0, peakBytes: 0 };
}

export async function countRows(server: TestServer, database: string): Promise<number> {
  return withSession(server, async (session) => {
    let rows = 0;
    for (const name of await tablesOf(session, database)) {
      const [[found]] = await session.query<RowDataPacket[]>(`SELECT COUNT(*) AS n FROM ${database}.${name}`);
      rows += Number(found?.['n']);
    }
    return rows;
  });
}

async function tablesOf(session: Connection, database: string): Promise<string[]> {
  const [rows] = await session.query<RowDataPacket[]>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?',
    [database],
  );
  return rows.map(({ name }) => String(name));
}

async function open({ host, port, user, password }: TestServer): Promise<Connection> {
  const session = await createConnection({ host, port, user, password });
  await session.query('SET SESSION sql_log_bin = 0, SESSION foreign_key_checks = 0, SESSION unique_checks = 0');
  return session;
}

export async function withSession<Result>(
  server: TestServer,
  use: (session: Connection) => Promise<Result>,
): Promise<Result> {
  const session = await open(server);
  try {
    return await use(session);
  } finally {
    await session.end();
  }
}
