import { quoteQualified } from '../../schema/names.ts';
import { hasRows, isTransactional } from '../../schema/table.ts';
import type { DumpFile, DumpTable } from '../contents.ts';
import type { SetAside } from '../keys.ts';
import type { IgnoredErrors } from '../send/ignored-errors.ts';
import type { StatementLimits } from '../send/statement-limits.ts';
import type { TableRewriter } from '../send/table-rewriter.ts';
import type { RowWarnings } from '../send/warnings.ts';
import type { TableState } from './table-state.ts';

/** A table of the dump while it is loaded. */
export interface TableLoad {
  readonly table: DumpTable;
  readonly state: TableState<DumpFile>;
  readonly warnings: RowWarnings;
  readonly limits: StatementLimits;
  setAside: SetAside;
  /** Of the table in the target; undefined: not known, or the server's default. */
  engine: string | undefined;
  /** It has no rows but the load's. */
  readonly startsEmpty: boolean;
  readonly rewriter: TableRewriter | undefined;
  readonly bareRowsAs: 'load-data' | 'insert';
  readonly ignored: IgnoredErrors;
  /** Rows committed so far. */
  rows: number;
  /** The server said that there is no such table after rows of it were committed: they may be gone with it. */
  hasVanished: boolean;
}

/** Rows of other engines stay when the transaction is rolled back, or the connection lost. */
export const hasTransactions = ({ engine = '' }: TableLoad): boolean =>
  engine === '' || isTransactional(engine) || !hasRows(engine);

export function labelOf({ database, name }: DumpTable): string {
  return quoteQualified(database, name);
}
