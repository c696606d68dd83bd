/** Sessions that read what a dump is made of. */
import type { ServerInfo } from './server.ts';
import type { Session } from './session.ts';
import { COMMON_SETTINGS, pinSettings } from './settings.ts';
import type { Setting } from './settings.ts';

const READ_SETTINGS: readonly Setting[] = [
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
 * The session settings under which rows and definitions are read, by a dump and by whoever compares with one, each pinned because
 * the server's or the account's default may differ.
 */
export async function prepareToRead(session: Session, server: ServerInfo): Promise<void> {
  await readInBytes(session);
  // No other mode: so SHOW CREATE prints backticks and complete definitions, and CHAR comes without padding. This one lets
  // a condition name a date like 2024-02-31, which a key may hold (MySQL 9.7 refuses it otherwise, error 1525).
  await pinSettings(session, server, "'ALLOW_INVALID_DATES'", READ_SETTINGS);
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
