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
