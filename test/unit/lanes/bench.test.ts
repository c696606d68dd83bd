import { describe, expect, test } from 'vitest';

import { measure } from '../../lanes/bench/measure.ts';
import { againstGoal, median, range } from '../../lanes/bench/markdown.ts';
import { comparisonTable } from '../../lanes/bench/report/comparisons.ts';
import type { Comparison } from '../../lanes/bench/report/comparisons.ts';
import { costTable, netSecondsPerGigabyte } from '../../lanes/bench/report/cost.ts';
import { loadsTable } from '../../lanes/bench/report/loads.ts';
import { memoryTable } from '../../lanes/bench/report/memory.ts';
import { veryManyTablesTable } from '../../lanes/bench/report/very-many-tables.ts';
import { choose, parseRequest } from '../../lanes/bench/request.ts';
import type { Measurement } from '../../lanes/bench/run-dump.ts';

const RUN: Measurement = {
  wallSeconds: 2,
  userSeconds: 1,
  systemSeconds: 0.5,
  peakBytes: 200e6,
  outputBytes: 800e6,
  files: 8,
};

const cellsOf = (table: string, row: number): string[] => (table.split('\n')[row + 2] ?? '').split(' | ');

test('a median lies between two, a range shows the ends', () => {
  expect(median([3, 1, 2, 10])).toBe(2.5);
  expect(range([2, 1, 4])).toBe('2.00 (1.00–4.00)');
  expect(againstGoal(0.91, 0.8)).toBe('0.91 (0.8, missed)');
});

describe('the request', () => {
  const items = [{ name: 'plain' }, { name: 'quarter-million', isOptIn: true }];

  test('what is opt-in runs only when it is named', () => {
    expect(choose(items, parseRequest([]).only)).toEqual([{ name: 'plain' }]);
    expect(choose(items, parseRequest(['--only', 'quarter-million']).only)).toEqual([items[1]]);
  });

  test('a name that nothing has is an error that lists those there are', () => {
    expect(() => choose(items, ['plane'])).toThrow('there is no plane; there are plain, quarter-million');
    expect(() => parseRequest(['--pairs', '0'])).toThrow(/--pairs: "0"/);
  });
});

describe('a command', () => {
  test('that fails leaves its exit code and its last words', async () => {
    const ended = await measure(['bash', '-c', 'echo first >&2; echo "no zstd here" >&2; exit 7']);
    expect(ended.exitCode).toBe(7);
    expect(ended.lastWords).toBe('first\nno zstd here');
  });

  test('is measured with the processes it waits for', async () => {
    const busy = 'let n = 0; for (let i = 0; i < 2e7; i += 1) n += i % 7; process.exit(n > 0 ? 0 : 1)';
    const ended = await measure(['bash', '-c', '"$0" -e "$1"; true', process.execPath, busy]);
    expect(ended.exitCode).toBe(0);
    expect(ended.userSeconds).toBeGreaterThan(0.01);
    expect(ended.wallSeconds).toBeGreaterThanOrEqual(0.01);
  });
});

describe('the table of pairs', () => {
  const comparison: Comparison = {
    name: 'plain',
    server: 'MySQL 9.7.4',
    describe: '',
    threads: 4,
    goal: { wall: 0.8, cpu: 0.5 },
    ours: [RUN, { ...RUN, wallSeconds: 3 }],
    theirs: [
      { ...RUN, wallSeconds: 4, userSeconds: 1.5 },
      { ...RUN, wallSeconds: 4, userSeconds: 1.5 },
    ],
    failed: [],
  };

  test('has ratios of pairs, and says which goals are missed', () => {
    const cells = cellsOf(comparisonTable([comparison]), 0);
    expect(cells.slice(3, 9)).toEqual([
      '2.50 (2.00–3.00)',
      '4.00 (4.00–4.00)',
      '0.63 (0.8)',
      '1.50 (1.50–1.50)',
      '2.00 (2.00–2.00)',
      '0.75 (0.5, missed)',
    ]);
  });

  test('names a program that failed and compares with nothing', () => {
    const cells = cellsOf(comparisonTable([{ ...comparison, failed: ['theirs'] }]), 0);
    expect(cells.slice(3, 6)).toEqual(['2.50 (2.00–3.00)', 'failed', '']);
  });
});

test('loads: who was measured against, and what came of a program that failed', () => {
  const load = { name: 'load-insert', server: 'MySQL 9.7.4', describe: '', threads: 4, goal: 0.55 };
  const table = loadsTable([
    { ...load, beside: 'myloader', ours: [RUN, RUN], theirs: [{ ...RUN, wallSeconds: 4 }, RUN], failed: [] },
    { ...load, beside: 'INSERT … SELECT', ours: [RUN], theirs: [], failed: ['theirs'] },
  ]);
  expect(cellsOf(table, 0).slice(3, 7)).toEqual([
    'myloader',
    '2.00 (2.00–2.00)',
    '3.00 (2.00–4.00)',
    '0.75 (0.55, missed)',
  ]);
  expect(cellsOf(table, 1).slice(3, 7)).toEqual(['INSERT … SELECT', '2.00 (2.00–2.00)', 'failed', '']);
});

test('memory: a row for each set, a column for each way, and what is above its goal', () => {
  const figure = { ...RUN, describe: 'one table', codec: 'plain', threads: 8, goalBytes: 300e6 };
  const table = memoryTable([
    figure,
    { ...figure, codec: 'zstd', peakBytes: 310e6 },
    { ...figure, describe: 'many tables', outputBytes: 100e6 },
  ]);
  expect(cellsOf(table, 0)).toEqual(['| one table', '800', '200', '310 (300, missed) |']);
  expect(cellsOf(table, 1)).toEqual(['| many tables', '100', '200', 'failed |']);
});

test('cost: CPU less that of an empty dump, beside the first of its group', () => {
  const empty = [{ ...RUN, userSeconds: 0.2, systemSeconds: 0.1 }];
  const one = { group: 'chunks', label: '1', threads: 4, runs: [RUN], empty };
  const many = { ...one, label: '256', runs: [{ ...RUN, userSeconds: 1.6 }] };
  expect(netSecondsPerGigabyte(one)).toBeCloseTo(1.2 / 0.8);
  expect(cellsOf(costTable([one, many]), 0).slice(-3)).toEqual(['0.30', '1.50', '1.00 |']);
  expect(cellsOf(costTable([one, many]), 1).slice(-3)).toEqual(['0.30', '2.25', '1.50 |']);
});

test('very many tables: the time of each beside that of the first row, and the statements that are not two a table', () => {
  const few = { ...RUN, tables: 10_000, statements: 20_060, firstDataSeconds: 0.8, wallSeconds: 10 };
  const many = { ...few, tables: 100_000, statements: 200_060, firstDataSeconds: 31, wallSeconds: 140 };
  const cells = cellsOf(veryManyTablesTable([few, many]), 1);
  expect(cells.slice(1, 5)).toEqual(['140.0', '31.0 (30, missed)', '1.40', '1.40 (1.3, missed)']);
  expect(cells.at(-2)).toBe('60');
});
