/**
 * One value → its text in a file of bare rows, as LOAD DATA reads it: between separators, special bytes behind the escape
 * byte. What separates is chosen for each run; ../separators.ts lays the table out that is read here.
 */

import { NUMBER } from "./insert-values";

// Where the parts of the table lie in it; ../separators.ts has the same list.
const LINE_END: i32 = 16;
const LOW_NIBBLES: i32 = 32;
const ESCAPE_BY_BYTE: i32 = 48;

let table: i32 = 0;
let fieldEndBytes: i32 = 0;
let lineEndBytes: i32 = 0;
let enclosure: i32 = 0;
let escapeByte: i32 = 0;

/** `enclosing` is 0 where nothing is put around values. */
export function setSeparators(at: i32, fieldEnd: i32, lineEnd: i32, enclosing: i32, escaping: i32): void {
  table = at;
  fieldEndBytes = fieldEnd;
  lineEndBytes = lineEnd;
  enclosure = enclosing;
  escapeByte = escaping;
}

/** Up to 16 bytes, in one step. */
// @ts-ignore: decorator
@inline
export function putFieldEnd(to: i32): i32 {
  v128.store(to, v128.load(table));
  return to + fieldEndBytes;
}

// @ts-ignore: decorator
@inline
export function putLineEnd(to: i32): i32 {
  v128.store(to, v128.load(table, LINE_END));
  return to + lineEndBytes;
}

// @ts-ignore: decorator
@inline
export function putBareNull(to: i32): i32 {
  store<u8>(to, <u8>escapeByte);
  store<u8>(to + 1, 0x4e); // N
  return to + 2;
}

/** Both before and behind a value. */
// @ts-ignore: decorator
@inline
export function encloseBare(kind: u8, to: i32): i32 {
  if (kind == NUMBER || enclosure == 0) return to;
  store<u8>(to, <u8>enclosure);
  return to + 1;
}

/** One bit for each high nibble of ASCII; other bytes are never special. */
const HIGH_NIBBLES: v128 = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);

/**
 * Copies a string, with the escape byte before what is special, 16 bytes a step: a byte is, when the bits of its two
 * nibbles meet. Writes at most twice the bytes, and up to 16 behind the end.
 */
export function escapeBare(from: i32, bytes: i32, to: i32): i32 {
  const end = from + bytes;
  const lowNibbles = v128.load(table, LOW_NIBBLES);
  while (from < end) {
    const block = v128.load(from);
    v128.store(to, block);
    const low = i8x16.swizzle(lowNibbles, v128.and(block, i8x16.splat(0x0f)));
    const high = i8x16.swizzle(HIGH_NIBBLES, i8x16.shr_u(block, 4));
    let hits = i8x16.bitmask(i8x16.ne(v128.and(low, high), i8x16.splat(0)));
    const left = end - from;
    if (left < 16) hits &= (1 << left) - 1;
    if (hits == 0) {
      const step = min(left, 16);
      from += step;
      to += step;
      continue;
    }
    const clean = ctz(hits);
    from += clean;
    to += clean;
    store<u8>(to, <u8>escapeByte);
    store<u8>(to + 1, load<u8>(table + load<u8>(from), ESCAPE_BY_BYTE));
    to += 2;
    from++;
  }
  return to;
}
