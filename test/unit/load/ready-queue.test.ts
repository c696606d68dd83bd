/** The bugs that queues of parallel loaders have had, one test each. */
import { describe, expect, test } from 'vitest';

import { ReadyQueue } from '../../../src/load/tables/ready-queue.ts';

const waitAll = <Item>(queue: ReadyQueue<Item>, count: number): Promise<Item | undefined>[] =>
  Array.from({ length: count }, () => queue.dequeue());

describe('the ready queue', () => {
  test('gives out in the order of putting in, across growing and wrapping around (Q1 Q5)', async () => {
    const queue = new ReadyQueue<number>();
    const got: (number | undefined)[] = [];
    let put = 0;
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 7; i++) queue.enqueue(put++);
      for (let i = 0; i < 5; i++) got.push(await queue.dequeue());
    }
    queue.close();
    while (queue.length > 0) got.push(await queue.dequeue());
    expect(got).toEqual(Array.from({ length: put }, (_, index) => index));
  });

  test('gives what weighs most first, and of what weighs about the same what came first (Q1)', async () => {
    const queue = new ReadyQueue<string>();
    const weights = { tiny: 0, small: 900, bigger: 1e6, alike: 1.02e6, huge: 3e13, first: Number.POSITIVE_INFINITY };
    for (const [item, weight] of Object.entries(weights)) queue.enqueue(item, weight);
    queue.enqueue('late and huge', 3e13);
    queue.close();
    const got: (string | undefined)[] = [];
    while (queue.length > 0) got.push(await queue.dequeue());
    expect(got).toEqual(['first', 'huge', 'late and huge', 'bigger', 'alike', 'small', 'tiny']);
  });

  test.each([0, 0.5, 1, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 70, Number.POSITIVE_INFINITY])(
    'takes the weight %d, alone and beside the others (Q1)',
    async (weight) => {
      const queue = new ReadyQueue<number>();
      for (const other of [7, weight, 2 ** 40]) queue.enqueue(other, other);
      const got = [await queue.dequeue(), await queue.dequeue(), await queue.dequeue()];
      expect(got).toEqual([7, weight, 2 ** 40].toSorted((a, b) => b - a));
      expect(queue.length).toBe(0);
      const waiting = queue.dequeue();
      queue.enqueue(1, weight);
      expect(await waiting).toBe(1);
    },
  );

  test('gives an item as often as it was put in, undefined and null included (Q1)', async () => {
    const queue = new ReadyQueue<string | undefined | null>();
    for (const item of ['a', undefined, 'a', null]) queue.enqueue(item);
    expect([await queue.dequeue(), await queue.dequeue(), await queue.dequeue(), await queue.dequeue()]).toEqual([
      'a',
      undefined,
      'a',
      null,
    ]);
  });

  test('wakes as many workers as there are items when all of them sleep (Q2)', async () => {
    const queue = new ReadyQueue<number>();
    const waiting = waitAll(queue, 3);
    for (const item of [1, 2, 3]) queue.enqueue(item);
    expect(queue.length).toBe(0);
    expect((await Promise.all(waiting)).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual([1, 2, 3]);
  });

  test('does not give a woken worker’s item to one that asks before that has gone on (Q2)', async () => {
    const queue = new ReadyQueue<string>();
    const sleeper = queue.dequeue();
    queue.enqueue('first');
    const latecomer = queue.dequeue();
    queue.enqueue('second');
    expect([await sleeper, await latecomer]).toEqual(['first', 'second']);
  });

  test('closed with workers waiting sends all of them home, and each later one (Q3)', async () => {
    const queue = new ReadyQueue<number>();
    const waiting = waitAll(queue, 4);
    queue.close();
    expect(await Promise.all([...waiting, queue.dequeue()])).toEqual(Array.from({ length: 5 }));
    expect(() => queue.enqueue(1)).toThrow('closed');
  });

  test('closed with items still gives them (Q3)', async () => {
    const queue = new ReadyQueue<number>();
    queue.enqueue(1);
    queue.enqueue(2);
    queue.close();
    queue.close();
    expect([await queue.dequeue(), await queue.dequeue(), await queue.dequeue()]).toEqual([1, 2, undefined]);
  });

  test('failed with workers waiting tells all of them, and each later one (Q4)', async () => {
    const queue = new ReadyQueue<number>();
    const reason = new Error('reason');
    const waiting = waitAll(queue, 4);
    queue.fail(reason);
    queue.fail(new Error('a later one'));
    queue.close();
    const outcomes = await Promise.allSettled([...waiting, queue.dequeue()]);
    expect(outcomes).toEqual(Array.from({ length: 5 }, () => ({ status: 'rejected', reason })));
  });

  test('failed drops what is queued and what is put in afterwards, quietly (Q4)', async () => {
    const queue = new ReadyQueue<number>();
    const reason = new Error('reason');
    for (let item = 0; item < 40; item++) queue.enqueue(item);
    queue.fail(reason);
    queue.enqueue(41);
    expect(queue.length).toBe(0);
    await expect(queue.dequeue()).rejects.toBe(reason);
  });

  test('can fail after it was closed with items in it (Q4)', async () => {
    const queue = new ReadyQueue<number>();
    const reason = new Error('reason');
    queue.enqueue(1);
    queue.close();
    queue.fail(reason);
    await expect(queue.dequeue()).rejects.toBe(reason);
  });
});
