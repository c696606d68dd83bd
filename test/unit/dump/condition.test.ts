/** Conditions of chunks: together they hold every row, and no row twice, in the order of any key. */
import { runInNewContext } from 'node:vm';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { before, between, fromOn } from '../../../src/dump/chunk/condition.ts';

interface Part {
  readonly column: string;
  readonly isDescending: boolean;
  readonly greatest: number | undefined;
}

const up = (column: string): Part => ({ column, isDescending: false, greatest: undefined });
const down = (column: string): Part => ({ column, isDescending: true, greatest: undefined });

const GREATEST = 4;
const NAMES = ['a', 'b', 'c', 'd'];
const keys = fc
  .array(fc.record({ isDescending: fc.boolean(), isOrdinal: fc.boolean() }), { minLength: 1, maxLength: NAMES.length })
  .map((parts) =>
    parts.map(({ isDescending, isOrdinal }, index): Part => {
      return { column: NAMES[index]!, isDescending, greatest: isOrdinal ? GREATEST : undefined };
    }),
  );
const values = fc.array(fc.integer({ min: 0, max: GREATEST }), { minLength: NAMES.length, maxLength: NAMES.length });

/** What a server would say of such a condition for a row of small numbers. */
function holds(condition: string | undefined, row: readonly number[]): boolean {
  if (condition === undefined) return true;
  const script = condition
    .replaceAll(/\b([abcd]) IN \(([\d,]+)\)/g, '[$2].includes($1)')
    .replaceAll(/([^<>])= /g, '$1=== ')
    .replaceAll(' AND ', ' && ')
    .replaceAll(' OR ', ' || ')
    .replaceAll('FALSE', 'false');
  // The text is made of the columns, the numbers and the operators above.
  expect(script).toMatch(/^[abcd\d\s()&|<>=[\],.]*(includes|false|[abcd\d\s()&|<>=[\],.])*$/);
  return runInNewContext(script, Object.fromEntries(NAMES.map((name, index) => [name, row[index]]))) as boolean;
}

function compare(parts: readonly Part[], left: readonly number[], right: readonly number[]): number {
  for (const [index, { isDescending }] of parts.entries()) {
    const difference = left[index]! - right[index]!;
    if (difference !== 0) return isDescending ? -difference : difference;
  }
  return 0;
}

describe('a row', () => {
  test('is on exactly one side of a boundary, the side on which the order of the key puts it', () => {
    fc.assert(
      fc.property(keys, values, values, (parts, row, at) => {
        const boundary = at.slice(0, parts.length).map(String);
        const isBefore = compare(parts, row, at) < 0;
        expect(holds(before(parts, boundary), row)).toBe(isBefore);
        expect(holds(fromOn(parts, boundary), row)).toBe(!isBefore);
      }),
    );
  });

  test('is in exactly one chunk, whatever the boundaries', () => {
    fc.assert(
      fc.property(keys, values, fc.array(values, { maxLength: 6 }), (parts, row, found) => {
        const boundaries = found
          .toSorted((left, right) => compare(parts, left, right))
          .map((each) => each.slice(0, parts.length).map(String));
        const edges = [undefined, ...boundaries, undefined];
        const conditions = edges.slice(1).map((to, index) => between(parts, edges[index], to));
        expect(conditions.filter((condition) => holds(condition, row))).toHaveLength(1);
      }),
    );
  });
});

describe('the condition', () => {
  test('of a single column is a plain comparison', () => {
    expect(fromOn([up('`id`')], ['-5'])).toBe('`id` >= -5');
    expect(before([up('`id`')], ['7'])).toBe('`id` < 7');
    expect(fromOn([down('`id`')], ['7'])).toBe('`id` <= 7');
    expect(between([up('`id`')], ['-5'], ['7'])).toBe('`id` >= -5 AND `id` < 7');
  });

  test('of several goes column by column, which servers read as one range of the index', () => {
    expect(fromOn([up('a'), down('b'), up('c')], ['1', "X'32'", '3'])).toBe(
      "a > 1 OR (a = 1 AND b < X'32') OR (a = 1 AND b = X'32' AND c >= 3)",
    );
    expect(between([up('a'), up('b')], ['1', '2'], ['1', '9'])).toBe(
      '(a > 1 OR (a = 1 AND b >= 2)) AND (a < 1 OR (a = 1 AND b < 9))',
    );
  });

  test('of an ENUM lists the values, because only equality uses the index', () => {
    const part = { column: 'e', isDescending: false, greatest: 4 };
    expect(fromOn([part, up('b')], ['2', '7'])).toBe('e IN (3,4) OR (e = 2 AND b >= 7)');
    expect(before([part, up('b')], ['0', '7'])).toBe('(e = 0 AND b < 7)');
    expect(before([part], ['0'])).toBe('FALSE');
  });

  test('without boundaries is none', () => {
    expect(between([up('a')], undefined, undefined)).toBeUndefined();
  });
});
