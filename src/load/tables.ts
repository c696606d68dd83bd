/**
 * Tables: definitions and rows of all tables, side by side.
 *
 * Schema workers create tables while data workers load those that exist and add their keys. What ties them together is each
 * table's state (tables/table-state.ts) and the queue of what can be done (tables/ready-queue.ts): a table enters the queue in
 * the moment it is created, again when its keys can be added (tables/key-builds.ts), and the queue closes when the last table
 * is done. The first failure fails the queue and every state,
 * ends all sessions, and is thrown when everybody has stopped.
 */
import { setMaxListeners } from 'node:events';

import { must } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { sum } from '../base/numbers.ts';
import type { DumpContents, DumpFile, DumpTable } from './contents.ts';
import type { ForeignKeys } from './foreign-keys.ts';
import { hasKeysLater, NOTHING_ASIDE } from './keys.ts';
import type { SetAside } from './keys.ts';
import { bareRowsAs, rewriterSetup } from './load-method.ts';
import type { LoadOptions } from './options.ts';
import type { LoadRecord } from './resume/record.ts';
import { EarlyForeignKeys } from './tables/early-foreign-keys.ts';
import { KeyBuilds } from './tables/key-builds.ts';
import { requireRowsAfterRestart } from './tables/lost-with-server.ts';
import { LoadProgress } from './tables/progress.ts';
import { OpenPlaces } from './tables/open-places.ts';
import { ReadyQueue } from './tables/ready-queue.ts';
import type { StallWatch } from './stall.ts';
import { schemaWorker } from './tables/schema-workers.ts';
import type { CreatedTable } from './tables/schema-workers.ts';
import { IgnoredErrors } from './send/ignored-errors.ts';
import { statementLimits } from './send/statement-limits.ts';
import { TableRewriter } from './send/table-rewriter.ts';
import { RowWarnings } from './send/warnings.ts';
import type { LoadSessions } from './session.ts';
import { TableState } from './tables/table-state.ts';
import type { Target } from './target.ts';
import { labelOf } from './tables/table-load.ts';
import type { TableLoad } from './tables/table-load.ts';
import { DataWorker } from './tables/worker.ts';
import type { Job } from './tables/job.ts';

