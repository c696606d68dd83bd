/** How queue and states work together, in orders chosen by hand; test/property/load-queue.test.ts tries the rest. */
import { setImmediate as turn } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { SimulatedLoad } from './simulated-load.ts';
import type { Plan, Step } from './simulated-load.ts';

const plan = (of: Partial<Plan>): Plan => ({
  filesPerTable: [1],
  skipped: new Set(),
  keyed: new Set(),
  limits: { besideRows: 1, atTheEnd: 2 },
  schemaWorkers: 1,
  dataWorkers: 1,
  withSchemas: true,
  ...of,
});

const atOnce: Step = () => Promise.resolve();

/** Steps that end when the test says so, by name. */
class Gate {
  private readonly held = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  readonly step: Step = (what) => new Promise<void>((resolve, reject) => void this.held.set(what, { resolve, reject }));

  get underWay(): string[] {
    return [...this.held.keys()];
  }

  async end(what: string, error?: Error): Promise<void> {
    const step = this.held.get(what);
    expect(step, `${what} is under way`).toBeDefined();
    this.held.delete(what);
    if (error === undefined) step?.resolve();
    else step?.reject(error);
    await turn();
  }
}

describe('keys that are added when the rows are there', () => {
  test('begin beside the rows of other tables, before what is queued, and no more at once than may be (K1 K2 K3)', async () => {
    const gate = new Gate();
    const load = new SimulatedLoad(
      plan({ filesPerTable: [1, 1, 3], keyed: new Set([0, 1]), dataWorkers: 3, schemaWorkers: 3 }),
      gate.step,
    );
    const run = load.run();
    await turn();
    for (const table of [0, 1, 2]) await gate.end(`create ${table}`);
    await gate.end('load 0.0');
    expect(gate.underWay).toEqual(['load 1.0', 'load 2.0', 'keys 0']);
    await gate.end('load 1.0');
    expect(gate.underWay).toEqual(['load 2.0', 'keys 0', 'load 2.1']);
    await gate.end('keys 0');
    expect(gate.underWay).toEqual(['load 2.0', 'load 2.1', 'keys 1']);
    for (const file of ['load 2.0', 'load 2.1', 'load 2.2', 'keys 1']) await gate.end(file);
    await run;
    expect(load.finishedTables).toEqual([0, 2, 1]);
  });

  test('of all tables wait for the last row of all, where none may be beside rows (K2 K3)', async () => {
    const gate = new Gate();
    const limits = { besideRows: 0, atTheEnd: 2 };
    const load = new SimulatedLoad(
      plan({ filesPerTable: [1, 1, 1], keyed: new Set([0, 1, 2]), limits, dataWorkers: 3, schemaWorkers: 3 }),
      gate.step,
    );
    const run = load.run();
    await turn();
    for (const table of [0, 1, 2]) await gate.end(`create ${table}`);
    for (const table of [1, 0]) await gate.end(`load ${table}.0`);
    expect(gate.underWay).toEqual(['load 2.0']);
    await gate.end('load 2.0');
    expect(gate.underWay.toSorted()).toEqual(['keys 0', 'keys 1']);
    await gate.end('keys 0');
    expect(gate.underWay.toSorted()).toEqual(['keys 1', 'keys 2']);
    await gate.end('keys 1');
    await gate.end('keys 2');
    await run;
    expect(load.indexed.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });
});

describe('the order of files', () => {
  test('a table that takes long is not begun last, though it is ready last', async () => {
    const gate = new Gate();
    const sizes: Record<string, number> = { '0.0': 10, '1.0': 10, '2.0': 10, '3.0': 500, '3.1': 500 };
    const bytesOf = (file: string): number => sizes[file] ?? 0;
    const load = new SimulatedLoad(
      plan({ filesPerTable: [1, 1, 1, 2], schemaWorkers: 4, dataWorkers: 1, bytesOf }),
      gate.step,
    );
    const run = load.run();
    await turn();
    for (const table of [0, 1, 2, 3]) await gate.end(`create ${table}`);
    for (const file of ['0.0', '3.0', '3.1', '1.0', '2.0']) {
      expect(gate.underWay).toEqual([`load ${file}`]);
      await gate.end(`load ${file}`);
    }
    await run;
  });

  test('all workers join in on the last table, as far as they may (S8 S9)', async () => {
    const gate = new Gate();
    const load = new SimulatedLoad(plan({ filesPerTable: [1, 4], dataWorkers: 3, workersPerTable: 2 }), gate.step);
    const run = load.run();
    await turn();
    await gate.end('create 0');
    await gate.end('create 1');
    expect(gate.underWay).toEqual(['load 0.0', 'load 1.0', 'load 1.1']);
    await gate.end('load 0.0');
    expect(gate.underWay).toEqual(['load 1.0', 'load 1.1']);
    await gate.end('load 1.0');
    expect(gate.underWay).toEqual(['load 1.1', 'load 1.2']);
    for (const file of ['1.2', '1.1', '1.3']) await gate.end(`load ${file}`);
    await run;
    expect(load.mostInWork).toBe(2);
  });
});

describe('tables that wait for workers and workers that wait for tables', () => {
  test('all workers sleep before the first table is there, and all get a file of it (Q2 S2)', async () => {
    const gate = new Gate();
    const load = new SimulatedLoad(plan({ filesPerTable: [4], dataWorkers: 3 }), gate.step);
    const run = load.run();
    await turn();
    expect(gate.underWay).toEqual(['create 0']);
    expect(load.idleWorkers).toBe(3);
    await gate.end('create 0');
    expect(gate.underWay).toEqual(['load 0.0', 'load 0.1', 'load 0.2']);
    await gate.end('load 0.1');
    for (const file of ['0.3', '0.2', '0.0']) await gate.end(`load ${file}`);
    await run;
    expect(load.finishedTables).toEqual([0]);
  });

  test('a worker with nothing to do is woken by a table that is created late (Q2)', async () => {
    const gate = new Gate();
    const load = new SimulatedLoad(plan({ filesPerTable: [1, 2], dataWorkers: 2 }), gate.step);
    const run = load.run();
    await turn();
    await gate.end('create 0');
    await gate.end('load 0.0');
    expect(load.idleWorkers).toBe(2);
    await gate.end('create 1');
    expect(gate.underWay).toEqual(['load 1.0', 'load 1.1']);
    await gate.end('load 1.1');
    await gate.end('load 1.0');
    await run;
    expect(load.finishedTables).toEqual([0, 1]);
  });

  test('a table being created holds up no other table', async () => {
    const gate = new Gate();
    const load = new SimulatedLoad(plan({ filesPerTable: [1, 1], schemaWorkers: 2 }), gate.step);
    const run = load.run();
    await turn();
    await gate.end('create 1');
    await gate.end('load 1.0');
    expect(load.loads.map(({ state }) => state.name)).toEqual(['creating', 'done']);
    await gate.end('create 0');
    await gate.end('load 0.0');
    await run;
    expect(load.failure).toBeUndefined();
  });

  test('a failure frees workers that sleep, and those still at work end without a word (Q4 S6)', async () => {
    const gate = new Gate();
    const load = new SimulatedLoad(plan({ filesPerTable: [3, 1], dataWorkers: 2 }), gate.step);
    const reason = new Error('disk full');
    const run = load.run();
    await turn();
    await gate.end('create 0');
    await gate.end('load 0.1', reason);
    await gate.end('load 0.0');
    await gate.end('create 1');
    await run;
    expect(load.failure).toBe(reason);
    expect(load.taken).toEqual(['0.0', '0.1']);
  });

  test.each([
    ['a dump without tables', { filesPerTable: [] }],
    ['tables without files', { filesPerTable: [0, 0, 0], dataWorkers: 4 }],
    ['only tables that are left alone', { filesPerTable: [2, 2], skipped: new Set([0, 1]), dataWorkers: 2 }],
    ['more schema workers than tables', { filesPerTable: [1], schemaWorkers: 4 }],
    ['tables that exist (--no-schema)', { filesPerTable: [2, 0, 3], withSchemas: false, dataWorkers: 2 }],
    ['definitions alone (--no-data)', { filesPerTable: [0, 0], dataWorkers: 0 }],
  ] as const)('%s come to an end (Q3 S4)', async (_name, of) => {
    const load = new SimulatedLoad(plan(of), atOnce);
    await load.run();
    expect(load.failure).toBeUndefined();
    expect(load.loads.every(({ state }) => state.name === 'done')).toBe(true);
  });

  test.each([
    [250_000, true],
    [10_000, false],
  ])('%d tables of four files are loaded, each file once (schemas: %s)', async (tables, withSchemas) => {
    const filesPerTable = Array.from({ length: tables }, () => 4);
    const load = new SimulatedLoad(plan({ filesPerTable, schemaWorkers: 4, dataWorkers: 16, withSchemas }), atOnce);
    await load.run();
    expect(load.failure).toBeUndefined();
    expect(load.taken.length).toBe(4 * tables);
    expect(new Set(load.taken).size).toBe(4 * tables);
    expect(load.takenTooEarly.length).toBe(0);
    expect(load.finishedTables.length).toBe(tables);
  });
});
