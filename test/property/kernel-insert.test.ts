/** Whatever the rows are and wherever the network cuts them, the kernel writes what the reference writes. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ValueKind } from '../../src/kernel/forms.ts';
import { COMPRESSED_WINDOWS, compileInsertKernel, RowKernel } from '../../src/kernel/kernel.ts';
import { cut, RowDriver, seeded } from '../support/row-driver.ts';
import type { Written } from '../support/row-driver.ts';
import { referenceFiles } from '../support/insert-reference.ts';
import type { ReferenceLayout } from '../support/insert-reference.ts';
import { eofPayload, errorPayload, packet, rowPackets, toBytes } from '../support/packets.ts';
import type { ByteRow } from '../support/packets.ts';
import { expectFiles, randomRows } from '../support/random-rows.ts';

// One instance for all runs, as a worker has: what one result set leaves behind must not show in the next.
const kernel = new RowKernel(compileInsertKernel(), COMPRESSED_WINDOWS);

const kinds = fc.array(fc.constantFrom(...Object.values(ValueKind)), { minLength: 1, maxLength: 6 });
const seed = fc.integer();
const opening = fc.constantFrom('INSERT INTO `t` VALUES(', 'I(', `INSERT INTO \`${'n'.repeat(300)}\` (\`a\`) VALUES(`);
const header = fc.constantFrom('', '/*!40101 SET NAMES binary*/;\n');

function layouts(maxStatementBytes: readonly number[], maxFileBytes: readonly number[]): fc.Arbitrary<ReferenceLayout> {
  return fc.record({
    kinds,
    opening,
    header,
    maxStatementBytes: fc.constantFrom(...maxStatementBytes),
    maxFileBytes: fc.constantFrom(...maxFileBytes),
  });
}

function write(layout: ReferenceLayout, rows: readonly ByteRow[], longest: number, cutSeed: number): Written {
  const bytes = toBytes(rowPackets(rows) + packet(eofPayload()));
  return new RowDriver(kernel, layout).write(cut(bytes, longest, seeded(cutSeed)));
}

function expectReference(layout: ReferenceLayout, rows: readonly ByteRow[], written: Written): void {
  expect(written.malformed).toBe(false);
  expect(written.rows).toBe(rows.length);
  expectFiles(written, referenceFiles(rows, layout));
  for (const file of written.files) {
    expect(file.subarray(0, layout.header.length).toString('latin1')).toBe(layout.header);
    expect(file.subarray(-2).toString('latin1')).toBe(';\n');
  }
}

