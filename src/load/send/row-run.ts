import type { Statement } from '../../format/statements.ts';
import type { IgnoredErrors, IgnoredRows } from './ignored-errors.ts';
import type { StatementLimits } from './statement-limits.ts';
import type { RowWarnings } from './warnings.ts';

/** Rows as one statement, wherever they come from. */
export interface RowStatement extends Pick<Statement, 'bytes' | 'rest'> {
  /** "t.00000.sql, statement 3". */
  readonly what: string;
  /** The same with the line, where that is known, or where one of its rows is. */
  readonly place: (row?: PlacedRow) => Promise<string>;
}

export interface PlacedRow {
  /** Counts from 1, within the statement. */
  readonly row: number;
  /** Where in the statement it begins. */
  readonly offset: number;
}

export interface StatementRun {
  readonly limits: StatementLimits;
  readonly warnings: RowWarnings;
  readonly ignored: IgnoredErrors;
  readonly keepsRefused: boolean;
  /** Those of the open transaction. */
  readonly ignoredRows: IgnoredRows;
  readonly onSent: (bytes: number) => void;
}
