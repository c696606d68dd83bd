/** What the hashes of rows promise: the same wherever the bytes are cut, as defined, and another for other rows. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { LOAD_DATA_SEPARATORS } from '../../src/format/load-data.ts';
import { ValueKind } from '../../src/kernel/forms.ts';
import { compileBareKernel, compileInsertKernel, PLAIN_WINDOWS, RowKernel } from '../../src/kernel/kernel.ts';
import { eofPayload, packet, rowPackets, toBytes } from '../support/packets.ts';
import type { ByteRow } from '../support/packets.ts';
import { randomRows } from '../support/random-rows.ts';
import { cut, RowDriver, seeded } from '../support/row-driver.ts';
import { referenceHashOfRows, referenceRowHash } from '../support/row-hash-reference.ts';

const insertKernel = new RowKernel(compileInsertKernel(), PLAIN_WINDOWS);
const bareKernel = new RowKernel(compileBareKernel(), PLAIN_WINDOWS);

function hashOf(rows: readonly ByteRow[], longest = 70_000, seed = 1): bigint {
  const kinds = (rows[0] ?? []).map(() => ValueKind.TEXT);
  const bytes = toBytes(rowPackets(rows) + packet(eofPayload()));
  const layout = { kinds, header: '', maxFileBytes: Infinity };
  const insert = { ...layout, opening: 'INSERT INTO `t` VALUES(', maxStatementBytes: 10_000 };
  new RowDriver(insertKernel, insert).write(cut(bytes, longest, seeded(seed)));
  new RowDriver(bareKernel, { ...layout, separators: LOAD_DATA_SEPARATORS }).write(cut(bytes, longest, seeded(seed)));
  expect(bareKernel.hashOfRows).toBe(insertKernel.hashOfRows);
  return BigInt.asUintN(64, insertKernel.hashOfRows);
}

describe('the kernel hashes rows', () => {
  test('as the format says, wherever the bytes are cut', () => {
    const lengths = [0, 1, 5, 15, 16, 30, 31, 32, 33, 250, 251, 1000, 1024, 2048];
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(30),
        fc.constantFrom(1, 9, 300, 70_000),
        (seed, columns, count, longest) => {
          const random = seeded(seed);
          const rows = randomRows(count, columns, () => lengths[random(lengths.length)] ?? 0, random);
          expect(hashOf(rows, longest, seed)).toBe(referenceHashOfRows(rows));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('longer than a packet', () => {
    const rows: ByteRow[] = [['1'], ['x'.repeat(0xffffff - 3)], ['2']];
    expect(hashOf(rows)).toBe(referenceHashOfRows(rows));
  });

  test('so that their order does not count, but everything else', () => {
    const rows: ByteRow[] = [
      ['1', 'a', null],
      ['2', 'b', ''],
    ];
    const hash = hashOf(rows);
    expect(hashOf(rows.toReversed())).toBe(hash);
    const others: ByteRow[][] = [
      [...rows, ['2', 'b', '']],
      [['1', 'a', ''], rows[1]!],
      [['1', '', 'a'], rows[1]!],
      [['1a', '', null], rows[1]!],
      [
        ['2', 'a', null],
        ['1', 'b', ''],
      ],
      [['1', 'a\0', null], rows[1]!],
    ];
    for (const other of others) expect(hashOf(other)).not.toBe(hash);
  });
});

describe('rows that are nearly alike have hashes that are not', () => {
  /** Of so many numbers of 32 bits chance lets n²/2^33 pairs be equal. */
  function expectSpread(payloads: Iterable<Buffer>): void {
    const hashes = Array.from(payloads, referenceRowHash);
    const chance = hashes.length ** 2 / 2 ** 33;
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const shift of [0n, 16n, 32n]) {
      const parts = new Set(hashes.map((hash) => (hash >> shift) & 0xffffffffn));
      expect(hashes.length - parts.size).toBeLessThan(chance * 2 + 5);
    }
  }

  test('one or two bits flipped', () => {
    const text = toBytes(someRow());
    const bits = text.length * 8;
    const flipped = (...at: number[]): Buffer => {
      const copy = Buffer.from(text);
      for (const bit of at) copy[bit >> 3]! ^= 1 << (bit & 7);
      return copy;
    };
    const random = seeded(7);
    const pairs = new Set(Array.from({ length: 12_000 }, () => random(bits) * bits + random(bits)));
    const ordered = [...pairs].filter((pair) => Math.floor(pair / bits) < pair % bits);
    expectSpread([
      ...Array.from({ length: bits }, (_, bit) => flipped(bit)),
      ...ordered.map((pair) => flipped(Math.floor(pair / bits), pair % bits)),
    ]);
  });

  test('numbers that count up, one or two at a time', () => {
    const numbers = Array.from({ length: 120 }, (_, at) => String(at));
    expectSpread(
      numbers.flatMap((a) =>
        numbers.map((b) => toBytes(`\x03${a.padStart(3, '0')}\x1e${'.'.repeat(27)}${b.padStart(3, '0')}`)),
      ),
    );
  });
});

function someRow(): string {
  return '\x071000001\x0499.5\xfb\x38the quick brown fox jumps over a lazy dog and runs away.';
}
