/** One value → its text: what stands around it, and its bytes with the special ones escaped. Without state. */

import { putEscaped, specialBytes } from "./special-bytes";

// A form says how the values of one column are written; ../forms.ts lays it out.
export const FORM_BYTES: i32 = 64;
const CLOSING: i32 = 16;
const NULL_TEXT: i32 = 32;
const OPENING_BYTES: i32 = 48;
const CLOSING_BYTES: i32 = 49;
const NULL_BYTES: i32 = 50;
const SPECIAL_BYTES: i32 = 51;

// Special bytes of the values of a column; ../forms.ts has the same list.
const NONE: u8 = 0;
const FEW: u8 = 1;

/** No value has more text than twice its bytes and this; a NULL has at most this. */
export const MAX_OVERHEAD: i32 = 32;

/** What separates the value from the one before it, and what stands in front of it. */
// @ts-ignore: decorator
@inline
export function putOpening(form: i32, to: i32): i32 {
  v128.store(to, v128.load(form));
  return to + load<u8>(form, OPENING_BYTES);
}

// @ts-ignore: decorator
@inline
export function putClosing(form: i32, to: i32): i32 {
  v128.store(to, v128.load(form, CLOSING));
  return to + load<u8>(form, CLOSING_BYTES);
}

/** With what separates it from the value before it. */
// @ts-ignore: decorator
@inline
export function putNull(form: i32, to: i32): i32 {
  v128.store(to, v128.load(form, NULL_TEXT));
  return to + load<u8>(form, NULL_BYTES);
}

/**
 * A value, or a part of one. The vectors are those of special-bytes.ts. Writes up to 32 bytes behind the end of the text, which is
 * at most twice as long as the bytes.
 */
// @ts-ignore: decorator
@inline
export function putValue(form: i32, from: i32, bytes: i32, to: i32, low: v128, high: v128, nibble: v128): i32 {
  const special = load<u8>(form, SPECIAL_BYTES);
  if (special == NONE) return putPlain(from, bytes, to);
  if (special == FEW) return putSparse(from, bytes, to, low, high, nibble);
  return putDense(from, bytes, to, low, high, nibble);
}

// @ts-ignore: decorator
@inline
function putPlain(from: i32, bytes: i32, to: i32): i32 {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  for (let at = 32; at < bytes; at += 16) v128.store(to + at, v128.load(from + at));
  return to + bytes;
}

/**
 * For values of which few blocks have special bytes. 32 bytes a step gained nothing; to expand the blocks behind a hit unasked
 * was slower for prose and faster only for what is not text.
 */
// @ts-ignore: decorator
@inline
function putSparse(from: i32, bytes: i32, to: i32, low: v128, high: v128, nibble: v128): i32 {
  let left = bytes;
  while (left > 16) {
    const block = v128.load(from);
    v128.store(to, block);
    const special = specialBytes(block, low, high, nibble);
    if (special != 0) {
      putEscaped(block, special, to);
      to += popcnt(special);
    }
    from += 16;
    to += 16;
    left -= 16;
  }
  const block = v128.load(from);
  v128.store(to, block);
  const special = specialBytes(block, low, high, nibble);
  const within = firstBits(special, left);
  if (within != 0) {
    putEscaped(block, special, to);
    to += popcnt(within);
  }
  return to + left;
}

/**
 * For values of which many blocks have special bytes: random bytes take half the time of `putSparse`, whose question is often
 * guessed wrong by the branch. Digits and letters take twice as long.
 */
// @ts-ignore: decorator
@inline
function putDense(from: i32, bytes: i32, to: i32, low: v128, high: v128, nibble: v128): i32 {
  let left = bytes;
  while (left > 16) {
    const block = v128.load(from);
    const special = specialBytes(block, low, high, nibble);
    putEscaped(block, special, to);
    from += 16;
    to += 16 + popcnt(special);
    left -= 16;
  }
  const block = v128.load(from);
  const special = specialBytes(block, low, high, nibble);
  putEscaped(block, special, to);
  return to + left + popcnt(firstBits(special, left));
}

/** The lowest `count` bits, 0 to 16, moved to the top: a shift by 32 would be none. */
// @ts-ignore: decorator
@inline
function firstBits(bits: i32, count: i32): i32 {
  return (bits << (31 - count)) << 1;
}
