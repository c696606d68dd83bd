import type { Session } from '../mysql/session.ts';
import type { ServerInfo } from '../mysql/server.ts';
import { tryToPin } from '../mysql/settings.ts';
import { quoteString } from '../schema/names.ts';

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
