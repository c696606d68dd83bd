/**
 * The sql_mode of a dump, as far as the target knows it. Servers refuse a mode with a name they do not know: MySQL 8 and
 * later NO_AUTO_CREATE_USER, which MariaDB has on by default, MariaDB TIME_TRUNCATE_FRACTIONAL. Which names the target
 * knows is asked of the target, once a name and only when it has refused a mode; those it does not know are left out,
 * with one warning a name.
 */
import type { Emit } from '../base/events.ts';
import { serverErrno, ServerErrno } from '../mysql/failure.ts';
import type { OkPacket } from '../mysql/packets.ts';
import type { Session } from '../mysql/session.ts';
import { quoteString } from '../schema/names.ts';

/**
 * Names that change nothing in what a definition means: what accounts GRANT makes, how SHOW CREATE prints, and how
 * fractions of seconds are cut where the other product does the same without being told. Any other may.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'NO_AUTO_CREATE_USER',
  'NO_KEY_OPTIONS',
  'NO_TABLE_OPTIONS',
  'NO_FIELD_OPTIONS',
  'POSTGRESQL',
  'DB2',
  'MYSQL323',
  'MYSQL40',
  'TIME_TRUNCATE_FRACTIONAL',
  'TIME_ROUND_FRACTIONAL',
]);

const SETS_MODE =
  /^((?:\/\*!\d+ *)?SET\s+(?:SESSION\s+|@@(?:SESSION\.)?)?SQL_MODE\s*=\s*)'([A-Z0-9_,]*)'(\s*(?:\*\/\s*)?)$/i;

export interface ModeSet {
  readonly ok: OkPacket;
  /** Names that were left out although the text that follows may mean something else without them. */
  readonly missing: readonly string[];
}

export class SqlModes {
  private readonly emit: Emit;
  /** Whether the target knows a name. */
  private readonly known = new Map<string, boolean>();

  constructor(emit: Emit) {
    this.emit = emit;
  }

  /** The names of a mode that the target knows, as a mode. The session's own mode is another afterwards. */
  async fit(session: Session, sqlMode: string): Promise<string> {
    try {
      await session.execute(`SET SESSION sql_mode = ${quoteString(sqlMode)}`);
      return sqlMode;
    } catch (error) {
      if (serverErrno(error) !== ServerErrno.ER_WRONG_VALUE_FOR_VAR) throw error;
    }
    return (await this.knownOf(session, sqlMode)).join(',');
  }

  /** Runs a statement; when it sets a mode that the target refuses, with the names that the target knows. */
  async execute(session: Session, sql: Buffer): Promise<ModeSet> {
    try {
      return { ok: await session.execute(sql), missing: [] };
    } catch (error) {
      if (serverErrno(error) !== ServerErrno.ER_WRONG_VALUE_FOR_VAR) throw error;
      const [, before, sqlMode, behind] = SETS_MODE.exec(sql.toString('latin1')) ?? [];
      if (before === undefined || sqlMode === undefined) throw error;
      const known = await this.knownOf(session, sqlMode);
      const missing = namesOf(sqlMode).filter((name) => !known.includes(name) && !HARMLESS.has(name));
      return { ok: await session.execute(`${before}'${known.join(',')}'${behind}`), missing };
    }
  }

  private async knownOf(session: Session, sqlMode: string): Promise<string[]> {
    const known: string[] = [];
    for (const name of namesOf(sqlMode)) if (await this.isKnown(session, name)) known.push(name);
    return known;
  }

  private async isKnown(session: Session, name: string): Promise<boolean> {
    const before = this.known.get(name);
    if (before !== undefined) return before;
    const isKnown = await session.execute(`SET SESSION sql_mode = ${quoteString(name)}`).then(
      () => true,
      (error: unknown) => {
        if (serverErrno(error) !== ServerErrno.ER_WRONG_VALUE_FOR_VAR) throw error;
        return false;
      },
    );
    const isFirst = !this.known.has(name); // another connection may have asked meanwhile
    this.known.set(name, isKnown);
    if (!isKnown && isFirst) {
      this.emit({ type: 'warning', message: `the target does not know sql_mode ${name}: it is left out` });
    }
    return isKnown;
  }
}

const namesOf = (sqlMode: string): string[] =>
  sqlMode
    .toUpperCase()
    .split(',')
    .filter((name) => name !== '');
