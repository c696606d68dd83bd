/**
 * What is committed of one data file: told to the ledger in each transaction, and asked of it when an answer was lost.
 */
import { describeError, ToolError } from '../../base/errors.ts';
import { saying, serverErrno } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpFile } from '../contents.ts';
import { LedgerMoved } from '../ledger.ts';
import type { FileProgress, Ledger } from '../ledger.ts';
import type { OpenRows } from '../send/rows-run.ts';

export class FileCommits {
  private readonly file: DumpFile;
  private readonly ledger: Ledger | undefined;
  private readonly onCommit: (rows: number) => void;
  private done: FileProgress = { statements: 0, rows: 0, isWhole: false };

  /** What an earlier run has committed counts from the beginning. */
  constructor(file: DumpFile, ledger: Ledger | undefined, onCommit: (rows: number) => void) {
    this.file = file;
    this.ledger = ledger;
    this.onCommit = onCommit;
    this.advance(ledger?.progressOf(file.name) ?? this.done);
  }

  /** Row statements that are committed. */
  get statements(): number {
    return this.done.statements;
  }

  get isWhole(): boolean {
    return this.done.isWhole;
  }

  /** @throws LedgerMoved; ToolError LOAD_FAILED where it cannot be known whether the server has committed. */
  async commit(session: Session, sent: OpenRows): Promise<void> {
    const { file, ledger, done } = this;
    const now = { statements: done.statements + sent.statements, rows: done.rows + sent.rows, isWhole: sent.isWhole };
    await ledger?.record(session, [{ file: file.name, before: done.statements, now }]);
    try {
      await saying(`committing rows of ${file.name}`, () => session.execute('COMMIT'));
    } catch (error) {
      if (ledger !== undefined || serverErrno(error) !== undefined) throw error;
      throw commitUnknown(file, error);
    }
    this.advance(now);
  }

  /** Asks the ledger, where there is one: an answer may have been lost. */
  async reread(session: Session): Promise<void> {
    if (this.ledger === undefined) return;
    const found = await this.ledger.read(session, this.file.name);
    if (found !== undefined) this.advance(found);
    else if (this.done.statements > 0) throw new LedgerMoved();
  }

  private advance(to: FileProgress): void {
    const rows = to.rows - this.done.rows;
    this.done = to;
    if (rows > 0) this.onCommit(rows);
  }
}

/** The answer to a COMMIT was lost, and there is no ledger to ask. */
export function commitUnknown(file: DumpFile, error: unknown): ToolError {
  return new ToolError(
    'LOAD_FAILED',
    `whether rows of ${file.name} were committed is not known: ${describeError(error)}`,
    { hint: 'no progress is recorded in this target (see the warnings): load anew with --drop-table' },
  );
}
