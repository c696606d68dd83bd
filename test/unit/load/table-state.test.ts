/** The life of a table, arrow by arrow, and the bugs that waiting for it has had elsewhere. */
import { describe, expect, test } from 'vitest';

import { TableState } from '../../../src/load/tables/table-state.ts';
import type { TableStateName } from '../../../src/load/tables/table-state.ts';

const REASON = new Error('reason');

/** A table with two files, brought into a state by the shortest way. */
function tableIn(state: TableStateName): TableState<string> {
  const table = new TableState('`shop`.`orders`', ['a', 'b']);
  const keys = state === 'indexing' ? 'keys to come' : 'all keys';
  const way: (readonly [TableStateName, () => unknown])[] = [
    ['creating', () => table.startCreating()],
    ['created', () => table.markCreated(keys)],
    ['loading', () => table.takeFile()],
    ['loaded', () => [table.takeFile(), table.finishFile(), table.finishFile()]],
    ...(state === 'indexing' ? [['indexing', () => table.takeKeys()] as const] : []),
    ['done', () => table.markDone()],
  ];
  if (state === 'failed') table.fail(REASON);
  else
    for (const [reached, go] of way.slice(0, way.findIndex(([name]) => name === state) + 1))
      expect(go, reached).not.toThrow();
  expect(table.name).toBe(state);
  return table;
}

const STATES: readonly TableStateName[] = [
  'not-created',
  'creating',
  'created',
  'loading',
  'loaded',
  'indexing',
  'done',
  'failed',
];
type Move = 'startCreating' | 'markCreated' | 'takeFile' | 'finishFile' | 'takeKeys' | 'markSkipped' | 'markDone';

/** Where each move leads; what is not listed throws and changes nothing. */
const MOVES: Readonly<Record<Move, Partial<Record<TableStateName, TableStateName>>>> = {
  startCreating: { 'not-created': 'creating' },
  markCreated: { 'not-created': 'created', creating: 'created' },
  takeFile: { created: 'loading', loading: 'loading', loaded: 'loaded', indexing: 'indexing', done: 'done' },
  finishFile: { loading: 'loading' },
  markSkipped: { creating: 'done' },
  takeKeys: {}, // of a table without keys to come; see below
  markDone: { loaded: 'done', indexing: 'done' },
};

