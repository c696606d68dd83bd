import { expect, test } from 'vitest';

import { codeObjects, withoutObjects } from '../../../src/load/send/without.ts';

const statements = [
  "SET @a = ''",
  'DROP TRIGGER IF EXISTS `a``b`',
  'SET x',
  'CREATE TRIGGER ...',
  'DROP PACKAGE BODY IF EXISTS `p`',
  'SET y',
  'create package body ...',
  'DROP PACKAGE IF EXISTS `p`',
  'CREATE PACKAGE ...',
  'SET @a = @b',
].map((text, index) => ({ number: index + 1, offset: 0, bytes: Buffer.from(text) }));

test('each object is what lies between its DROP and its CREATE', () => {
  expect(codeObjects(statements).map(({ key, create }) => [key, create.number])).toEqual([
    ['TRIGGER a`b', 4],
    ['PACKAGE BODY p', 7],
    ['PACKAGE p', 9],
  ]);
});

test('what is not wanted is gone whole, with its DROP, and nothing else', () => {
  const left = (...keys: string[]) => withoutObjects(statements, new Set(keys)).map(({ number }) => number);
  expect(left()).toHaveLength(10);
  expect(left('TRIGGER a`b')).toEqual([1, 5, 6, 7, 8, 9, 10]);
  expect(left('PACKAGE BODY p')).toEqual([1, 2, 3, 4, 8, 9, 10]);
  expect(left('TRIGGER a`b', 'PACKAGE BODY p', 'PACKAGE p')).toEqual([1, 10]);
});
