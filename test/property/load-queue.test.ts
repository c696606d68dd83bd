/** Whatever the tables, the workers and the order in which things end, a load ends with everything or with the reason. */
import { setImmediate as turn } from 'node:timers/promises';

import * as fc from 'fast-check';
import type { Scheduler } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ReadyQueue } from '../../src/load/tables/ready-queue.ts';
import { SimulatedLoad } from '../unit/load/simulated-load.ts';
import type { Load, Plan } from '../unit/load/simulated-load.ts';

const STATES = ['creating', 'created', 'loading', 'loaded', 'indexing', 'done'] as const;

const plans: fc.Arbitrary<Plan> = fc
  .record({
    tables: fc.array(fc.record({ files: fc.nat({ max: 5 }), skip: fc.nat({ max: 5 }), isKeyed: fc.boolean() }), {
      maxLength: 12,
    }),
    schemaWorkers: fc.integer({ min: 1, max: 4 }),
    dataWorkers: fc.integer({ min: 1, max: 6 }),
    workersPerTable: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    sizes: fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 5 }),
    withSchemas: fc.boolean(),
    limits: fc.record({ besideRows: fc.nat({ max: 3 }), atTheEnd: fc.integer({ min: 1, max: 4 }) }),
  })
  .map(({ tables, sizes, ...rest }) => ({
    ...rest,
    bytesOf: (file) => sizes[(7 * Number(file.split('.')[0]) + Number(file.split('.')[1])) % sizes.length] ?? 1,
    filesPerTable: tables.map(({ files }) => files),
    keyed: new Set(tables.flatMap(({ isKeyed }, index) => (isKeyed ? [index] : []))),
    skipped: new Set(rest.withSchemas ? tables.flatMap(({ skip }, index) => (skip === 0 ? [index] : [])) : []),
  }));

const isLoaded = (plan: Plan, index: number): boolean => !plan.skipped.has(index);

function filesToLoad(plan: Plan): string[] {
  return plan.filesPerTable.flatMap((count, index) =>
    isLoaded(plan, index) ? Array.from({ length: count }, (_, file) => `${index}.${file}`) : [],
  );
}

/** What becomes of somebody who waits: pending until told. */
class Watcher {
  outcome: 'pending' | 'reached' | Error = 'pending';

  constructor(promise: Promise<void>) {
    promise.then(
      () => (this.outcome = 'reached'),
      (error: Error) => (this.outcome = error),
    );
  }
}

const watch = ({ state }: Load): Watcher[] => STATES.map((name) => new Watcher(state.reached(name)));

/** Lets things end one by one, in the scheduler's order, until nothing is under way; true when the run has ended. */
async function play(scheduler: Scheduler, load: SimulatedLoad, beforeEach: (step: number) => void): Promise<boolean> {
  let ended = false;
  const run = load.run().finally(() => (ended = true));
  for (let step = 0; ; step++) {
    await turn(); // all that follows from the last step without waiting for another
    expect(load.queue.length > 0 && load.idleWorkers > 0, 'Q2: a worker sleeps while there is work').toBe(false);
    expect(load.idleWorkers > 0 && load.couldTakeMore, 'S9: a worker sleeps while a table has room for it').toBe(false);
    expect(load.mostInWork, 'S8').toBeLessThanOrEqual(load.plan.workersPerTable ?? Number.POSITIVE_INFINITY);
    const { besideRows, atTheEnd } = load.plan.limits;
    expect(load.buildsUnderWay, 'K2').toBeLessThanOrEqual(Math.max(load.unloaded > 0 ? 0 : atTheEnd, besideRows));
    if (scheduler.count() === 0) break;
    beforeEach(step);
    await scheduler.waitNext(1);
  }
  if (ended) await run;
  return ended;
}