describe('the INSERT kernel writes what the reference writes', () => {
  test('for a million small rows', { timeout: 300_000 }, () => {
    const small = layouts([1, 200, 10_000, 1_000_000], [Infinity, Infinity, 500, 100_000, 3_000_000]);
    const lengths = [0, 1, 2, 7, 15, 16, 17, 30];
    let total = 0;
    fc.assert(
      fc.property(
        small,
        seed,
        fc.constantFrom(0, 1, 3, 2000, 20_000, 60_000, 80_000),
        fc.constantFrom(9, 700, 65_536, 700_000),
        (layout, of, count, longest) => {
          const random = seeded(of);
          const length = (): number => lengths[random(lengths.length)] ?? 0;
          const rows = randomRows(count, layout.kinds.length, length, random);
          expectReference(layout, rows, write(layout, rows, longest, of));
          total += count;
        },
      ),
      { numRuns: 60 },
    );
    expect(total).toBeGreaterThan(500_000); // a million and a half on average
  });

  test('for values of any length', { timeout: 60_000 }, () => {
    const layout = layouts([1, 1000, 70_000, 1_000_000, 4_000_000], [Infinity, Infinity, 1, 100_000, 3_000_000]);
    const lengths = [0, 1, 15, 16, 17, 250, 251, 252, 255, 256, 65_535, 65_536, 300_000, 520_000, 1_100_000];
    fc.assert(
      fc.property(
        layout,
        seed,
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom(50, 65_536, 700_000),
        (each, of, count, longest) => {
          const random = seeded(of);
          const top = 1 + random(lengths.length);
          const length = (): number => lengths[random(10) === 0 ? random(top) : random(Math.min(top, 12))] ?? 0;
          const rows = randomRows(count, each.kinds.length, length, random);
          expectReference(each, rows, write(each, rows, longest, of));
        },
      ),
      { numRuns: 150 },
    );
  });

  test(
    'for rows about as long as an output window, and openings about as long as half of one',
    { timeout: 60_000 },
    () => {
      const long = layouts([100_000, 1_000_000, 4_000_000], [Infinity, 1_500_000]);
      const openings = fc.constantFrom('INSERT INTO `t` VALUES(', `INSERT /* ${'n'.repeat(400_000)} */ INTO t VALUES(`);
      fc.assert(
        fc.property(long, openings, seed, fc.nat(12), (given, start, of, count) => {
          const layout = { ...given, opening: start, kinds: given.kinds.slice(0, 2) };
          const random = seeded(of);
          const top = 1 + random(3);
          const length = (): number => random(Math.min(10 ** (3 + random(1 + top)), 1_200_000));
          const rows = randomRows(count, layout.kinds.length, length, random);
          expectReference(layout, rows, write(layout, rows, 300_000, of));
        }),
        { numRuns: 80 },
      );
    },
  );

  test('for one byte at a time', () => {
    const lengths = [0, 1, 16, 250, 251, 256, 66_000];
    fc.assert(
      fc.property(
        layouts([1, 1000, 100_000], [Infinity, 1000]),
        seed,
        fc.integer({ min: 0, max: 60 }),
        (layout, of, count) => {
          const random = seeded(of);
          const length = (): number => lengths[random(random(20) === 0 ? 7 : 6)] ?? 0;
          const rows = randomRows(count, layout.kinds.length, length, random);
          expectReference(layout, rows, write(layout, rows, 1, of));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('for rows that fast-check makes and can shrink', () => {
    const value = fc.option(
      fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 }).map((bytes) => String.fromCharCode(...bytes)),
    );
    const withRows = layouts([1, 60, 300, 10_000], [Infinity, 1, 400]).chain((layout) => {
      const row = fc.array(value, { minLength: layout.kinds.length, maxLength: layout.kinds.length });
      return fc.tuple(fc.constant(layout), fc.array(row, { maxLength: 20 }), fc.integer({ min: 1, max: 300 }), seed);
    });
    fc.assert(
      fc.property(withRows, ([layout, rows, longest, of]) => {
        expectReference(layout, rows, write(layout, rows, longest, of));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the packet that ends the rows', () => {
  const layout: ReferenceLayout = {
    kinds: [ValueKind.NUMBER, ValueKind.TEXT],
    opening: 'INSERT INTO `t` VALUES(',
    header: '',
    maxStatementBytes: 1000,
    maxFileBytes: Infinity,
  };

  test('is given back whole, with what follows it, wherever it is cut', () => {
    const terminal = fc.constantFrom(
      eofPayload(3, 34),
      errorPayload(1317, '70100', 'interrupted'),
      errorPayload(1, 'HY000', ''),
    );
    fc.assert(
      fc.property(
        terminal,
        fc.nat(3),
        fc.integer({ min: 1, max: 40 }),
        seed,
        fc.string({ maxLength: 30 }),
        (last, count, longest, of, after) => {
          const rows = Array.from({ length: count }, (_, at): ByteRow => [String(at), 'x'.repeat(at)]);
          const following = Buffer.from(after);
          const bytes = Buffer.concat([toBytes(rowPackets(rows) + packet(last, 0)), following]);
          const written = new RowDriver(kernel, layout).write(cut(bytes, longest, seeded(of)));
          expect(written.rest).toEqual(Buffer.concat([toBytes(packet(last, 0)), following]));
          expectReference(layout, rows, written);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('damaged packets', () => {
  test('never make the kernel trap, go round in circles or write behind its window', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        layouts([1, 1000, 1_000_000], [Infinity, 1000]),
        seed,
        fc.nat(60),
        fc.integer({ min: 1, max: 2000 }),
        (layout, of, count, longest) => {
          const random = seeded(of);
          const lengths = [0, 1, 16, 250, 251, 300, 70_000];
          const length = (): number => lengths[random(random(50) === 0 ? 7 : 6)] ?? 0;
          const rows = randomRows(count, layout.kinds.length, length, random);
          const bytes = toBytes(rowPackets(rows));
          for (let hits = random(8); hits > 0 && bytes.length > 0; hits--) {
            bytes[random(2) === 0 ? random(bytes.length) : random(Math.min(bytes.length, 40))] = random(256);
          }
          const written = new RowDriver(kernel, layout).write(cut(bytes, longest, random));
          expect(written.rows).toBeLessThanOrEqual(bytes.length);
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('noise is read to its end or refused', () => {
    fc.assert(
      fc.property(
        layouts([1, 1000], [Infinity, 1]),
        fc.uint8Array({ maxLength: 400 }),
        fc.integer({ min: 1, max: 50 }),
        seed,
        (layout, noise, longest, of) => {
          new RowDriver(kernel, layout).write(cut(Buffer.from(noise), longest, seeded(of)));
        },
      ),
      { numRuns: 5000 },
    );
  });
});
