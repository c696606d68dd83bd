/** What a load that stands still is said to wait for, by what the server tells of it. */
import { describe, expect, test } from 'vitest';

import { StallWatch } from '../../../src/load/stall.ts';
import { describeStandstill, verdictOn } from '../../../src/load/stall/words.ts';
import type { Standstill } from '../../../src/load/stall/words.ts';
import type { LockView } from '../../../src/mysql/lock-waits.ts';
import type { ServerProcess } from '../../../src/mysql/processes.ts';

const process = (of: Partial<ServerProcess>): ServerProcess => ({
  id: 7,
  user: 'loader',
  host: 'localhost',
  database: 'shop',
  command: 'Query',
  seconds: 40,
  state: 'altering table',
  statement: 'ALTER TABLE `shop`.`orders` ADD KEY …',
  ...of,
});

const standstill = (view: Partial<LockView> | string): Standstill => ({
  seconds: 31.7,
  activities: [{ what: 'keys of `shop`.`orders`', seconds: 44.2 }],
  states: ['1 table indexing', '3 tables done'],
  view: typeof view === 'string' ? view : { ours: [process({})], waits: [], unseen: [], ...view },
});

describe('a standstill', () => {
  test('of a statement that only takes long is work, said with what is built and since when', () => {
    const of = standstill({});
    expect(verdictOn(of, 30)).toBe('works');
    expect(describeStandstill(of, 'works')).toBe(
      'nothing was finished for 31 s: the server is at work on connection 7 (ALTER TABLE `shop`.`orders` ADD KEY …, ' +
        'altering table, 40 s); under way: keys of `shop`.`orders` (44 s); 1 table indexing, 3 tables done',
    );
  });

  test('is none when a statement of ours began a moment ago', () => {
    expect(verdictOn(standstill({ ours: [process({}), process({ id: 8, seconds: 2 })] }), 30)).toBeUndefined();
  });

  test('with statements that nobody can see into is told as unknown, with the reason', () => {
    const of = standstill({ unseen: ['SELECT command denied (error 1142)'] });
    expect(verdictOn(of, 30)).toBe('unknown');
    expect(describeStandstill(of, 'unknown')).toContain('cannot be seen (SELECT command denied (error 1142))');
  });

  test('while the server has nothing to do is the load’s own', () => {
    const of = standstill({ ours: [process({ command: 'Sleep' })] });
    expect(verdictOn(of, 30)).toBe('idle');
    expect(describeStandstill(of, 'idle')).toContain('no statement of the load runs on the server');
  });

  test('of which the server says nothing is told all the same', () => {
    const of = standstill('too many connections');
    expect(verdictOn(of, 30)).toBe('unknown');
    expect(describeStandstill(of, 'unknown')).toContain('could not be asked why (too many connections)');
  });

  test('behind a lock names at most three waits, and the guess as a guess', () => {
    const waiter = process({ statement: 'INSERT INTO `orders` …', state: 'Waiting for table metadata lock' });
    const wait = { waiter, holders: [], mayHold: [process({ id: 12, command: 'Sleep', statement: '' })], on: '' };
    const of = standstill({ waits: [wait, wait, wait, wait] });
    expect(verdictOn(of, 30)).toBe('waits');
    const text = describeStandstill(of, 'waits');
    expect(text).toContain(
      'connection 7 (INSERT INTO `orders` …) has waited 40 s for a table metadata lock; the server does not say who holds ' +
        'it, it may be connection 12, loader@localhost, idle for 40 s (KILL 12 ends it)',
    );
    expect(text).toContain('and 1 more');
  });
});

test('a watch that was never started ends at once, and passes every event on', async () => {
  const told: string[] = [];
  const watch = new StallWatch((event) => told.push(event.type), 1);
  watch.emit({ type: 'phase', phase: 'data' });
  await watch.stop();
  expect(told).toEqual(['phase']);
});
