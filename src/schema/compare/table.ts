/**
 * Two CREATE TABLE statements, as servers print them, side by side. In: bytes. Out: what is different, part by part, in the
 * words of an operator. Where the rows lie is not looked at, nor the order of keys; a counter may have gone on.
 */
import { parseCreateTable } from '../create-table.ts';
import { counterOf } from '../table-keys.ts';
import { columnDifferences } from './columns.ts';
import type { PartDifference, TableColumns } from './columns.ts';
import { keyDifferences } from './keys.ts';
import type { KeysCompared } from './keys.ts';
import { insteadOf } from './likeness.ts';
import { collationOf, optionDifferences } from './options.ts';

export interface TableDefinition {
  /** The database that it is in. */
  readonly database: string;
  readonly create: Buffer;
}

export function tableDifferences(was: TableDefinition, is: TableDefinition, compared: KeysCompared): PartDifference[] {
  const { likeness } = compared;
  if (was.database === is.database && was.create.equals(is.create)) return [];
  const [before, found] = [parseCreateTable(was.create), parseCreateTable(is.create)];
  if (before === undefined || found === undefined) {
    // It cannot be taken apart: a view in its place, or something that no server here prints.
    if (likeness !== 'same series') return [];
    return [{ what: `is defined otherwise: ${insteadOf(is.create.toString(), was.create.toString())}` }];
  }
  const columns = ({ items, options }: typeof found): TableColumns => ({
    items: items.filter(({ kind }) => kind === 'column'),
    collation: collationOf(options),
  });
  return [
    ...columnDifferences(columns(before), columns(found), likeness),
    ...keyDifferences(
      { database: was.database, place: is.database, items: before.items },
      { database: is.database, place: is.database, items: found.items },
      compared,
    ),
    ...optionDifferences(before.options, found.options, likeness),
    ...counterDifferences(was.create, is.create),
  ];
}

/** Rows that were added raise it; one that is lower will give out values again that were given out before. */
function counterDifferences(was: Buffer, is: Buffer): PartDifference[] {
  const [before = 1n, found = 1n] = [counterOf(was), counterOf(is)];
  return found < before ? [{ what: `has AUTO_INCREMENT ${found} instead of ${before}` }] : [];
}