describe('a table', () => {
  for (const move of Object.keys(MOVES) as Move[]) {
    test.each(STATES)(`${move} while %s keeps to the arrows (S1 S2)`, (state) => {
      const table = tableIn(state);
      const to = MOVES[move][state];
      if (to === undefined)
        expect(() => table[move]()).toThrow(state === 'failed' && move.startsWith('take') ? REASON : /orders/);
      else table[move]();
      expect(table.name).toBe(to ?? state);
    });
  }

  test.each(STATES)('failing while %s is for good, unless it is done (S1)', async (state) => {
    const table = tableIn(state);
    table.fail(REASON);
    table.fail(new Error('a later one'));
    expect(table.name).toBe(state === 'done' ? 'done' : 'failed');
    if (state !== 'done') await expect(table.reached('creating')).rejects.toBe(REASON);
  });

  test('hands out its files once each, in their order (S3)', () => {
    const table = new TableState('t', ['a', 'b', 'c']);
    table.markCreated();
    expect([table.takeFile(), table.takeFile(), table.takeFile(), table.takeFile()]).toEqual([
      'a',
      'b',
      'c',
      undefined,
    ]);
    expect([table.finishFile(), table.finishFile(), table.finishFile()]).toEqual([false, false, true]);
    expect(() => table.finishFile()).toThrow('no file is in work');
  });

  test('with keys to come hands them out once, when it is loaded, and is not done before they are added (S7)', () => {
    const table = new TableState('t', ['a']);
    table.markCreated('keys to come');
    expect(() => table.takeKeys()).toThrow('cannot become indexing while created');
    table.takeFile();
    table.finishFile();
    expect(table.hasWaitingKeys).toBe(true);
    expect(() => table.markDone()).toThrow('keys are to be added');
    table.takeKeys();
    expect(table.hasWaitingKeys).toBe(false);
    expect(() => table.takeKeys()).toThrow('no keys are to be added while indexing');
    table.markDone();
    expect(table.name).toBe('done');
  });

  test('is not loaded while the last file is in work elsewhere, whoever ends first (S4)', () => {
    const table = tableIn('loading');
    table.takeFile();
    expect(table.hasWaitingFiles).toBe(false);
    expect(table.finishFile()).toBe(false);
    expect(table.name).toBe('loading');
    expect(table.finishFile()).toBe(true);
  });

  test('is not loaded between two files, when nothing is in work but one waits (S4)', () => {
    const table = tableIn('loading');
    expect(table.finishFile()).toBe(false);
    expect(table.name).toBe('loading');
    expect(table.takeFile()).toBe('b');
  });

  test('put back into a queue while others took its last files has none, even once it is loaded and done (S3)', () => {
    for (const state of ['loaded', 'done'] as const) expect(tableIn(state).takeFile()).toBeUndefined();
  });

  test('is offered once for each worker that may join in, and again when one is through (S8 S9)', () => {
    const table = new TableState('t', ['a', 'b', 'c', 'd'], { maxWorkers: 2, bytesOf: () => 1 });
    table.markCreated();
    expect([table.offer(), table.offer()]).toEqual([true, false]);
    expect(table.takeFile()).toBe('a');
    expect([table.offer(), table.offer()]).toEqual([true, false]);
    expect(table.takeFile()).toBe('b');
    expect(table.offer()).toBe(false);
    expect(table.takeFile()).toBeUndefined();
    table.finishFile();
    expect(table.offer()).toBe(true);
    table.finishFile();
    expect(table.offer()).toBe(false);
    expect([table.takeFile(), table.offer(), table.takeFile(), table.offer()]).toEqual(['c', true, 'd', false]);
    expect([table.finishFile(), table.finishFile(), table.offer()]).toEqual([false, true, false]);
  });

  test('gives one worker all its files at once, whatever the limit (S3 S8)', () => {
    const table = new TableState('t', ['a', 'b', 'c'], { maxWorkers: 1, bytesOf: () => 1 });
    table.markCreated();
    table.offer();
    expect(table.takeAllFiles()).toEqual(['a', 'b', 'c']);
    expect([table.offer(), table.takeFile(), table.takeAllFiles(), table.weight]).toEqual([false, undefined, [], 0]);
    expect([table.finishFile(), table.finishFile(), table.finishFile()]).toEqual([false, false, true]);
  });

  test('weighs what its workers have ahead of them, or its next file where that takes longer', () => {
    const table = new TableState('t', [30, 50, 2, 2], { maxWorkers: 2, bytesOf: (bytes) => bytes });
    table.markCreated();
    const weights = [table.weight];
    for (let file = 0; file < 4; file++) {
      table.takeFile();
      table.finishFile();
      weights.push(table.weight);
    }
    expect(weights).toEqual([42, 50, 2, 2, 0]);
  });

  test('that failed after it was dequeued says what it failed with (S6)', () => {
    const table = tableIn('created');
    table.fail(REASON);
    expect(() => table.takeFile()).toThrow(REASON);
  });

  test('without files is loaded as soon as it is created (S4)', () => {
    const table = new TableState('t', []);
    table.markCreated();
    expect(table.name).toBe('loaded');
  });

  test('does not change with the list that it was made of', () => {
    const files = ['a'];
    const table = new TableState('t', files);
    files.pop();
    table.markCreated();
    expect(table.takeFile()).toBe('a');
  });

  test('that is left alone is done with nothing handed out, and wakes who waits for any state', async () => {
    const table = new TableState('t', ['a']);
    const waiting = (['created', 'loading', 'loaded', 'done'] as const).map((state) => table.reached(state));
    table.startCreating();
    table.markSkipped();
    expect(await Promise.all(waiting)).toHaveLength(4);
    expect(table.hasWaitingFiles).toBe(false);
  });
});

describe('waiting for a table', () => {
  test('every one of many waiters wakes, not the first alone (S5)', async () => {
    const table = new TableState('t', ['a']);
    const waiting = Array.from({ length: 8 }, () => table.reached('created'));
    table.startCreating();
    table.markCreated();
    expect(await Promise.all(waiting)).toHaveLength(8);
  });

  test('one that comes after the state, or long after, is not kept waiting (S5)', async () => {
    await tableIn('created').reached('created');
    await tableIn('done').reached('creating');
  });

  test('nobody wakes before the state that was asked for (S5)', async () => {
    const table = new TableState('t', []);
    const woken: string[] = [];
    const waiting = (['done', 'loaded', 'creating'] as const).map((state) =>
      table.reached(state).then(() => woken.push(`${state} while ${table.name}`)),
    );
    table.startCreating();
    await Promise.resolve();
    table.markCreated();
    await Promise.resolve();
    table.markDone();
    await Promise.all(waiting);
    expect(woken).toEqual(['creating while creating', 'loaded while loaded', 'done while done']);
  });

  test('a state passed through at once wakes its waiters too (S5)', async () => {
    const table = new TableState('t', []);
    const waiting = [table.reached('created'), table.reached('loading'), table.reached('loaded')];
    table.markCreated();
    expect(await Promise.all(waiting)).toHaveLength(3);
  });

  test('a waiter that waits again while being woken is woken in its turn (S5)', async () => {
    const table = new TableState('t', []);
    const waiting = table.reached('created').then(() => table.reached('done'));
    table.markCreated();
    table.markDone();
    await waiting;
  });

  test('a failure reaches every waiter for every state, and each later one (S6)', async () => {
    const table = tableIn('creating');
    const waiting = (['created', 'created', 'loaded', 'done'] as const).map((state) => table.reached(state));
    table.fail(REASON);
    const outcomes = await Promise.allSettled([...waiting, table.reached('created'), table.reached('not-created')]);
    expect(outcomes).toEqual(Array.from({ length: 6 }, () => ({ status: 'rejected', reason: REASON })));
  });
});
