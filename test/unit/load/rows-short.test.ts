import { expect, test } from 'vitest';

import { shortStatements } from '../../../src/load/send/rows-short.ts';

const OPENING = 'INSERT INTO `t` (`id`,`v`) VALUES';
const ROWS = Array.from({ length: 100 }, (_, n) => `(${n},"v),( ${n}")`);
const split = (sql: string, aimBytes = 100): string[] | undefined =>
  shortStatements(Buffer.from(sql), aimBytes)?.map(String);

test('short statements have the opening of the long one, and its rows in their order', () => {
  const pieces = split(OPENING + ROWS.join('\n,')) ?? [];
  expect(pieces.length).toBeGreaterThan(5);
  for (const piece of pieces) expect(piece.startsWith(`${OPENING}(`)).toBe(true);
  expect(pieces.map((piece) => piece.slice(OPENING.length)).join('\n,')).toBe(ROWS.join('\n,'));
});

test('what is short, or of another form, goes as it stands', () => {
  expect(split(OPENING + ROWS.join('\n,'), 10_000)).toBeUndefined();
  expect(split(OPENING + ROWS.join(','))).toBeUndefined();
  expect(split(`INSERT IGNORE INTO t VALUES${ROWS.join('\n,')}`)).toBeUndefined();
  expect(split(`REPLACE INTO t VALUES${ROWS.join('\n,')}`)).toBeUndefined();
});