describe('a load', () => {
  test('without failure hands out each file once, after its table exists, and ends with all tables done and indexed once (Q1 Q2 Q3 S2 S3 S4 S5 S7 S8 S9 K1 K2 K3)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plans, fc.nat({ max: 40 }), async (scheduler, plan, lateStep) => {
        const load = new SimulatedLoad(plan, (what) => scheduler.schedule(Promise.resolve(), what));
        const watchers = [...load.loads, ...load.loads].flatMap(watch); // several for each state
        const ended = await play(scheduler, load, (step) => {
          if (step === lateStep) watchers.push(...load.loads.flatMap(watch));
        });
        watchers.push(...load.loads.flatMap(watch));
        await turn();
        expect(ended, 'everybody has returned').toBe(true);
        expect(load.failure).toBeUndefined();
        expect(load.taken.toSorted()).toEqual(filesToLoad(plan).toSorted());
        expect(load.takenTooEarly).toEqual([]);
        const keyed = [...plan.keyed].filter((index) => isLoaded(plan, index));
        expect(load.indexed.toSorted((a, b) => a - b)).toEqual(keyed);
        expect(load.finishedTables.toSorted((a, b) => a - b)).toEqual(plan.filesPerTable.map((_, index) => index));
        expect(load.loads.map(({ state }) => state.name)).toEqual(load.loads.map(() => 'done'));
        expect(watchers.map(({ outcome }) => outcome)).toEqual(watchers.map(() => 'reached'));
        expect(load.queue.length).toBe(0);
        await expect(load.queue.dequeue()).resolves.toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test('that fails anywhere ends with the first failure and tells everybody who waits (Q4 S1 S2 S3 S6)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        plans.filter((plan) => filesToLoad(plan).length > 0),
        fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 3 }),
        fc.option(fc.nat({ max: 40 })),
        async (scheduler, plan, failingSteps, abortStep) => {
          const failures: Error[] = [];
          let steps = 0;
          const load = new SimulatedLoad(plan, async (what) => {
            const fails = failingSteps.includes(steps++);
            await scheduler.schedule(Promise.resolve(), what);
            if (!fails) return;
            failures.push(new Error(what));
            throw failures.at(-1)!;
          });
          const watchers = load.loads.flatMap(watch);
          const ended = await play(scheduler, load, (step) => {
            if (step !== abortStep) return;
            failures.push(new Error('interrupted'));
            load.fail(failures.at(-1)!);
          });
          watchers.push(...load.loads.flatMap(watch));
          await turn();
          const [reason] = failures;
          expect(ended, 'everybody has returned').toBe(true);
          expect(load.failure).toBe(reason);
          expect(new Set(load.taken).size).toBe(load.taken.length);
          expect(load.takenTooEarly).toEqual([]);
          expect(watchers.filter(({ outcome }) => outcome !== 'reached' && outcome !== reason)).toEqual([]);
          if (reason === undefined) return; // all was over before the step that was to fail
          const names = new Set(load.loads.map(({ state }) => state.name));
          expect([...names].filter((name) => name !== 'done' && name !== 'failed')).toEqual([]);
          await expect(load.queue.dequeue()).rejects.toBe(reason);
          for (const { state } of load.loads.filter((each) => each.state.name === 'failed')) {
            await expect(state.reached('creating')).rejects.toBe(reason);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** A number is put in with this power of two as its weight. */
type Operation = number | 'dequeue' | 'close' | 'fail';

describe('the ready queue', () => {
  const operations = fc.array(
    fc.oneof(
      { weight: 30, arbitrary: fc.nat({ max: 40 }) },
      { weight: 30, arbitrary: fc.constant<Operation>('dequeue') },
      { weight: 1, arbitrary: fc.constant<Operation>('close') },
      { weight: 1, arbitrary: fc.constant<Operation>('fail') },
    ),
    { maxLength: 200, size: 'max' },
  );

  test('is a list, ordered by powers of two, to whatever is done to it (Q1 Q2 Q3 Q4)', async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (sequence) => {
        const queue = new ReadyQueue<number>();
        const reason = new Error('reason');
        const told: unknown[] = [];
        const expected: unknown[] = [];
        const list: { item: number; power: number }[] = [];
        let waiting = 0;
        let state: 'open' | 'closed' | 'failed' = 'open';
        let last = 0;
        const endWaiting = (answer: unknown): void => {
          for (; waiting > 0; waiting--) expected.push(answer);
        };
        for (const operation of sequence) {
          switch (operation) {
            case 'dequeue':
              void queue.dequeue().then(
                (item) => told.push(item),
                (error: unknown) => told.push(error),
              );
              if (list.length > 0) expected.push(list.shift()?.item);
              else if (state === 'open') waiting++;
              else expected.push(state === 'closed' ? undefined : reason);
              break;
            case 'close':
              queue.close();
              if (state === 'open') state = 'closed';
              endWaiting(undefined);
              break;
            case 'fail':
              queue.fail(reason);
              state = 'failed';
              list.length = 0;
              endWaiting(reason);
              break;
            default:
              last++;
              if (state === 'closed') expect(() => queue.enqueue(last, 2 ** operation)).toThrow('closed');
              else queue.enqueue(last, 2 ** operation);
              if (state !== 'open') break;
              if (waiting > 0) {
                waiting--;
                expected.push(last);
              } else {
                list.push({ item: last, power: operation });
                list.sort((a, b) => b.power - a.power);
              }
              break;
          }
          await turn();
          expect(told).toEqual(expected);
          expect(queue.length).toBe(list.length);
        }
      }),
      { numRuns: 100 },
    );
  });
});
