import type { Session } from '../mysql/session.ts';
import type { ServerInfo } from '../mysql/server.ts';
import { COMMON_SETTINGS, pinSettings, tryToPin } from '../mysql/settings.ts';
import type { Setting } from '../mysql/settings.ts';
import { quoteString } from '../schema/names.ts';

const DUMP_SETTINGS: readonly Setting[] = [
  ...COMMON_SETTINGS,
  // MySQL: the generated invisible primary key is a column like any other; and nothing else than the definition.
  { name: 'show_gipk_in_create_table_and_information_schema', value: '1' },
  { name: 'show_create_table_verbosity', value: '0' },
  { name: 'show_create_table_skip_secondary_engine', value: '0' },
  // MySQL: estimates as of now, not of yesterday.
  { name: 'information_schema_stats_expiry', value: '0' },
  // MariaDB: every SELECT would open the tables of its statistics too, and ours leave it no choice of a key.
  { name: 'use_stat_tables', value: 'NEVER' },
];

/**
 * The session settings under which a dump reads, each pinned because the server's or the account's default may differ.
 */
export async function prepareDumpSession(session: Session, server: ServerInfo): Promise<void> {
  await readInBytes(session);
  // No other mode: so SHOW CREATE prints backticks and complete definitions, and CHAR comes without padding. This one lets
  // a condition name a date like 2024-02-31, which a key may hold (MySQL 9.7 refuses it otherwise, error 1525).
  await pinSettings(session, server, "'ALLOW_INVALID_DATES'", DUMP_SETTINGS);
}

/**
 * Every value and definition comes in its own bytes. The character set of the connection is another matter: by it MySQL
 * reads the values of LIST COLUMNS and RANGE COLUMNS when it opens a table, and keeps the table open for other sessions.
 * As binary, 'é' in them is printed wrongly by SHOW CREATE, and their INSERTs are refused (error 1526, seen on 9.7.4).
 */
export async function readInBytes(session: Session): Promise<void> {
  await session.execute('SET NAMES binary');
  await session.execute('SET SESSION character_set_connection = utf8mb4');
}

const SEND_BUFFER_BYTES = 512 * 1024;

/**
 * Has the server send rows in large pieces. Its buffer holds net_buffer_length (16 KiB, which a session may not change) until a
 * longer statement comes in, and keeps that size. 800 MB over four connections to MySQL 9.7 on two cores: 2.04 s became
 * 1.71 s, the server's CPU 1.8 s became 1.5 s, ours 1.8 s became 1.4 s. From 256 KiB on there is little more to gain.
 */
export async function widenSendBuffer(session: Session, server: ServerInfo): Promise<void> {
  const bytes = Math.min(SEND_BUFFER_BYTES, server.maxAllowedPacketBytes >> 1);
  await session.execute(`DO 0 /*${' '.repeat(bytes)}*/`);
}

/** Opens this session's part of the snapshot, in place of one it has. Out: the rows of `query` within it, as text. */
export async function beginSnapshot(session: Session, query: string | undefined): Promise<string> {
  await session.execute('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await session.execute('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  if (query === undefined) return '';
  const { rows } = await session.query(query);
  return rows.map((row) => row.map((value) => value?.toString('utf8') ?? '').join('\t')).join('\n');
}

/**
 * Whether {@link lettingGo} is of use: where the server looks through all tables that a transaction has read, one by one, each
 * time it opens one. Of 130,000 MyISAM tables nine tenths of MariaDB's time went there; MySQL has a hash for it. MariaDB with a
 * binary log lets go of tables for those only who may say that they write nothing to it (BINLOG ADMIN).
 */
export async function mayLetGo(session: Session, server: ServerInfo): Promise<boolean> {
  if (server.product !== 'MariaDB') return false;
  if (server.variables.get('log_bin') === 'OFF') return true;
  const refused = await tryToPin(session, server, [{ name: 'sql_log_bin', value: '0', shown: 'OFF' }]);
  return refused.length === 0;
}

/** Afterwards the transaction does not hold the tables that `action` reads: to be used where we hold them otherwise. */
export async function lettingGo<T>(session: Session, action: () => Promise<T>): Promise<T> {
  await session.execute('SAVEPOINT tables');
  const done = await action();
  await session.execute('ROLLBACK TO SAVEPOINT tables');
  return done;
}

/**
 * The sql_mode under which a dump is read back, the same whatever the source's was. A mode of the source is of no use to
 * its data, and many do harm: EMPTY_STRING_IS_NULL makes NULL of '', NO_AUTO_CREATE_USER is unknown to MySQL 8, strict
 * modes refuse what the source holds. Zero ids stay zero, dates like 2024-02-31 stay as they are, and a table whose
 * engine the target lacks is an error instead of a table of another engine.
 */
export const LOAD_SQL_MODE = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION';

/** The first statements of every SQL file of the dump. */
export function fileHeader(): string {
  return [
    '/*!40101 SET NAMES binary*/;',
    '/*!40014 SET FOREIGN_KEY_CHECKS=0*/;',
    `/*!40101 SET SQL_MODE=${quoteString(LOAD_SQL_MODE)}*/;`,
    "/*!40103 SET TIME_ZONE='+00:00' */;",
    '',
  ].join('\n');
}
