/** The hash of stored bytes is the public one, whatever pieces the bytes come in. */

import { expect, test } from 'vitest';

import { compileInsertKernel, PLAIN_WINDOWS, RowKernel } from '../../../src/kernel/kernel.ts';
import { beginStoredHash, storedHashOf } from '../../../src/kernel/stored-hash.ts';
import { cut, seeded } from '../../support/row-driver.ts';

const TEXT = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at * at * 7 + at * 13 + (at >> 3)));

/** By the library of xxHash itself: lengths, and the hash of as much of the text. */
// prettier-ignore
const KNOWN: readonly (readonly [number, string])[] = [
  [0, '2d06800538d394c2'],
  [1, 'c44bdff4074eecdb'],
  [2, 'dac72d23cbf01267'],
  [3, '6647634850539fa2'],
  [4, '26dfb56de65c55cd'],
  [5, 'ace05fe8fec98f42'],
  [8, '83a192ada40b0ce9'],
  [9, '5e0cf1d6b2bd57b6'],
  [16, '7d6c8268f6254119'],
  [17, 'b103fddb6554bad7'],
  [31, '1034becb859338c8'],
  [32, 'facd22cf9e8cfa18'],
  [33, '0b3fb704e3c91b66'],
  [64, '078fab4c6100357e'],
  [65, '760ab4e42bdce8e4'],
  [96, '2eebab2f2fdd0bd4'],
  [97, '3b87f0e499cb0353'],
  [127, '9b60424f073da6c3'],
  [128, 'e55e988e5b0e291e'],
  [129, 'ba5923499d25d2d2'],
  [144, 'c46dda5ec792f917'],
  [160, 'dc5bd94a4cca2d5d'],
  [239, '32dee0917b54feef'],
  [240, 'd5d4b763c47fd957'],
  [241, '7218603f741493ce'],
  [256, '88e4c0d301c4aa2d'],
  [512, '74d899ca37cccbfa'],
  [1023, 'cd6ad5b3b72fe19b'],
  [1024, '42fe8b0f2443c6d8'],
  [1025, '232373451a36ab9d'],
  [1088, '4bcecdc5280bd5b7'],
  [2047, '4e085e27b29ff427'],
  [2048, 'cc1bfba04e6be12a'],
  [2049, '1c96a829ccb45d9f'],
  [65536, 'a59e1c08d3eb2980'],
  [65537, '4c4bfa3f948db070'],
  [131149, '3eed03c01fbc3b81'],
  [300000, 'df678ff7cc471aef'],
];

test.each(KNOWN)('of %d bytes', (length, hash) => {
  const bytes = TEXT.subarray(0, length);
  expect(storedHashOf(bytes)).toBe(hash);
  for (const longest of [1, 63, 64, 1000, 1024, 1025, 100_000]) {
    if (length > 5000 * longest) continue;
    const pieces = beginStoredHash();
    for (const piece of cut(bytes, longest, seeded(length))) pieces.add(piece);
    expect(pieces.end()).toBe(hash);
  }
});

test('of several files whose bytes come in turn, by a kernel that also writes rows', () => {
  const kernel = new RowKernel(compileInsertKernel(), PLAIN_WINDOWS);
  const [first, second] = [kernel.beginStoredHash(), kernel.beginStoredHash()];
  for (let at = 0; at < TEXT.length; at += 10_000) {
    first.add(TEXT.subarray(at, at + 10_000));
    second.add(TEXT.subarray(at, at + 5000));
    second.add(TEXT.subarray(at + 5000, at + 10_000));
  }
  expect(first.end()).toBe(storedHashOf(TEXT));
  expect(second.end()).toBe(storedHashOf(TEXT));
});

test('of very many files at the same time', () => {
  const open = Array.from({ length: 1000 }, () => beginStoredHash());
  open.forEach((hash, at) => hash.add(TEXT.subarray(0, at)));
  open.forEach((hash, at) => hash.add(TEXT.subarray(at, 1000)));
  expect(new Set(open.map((hash) => hash.end()))).toEqual(new Set([storedHashOf(TEXT.subarray(0, 1000))]));
});
