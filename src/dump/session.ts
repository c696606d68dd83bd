import type { Session } from '../mysql/session.ts';
import type { ServerInfo } from '../mysql/server.ts';
import { quoteString } from '../schema/names.ts';

/**
 * The session settings under which a dump reads, each pinned because the server's or the account's default may differ.
 */
export async function prepareDumpSession(session: Session, server: ServerInfo): Promise<void> {
  await session.execute('SET NAMES binary'); // every value and definition comes in its own bytes
  await session.execute(
    `SET SESSION ${[
      // Without ANSI_QUOTES and kin, so that SHOW CREATE prints backticks and complete definitions.
      "sql_mode = ''",
      // TIMESTAMPs are written in UTC and read back in UTC.
      "time_zone = '+00:00'",
      'sql_quote_show_create = 1',
      // A slow disk on our side pauses the socket; the server must bear that for longer than its default minute.
      'net_write_timeout = 3600',
      'net_read_timeout = 3600',
      'wait_timeout = 86400',
      ...(server.product === 'MySQL'
        ? // Estimates as of now, not of yesterday; and no cap on how long a SELECT may run.
          ['information_schema_stats_expiry = 0', 'max_execution_time = 0']
        : ['max_statement_time = 0']),
    ].join(', ')}`,
  );
}

/** Opens this session's part of the snapshot; to be called while writes stand still. */
export async function beginSnapshot(session: Session): Promise<void> {
  await session.execute('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await session.execute('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
}

/** Modes that change what the text of a dump means; a loader must not have them. */
const MODES_LEFT_OUT: ReadonlySet<string> = new Set(
  (
    'NO_BACKSLASH_ESCAPES ANSI_QUOTES ANSI PIPES_AS_CONCAT IGNORE_SPACE ORACLE MSSQL DB2 POSTGRESQL MAXDB ' +
    'NO_KEY_OPTIONS NO_TABLE_OPTIONS NO_FIELD_OPTIONS ' +
    // Values that the source holds must be taken as they are, zero dates included.
    'STRICT_TRANS_TABLES STRICT_ALL_TABLES NO_ZERO_DATE NO_ZERO_IN_DATE TRADITIONAL'
  ).split(' '),
);

/** The sql_mode under which the dump's data is to be read back. */
export function loadSqlMode(sourceSqlMode: string): string {
  const kept = sourceSqlMode.split(',').filter((mode) => mode !== '' && !MODES_LEFT_OUT.has(mode));
  return [...new Set(['NO_AUTO_VALUE_ON_ZERO', ...kept])].join(',');
}

/** The first statements of every SQL file of the dump. */
export function fileHeader(sqlMode: string): string {
  return [
    '/*!40101 SET NAMES binary*/;',
    '/*!40014 SET FOREIGN_KEY_CHECKS=0*/;',
    `/*!40101 SET SQL_MODE=${quoteString(sqlMode)}*/;`,
    "/*!40103 SET TIME_ZONE='+00:00' */;",
    '',
  ].join('\n');
}
