/**
 * The hash of a row: 64 bits of the payload of its packets, which is each value behind its length, and 0xFB for NULL. So no two
 * rows have the same payload unless they are the same. FORMAT.md defines it; what counts here is its price: 12 ns
 * for a row of 190 bytes, of the 250 ns of CPU that a dump spends on one.
 *
 * 32 bytes a step, as eight words of 32 bits, w0 to w7, zeros behind the end. Four sums of 64 bits begin with the keys 0 to 3.
 * With the step's own keys k0 to k7: a += (w0 ^ k0) * (w4 ^ k4) + w2:w3, b += (w1 ^ k1) * (w5 ^ k5) + w6:w7,
 * c += (w2 ^ k2) * (w6 ^ k6) + w0:w1, d += (w3 ^ k3) * (w7 ^ k7) + w4:w5. So each word is in two sums, once multiplied by another
 * word and once as it is. Every 32 steps the sums are mixed and the keys begin anew; at the end the sums are mixed into one.
 */

const STEP_BYTES: i32 = 32;
const STEPS_A_ROUND: i32 = 32;
const ROUND_BYTES: i32 = STEP_BYTES * STEPS_A_ROUND;

/** The keys of the steps of a round, a word of 64 bits for each two of 32. */
const KEYS: usize = memory.data(ROUND_BYTES, 16);
for (let at = 0, state: u64 = 0; at < ROUND_BYTES; at += 8) {
  // SplitMix64 from 0 on.
  state += 0x9e3779b97f4a7c15;
  let word = state;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  store<u64>(KEYS + at, word ^ (word >> 31));
}

/** 32 bytes from `at` 32 - n on are n times 0xFF, then zeros. */
const MASKS: usize = memory.data(2 * STEP_BYTES, 16);
memory.fill(MASKS, 0xff, STEP_BYTES);

const MULTIPLIER_A: u64 = 0x9e3779b185ebca87;
const MULTIPLIER_B: u64 = 0xc2b2ae3d27d4eb4f;
const MULTIPLIER_C: u64 = 0x165667b19e3779f9;
const MULTIPLIER_D: u64 = 0x85ebca77c2b2ae63;
const MULTIPLIER_LENGTH: u64 = 0x27d4eb2f165667c5;
const ROUND_MULTIPLIER: i64 = 0x9e3779b1;

/** The sum of the hashes of the rows that have ended. */
export let hashOfRows: u64 = 0;
/** From here on the open row's payload is not hashed yet. */
let unhashedFrom: i32 = 0;

export function beginRowHashes(): void {
  hashOfRows = 0;
  isInPieces = false;
}

/** The payload of the open row, or of the next one, goes on here. */
export function hashFrom(at: i32): void {
  unhashedFrom = at;
}

/** Its payload up to `at` will not be there any more when the row ends. */
export function hashUpTo(at: i32): void {
  addToRow(unhashedFrom, at - unhashedFrom);
}

/** The payload of the open row ends at `end`. */
export function hashEndOfRow(end: i32): void {
  const bytes = end - unhashedFrom;
  hashOfRows += isInPieces ? endRow(unhashedFrom, bytes) : hashOfRow(unhashedFrom, bytes);
}

/**
 * So many rows from the open one on, each in a packet of its own, and these one behind the other. A loop of its own, over bytes that
 * are still in the core's cache, so that the one that writes their text has all registers.
 */
export function hashRows(firstEnd: i32, count: i32): void {
  if (count == 0) return;
  hashEndOfRow(firstEnd);
  let sum: u64 = 0;
  let from = firstEnd + 4;
  for (let left = count - 1; left > 0; left--) {
    const bytes = <i32>(load<u32>(from - 4) & 0xffffff);
    sum += hashOfRow(from, bytes);
    from += bytes + 4;
  }
  hashOfRows += sum;
  unhashedFrom = from;
}

/** The hash of a payload that lies in one piece. Reads up to 31 bytes behind it. */
function hashOfRow(from: i32, bytes: i32): u64 {
  if (bytes >= ROUND_BYTES) {
    beginRow();
    return endRow(from, bytes);
  }
  let ab = v128.load(KEYS);
  let cd = v128.load(KEYS, 16);
  let at = from;
  let key = <i32>KEYS;
  const end = from + bytes;
  const lastWhole = end - STEP_BYTES;
  for (; at <= lastWhole; at += STEP_BYTES) {
    const first = v128.load(at);
    const second = v128.load(at, 16);
    const keyedFirst = v128.xor(first, v128.load(key));
    const keyedSecond = v128.xor(second, v128.load(key, 16));
    ab = i64x2.add(ab, i64x2.add(i64x2.extmul_low_i32x4_u(keyedFirst, keyedSecond), oddWords(first, second)));
    cd = i64x2.add(cd, i64x2.add(i64x2.extmul_high_i32x4_u(keyedFirst, keyedSecond), evenWords(first, second)));
    key += STEP_BYTES;
  }
  const mask = <i32>MASKS + STEP_BYTES - (end - at);
  const first = v128.and(v128.load(at), v128.load(mask));
  const second = v128.and(v128.load(at, 16), v128.load(mask, 16));
  const keyedFirst = v128.xor(first, v128.load(key));
  const keyedSecond = v128.xor(second, v128.load(key, 16));
  ab = i64x2.add(ab, i64x2.add(i64x2.extmul_low_i32x4_u(keyedFirst, keyedSecond), oddWords(first, second)));
  cd = i64x2.add(cd, i64x2.add(i64x2.extmul_high_i32x4_u(keyedFirst, keyedSecond), evenWords(first, second)));
  return mixed(ab, cd, <u64>bytes);
}

