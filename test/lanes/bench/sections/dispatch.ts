/** Dispatch: what it costs to hand out the files of very many tables, by the real queue and states; nothing is created or sent. */

import { KeyBuilds } from '../../../../src/load/tables/key-builds.ts';
import { ReadyQueue } from '../../../../src/load/tables/ready-queue.ts';
import { TableState } from '../../../../src/load/tables/table-state.ts';
import type { Section } from '../bench.ts';
import { dispatchTable } from '../report/dispatch.ts';
import type { DispatchFigure } from '../report/dispatch.ts';

const TABLES = [10_000, 50_000, 250_000];
const FILES_PER_TABLE = 4;
const WORKERS = 16;
/** CPU for the most tables. */
const GOAL_SECONDS = 1;
const RUNS = 3;

export function dispatch(): Section {
  const figures: DispatchFigure[] = [];
  return {
    title: 'Dispatch of tsload: queue and states alone',
    items: [
      {
        name: 'dispatch',
        describe: 'CPU to hand out four files each of 10,000 to 250,000 tables; no server',
        run: async (_, bench) => {
          for (const tables of TABLES) {
            const runs: number[] = [];
            for (let round = 0; round < RUNS; round += 1) runs.push(await new Dispatching(tables).cpuSeconds());
            const goalSeconds = tables === TABLES.at(-1) ? GOAL_SECONDS : undefined;
            figures.push({ tables, files: FILES_PER_TABLE * tables, runs, goalSeconds });
            bench.say(`  ${tables} tables: ${runs.map((run) => run.toFixed(2)).join(', ')} s`);
          }
        },
      },
    ],
    figures,
    markdown: () => dispatchTable(figures),
  };
}

interface Job {
  readonly state: TableState<number>;
  readonly part: 'rows' | 'keys';
}

/** The loops of a load around nothing. Every fourth table has keys that come later. */
class Dispatching {
  private readonly queue = new ReadyQueue<Job>();
  private readonly states: readonly TableState<number>[];
  private readonly builds = new KeyBuilds<TableState<number>>({ besideRows: 2, atTheEnd: 4 }, (state) =>
    this.queue.enqueue({ state, part: 'keys' }, Number.POSITIVE_INFINITY),
  );
  private unloaded: number;
  private open: number;

  constructor(tables: number) {
    this.unloaded = tables;
    this.open = tables;
    const share = { maxWorkers: WORKERS, bytesOf: (bytes: number): number => bytes };
    this.states = Array.from({ length: tables }, (_, table) => {
      const bytes = 1 + ((table * 2_654_435_761) % 1_000_000_007);
      return new TableState(`t${table}`, Array<number>(FILES_PER_TABLE).fill(bytes), share);
    });
  }

  async cpuSeconds(): Promise<number> {
    const begin = process.cpuUsage();
    await Promise.all([this.create(), ...Array.from({ length: WORKERS }, () => this.work())]);
    const { user, system } = process.cpuUsage(begin);
    const undone = this.states.filter(({ name }) => name !== 'done').length;
    if (undone > 0) throw new Error(`${undone} tables were not loaded`);
    return (user + system) / 1e6;
  }

  private async create(): Promise<void> {
    for (const [table, state] of this.states.entries()) {
      state.startCreating();
      state.markCreated(table % 4 === 0 ? 'keys to come' : 'all keys');
      this.offer({ state, part: 'rows' });
      await Promise.resolve(); // as after each statement
    }
  }

  private async work(): Promise<void> {
    for (let job = await this.queue.dequeue(); job !== undefined; job = await this.queue.dequeue()) {
      if (job.part === 'rows') this.load(job);
      else this.index(job.state);
    }
  }

  private load(job: Job): void {
    const { state } = job;
    if (state.takeFile() === undefined) return;
    this.offer(job);
    const isLoaded = state.finishFile();
    this.offer(job);
    if (!isLoaded) return;
    if (state.hasWaitingKeys) this.builds.add(state);
    else this.finish(state);
    if (--this.unloaded === 0) this.builds.endRows();
  }

  private index(state: TableState<number>): void {
    state.takeKeys();
    this.finish(state);
    this.builds.finish();
  }

  private offer(job: Job): void {
    if (job.state.offer()) this.queue.enqueue(job, job.state.weight);
  }

  private finish(state: TableState<number>): void {
    state.markDone();
    if (--this.open === 0) this.queue.close();
  }
}
