/**
 * A load without servers: the loops of load/tables.ts, load/tables/schema-workers.ts and load/tables/worker.ts around the real queue
 * and the real states. What takes time there is `step` here, so that a test decides what ends when, and what fails.
 */
import { KeyBuilds } from '../../../src/load/tables/key-builds.ts';
import type { BuildLimits } from '../../../src/load/tables/key-builds.ts';
import { ReadyQueue } from '../../../src/load/tables/ready-queue.ts';
import { TableState } from '../../../src/load/tables/table-state.ts';

export interface Plan {
  /** One number a table: how many data files it has. */
  readonly filesPerTable: readonly number[];
  /** Tables that exist and are left alone. */
  readonly skipped: ReadonlySet<number>;
  /** Tables with keys that are added when their rows are there. */
  readonly keyed: ReadonlySet<number>;
  readonly limits: BuildLimits;
  readonly schemaWorkers: number;
  readonly dataWorkers: number;
  /** Undefined: all of them. */
  readonly workersPerTable?: number | undefined;
  /** Undefined: each file weighs the same. */
  readonly bytesOf?: ((file: string) => number) | undefined;
  /** False is --no-schema: tables begin as created. */
  readonly withSchemas: boolean;
}

export interface Load {
  readonly index: number;
  readonly state: TableState<string>;
}

interface Job {
  readonly load: Load;
  readonly part: 'rows' | 'keys';
}

/** Resolves when a statement or a file is through; rejects when it failed. */
export type Step = (what: string) => Promise<unknown>;

export class SimulatedLoad {
  readonly loads: readonly Load[];
  readonly queue = new ReadyQueue<Job>();
  readonly taken: string[] = [];
  readonly takenTooEarly: string[] = [];
  readonly finishedTables: number[] = [];
  /** Tables whose keys were added, in order. */
  readonly indexed: number[] = [];
  readonly builds: KeyBuilds<Load>;
  /** Of one table at the same time, in the whole run. */
  mostInWork = 0;
  buildsUnderWay = 0;
  unloaded: number;
  idleWorkers = 0;
  failure: Error | undefined;
  readonly plan: Plan;
  private readonly step: Step;
  private readonly exists = new Set<number>();
  private readonly inWork: number[];
  private open: number;
  private nextTable = 0;

  constructor(plan: Plan, step: Step) {
    this.plan = plan;
    this.step = step;
    this.open = plan.filesPerTable.length;
    this.inWork = plan.filesPerTable.map(() => 0);
    this.unloaded = this.open;
    this.builds = new KeyBuilds(plan.limits, (load) =>
      this.queue.enqueue({ load, part: 'keys' }, Number.POSITIVE_INFINITY),
    );
    const { dataWorkers, workersPerTable: maxWorkers = Math.max(dataWorkers, 1), bytesOf = () => 1 } = plan;
    const share = { maxWorkers, bytesOf };
    this.loads = plan.filesPerTable.map((count, index) => {
      const files = Array.from({ length: count }, (_, file) => `${index}.${file}`);
      return { index, state: new TableState(`t${index}`, files, share) };
    });
  }

  /** Resolves when every worker has returned; `failure` then says whether all is loaded. */
  async run(): Promise<void> {
    if (this.open === 0) this.queue.close();
    const { withSchemas, schemaWorkers, dataWorkers } = this.plan;
    const everybody = [
      ...Array.from({ length: dataWorkers }, () => this.loadData()),
      ...(withSchemas ? Array.from({ length: schemaWorkers }, () => this.createTables()) : [this.takeAllAsCreated()]),
    ];
    await Promise.all(everybody.map((work) => work.catch((error: unknown) => this.fail(error as Error))));
  }

  /** Whether a worker that asked now would have to get a file. */
  get couldTakeMore(): boolean {
    const { workersPerTable = Number.POSITIVE_INFINITY } = this.plan;
    return this.loads.some(
      ({ index, state }) =>
        state.hasWaitingFiles && ['created', 'loading'].includes(state.name) && this.inWork[index]! < workersPerTable,
    );
  }

  fail(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.queue.fail(error);
    for (const { state } of this.loads) state.fail(error);
  }

  private async takeAllAsCreated(): Promise<void> {
    for (const load of this.loads) this.created(load);
  }

  private async createTables(): Promise<void> {
    while (this.nextTable < this.loads.length) {
      const load = this.loads[this.nextTable++]!;
      if (this.failure !== undefined) throw this.failure;
      load.state.startCreating();
      if (this.plan.skipped.has(load.index)) {
        load.state.markSkipped();
        this.countLoaded();
        this.count(load);
      } else {
        await this.step(`create ${load.index}`);
        this.created(load);
      }
    }
  }

  private created(load: Load): void {
    this.exists.add(load.index);
    load.state.markCreated(this.plan.keyed.has(load.index) ? 'keys to come' : 'all keys');
    if (load.state.offer()) this.queue.enqueue({ load, part: 'rows' }, load.state.weight);
    else this.loaded(load);
  }

  private async loadData(): Promise<void> {
    for (let job = await this.next(); job !== undefined; job = await this.next()) {
      if (job.part === 'rows') await this.loadNext(job);
      else await this.addKeys(job.load);
    }
  }

  private async loadNext(job: Job): Promise<void> {
    const { load } = job;
    const file = load.state.takeFile();
    if (file === undefined) return;
    this.taken.push(file);
    if (!this.exists.has(load.index)) this.takenTooEarly.push(file);
    this.inWork[load.index]!++;
    this.mostInWork = Math.max(this.mostInWork, this.inWork[load.index]!);
    this.offer(job);
    await this.step(`load ${file}`);
    this.inWork[load.index]!--;
    const isLoaded = load.state.finishFile();
    this.offer(job);
    if (isLoaded) this.loaded(load);
  }

  private offer(job: Job): void {
    const { state } = job.load;
    if (state.offer()) this.queue.enqueue(job, state.weight);
  }

  private async addKeys(load: Load): Promise<void> {
    load.state.takeKeys();
    this.indexed.push(load.index);
    this.buildsUnderWay++;
    await this.step(`keys ${load.index}`);
    this.buildsUnderWay--;
    this.finish(load);
    this.builds.finish();
  }

  private async next(): Promise<Job | undefined> {
    this.idleWorkers++;
    try {
      return await this.queue.dequeue();
    } finally {
      this.idleWorkers--;
    }
  }

  private loaded(load: Load): void {
    if (load.state.hasWaitingKeys) this.builds.add(load);
    else this.finish(load);
    this.countLoaded();
  }

  private finish(load: Load): void {
    load.state.markDone();
    this.count(load);
  }

  private countLoaded(): void {
    if (--this.unloaded === 0) this.builds.endRows();
  }

  private count(load: Load): void {
    this.finishedTables.push(load.index);
    if (--this.open === 0) this.queue.close();
  }
}
