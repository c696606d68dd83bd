/**
 * Session settings: what a run relies on, whatever the server's and the account's defaults (`init_connect`) are.
 *
 * A setting that a server does not have is passed over: which it has was read when the server was inspected.
 */
import { ServerErrno, serverErrno } from './failure.ts';
import type { ServerInfo } from './server.ts';
import type { Session } from './session.ts';

export interface Setting {
  readonly name: string;
  /** As it stands in SQL. */
  readonly value: string;
}

/** A setting that takes a privilege on some servers. */
export interface GuardedSetting extends Setting {
  /** How SHOW VARIABLES prints `value`: a session that has it already is left alone. */
  readonly shown: string;
}

/** What reading and writing sessions both rely on. */
export const COMMON_SETTINGS: readonly Setting[] = [
  // 1 leaves the session in a transaction that nobody ends, 2 (RELEASE) ends the connection with the first COMMIT.
  { name: 'autocommit', value: '1' },
  { name: 'completion_type', value: '0' },
  // Limits set for applications. They cut results short, or refuse what a backup is made of.
  { name: 'sql_select_limit', value: '18446744073709551615' },
  { name: 'sql_big_selects', value: '1' },
  { name: 'sql_safe_updates', value: '0' },
  { name: 'max_execution_time', value: '0' }, // MySQL, milliseconds
  { name: 'max_statement_time', value: '0' }, // MariaDB, seconds
  // `WHERE id IS NULL` would find the row that was inserted last.
  { name: 'sql_auto_is_null', value: '0' },
  // TIMESTAMPs are written in UTC and read back in UTC.
  { name: 'time_zone', value: "'+00:00'" },
  // A slow disk on our side pauses the socket; the server must bear that for longer than its default minute.
  { name: 'net_write_timeout', value: '3600' },
  { name: 'net_read_timeout', value: '3600' },
  // One session holds its lock or its snapshot while others work for days. 24 days are the most that Windows takes.
  { name: 'wait_timeout', value: '2147483' },
  { name: 'idle_transaction_timeout', value: '0' },
  { name: 'idle_readonly_transaction_timeout', value: '0' },
  { name: 'idle_write_transaction_timeout', value: '0' },
  // MariaDB also stores what a trigger's definer looks like under it.
  { name: 'sql_quote_show_create', value: '1' },
  // MariaDB 11.2 and later: what a character set without a collation means. It shall mean what it means elsewhere.
  { name: 'character_set_collations', value: "''" },
];

/**
 * Sets the mode (as it stands in SQL), and those of the settings that the server has. The mode comes first and alone,
 * and the empty mode is 0: under EMPTY_STRING_IS_NULL '' is NULL, which no setting takes.
 */
export async function pinSettings(
  session: Session,
  server: ServerInfo,
  sqlMode: string,
  settings: readonly Setting[],
): Promise<void> {
  await session.execute(`SET SESSION sql_mode = ${sqlMode}`);
  const known = settings.filter(({ name }) => server.variables.has(name));
  await session.execute(`SET SESSION ${known.map(({ name, value }) => `${name} = ${value}`).join(', ')}`);
}

/** As {@link pinSettings}, one by one. Returns those that differ and that the account may not set. */
export async function tryToPin(
  session: Session,
  server: ServerInfo,
  settings: readonly GuardedSetting[],
): Promise<GuardedSetting[]> {
  const refused: GuardedSetting[] = [];
  for (const setting of settings) {
    const shown = server.variables.get(setting.name);
    if (shown === undefined || shown === setting.shown) continue;
    try {
      await session.execute(`SET SESSION ${setting.name} = ${setting.value}`);
    } catch (error) {
      if (serverErrno(error) !== ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR) throw error;
      refused.push(setting);
    }
  }
  return refused;
}
