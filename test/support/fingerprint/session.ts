/**
 * The oracle's own sessions. A URL goes in; sessions that answer with text come out. Every answer arrives as the
 * server holds it: `character_set_results` is NULL, so that nothing is converted (and lost) on the way, and values are
 * taken as bytes, so that the driver's decoders never see a charset they do not know.
 */

import { createConnection } from 'mysql2/promise';
import type { Connection, RowDataPacket, TypeCastField } from 'mysql2/promise';

export interface Session {
  readonly product: 'MySQL' | 'MariaDB';
  /** The rows of one statement, each a list of texts in column order; bytes that are not UTF-8 are told as latin1. */
  rows(sql: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export type Row = readonly (string | null)[];

const SETTINGS = [
  "SET SESSION sql_mode = ''",
  "SET SESSION time_zone = '+00:00'",
  'SET SESSION sql_quote_show_create = 1',
  'SET NAMES utf8mb4',
  'SET SESSION character_set_results = NULL',
];

/** Opens one session. IGNORE_SPACE is taken out of the handshake: it would turn up in every sql_mode. */
async function openSession(url: string): Promise<Session> {
  const connection = await createConnection({
    uri: url,
    flags: ['-IGNORE_SPACE'],
    rowsAsArray: true,
    typeCast: (field: TypeCastField) => field.buffer(),
  });
  for (const setting of SETTINGS) await connection.query(setting);
  const version = (await query(connection, 'SELECT VERSION()'))[0]?.[0] ?? '';
  return {
    product: version.includes('MariaDB') ? 'MariaDB' : 'MySQL',
    rows: (sql) => query(connection, sql),
    close: () => connection.end(),
  };
}

async function query(connection: Connection, sql: string): Promise<Row[]> {
  const [rows] = await connection.query<RowDataPacket[][]>(sql);
  return rows.map((row) => row.map(asText));
}

function asText(bytes: unknown): string | null {
  if (bytes === null) return null;
  if (!Buffer.isBuffer(bytes)) throw new Error('the driver did not hand over bytes');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : `(not UTF-8) ${bytes.toString('latin1')}`;
}

/** Lends `count` sessions on one server, and closes all of them whatever happens. */
export async function withSessions<T>(
  url: string,
  count: number,
  use: (sessions: readonly Session[]) => Promise<T>,
): Promise<T> {
  const opened = await Promise.allSettled(Array.from({ length: count }, () => openSession(url)));
  const sessions = opened.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  try {
    throwFirst(opened);
    return await use(sessions);
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
}

/** Does every job once, each session taking the next one when it is free. The first failure ends the taking. */
export async function shareOut<Job>(
  sessions: readonly Session[],
  jobs: readonly Job[],
  work: (session: Session, job: Job) => Promise<void>,
): Promise<void> {
  const queue = jobs.values();
  const state = { failed: false };
  const lanes = sessions.map(async (session) => {
    for (const job of queue) {
      if (state.failed) return;
      try {
        await work(session, job);
      } catch (error) {
        state.failed = true;
        throw error;
      }
    }
  });
  throwFirst(await Promise.allSettled(lanes));
}

function throwFirst(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** A name between backticks. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A text literal under sql_mode ''. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
