/**
 * Data worker: one connection that loads data files until there are none.
 *
 * In: the ready queue of tables. A worker takes a table, takes one file of it, and puts the table back into the queue while
 * files remain, so that idle workers join in as far as they may; or it adds the keys of a table that is loaded. Out: every file
 * committed exactly once, the keys of every table added or named. A table that the
 * server does not know although it was created (error 1146) is tried again with patience, on a fresh connection every
 * third time, going on behind what is committed; any other error ends the run.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { abortable } from '../../base/abort.ts';
import { describeError, ToolError } from '../../base/errors.ts';
import type { Emit } from '../../base/events.ts';
import { saying, ServerErrno, serverErrno } from '../../mysql/failure.ts';
import { TABLE_MISSING, withRetries } from '../../mysql/retry.ts';
import { textRow } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import { quoteName, quoteQualified } from '../../schema/names.ts';
import type { DumpFile, DumpTable } from '../contents.ts';
import { addKeys } from '../keys.ts';
import type { SetAside } from '../keys.ts';
import type { LoadProgress } from './progress.ts';
import type { ReadyQueue } from './ready-queue.ts';
import { sendRows } from '../send/rows-sql.ts';
import type { StatementLimits } from '../send/row-statement.ts';
import type { TableRewriter } from '../send/table-rewriter.ts';
import type { RowWarnings } from '../send/warnings.ts';
import type { LoadSessions } from '../session.ts';
import type { TableState } from './table-state.ts';

export interface TableLoad {
  readonly table: DumpTable;
  readonly state: TableState<DumpFile>;
  readonly warnings: RowWarnings;
  readonly limits: StatementLimits;
  setAside: SetAside;
  readonly rewriter: TableRewriter | undefined;
  readonly bareRowsAs: 'load-data' | 'insert';
  /** Rows committed so far. */
  rows: number;
  /** The server said that there is no such table after rows of it were committed: they may be gone with it. */
  hasVanished: boolean;
}

/** What a worker does next: a file of the table, or its keys. */
export interface Job {
  readonly load: TableLoad;
  readonly part: 'rows' | 'keys';
}

export interface DataRun {
  readonly queue: ReadyQueue<Job>;
  readonly sessions: LoadSessions;
  readonly statementsPerTransaction: number;
  readonly progress: LoadProgress;
  /** The last file of the table is committed. */
  readonly onLoaded: (load: TableLoad) => void;
  /** Its keys are added. */
  readonly onIndexed: (load: TableLoad) => void;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

const RECONNECT_EVERY = 3;
const HAS_TRANSACTIONS = 'SET SESSION autocommit = 0';

export class DataWorker {
  private readonly run: DataRun;
  private readonly lane: number;
  private session: Session | undefined;
  private database: string | undefined;

  constructor(run: DataRun, lane: number) {
    this.run = run;
    this.lane = lane;
  }

  /** Works until the queue is closed and empty. */
  async work(): Promise<void> {
    await abortable(
      this.run.signal,
      () => this.session?.destroy('the run was ended'),
      () => this.loadUntilDone(),
    );
    await this.session?.close();
  }

  private async loadUntilDone(): Promise<void> {
    const { queue } = this.run;
    for (let job = await queue.dequeue(); job !== undefined; job = await queue.dequeue()) {
      if (job.part === 'rows') await this.loadNext(job);
      else await this.addKeys(job.load);
    }
  }

  private async loadNext(job: Job): Promise<void> {
    const { load } = job;
    const file = load.state.takeFile();
    if (file === undefined) return;
    this.offer(job);
    await this.loadFile(load, file);
    const isLoaded = load.state.finishFile();
    this.offer(job);
    if (isLoaded) {
      if (load.hasVanished) await this.countRows(load);
      this.run.onLoaded(load);
    }
  }

  private offer(job: Job): void {
    const { state } = job.load;
    if (state.offer()) this.run.queue.enqueue(job, state.weight);
  }

  private async addKeys(load: TableLoad): Promise<void> {
    const { sessions, progress, emit, onIndexed } = this.run;
    load.state.takeKeys();
    progress.begin(this.lane, `keys of ${load.state.label}`);
    const session = await this.sessionIn(load.table.database);
    const refused = await addKeys(session, sessions, load.table, load.setAside);
    for (const { what, why } of refused) emit({ type: 'skipped', what, why });
    // Their file's settings are not those of rows.
    await saying('preparing a session', () => sessions.prepare(session));
    await session.execute(HAS_TRANSACTIONS);
    progress.rest(this.lane);
    onIndexed(load);
  }

  private async loadFile(load: TableLoad, file: DumpFile): Promise<void> {
    const { progress, emit, signal, statementsPerTransaction } = this.run;
    let committedStatements = 0;
    progress.begin(this.lane, file.name);
    await withRetries(
      {
        policy: TABLE_MISSING,
        isWorthRetrying: (error) => serverErrno(error) === ServerErrno.ER_NO_SUCH_TABLE,
        onRetry: async (attempt, waitMs, error) => {
          emit({ type: 'retry', what: file.name, attempt, waitMs, reason: describeError(error) });
          progress.retried();
          load.hasVanished ||= load.rows > 0;
          if (attempt % RECONNECT_EVERY === 0) await this.disconnect();
        },
        sleep: (ms) => sleep(ms, undefined, { signal }),
      },
      async () => {
        const session = await this.sessionIn(load.table.database);
        await saying('beginning a transaction', () => session.execute('ROLLBACK'));
        await sendRows(session, {
          file,
          statementsPerTransaction,
          skipStatements: committedStatements,
          onCommit: (statements, rows) => {
            committedStatements += statements;
            load.rows += rows;
            progress.committed(rows);
          },
          onSent: (bytes) => progress.sent(bytes),
          onRead: (storedBytes) => progress.read(file, storedBytes),
          warnings: load.warnings,
          set: async (on, sql) => (await this.run.sessions.modes.execute(on, sql)).ok,
          limits: load.limits,
          rewriter: load.rewriter,
          bareRowsAs: load.bareRowsAs,
        });
      },
    );
    progress.end(this.lane, file);
  }

  /** @throws ToolError ROWS_DIFFER when the table holds fewer rows than were committed to it. */
  private async countRows({ table, rows }: TableLoad): Promise<void> {
    const session = await this.sessionIn(table.database);
    const name = labelOf(table);
    const [count] = await saying(`counting ${name}`, () => textRow(session, `SELECT COUNT(*) FROM ${name}`));
    // An ALTER elsewhere would wait for the transaction of this SELECT.
    await session.execute('ROLLBACK');
    if (Number(count) >= rows) return;
    throw new ToolError(
      'ROWS_DIFFER',
      `${name} vanished while it was loaded and came back: ${rows} rows were committed, ${count} are there`,
      {
        hint: 'somebody dropped and created the table during the load; load it anew',
      },
    );
  }

  private async sessionIn(database: string): Promise<Session> {
    this.run.signal.throwIfAborted();
    if (this.session === undefined) {
      this.session = await this.run.sessions.open(this.run.signal);
      this.database = undefined;
      await this.session.execute(HAS_TRANSACTIONS);
    }
    if (this.database !== database) {
      const { session } = this;
      await saying(`selecting ${database}`, () => session.execute(`USE ${quoteName(database)}`));
      this.database = database;
    }
    return this.session;
  }

  private async disconnect(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.close();
  }
}

export function labelOf({ database, name }: DumpTable): string {
  return quoteQualified(database, name);
}
