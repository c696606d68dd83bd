/**
 * Crew: the worker threads of a dump and their connections.
 *
 * Threads follow the cores, connections follow --threads; the connections are spread evenly. Each connection takes a job,
 * does it, and takes the next: no job is assigned before somebody is free for it.
 */
import { availableParallelism } from 'node:os';

import { must, ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { flushesItself } from '../format/files.ts';
import { compileBareKernel, compileInsertKernel } from '../kernel/kernel.ts';
import type { ServerInfo } from '../mysql/server.ts';
import { WorkerThread } from '../threads/worker-thread.ts';
import type { DumpOptions } from './options.ts';
import type { DumpJournal } from './journal.ts';
import type { DumpPlan } from './plan.ts';
import { DumpProgress } from './progress.ts';
import { lockWaitSeconds } from './snapshot/options.ts';
import { Tablespaces } from './tablespaces.ts';
import { keptTasks } from './resume/kept-tables.ts';
import type { Throttle } from './throttle.ts';
import { Counter, describeTask } from './task.ts';
import type { DumpWorkerMethods, Task, WorkerSetup, WrittenFile } from './task.ts';

/** What became of the tasks: every file of the dump, with the task that wrote it. */
export type FilesByTask = ReadonlyMap<Task, readonly WrittenFile[]>;

export interface TaskOutcomes {
  readonly files: FilesByTask;
  /** Tasks whose object is gone or changed, and why. */
  readonly losses: ReadonlyMap<Task, string>;
}

interface Member {
  readonly thread: WorkerThread<DumpWorkerMethods>;
  readonly sessions: number;
  readonly counters: Float64Array;
}

export interface CrewRun {
  readonly emit: Emit;
  /** Undefined: nobody waits for a turn. */
  readonly throttle: Throttle | undefined;
}

/** Who wants to know before all is done. */
export interface CrewListener {
  readonly tableRead: (qualifiedName: string) => void;
  readonly filesWritten: (task: Task, files: readonly WrittenFile[]) => void;
}

export class WorkerCrew {
  private readonly members: readonly Member[];
  private readonly signal: AbortSignal;
  private failure: Error | undefined;
  private readonly onAbort = (): void => void this.stop();

  private constructor(members: readonly Member[], signal: AbortSignal) {
    this.members = members;
    this.signal = signal;
    signal.addEventListener('abort', this.onAbort);
  }

  /** Starts the threads, which take a tenth of a second to load: something else can be done meanwhile. */
  static start(options: DumpOptions, header: string, signal: AbortSignal): WorkerCrew {
    const kernel = options.bareRows === undefined ? compileInsertKernel() : compileBareKernel();
    const threads = Math.min(workerThreads(availableParallelism()), options.threads);
    const members = Array.from({ length: threads }, (_, index): Member => {
      const counters = new Float64Array(new SharedArrayBuffer(Counter.SLOTS * Float64Array.BYTES_PER_ELEMENT));
      const sessions = Math.floor((options.threads + index) / threads);
      const setup: WorkerSetup = {
        connection: options.connection,
        sessions,
        directory: options.directory,
        codec: options.codec,
        compressLevel: options.compressLevel,
        maxStatementBytes: options.maxStatementBytes,
        namesFilesAtOnce: options.hook !== undefined,
        lockWaitSeconds: lockWaitSeconds(options.lock),
        bareRows: options.bareRows,
        duplicates: options.duplicates,
        definer: options.definer,
        maxFileBytes: options.maxFileBytes,
        header: Buffer.from(header),
        kernel,
        counters,
      };
      const thread = new WorkerThread<DumpWorkerMethods>(new URL('./worker.js', import.meta.url), setup);
      return { thread, sessions, counters };
    });
    return new WorkerCrew(members, signal);
  }

  /** Opens all connections. */
  async open(server: ServerInfo): Promise<void> {
    await Promise.all(this.members.map(({ thread }) => thread.call('open', server)));
  }

  /** Opens the snapshot on every connection. Out: what each of them answered to the query. */
  readonly beginSnapshot = async (query?: string): Promise<readonly string[]> => {
    return (await Promise.all(this.members.map(({ thread }) => thread.call('beginSnapshot', query)))).flat();
  };

  /**
   * Does all jobs of the plan, and keeps in the journal what is done. The first failure stops the others, which are awaited
   * before it is thrown.
   */
  async run(
    plan: DumpPlan,
    journal: DumpJournal,
    { emit, throttle }: CrewRun,
    heard: CrewListener,
  ): Promise<TaskOutcomes> {
    const files = new Map<Task, readonly WrittenFile[]>(plan.tables.flatMap((work) => [...keptTasks(work)]));
    for (const [task, there] of files) heard.filesWritten(task, there);
    const losses = new Map<Task, string>();
    const tablespaces = new Tablespaces();
    const progress = new DumpProgress(
      plan,
      this.members.map(({ counters }) => counters),
      emit,
      heard.tableRead,
    );
    plan.schedule.onTableDone = (table, rows) => {
      journal.tableDone(table);
      progress.tableDone(table, rows);
    };
    const lanes = this.members.flatMap(({ thread, sessions }) =>
      Array.from({ length: sessions }, (_, session) => ({ thread, session })),
    );
    try {
      await Promise.allSettled(
        lanes.map(async ({ thread, session }, lane) => {
          try {
            for (;;) {
              await throttle?.turn();
              try {
                const job = await plan.schedule.next();
                if (job === undefined || this.failure !== undefined) return;
                progress.begin(lane, describeTask(job.at(-1)!));
                const results = await thread.call('run', { session, tasks: job });
                progress.end(lane);
                const isOnItsWay = results.some((result) => result.files.some(flushesItself));
                journal.done(job, results, isOnItsWay ? thread.call('named', session) : undefined);
                results.forEach((result, index) => {
                  const task = job[index]!;
                  files.set(task, result.files);
                  heard.filesWritten(task, result.files);
                  if (result.lost !== undefined) losses.set(task, result.lost);
                  tablespaces.note(task, result);
                  for (const each of result.skipped ?? []) emit({ type: 'skipped', ...each });
                  if (task.kind === 'data') plan.schedule.finished(task, result);
                });
              } finally {
                throttle?.done();
              }
            }
          } catch (error) {
            this.failure ??= error instanceof Error ? error : new ToolError('INTERNAL', String(error));
            plan.schedule.close();
            await this.stop();
          }
        }),
      );
    } finally {
      progress.stop();
    }
    if (this.failure !== undefined) throw this.failure;
    tablespaces.tell(emit);
    return { files, losses };
  }

  /** Does one task on the first connection, after all others are done. */
  readonly redo = async (task: Task): Promise<readonly WrittenFile[]> => {
    const [first] = this.members;
    const results = await must(first, 'a worker').thread.call('run', { session: 0, tasks: [task] });
    return results.flatMap(({ files }) => files);
  };

  /** Closes the connections politely and ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.members.map(({ thread }) => thread.call('close', null)));
    await this.stop();
  }

  /** Ends the threads at once; the server sees their connections close. */
  async stop(): Promise<void> {
    this.signal.removeEventListener('abort', this.onAbort);
    await Promise.all(this.members.map(({ thread }) => thread.stop()));
  }
}

/**
 * A thread passes 900 MB of rows a second on, more than a core of a server sends; the rest of the cores are for compression,
 * for the system's share, and for a server that is near. On two cores a second thread took 0.2 s of CPU to start and
 * gained nothing, also with zstd.
 */
function workerThreads(cores: number): number {
  return Math.ceil(cores / 2);
}
