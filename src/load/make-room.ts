/**
 * Make room: what exists and is to be replaced is dropped, or emptied, before the first table is created.
 *
 * One after the other on one session, and before rows flow: DROP and TRUNCATE of a table lock the tables that refer to it,
 * and two of them side by side end in error 1213 on MySQL 9.7 and 1205 on MariaDB 10.11, at once and every other time.
 */
import { someOf } from '../base/some-of.ts';
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { quoteQualified } from '../schema/names.ts';
import { hasRows } from '../schema/table.ts';
import type { DumpContents } from './contents.ts';
import type { LoadOptions } from './options.ts';
import type { Target, TargetObject } from './target.ts';

/** Many tables in one DROP are one change of the dictionary; more than this gain nothing and make a long statement. */
const TABLES_PER_DROP = 100;

/** Afterwards no table of the dump exists under DROP, and those that exist are empty under TRUNCATE and DELETE. */
export async function makeRoom(
  session: Session,
  contents: DumpContents,
  target: Target,
  { dropTable: mode, withSchemas }: Pick<LoadOptions, 'dropTable' | 'withSchemas'>,
): Promise<void> {
  if (mode === 'DROP' && !withSchemas) return; // nobody would create them again
  const existing = contents.tables
    .filter(({ whenPresent }) => whenPresent !== 'SKIP')
    .filter(({ schemaFile }) => mode !== 'DROP' || schemaFile !== undefined) // what cannot be created again stays
    .filter(({ database, name }) => target.has(database, name));
  if (mode === 'DROP') {
    // A table that is created updates what MySQL knows of the views that read it: two side by side end in error 1213.
    const views = contents.views
      .filter(({ database, name }) => target.hasView(database, name))
      .map(({ database, name }) => quoteQualified(database, name));
    if (views.length > 0) await saying('dropping views', () => session.execute(`DROP VIEW ${views.join(', ')}`));
    const tables = existing.map(({ database, name }) => quoteQualified(database, name));
    for (let first = 0; first < tables.length; first += TABLES_PER_DROP) {
      const names = tables.slice(first, first + TABLES_PER_DROP);
      await saying(`dropping ${someOf(names, 1)}`, () => session.execute(`DROP TABLE ${names.join(', ')}`));
    }
  } else if (mode === 'TRUNCATE' || mode === 'DELETE') {
    for (const { database, name } of existing) {
      const label = quoteQualified(database, name);
      for (const verb of verbsOf(mode, target.find(database, name))) {
        await saying(`emptying ${label}`, () => session.execute(`${verb} ${label}`));
      }
    }
  }
}

/**
 * What empties a table, in this order. Rows that lie elsewhere, as those of a FEDERATED table, stay: it would empty
 * another table. A versioned table cannot be truncated and keeps what is deleted as its past, which is not the dump's
 * (MariaDB 10.11 and 11.8).
 */
function verbsOf(mode: 'TRUNCATE' | 'DELETE', table: TargetObject | undefined): readonly string[] {
  if (table?.type === 'SYSTEM VERSIONED') return ['DELETE FROM', 'DELETE HISTORY FROM'];
  if (table !== undefined && table.engine !== '' && !hasRows(table.engine)) return [];
  return [mode === 'TRUNCATE' ? 'TRUNCATE TABLE' : 'DELETE FROM'];
}