export interface TablesRun {
  readonly options: LoadOptions;
  readonly contents: DumpContents;
  readonly target: Target;
  readonly sessions: LoadSessions;
  readonly stalls: StallWatch;
  readonly record: LoadRecord;
  /** What a table lacks that an earlier run of this load has created; undefined: none has. */
  readonly created: (table: DumpTable) => Promise<CreatedTable | undefined>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export interface TablesResult {
  readonly foreignKeys: readonly ForeignKeys[];
  readonly rows: number;
  readonly bytes: number;
  readonly storedBytes: number;
}

/** DDL waits for the server's dictionary more than it works: beyond four connections nothing was gained. */
const MAX_SCHEMA_WORKERS = 4;
/** Of tables whose keys are added at the same time. */
const MAX_KEY_BUILDS = 4;

export async function loadTables(run: TablesRun): Promise<TablesResult> {
  const { options, contents, record } = run;
  const rewriting = rewriterSetup(options, run.sessions.server, contents);
  const maxWorkers = Math.min(options.maxThreadsPerTable ?? options.threads, options.threads);
  const share = { maxWorkers, bytesOf: ({ storedBytes }: DumpFile): number => storedBytes };
  const loads = contents.tables.map((table): TableLoad => {
    const files = options.withData ? table.dataFiles.filter((file) => !record.isWhole(file)) : [];
    const limits = statementLimits(run.sessions.server, contents, table);
    return {
      table,
      state: new TableState<DumpFile>(labelOf(table), files, share),
      warnings: new RowWarnings(table, run.emit),
      limits,
      setAside: NOTHING_ASIDE,
      engine: run.target.find(table.database, table.name)?.engine,
      startsEmpty: isMadeEmpty(run, table),
      rewriter: rewriting === undefined ? undefined : new TableRewriter(table, rewriting),
      bareRowsAs: bareRowsAs(options, run.sessions.server),
      ignored: new IgnoredErrors(table, options.ignoreErrors),
      rows: record.wholeRowsOf(table), // those of a file in work follow when it is taken up
      hasVanished: false,
    };
  });
  const totals = {
    tables: loads.length,
    rows: options.withData ? sum(contents.tables.map(({ rows }) => rows ?? 0)) : 0,
    storedBytes: options.withData ? sum(contents.tables.map(({ storedBytes }) => storedBytes)) : 0,
  };
  run.emit({ type: 'totals', tables: totals.tables, rows: totals.rows, bytes: totals.storedBytes });
  const progress = new LoadProgress(totals, run.emit);
  progress.rows = sum(loads.map(({ rows }) => rows));
  try {
    run.stalls.states = () => countStates(loads);
    const foreignKeys = await new TablesLoader(run, loads, progress).load();
    const { rows, bytes, readStoredBytes: storedBytes } = progress;
    return { foreignKeys, rows, bytes, storedBytes };
  } finally {
    run.stalls.states = () => [];
    progress.stop();
  }
}

/** "3 tables loading". */
function countStates(loads: readonly TableLoad[]): string[] {
  const counts = new Map<string, number>();
  for (const { state } of loads) counts.set(state.name, (counts.get(state.name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${count === 1 ? 'table' : 'tables'} ${name}`);
}

/** The table has no rows but the load's: it is created, or was emptied. */
function isMadeEmpty({ options, target }: TablesRun, { database, name, whenPresent }: DumpTable): boolean {
  const wasThere = target.has(database, name);
  if (!options.withSchemas || whenPresent !== undefined) return !wasThere && options.withSchemas;
  return !wasThere || ['DROP', 'TRUNCATE', 'DELETE'].includes(options.dropTable);
}

class TablesLoader {
  private readonly run: TablesRun;
  private readonly loads: readonly TableLoad[];
  private readonly progress: LoadProgress;
  private readonly queue = new ReadyQueue<Job>();
  private readonly builds: KeyBuilds<TableLoad>;
  private readonly foreignKeys: ForeignKeys[] = [];
  private readonly early: EarlyForeignKeys;
  private isCreating = false;
  /** Tiny tables that are created, whose rows wait until all tables are. */
  private readonly held: TableLoad[] = [];
  /** Tables that are not loaded yet. */
  private unloaded: number;
  /** Tables that are not done yet; the queue closes at 0. */
  private open: number;
  private readonly stopping = new AbortController();
  private failure: Error | undefined;

  constructor(run: TablesRun, loads: readonly TableLoad[], progress: LoadProgress) {
    this.run = run;
    this.loads = loads;
    this.progress = progress;
    this.unloaded = loads.length;
    this.open = loads.length;
    this.early = new EarlyForeignKeys(run.target, run.sessions.server, run.contents.tables, run.options);
    const { threads, optimizeKeys } = run.options;
    const besideRows = optimizeKeys === 'AFTER_IMPORT_ALL_TABLES' ? 0 : Math.max(1, Math.floor(threads / 2));
    this.builds = new KeyBuilds(
      { besideRows: Math.min(besideRows, MAX_KEY_BUILDS), atTheEnd: Math.min(threads, MAX_KEY_BUILDS) },
      (load) => this.queue.enqueue({ load, part: 'keys' }, Number.POSITIVE_INFINITY),
    );
    // Every worker listens: that is no leak.
    setMaxListeners(0, this.stopping.signal);
  }

  async load(): Promise<readonly ForeignKeys[]> {
    const onAbort = (): void => this.fail(this.run.signal.reason as Error);
    this.run.signal.addEventListener('abort', onAbort);
    try {
      if (this.open === 0) this.queue.close();
      const everybody = [...this.dataWorkers(), ...this.schemaWorkers()];
      await Promise.allSettled(everybody.map((work) => work.catch((error: unknown) => this.fail(error as Error))));
    } finally {
      this.run.signal.removeEventListener('abort', onAbort);
    }
    if (this.failure !== undefined) throw this.failure;
    await requireRowsAfterRestart(this.run, this.loads);
    return this.foreignKeys.map((each) => this.early.settled(each));
  }

  private dataWorkers(): Promise<void>[] {
    const { options, sessions, emit } = this.run;
    if (!options.withData) return [];
    const data = {
      queue: this.queue,
      threads: options.threads,
      lanes: new OpenPlaces(emit),
      sessions,
      statementsPerTransaction: options.statementsPerTransaction,
      progress: this.progress,
      onLoaded: (load: TableLoad) => this.loaded(load),
      onIndexed: (load: TableLoad) => {
        this.finish(load);
        this.builds.finish();
      },
      emit,
      signal: this.stopping.signal,
    };
    return Array.from({ length: options.threads }, (_, lane) => new DataWorker(data, lane).work());
  }

  private schemaWorkers(): Promise<void>[] {
    const { options, sessions, target, emit } = this.run;
    // Those of one size in the order of the dump, when they are taken from the end.
    const smallestFirst = [...this.loads].reverse().sort((a, b) => a.table.storedBytes - b.table.storedBytes);
    if (!options.withSchemas) {
      return [this.takeAsCreated(smallestFirst.reverse())];
    }
    const byTable = new Map(this.loads.map((load) => [load.table, load]));
    const loadOf = (table: DumpTable): TableLoad => must(byTable.get(table), 'the load of a table');
    const schema = {
      sessions,
      places: new OpenPlaces(emit),
      tables: smallestFirst.map(({ table }) => table),
      dropTable: options.dropTable,
      target,
      created: this.run.created,
      early: this.early,
      onStart: (table: DumpTable) => loadOf(table).state.startCreating(),
      hasKeysLater: (table: DumpTable) => hasKeysLater(table, options),
      onCreated: (table: DumpTable, setAside: SetAside, engine?: string) => {
        if (engine !== undefined) loadOf(table).engine = engine;
        const { foreignKeys: clauses, presentForeignKeys: present = [] } = setAside;
        if (clauses.length + present.length > 0) this.foreignKeys.push({ table, clauses, present });
        this.created(loadOf(table), setAside);
      },
      onMisplaced: (table: DumpTable, why: string) =>
        this.run.emit({ type: 'skipped', what: `place of table ${labelOf(table)}`, why }),
      onRefused: (table: DumpTable, why: string) => {
        this.run.emit({ type: 'skipped', what: `table ${labelOf(table)}`, why });
        this.skip(loadOf(table));
      },
      onSkipped: (table: DumpTable) => this.skip(loadOf(table)),
      emit,
      signal: this.stopping.signal,
    };
    const workers = Math.min(MAX_SCHEMA_WORKERS, options.threads, smallestFirst.length);
    this.isCreating = true;
    let working = workers;
    return Array.from({ length: workers }, async (_, worker) => {
      await schemaWorker(schema, worker);
      working--;
      if (working === 0) this.endCreating();
    });
  }

  /** Async, so that a failure reaches the others as any worker's does. */
  private async takeAsCreated(loads: readonly TableLoad[]): Promise<void> {
    for (const load of loads) this.created(load);
  }

  /** S2: only here does a table become work for the data workers. */
  private created(load: TableLoad, setAside = NOTHING_ASIDE): void {
    this.progress.tablesCreated++;
    load.setAside = setAside;
    load.state.markCreated(setAside.keys.length > 0 ? 'keys to come' : 'all keys');
    if (this.isCreating && load.state.hasWaitingFiles && this.early.holdsRowsOf(load.table)) this.held.push(load);
    else this.offer(load);
  }

  private offer(load: TableLoad): void {
    if (load.state.offer()) this.queue.enqueue({ load, part: 'rows' }, load.state.weight);
    else this.loaded(load);
  }

  /** All tables are there. */
  private endCreating(): void {
    this.isCreating = false;
    for (const load of this.held.splice(0)) this.offer(load);
  }

  private skip(load: TableLoad): void {
    load.state.markSkipped();
    this.countLoaded();
    this.count();
  }

  private loaded(load: TableLoad): void {
    const missing = this.run.options.withData ? load.ignored.missing(load.rows) : undefined;
    if (missing !== undefined) this.run.emit({ type: 'skipped', ...missing });
    if (load.state.hasWaitingKeys) this.builds.add(load);
    else this.finish(load);
    this.countLoaded();
  }

  private finish(load: TableLoad): void {
    load.state.markDone();
    this.progress.tableDone(load.state.label, load.rows);
    this.count();
  }

  private countLoaded(): void {
    this.unloaded--;
    if (this.unloaded === 0) this.builds.endRows();
  }

  private count(): void {
    this.open--;
    if (this.open === 0) this.queue.close();
  }

  /** The first failure is the reason; what fails because of it is not. */
  private fail(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.queue.fail(error);
    for (const { state } of this.loads) state.fail(error);
    this.stopping.abort(error);
  }
}
