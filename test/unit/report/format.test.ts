import { expect, test } from 'vitest';

import {
  formatBytes,
  formatCount,
  formatElapsed,
  formatRoughSeconds,
  formatSeconds,
  formatShortCount,
} from '../../../src/report/format.ts';
import { displayWidth, printable, truncate } from '../../../src/report/text.ts';

test('bytes have three digits and a unit, across the edges of the units', () => {
  const pairs = [0, 1, 999, 999.6, 1000, 9994, 9996, 123_456, 999_499, 999_500, 1e9, 4.5e18].map(formatBytes);
  expect(pairs).toEqual([
    '0 B',
    '1 B',
    '999 B',
    '1.00 kB',
    '1.00 kB',
    '9.99 kB',
    '10.0 kB',
    '123 kB',
    '999 kB',
    '1.00 MB',
    '1.00 GB',
    '4500 PB',
  ]);
});

test('counts are grouped where there is room and short where there is none', () => {
  expect(formatCount(4_000_000)).toBe('4,000,000');
  expect([7, 1234, 56_789, 4e6].map(formatShortCount)).toEqual(['7', '1.23 k', '56.8 k', '4.00 M']);
});

test('durations grow coarser as they grow longer', () => {
  expect([0, 0.0432, 0.9996, 9.99, 12.34, 59.96, 61, 3600, 7620, 90_000].map(formatSeconds)).toEqual([
    '< 1 ms',
    '43 ms',
    '1.00 s',
    '9.99 s',
    '12.3 s',
    '1 min',
    '1 min 1 s',
    '1 h',
    '2 h 7 min',
    '1 d 1 h',
  ]);
  expect([0, 59.9, 61.9].map(formatElapsed)).toEqual(['0 s', '59 s', '1 min 1 s']);
});

test('a rough duration is never zero and has no more digits than are meant', () => {
  expect([0, 3.2, 42, 59, 71, 1000].map(formatRoughSeconds)).toEqual([
    '1 s',
    '4 s',
    '45 s',
    '60 s',
    '1 min 20 s',
    '17 min',
  ]);
});

test('names from elsewhere cannot move the cursor', () => {
  expect(printable('a\u001B[2Jb\nc\u202Ed')).toBe('a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d');
});

test('wide and combining characters are counted as they are drawn', () => {
  expect([displayWidth('abc'), displayWidth('日本'), displayWidth('e\u0301'), displayWidth('💾')]).toEqual([
    3, 4, 1, 2,
  ]);
  expect(truncate('日本語の表', 6)).toBe('日本…');
  expect(truncate('short', 5)).toBe('short');
  expect(truncate('longer', 0)).toBe('');
});
