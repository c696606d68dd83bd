import type { OkPacket } from '../../mysql/packets.ts';
import type { Session } from '../../mysql/session.ts';
import type { FileJudge } from '../../schema/belongs/belongs.ts';
import type { DumpFile } from '../contents.ts';
import type { IgnoredErrors } from './ignored-errors.ts';
import type { StatementLimits } from './statement-limits.ts';
import type { TableRewriter } from './table-rewriter.ts';
import type { RowWarnings } from './warnings.ts';

/** The server takes no rows by LOAD DATA, or did not store them just as they were sent: the transaction must be rolled back. */
export class RowsRefused extends Error {}

/** Of a transaction that is about to be committed. */
export interface OpenRows {
  /** Row statements. */
  readonly statements: number;
  readonly rows: number;
  /** There is nothing behind them in the file. */
  readonly isWhole: boolean;
}

/** One data file that is sent, whatever it holds. */
export interface RowsRun {
  readonly file: DumpFile;
  readonly statementsPerTransaction: number;
  /**
   * Row statements of this file that are committed already and are not sent again; of a file of bare rows these count as
   * its statements, one by one.
   */
  readonly skipStatements: number;
  /** Commits what was sent since the last commit. */
  readonly commit: (open: OpenRows) => Promise<void>;
  readonly onSent: (bytes: number) => void;
  /** What was sent since the last commit is rolled back, and sent again in another way. */
  readonly onTakenBack: () => void;
  readonly onRead: (storedBytes: number) => void;
  readonly warnings: RowWarnings;
  readonly ignored: IgnoredErrors;
  /** Of a statement that was refused the rows in front of the bad one stay. */
  readonly keepsRefused: boolean;
  /** Who says what belongs into the file, from its first statement on; undefined: everything does. */
  readonly judge: () => FileJudge | undefined;
  /** Runs a SET statement of the file. */
  readonly set: (session: Session, sql: Buffer) => Promise<OkPacket>;
  readonly limits: StatementLimits;
  /** Undefined: INSERT statements go as they stand. */
  readonly rewriter: TableRewriter | undefined;
  readonly bareRowsAs: 'load-data' | 'insert';
}
