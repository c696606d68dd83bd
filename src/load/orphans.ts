/**
 * Orphans: rows that refer to rows which are not there. Foreign keys are added without a look at the rows, because the
 * look would copy each table, and because a source that holds such rows must be restored with them: they are told.
 */
import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { saying, ServerErrno, serverErrno } from '../mysql/failure.ts';
import { textRow } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import { parseForeignKey } from '../schema/foreign-key.ts';
import type { DumpTable } from './contents.ts';

export interface Orphans {
  readonly rows: number;
  /** "`shop`.`orders` (`customer`) → `shop`.`customers`". */
  readonly reference: string;
}

const MOST_NAMED = 10;

/** Undefined: none, or the parent table is not there at all, as in a dump of some tables only. */
export async function countOrphans(session: Session, table: DumpTable, clause: Buffer): Promise<Orphans | undefined> {
  const key = parseForeignKey(clause);
  if (key === undefined) return undefined;
  const own = quoteQualified(table.database, table.name);
  const parent = quoteQualified(key.parentDatabase ?? table.database, key.parentTable);
  const columns = key.columns.map((column) => `c.${quoteName(column)}`);
  const isSet = columns.map((column) => `${column} IS NOT NULL`).join(' AND ');
  const isSame = columns.map((column, at) => `p.${quoteName(key.parentColumns[at] ?? '')} = ${column}`).join(' AND ');
  try {
    const [count] = await saying(`counting the rows of ${own} without a parent in ${parent}`, () =>
      textRow(
        session,
        `SELECT COUNT(*) FROM ${own} c WHERE ${isSet} AND NOT EXISTS (SELECT 1 FROM ${parent} p WHERE ${isSame})`,
      ),
    );
    if (Number(count) === 0) return undefined;
    return { rows: Number(count), reference: `${own} (${key.columns.map(quoteName).join(', ')}) → ${parent}` };
  } catch (error) {
    if (serverErrno(error) === ServerErrno.ER_NO_SUCH_TABLE) return undefined;
    throw error;
  }
}

/** The most first. */
export function tellOrphans(found: readonly Orphans[], emit: Emit): void {
  if (found.length === 0) return;
  const most = found.toSorted((a, b) => b.rows - a.rows).map(({ rows, reference }) => `${rows} in ${reference}`);
  emit({
    type: 'warning',
    message: `rows without the row that their foreign key refers to, loaded as they were dumped: ${someOf(most, MOST_NAMED)}`,
  });
}
