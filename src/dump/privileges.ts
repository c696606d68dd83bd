/**
 * Privileges: what the dump would lack without a word, because the server hides from an account what it may not read.
 *
 * In: the catalogue as the account sees it, and its grants. Out: what may be missing, named; an error where rows would be.
 */
import { ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { saying } from '../mysql/failure.ts';
import { readGrants } from '../mysql/grants.ts';
import type { Grants } from '../mysql/grants.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import type { Database } from '../schema/table.ts';
import type { DumpOptions } from './options.ts';

export interface PrivilegeCheck {
  readonly session: Session;
  readonly server: ServerInfo;
  readonly options: DumpOptions;
  readonly emit: Emit;
}

/** @throws ToolError PRIVILEGE naming the tables whose rows the account may not read. */
export async function checkPrivileges(databases: readonly Database[], run: PrivilegeCheck): Promise<void> {
  const { session, server, options, emit } = run;
  const grants = await saying('reading the grants', () => readGrants(session, server));
  if (options.withData) refuseUnreadable(databases, grants);
  const skip = (what: string, privilege: string): void =>
    emit({ type: 'skipped', what, why: `the account does not see them: GRANT ${privilege} TO the account` });
  for (const { name } of databases) {
    const on = `ON ${quoteName(name)}.*`;
    if (options.tables.length === 0 && !grants.has('SELECT', name)) {
      skip(`tables of ${quoteName(name)} beside those granted one by one, if there are any`, `SELECT ${on}`);
    }
    if (options.withTriggers && !grants.has('TRIGGER', name)) {
      skip(`triggers of ${quoteName(name)}, if there are any`, `TRIGGER ${on}`);
    }
    if (options.withEvents && !grants.has('EVENT', name)) {
      skip(`events of ${quoteName(name)}, if there are any`, `EVENT ${on}`);
    }
    if (options.withRoutines && !seesRoutines(grants, server, name)) {
      skip(`routines of ${quoteName(name)}, if there are any`, routinePrivilege(server, name));
    }
  }
}

/** MySQL shows a table without columns, or with some of them, to an account that may not read it, or all of it. */
function refuseUnreadable(databases: readonly Database[], grants: Grants): void {
  const unreadable = databases.flatMap((database) =>
    database.tables
      .filter(({ name, columns }) => columns.length === 0 || grants.hasSomeColumns('SELECT', database.name, name))
      .map(({ name }) => quoteQualified(database.name, name)),
  );
  if (unreadable.length === 0) return;
  throw new ToolError('PRIVILEGE', `the account may not read ${someOf(unreadable)}`, {
    hint: 'GRANT SELECT on the databases to the account, or leave the tables out',
  });
}

/** With a privilege to run or change them their names are seen, and then told one by one. */
function seesRoutines(grants: Grants, { product }: ServerInfo, database: string): boolean {
  if (['EXECUTE', 'ALTER ROUTINE', 'CREATE ROUTINE'].some((privilege) => grants.has(privilege, database))) return true;
  return product === 'MySQL'
    ? grants.has('SHOW_ROUTINE') || grants.has('SELECT')
    : grants.has('SHOW CREATE ROUTINE', database) || grants.has('SELECT', 'mysql', 'proc');
}

function routinePrivilege({ product, version }: ServerInfo, database: string): string {
  if (product === 'MySQL') return 'SHOW_ROUTINE ON *.*';
  return version >= 110_301 ? `SHOW CREATE ROUTINE ON ${quoteName(database)}.*` : 'SELECT ON mysql.proc';
}
