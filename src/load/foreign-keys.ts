/**
 * Foreign keys: added when all rows are there.
 *
 * In: the clauses taken out of the CREATE TABLE statements. Out: the keys exist. Tables that are connected by keys, over
 * however many steps, are altered one after the other: two ALTERs that touch a common table deadlock on MySQL (error
 * 1213 on 9.7), and on MariaDB 10.11 an ALTER of a child beside one of its parent can be refused with error 1825 or take
 * the server down. Groups of tables that have nothing in common are altered side by side.
 */
import { describeError } from '../base/errors.ts';
import type { Emit, Skipped } from '../base/events.ts';
import { saying, serverErrno } from '../mysql/failure.ts';
import { retryPolicyOf } from '../mysql/retry.ts';
import type { Session } from '../mysql/session.ts';
import { addClauses } from '../schema/ddl.ts';
import { parseForeignKey } from '../schema/foreign-key.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import type { DumpTable } from './contents.ts';

export interface ForeignKeys {
  readonly table: DumpTable;
  /** To be added. */
  readonly clauses: readonly Buffer[];
  /** There already. */
  readonly present?: readonly Buffer[] | undefined;
}

/**
 * Adds the foreign keys of one table. One that the server refuses is named, with the statement that adds it.
 *
 * @throws ToolError for what is worth another try (mysql/retry.ts).
 */
export async function alterTable(session: Session, { table, clauses }: ForeignKeys, emit: Emit): Promise<void> {
  if (clauses.length === 0) return;
  const name = quoteQualified(table.database, table.name);
  // References without a database name mean the table's own.
  await saying(`selecting ${table.database}`, () => session.execute(`USE ${quoteName(table.database)}`));
  try {
    await saying(`adding the foreign keys of ${name}`, () => session.execute(addClauses(name, clauses)));
  } catch (error) {
    if (serverErrno(error) === undefined || retryPolicyOf(error) !== undefined) throw error;
    const [clause] = clauses;
    if (clauses.length > 1) for (const one of clauses) await alterTable(session, { table, clauses: [one] }, emit);
    else if (clause !== undefined) emit({ type: 'skipped', ...refusal(name, clause, error) });
  }
}

function refusal(table: string, clause: Buffer, error: unknown): Skipped {
  const name = parseForeignKey(clause)?.name;
  const sql = addClauses(table, [clause]).toString().replaceAll('\n', ' ');
  return {
    what: `foreign key ${name === undefined ? '' : `${quoteName(name)} `}of table ${table}`,
    why: `${describeError(error)}; once the rows allow it: ${sql}`,
  };
}

/** Groups that share no table, the largest last. */
export function independentGroups(foreignKeys: readonly ForeignKeys[]): ForeignKeys[][] {
  const parents = new Map<string, string>();
  const root = (name: string): string => {
    let top = name;
    for (let up = parents.get(top); up !== undefined; up = parents.get(top)) top = up;
    // Paths are shortened on the way, so that long chains stay cheap.
    for (let at = name; at !== top;) {
      const up = parents.get(at) ?? top;
      parents.set(at, top);
      at = up;
    }
    return top;
  };
  for (const { table, clauses } of foreignKeys) {
    for (const clause of clauses) {
      const key = parseForeignKey(clause);
      if (key === undefined) continue;
      const a = root(quoteQualified(table.database, table.name));
      const b = root(quoteQualified(key.parentDatabase ?? table.database, key.parentTable));
      if (a !== b) parents.set(a, b);
    }
  }
  const groups = new Map<string, ForeignKeys[]>();
  for (const each of foreignKeys) {
    const top = root(quoteQualified(each.table.database, each.table.name));
    const group = groups.get(top) ?? [];
    groups.set(top, group);
    group.push(each);
  }
  return [...groups.values()].sort((a, b) => a.length - b.length);
}
