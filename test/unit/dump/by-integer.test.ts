/** Parts of an integer range: together they hold every row, and no row twice. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { evenBounds, rangeConditions } from '../../../src/dump/chunk/by-integer.ts';

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** What the server would say of "`id` >= 1 AND `id` < 9". */
function holds(condition: string | undefined, value: bigint): boolean {
  if (condition === undefined) return true;
  return condition.split(' AND ').every((comparison) => {
    const [, operator, bound = ''] = /^`id` (>=|<) (-?\d+)$/.exec(comparison) ?? [];
    expect(operator, comparison).toBeDefined();
    return operator === '>=' ? value >= BigInt(bound) : value < BigInt(bound);
  });
}

const ranges = fc
  .tuple(fc.bigInt({ min: INT64_MIN, max: UINT64_MAX }), fc.bigInt({ min: INT64_MIN, max: UINT64_MAX }))
  .map(([a, b]) => (a < b ? { min: a, max: b } : { min: b, max: a }));
const smallRanges = fc
  .tuple(fc.bigInt({ min: -50n, max: 50n }), fc.bigInt({ min: 0n, max: 50n }))
  .map(([min, more]) => ({ min, max: min + more }));
const counts = fc.integer({ min: 1, max: 40 });

describe('the parts of a range', () => {
  test('hold every value exactly once, also those below the least and above the greatest', () => {
    fc.assert(
      fc.property(fc.oneof(ranges, smallRanges), counts, fc.array(fc.bigInt()), ({ min, max }, count, values) => {
        const bounds = evenBounds(min, max, count);
        const conditions = rangeConditions('`id`', bounds);
        const edges = [min, max, ...bounds, INT64_MIN, UINT64_MAX].flatMap((value) => [value - 1n, value, value + 1n]);
        for (const value of [...edges, ...values]) {
          expect(conditions.filter((condition) => holds(condition, value))).toHaveLength(1);
        }
      }),
    );
  });

  test('are as many as asked for where there are as many values, and differ by one value at most', () => {
    fc.assert(
      fc.property(fc.oneof(ranges, smallRanges), counts, ({ min, max }, count) => {
        const edges = [min, ...evenBounds(min, max, count), max + 1n];
        const sizes = edges.slice(1).map((edge, index) => edge - edges[index]!);
        const values = max - min + 1n;
        expect(sizes).toHaveLength(values < BigInt(count) ? Number(values) : count);
        const smallest = sizes.reduce((a, b) => (a < b ? a : b));
        const largest = sizes.reduce((a, b) => (a > b ? a : b));
        expect(smallest).toBeGreaterThan(0n);
        expect(largest - smallest).toBeLessThanOrEqual(1n);
      }),
    );
  });

  test.each([
    [0n, 99n, 4, [25n, 50n, 75n]],
    [-10n, 9n, 2, [0n]],
    [-5n, -1n, 5, [-4n, -3n, -2n, -1n]],
    [7n, 7n, 8, []],
    [1n, 3n, 100, [2n, 3n]],
    [1n, 1_000_000n, 1, []],
    [0n, UINT64_MAX, 2, [2n ** 63n]],
    [INT64_MIN, 2n ** 63n - 1n, 2, [0n]],
    [UINT64_MAX - 1n, UINT64_MAX, 2, [UINT64_MAX]],
  ])('of %s to %s in %s begin at %s', (min, max, count, bounds) => {
    expect(evenBounds(min, max, count)).toEqual(bounds);
  });

  test('are conditions that leave the first and the last open', () => {
    expect(rangeConditions('`id`', [-5n, UINT64_MAX])).toEqual([
      '`id` < -5',
      '`id` >= -5 AND `id` < 18446744073709551615',
      '`id` >= 18446744073709551615',
    ]);
    expect(rangeConditions('`id`', [])).toEqual([undefined]);
  });
});