// The row whose payload comes in pieces.
const SUMS: usize = memory.data(STEP_BYTES, 16);
/** What is left over of the pieces: less than a step. */
const REST: usize = memory.data(STEP_BYTES, 16);
let restBytes: i32 = 0;
let step: i32 = 0;
let totalBytes: u64 = 0;
/** Whether a part of the open row has been added. */
let isInPieces: bool = false;

function beginRow(): void {
  memory.copy(SUMS, KEYS, STEP_BYTES);
  restBytes = 0;
  step = 0;
  totalBytes = 0;
  isInPieces = true;
}

/** A piece of the open row's payload. */
function addToRow(from: i32, bytes: i32): void {
  if (bytes == 0) return;
  if (!isInPieces) beginRow();
  totalBytes += <u64>bytes;
  let at = from;
  const end = from + bytes;
  if (restBytes > 0 && restBytes + bytes >= STEP_BYTES) {
    at += STEP_BYTES - restBytes;
    memory.copy(REST + restBytes, from, STEP_BYTES - restBytes);
    addSteps(<i32>REST, 1);
    restBytes = 0;
  }
  if (restBytes == 0) {
    const steps = (end - at) / STEP_BYTES;
    addSteps(at, steps);
    at += steps * STEP_BYTES;
  }
  memory.copy(REST + restBytes, at, end - at);
  restBytes += end - at;
}

/** The last piece of the open row; out: its hash. */
function endRow(from: i32, bytes: i32): u64 {
  addToRow(from, bytes);
  isInPieces = false;
  memory.fill(REST + restBytes, 0, STEP_BYTES - restBytes);
  addSteps(<i32>REST, 1);
  return mixed(v128.load(SUMS), v128.load(SUMS, 16), totalBytes);
}

function addSteps(from: i32, steps: i32): void {
  let at = from;
  for (let left = steps; left > 0;) {
    if (step == STEPS_A_ROUND) {
      mixSums();
      step = 0;
    }
    const count = min(left, STEPS_A_ROUND - step);
    const end = at + count * STEP_BYTES;
    let ab = v128.load(SUMS);
    let cd = v128.load(SUMS, 16);
    for (let key = <i32>KEYS + step * STEP_BYTES; at < end; at += STEP_BYTES) {
      const first = v128.load(at);
      const second = v128.load(at, 16);
      const keyedFirst = v128.xor(first, v128.load(key));
      const keyedSecond = v128.xor(second, v128.load(key, 16));
      ab = i64x2.add(ab, i64x2.add(i64x2.extmul_low_i32x4_u(keyedFirst, keyedSecond), oddWords(first, second)));
      cd = i64x2.add(cd, i64x2.add(i64x2.extmul_high_i32x4_u(keyedFirst, keyedSecond), evenWords(first, second)));
      key += STEP_BYTES;
    }
    v128.store(SUMS, ab);
    v128.store(SUMS, cd, 16);
    step += count;
    left -= count;
  }
}

/** Between two rounds: what follows cannot take back what was added before. */
function mixSums(): void {
  for (let lanes = 0; lanes < STEP_BYTES; lanes += 16) {
    const sum = v128.load(SUMS + lanes);
    const spread = v128.xor(v128.xor(sum, i64x2.shr_u(sum, 47)), v128.load(KEYS + lanes));
    v128.store(SUMS + lanes, i64x2.mul(spread, i64x2.splat(ROUND_MULTIPLIER)));
  }
}

// @ts-ignore: decorator
@inline
function oddWords(first: v128, second: v128): v128 {
  return v128.shuffle<u64>(first, second, 1, 3);
}

// @ts-ignore: decorator
@inline
function evenWords(first: v128, second: v128): v128 {
  return v128.shuffle<u64>(first, second, 0, 2);
}

// @ts-ignore: decorator
@inline
function mixed(ab: v128, cd: v128, bytes: u64): u64 {
  let hash = bytes * MULTIPLIER_LENGTH;
  hash += spread(i64x2.extract_lane(ab, 0)) * MULTIPLIER_A;
  hash += rotl<u64>(spread(i64x2.extract_lane(ab, 1)) * MULTIPLIER_B, 16);
  hash += rotl<u64>(spread(i64x2.extract_lane(cd, 0)) * MULTIPLIER_C, 32);
  hash += rotl<u64>(spread(i64x2.extract_lane(cd, 1)) * MULTIPLIER_D, 48);
  hash = (hash ^ (hash >> 37)) * 0x165667919e3779f9;
  return hash ^ (hash >> 32);
}

// @ts-ignore: decorator
@inline
function spread(sum: u64): u64 {
  return sum ^ (sum >> 32);
}
