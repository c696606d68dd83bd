import { expect, test } from 'vitest';

import type { DumpSummary, LoadSummary } from '../../../src/base/events.ts';
import { dumpSummaryLines, loadSummaryLines } from '../../../src/report/summary.ts';

const DUMP: DumpSummary = {
  directory: '/backups/today',
  databases: 1,
  tables: 6111,
  views: 1,
  codeObjects: 6,
  rows: 4_000_000,
  earlierRows: 0,
  files: 12_345,
  bytes: 8e8,
  storedBytes: 4e8,
  seconds: 10,
  lockHeldMs: 43,
  tableLocksHeldMs: undefined,
  isConsistent: true,
  points: 1,
  position: { file: 'binlog.000003', position: 1234, gtidSet: 'uuid:1-42' },
  leftOut: {},
  skipped: [],
  warnings: [],
};

test('a dump is summed up on one screen', () => {
  expect(dumpSummaryLines(DUMP)).toEqual([
    'dumped 1 database (6,111 tables, 1 view, 6 triggers, routines and events) in 10.0 s',
    '  rows       4,000,000, 400,000 a second',
    '  data       800 MB of SQL, 80.0 MB a second',
    '  stored     400 MB in 12,345 files, 2.00 times smaller',
    '  lock       writes held up for 43 ms',
    '  position   binlog.000003:1234, GTID uuid:1-42',
    '  directory  /backups/today',
  ]);
});

test('what the filters left out is counted, by kind', () => {
  const lines = dumpSummaryLines({ ...DUMP, leftOut: { table: 12, view: 1, rows: 1200 } });
  expect(lines).toContain('  left out   by filters: 12 tables, 1 view, the rows of 1,200 tables');
});

test('what there was none of is said or left out, and nothing is divided by zero', () => {
  const lines = dumpSummaryLines({
    ...DUMP,
    views: 0,
    codeObjects: 0,
    rows: 0,
    files: 1,
    bytes: 0,
    storedBytes: 0,
    seconds: 0,
    lockHeldMs: undefined,
    position: {},
  });
  expect(lines).toEqual([
    'dumped 1 database (6,111 tables) in < 1 ms',
    '  rows       0',
    '  data       0 B of SQL',
    '  stored     0 B in 1 file',
    '  lock       none taken',
    '  position   none: the server keeps no binlog',
    '  directory  /backups/today',
  ]);
});

test('users and roles are counted, and those left out are named', () => {
  const dumped = dumpSummaryLines({ ...DUMP, accounts: { written: 12, excluded: ['`mysql.sys`@`localhost`'] } });
  expect(dumped).toContain("  accounts   12 users and roles; without the server's own: `mysql.sys`@`localhost`");
  const loaded = loadSummaryLines({
    ...DUMP,
    retries: 0,
    earlierRows: 0,
    accounts: { created: 3, existing: ['`root`@`localhost`'] },
  });
  expect(loaded).toContain('  accounts   3 users and roles; as they were in the target: 1');
});

test('warnings are listed, up to a screenful', () => {
  const warnings = Array.from({ length: 500 }, (_, i) => `warning ${i}`);
  const lines = dumpSummaryLines({ ...DUMP, warnings });
  expect(lines.length).toBeLessThan(24);
  expect(lines).toContain('  500 warnings:');
  expect(lines.at(-1)).toBe('    … and 490 more');
});

test('a GTID set of kilobytes does not fill the screen', () => {
  const lines = dumpSummaryLines({ ...DUMP, position: { gtidSet: 'x'.repeat(5000) } });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(220);
});

test('a load is summed up with its retries', () => {
  const load: LoadSummary = {
    directory: 'd',
    databases: 2,
    tables: 3,
    views: 0,
    codeObjects: 0,
    rows: 10,
    bytes: 100,
    storedBytes: 50,
    seconds: 2,
    retries: 3,
    earlierRows: 0,
    leftOut: {},
    skipped: [],
    warnings: ['one'],
  };
  expect(loadSummaryLines(load)).toEqual([
    'loaded 2 databases (3 tables) in 2.00 s',
    '  rows       10, 5 a second',
    '  data       100 B of SQL, 50 B a second',
    '  read       50 B, 2.00 times smaller',
    '  retries    3',
    '  directory  d',
    '  1 warning:',
    '    - one',
  ]);
});

test('what was left out is listed with its reason', () => {
  const lines = dumpSummaryLines({ ...DUMP, skipped: [{ what: 'table `a`.`b`', why: 'its engine cannot be read' }] });
  expect(lines.slice(-2)).toEqual(['  1 object left out:', '    - table `a`.`b`: its engine cannot be read']);
});
