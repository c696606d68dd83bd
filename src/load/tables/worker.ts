/**
 * Data worker: one connection that loads data files until there are none.
 *
 * In: the ready queue of tables. A worker takes a table, takes one file of it, and puts the table back into the queue while
 * files remain, so that idle workers join in as far as they may; or all files, where the engine has no transactions; or it
 * adds the keys of a table that is loaded. Out: every file committed exactly once, the keys of every table added or named.
 *
 * What the server refuses in passing (mysql/retry.ts), and a table that it does not know although it was created (error
 * 1146), is tried again: see load-file.ts. Any other error ends the run.
 */
import { abortable } from '../../base/abort.ts';
import { ToolError } from '../../base/errors.ts';
import { saying } from '../../mysql/failure.ts';
import { retryPolicyOf } from '../../mysql/retry.ts';
import { textRow } from '../../mysql/server.ts';
import { addKeys } from '../keys.ts';
import type { Job } from './job.ts';
import { Lane } from './lane.ts';
import { loadFile } from './load-file.ts';
import type { RowsLoad } from './load-file.ts';
import { loadWhole } from './load-whole.ts';
import { withoutPresent } from './missing-keys.ts';
import type { OpenPlaces } from './open-places.ts';
import type { ReadyQueue } from './ready-queue.ts';
import { SmallFiles } from './small-files.ts';
import { hasTransactions } from './table-load.ts';
import type { TableLoad } from './table-load.ts';

export interface DataRun extends RowsLoad {
  readonly queue: ReadyQueue<Job>;
  /** How many workers there are. */
  readonly threads: number;
  readonly lanes: OpenPlaces;
  /** The last file of the table is committed. */
  readonly onLoaded: (load: TableLoad) => void;
  /** Its keys are added. */
  readonly onIndexed: (load: TableLoad) => void;
}

export class DataWorker {
  private readonly run: DataRun;
  private readonly lane: Lane;
  private readonly small: SmallFiles;
  private isOpen = false;

  constructor(run: DataRun, lane: number) {
    this.run = run;
    this.lane = new Lane(run, lane);
    this.small = new SmallFiles(run, this.lane, {
      offer: (job) => this.offer(job),
      onCommitted: (load) => this.finishFile(load),
    });
  }

  /** Works until the queue is closed and empty, or the server has no connection for it and others are at work. */
  async work(): Promise<void> {
    await abortable(
      this.run.signal,
      () => this.lane.destroy('the run was ended'),
      () => this.loadUntilDone(),
    );
    await this.lane.close();
  }

  private async loadUntilDone(): Promise<void> {
    const { queue } = this.run;
    for (let job = await queue.dequeue(); job !== undefined; job = await queue.dequeue()) {
      const { load, part } = job;
      if (part === 'rows' && !load.state.hasWaitingFiles) continue; // others took the last ones while it stood in the queue
      if (!this.isOpen && !(await this.open(load))) return this.giveBack(job);
      if (part === 'rows') await this.loadNext(job);
      else await this.addKeys(load);
    }
  }

  /** False: the server has no connection, and the load can do without. */
  private async open({ table }: TableLoad): Promise<boolean> {
    const { lanes } = this.run;
    const policyFor: typeof retryPolicyOf = (error) => (lanes.canDoWithout(error) ? undefined : retryPolicyOf(error));
    try {
      await this.lane.retried(table.database, { what: 'opening a connection', policyFor }, async () => undefined);
    } catch (error) {
      if (!lanes.canDoWithout(error)) throw error;
      lanes.tell(error);
      return false;
    }
    lanes.add();
    this.isOpen = true;
    return true;
  }

  private giveBack(job: Job): void {
    const { queue } = this.run;
    const { state } = job.load;
    if (job.part === 'keys') queue.enqueue(job, Number.POSITIVE_INFINITY);
    else if (state.hasWaitingFiles) queue.enqueue(job, state.weight);
  }

  private async loadNext(job: Job): Promise<void> {
    const { load } = job;
    const { state } = load;
    if (!hasTransactions(load)) {
      const files = state.takeAllFiles();
      if (files.length === 0) return;
      this.small.forget();
      await loadWhole(this.run, this.lane, load, files);
      if (files.map(() => state.finishFile()).includes(true)) await this.finish(load);
      return;
    }
    const isSmall = this.small.isFor(job);
    const file = state.takeFile();
    if (file === undefined) return;
    this.offer(job);
    if (isSmall) return this.small.load({ load, file });
    this.small.forget();
    await loadFile(this.run, this.lane, load, file);
    await this.finishFile(load);
  }

  private async finishFile(load: TableLoad): Promise<void> {
    const isLoaded = load.state.finishFile();
    this.offer({ load, part: 'rows' });
    if (isLoaded) await this.finish(load);
  }

  private offer(job: Job): void {
    const { state } = job.load;
    if (state.offer()) this.run.queue.enqueue(job, state.weight);
  }

  private async finish(load: TableLoad): Promise<void> {
    if (load.hasVanished) await this.countRows(load);
    this.run.onLoaded(load);
  }

  private async addKeys(load: TableLoad): Promise<void> {
    const { sessions, progress, emit, onIndexed } = this.run;
    const { table, state } = load;
    const what = `keys of ${state.label}`;
    state.takeKeys();
    this.small.forget();
    progress.begin(this.lane.number, what);
    const refused = await this.lane.retried(table.database, { what }, async (session, attempt) => {
      const missing = attempt === 1 ? load.setAside : await withoutPresent(session, table, load.setAside);
      const failed = await addKeys(session, sessions, table, missing);
      await this.lane.restoreSettings(session); // a definition's are not those of rows
      return failed;
    });
    for (const { what: key, why } of refused) emit({ type: 'skipped', what: key, why });
    progress.rest(this.lane.number);
    onIndexed(load);
  }

  /** @throws ToolError ROWS_DIFFER when the table holds fewer rows than were committed to it. */
  private async countRows({ table, state, rows }: TableLoad): Promise<void> {
    const [count] = await this.lane.retried(table.database, { what: state.label }, async (session) => {
      const counted = await saying(`counting ${state.label}`, () =>
        textRow(session, `SELECT COUNT(*) FROM ${state.label}`),
      );
      // An ALTER elsewhere would wait for the transaction of this SELECT.
      await session.execute('ROLLBACK');
      return counted;
    });
    if (Number(count) >= rows) return;
    throw new ToolError(
      'ROWS_DIFFER',
      `${state.label} vanished while it was loaded and came back: ${rows} rows were committed, ${count} are there`,
      { hint: 'somebody dropped and created the table during the load; load it anew' },
    );
  }
}
