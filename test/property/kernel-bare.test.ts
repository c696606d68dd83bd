/** Whatever the rows and the separators are and wherever the network cuts, the kernel writes what the reference writes. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CSV_SEPARATORS, LOAD_DATA_SEPARATORS } from '../../src/format/load-data.ts';
import { ValueKind } from '../../src/kernel/forms.ts';
import { COMPRESSED_WINDOWS, compileBareKernel, PLAIN_WINDOWS, RowKernel } from '../../src/kernel/kernel.ts';
import { referenceBareFiles } from '../support/bare-reference.ts';
import type { BareReferenceLayout } from '../support/bare-reference.ts';
import { cut, RowDriver, seeded } from '../support/row-driver.ts';
import { eofPayload, packet, rowPackets, toBytes } from '../support/packets.ts';
import type { ByteRow } from '../support/packets.ts';
import { expectFiles, randomRows } from '../support/random-rows.ts';

// One instance for all runs, as a worker has: what one result set leaves behind must not show in the next.
const compiled = compileBareKernel();
const kernels = [new RowKernel(compiled, COMPRESSED_WINDOWS), new RowKernel(compiled, PLAIN_WINDOWS)] as const;

const separators = fc.constantFrom(
  LOAD_DATA_SEPARATORS,
  CSV_SEPARATORS,
  { ...CSV_SEPARATORS, fieldsTerminatedBy: ';;', fieldsEnclosedBy: "'", linesTerminatedBy: '\r\n' },
  { ...LOAD_DATA_SEPARATORS, fieldsEscapedBy: '#', linesStartingBy: '>>', linesTerminatedBy: '|end of row|' },
  { ...LOAD_DATA_SEPARATORS, fieldsTerminatedBy: '\x01', fieldsEscapedBy: '~', linesTerminatedBy: '\x02' },
);

function layouts(maxFileBytes: readonly number[], headers = ['', 'a,b\n']): fc.Arbitrary<BareReferenceLayout> {
  return fc.record({
    kinds: fc.array(fc.constantFrom(...Object.values(ValueKind)), { minLength: 1, maxLength: 6 }),
    separators,
    header: fc.constantFrom(...headers),
    maxFileBytes: fc.constantFrom(...maxFileBytes),
  });
}

function expectReference(layout: BareReferenceLayout, rows: readonly ByteRow[], longest: number, seed: number): void {
  const bytes = toBytes(rowPackets(rows) + packet(eofPayload()));
  for (const kernel of kernels) {
    const written = new RowDriver(kernel, layout).write(cut(bytes, longest, seeded(seed)));
    expect(written.malformed).toBe(false);
    expect(written.rows).toBe(rows.length);
    expect(written.rest).toEqual(toBytes(packet(eofPayload())));
    expectFiles(written, referenceBareFiles(rows, layout));
  }
}

describe('the kernel of bare rows writes what the reference writes', () => {
  test('for many small rows', { timeout: 60_000 }, () => {
    const lengths = [0, 1, 2, 7, 15, 16, 17, 30];
    fc.assert(
      fc.property(
        layouts([Infinity, 500, 100_000]),
        fc.integer(),
        fc.constantFrom(0, 1, 3, 2000, 20_000),
        fc.constantFrom(9, 700, 65_536, 700_000),
        (layout, of, count, longest) => {
          const random = seeded(of);
          const rows = randomRows(count, layout.kinds.length, () => lengths[random(lengths.length)] ?? 0, random);
          expectReference(layout, rows, longest, of);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('for values of any length', { timeout: 60_000 }, () => {
    const lengths = [0, 1, 15, 16, 17, 250, 251, 252, 255, 256, 65_535, 65_536, 300_000, 520_000, 1_100_000];
    fc.assert(
      fc.property(
        layouts([Infinity, 1, 100_000, 3_000_000], ['', 'n'.repeat(200_000)]),
        fc.integer(),
        fc.integer({ min: 0, max: 30 }),
        fc.constantFrom(50, 65_536, 700_000),
        (layout, of, count, longest) => {
          const random = seeded(of);
          const top = 1 + random(lengths.length);
          const length = (): number => lengths[random(10) === 0 ? random(top) : random(Math.min(top, 12))] ?? 0;
          expectReference(layout, randomRows(count, layout.kinds.length, length, random), longest, of);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('for one byte at a time', () => {
    const lengths = [0, 1, 16, 250, 251, 256, 66_000];
    fc.assert(
      fc.property(layouts([Infinity, 1000]), fc.integer(), fc.integer({ min: 0, max: 40 }), (layout, of, count) => {
        const random = seeded(of);
        const length = (): number => lengths[random(random(20) === 0 ? 7 : 6)] ?? 0;
        expectReference(layout, randomRows(count, layout.kinds.length, length, random), 1, of);
      }),
      { numRuns: 30 },
    );
  });

  test('for every byte at every place of a block', () => {
    const rows = Array.from({ length: 256 * 18 }, (_, at): ByteRow => [
      'x'.repeat(at % 18) + String.fromCharCode(Math.floor(at / 18)) + 'y'.repeat(17),
    ]);
    for (const each of [LOAD_DATA_SEPARATORS, CSV_SEPARATORS]) {
      const layout = { kinds: [ValueKind.TEXT], separators: each, header: '', maxFileBytes: Infinity };
      expectReference(layout, rows, 65_536, 1);
    }
  });
});

test('damaged packets never make the kernel trap or go round in circles', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(
      layouts([Infinity, 1000]),
      fc.integer(),
      fc.nat(60),
      fc.integer({ min: 1, max: 2000 }),
      (layout, of, count, longest) => {
        const random = seeded(of);
        const lengths = [0, 1, 16, 250, 251, 300, 70_000];
        const length = (): number => lengths[random(random(50) === 0 ? 7 : 6)] ?? 0;
        const bytes = toBytes(rowPackets(randomRows(count, layout.kinds.length, length, random)));
        for (let hits = random(8); hits > 0 && bytes.length > 0; hits--) bytes[random(bytes.length)] = random(256);
        for (const kernel of kernels) {
          const written = new RowDriver(kernel, layout).write(cut(bytes, longest, random));
          expect(written.rows).toBeLessThanOrEqual(bytes.length);
        }
      },
    ),
    { numRuns: 500 },
  );
});
