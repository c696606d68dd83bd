import type { ReadLoadData } from '../../format/load-data.ts';
import type { DumpFile } from '../contents.ts';
import type { IgnoredRows } from './ignored-errors.ts';
import type { RowsRun } from './rows-run.ts';

/** Rows that are to be committed before more are sent. */
export interface SentBareRows {
  /** Of the file. */
  readonly passed: number;
  /** That the server stored. */
  readonly stored: number;
  /** Nothing is behind them in the file. */
  readonly isLast: boolean;
}

export type BareRowsRun = Pick<
  RowsRun,
  'file' | 'limits' | 'warnings' | 'ignored' | 'keepsRefused' | 'onSent' | 'onRead' | 'bareRowsAs'
> & {
  readonly ignoredRows: IgnoredRows;
  /** Rows at the beginning of the file that are committed already. */
  readonly skipRows: number;
};

/** The statement, and the file that it names. */
export interface BareFiles {
  readonly read: ReadLoadData;
  readonly rows: DumpFile;
}
