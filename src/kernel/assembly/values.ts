/**
 * The two ways of writing values, chosen when the kernel is compiled (`--use BARE_ROWS=0` or `1`): two kernels from one
 * walk over packets and fields, and neither pays for the other.
 */

import * as bare from "./bare-values";
import * as insert from "./insert-values";

export { NUMBER, copyShort } from "./insert-values";

/** What stands between two values. */
// @ts-ignore: decorator
@inline
export function separate(to: i32): i32 {
  if (BARE_ROWS) return bare.putFieldEnd(to);
  store<u8>(to, 0x2c);
  return to + 1;
}

// @ts-ignore: decorator
@inline
export function putNull(to: i32): i32 {
  if (BARE_ROWS) return bare.putBareNull(to);
  store<u32>(to, 0x4c4c554e); // NULL
  return to + 4;
}

/** What stands in front of a value that is not a number. */
// @ts-ignore: decorator
@inline
export function openValue(kind: u8, to: i32): i32 {
  if (BARE_ROWS) return bare.encloseBare(kind, to);
  return insert.openValue(kind, to);
}

// @ts-ignore: decorator
@inline
export function closeValue(kind: u8, to: i32): i32 {
  if (BARE_ROWS) return bare.encloseBare(kind, to);
  return insert.closeValue(kind, to);
}

/** Writes at most twice the bytes, and up to 16 behind the end. */
// @ts-ignore: decorator
@inline
export function escape(from: i32, bytes: i32, to: i32): i32 {
  if (BARE_ROWS) return bare.escapeBare(from, bytes, to);
  return insert.escape(from, bytes, to);
}
