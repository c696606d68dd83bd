/** The hash of rows as FORMAT.md defines it, step by step and in numbers of any size; shares no code with the kernel. */
import { rowPayload, toBytes } from './packets.ts';
import type { ByteRow } from './packets.ts';

const word64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotated = (value: bigint, bits: bigint): bigint => word64((value << bits) | (value >> (64n - bits)));

function splitMix(count: number): bigint[] {
  let state = 0n;
  return Array.from({ length: count }, () => {
    state = word64(state + 0x9e3779b97f4a7c15n);
    let word = word64((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
    word = word64((word ^ (word >> 27n)) * 0x94d049bb133111ebn);
    return word ^ (word >> 31n);
  });
}

const KEYS = splitMix(128);
const MULTIPLIERS = [0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n, 0x85ebca77c2b2ae63n];

export function referenceRowHash(payload: Buffer): bigint {
  const padded = Buffer.alloc((Math.floor(payload.length / 32) + 1) * 32);
  payload.copy(padded);
  let sums = KEYS.slice(0, 4);
  for (let at = 0; at < padded.length; at += 32) {
    const step = (at / 32) % 32;
    if (step === 0 && at > 0) sums = sums.map((sum, lane) => word64((sum ^ (sum >> 47n) ^ KEYS[lane]!) * 0x9e3779b1n));
    const long = [0, 1, 2, 3].map((index) => padded.readBigUInt64LE(at + 8 * index));
    const keyed = long.map((word, index) => word ^ KEYS[4 * step + index]!);
    const half = (index: number): bigint => (keyed[index >> 1]! >> (index % 2 === 0 ? 0n : 32n)) & 0xffffffffn;
    const besides = [long[1]!, long[3]!, long[0]!, long[2]!];
    sums = sums.map((sum, lane) => word64(sum + half(lane) * half(lane + 4) + besides[lane]!));
  }
  let hash = word64(BigInt(payload.length) * 0x27d4eb2f165667c5n);
  for (const [lane, sum] of sums.entries()) {
    hash = word64(hash + rotated(word64((sum ^ (sum >> 32n)) * MULTIPLIERS[lane]!), BigInt(16 * lane)));
  }
  hash = word64((hash ^ (hash >> 37n)) * 0x165667919e3779f9n);
  return hash ^ (hash >> 32n);
}

/** The sum of the hashes of all rows. */
export function referenceHashOfRows(rows: readonly ByteRow[]): bigint {
  return rows.reduce((sum, row) => word64(sum + referenceRowHash(toBytes(rowPayload(row)))), 0n);
}
