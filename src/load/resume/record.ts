/**
 * Record: the course of one load, over all its runs, as the story tells it: which phases are behind it, and what a further
 * run could not find out by looking at the target. Where the target keeps no ledger, nothing is behind and nothing is kept.
 */
import type { Emit } from '../../base/events.ts';
import { sum } from '../../base/numbers.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpContents, DumpFile, DumpTable } from '../contents.ts';
import { beginLedger } from '../ledger/begin.ts';
import { LEDGER_PHASES } from '../ledger/header.ts';
import type { LedgerPhase } from '../ledger/header.ts';
import type { FileProgress, Ledger } from '../ledger.ts';
import type { LoadOptions } from '../options.ts';

/**
 * What is kept by name. 'kept': tables that were there before the load and stay. 'triggers': taken away for the rows, to be
 * put back. 'accounts': created, to be given their privileges. 'read-only': databases to be closed at the end.
 */
export type Kept = 'kept' | 'triggers' | 'accounts' | 'read-only';

export interface RecordRun {
  readonly session: Session;
  readonly contents: DumpContents;
  readonly options: LoadOptions;
  readonly emit: Emit;
}

export interface EarlierProgress {
  /** Of the dump. */
  readonly files: number;
  readonly wholeFiles: number;
  readonly rows: number;
}

export class LoadRecord {
  private current: Ledger | undefined;
  /** Of another load, or of this one from its beginning, which begins anew. */
  private readonly former: Ledger | undefined;
  readonly isResumed: boolean;

  private constructor(isResumed: boolean, current: Ledger | undefined, former: Ledger | undefined) {
    this.isResumed = isResumed;
    this.current = current;
    this.former = former;
  }

  /** Of a load that begins, in the place of one that did not end. */
  static new(former?: Ledger): LoadRecord {
    return new LoadRecord(false, undefined, former);
  }

  static resumed(ledger: Ledger): LoadRecord {
    return new LoadRecord(true, ledger, undefined);
  }

  get ledger(): Ledger | undefined {
    return this.current;
  }

  /** To be called when the databases are there. */
  async begin(run: RecordRun): Promise<Ledger | undefined> {
    if (this.isResumed) return this.current;
    await this.former?.drop(run.session);
    this.current = await beginLedger(run);
    return this.current;
  }

  /** Whether an earlier run has come past this point. */
  isBehind(phase: LedgerPhase): boolean {
    const reached = this.isResumed ? this.current?.header.phase : undefined;
    return reached !== undefined && LEDGER_PHASES.indexOf(reached) >= LEDGER_PHASES.indexOf(phase);
  }

  /** The load has come to this point, unless it is past it. */
  async reach(session: Session, phase: LedgerPhase): Promise<void> {
    if (!this.isBehind(phase)) await this.current?.setPhase(session, phase);
  }

  async keep(session: Session, what: Kept, names: Iterable<string>): Promise<void> {
    await this.current?.writeNote(session, `/${what}`, Buffer.from(JSON.stringify([...names])));
  }

  /** What an earlier run has kept. */
  async keptOf(session: Session, what: Kept): Promise<ReadonlySet<string>> {
    const note = this.isResumed ? await this.current?.readNote(session, `/${what}`) : undefined;
    return new Set(note === undefined ? [] : (JSON.parse(note.toString()) as string[]));
  }

  /** What earlier runs have committed of a file; undefined: nothing. */
  progressOf({ name }: DumpFile): FileProgress | undefined {
    return this.isResumed ? this.current?.progressOf(name) : undefined;
  }

  /** Nothing of it is to come. */
  isWhole(file: DumpFile): boolean {
    return this.progressOf(file)?.isWhole === true;
  }

  /** Rows of the table's files that are whole. */
  wholeRowsOf({ dataFiles }: DumpTable): number {
    return sum(dataFiles.map((file) => (this.isWhole(file) ? (this.progressOf(file)?.rows ?? 0) : 0)));
  }

  /** What earlier runs have committed. */
  earlier({ tables }: DumpContents): EarlierProgress {
    const files = tables.flatMap(({ dataFiles }) => dataFiles);
    const rows = sum(files.map((file) => this.progressOf(file)?.rows ?? 0));
    return { files: files.length, wholeFiles: files.filter((file) => this.isWhole(file)).length, rows };
  }

  /** All is loaded. */
  async end(session: Session): Promise<void> {
    await this.current?.drop(session);
    this.current = undefined;
  }
}
