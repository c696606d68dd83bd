/**
 * Special bytes of a block of 16: which they are, in an INSERT and in bare rows (`--use BARE_ROWS=0` or `1`), and how they are
 * written. Both escape `\0 \n \r " '`, 0x1A and the escape byte; bare rows also what begins a separator.
 */

/**
 * All vectors lie in memory. A loop over values loads those it searches with into locals and hands them down: TurboFan would
 * make a constant anew for each value, with up to four instructions (6.8 ns a field became 4.6 ns without).
 */
const VECTORS: usize = memory.data(7 * 16, 16);
const LOW: i32 = 0;
const HIGH: i32 = 16;
const NIBBLE: i32 = 32;
const LETTER_BY_CONTROL: i32 = 48;
const SUBSTITUTE: i32 = 64;
const SUBSTITUTE_TO_Z: i32 = 80;
const ESCAPE_BYTE: i32 = 96;

if (BARE_ROWS) {
  // HIGH: one bit for each high nibble of ASCII. LOW: the bits of those that make a special byte with this low nibble. Other
  // bytes are never special: no low nibble has all bits.
  v128.store(VECTORS, i8x16(1, 2, 4, 8, 16, 32, 64, -128, -1, -1, -1, -1, -1, -1, -1, -1), HIGH);
} else {
  // LOW: the special byte with this low nibble. HIGH: the one that shares its low nibble with \n.
  v128.store(VECTORS, i8x16(0x00, 0, 0x22, 0, 0, 0, 0, 0x27, 0, 0, 0x0a, 0, 0x5c, 0x0d, 0, 0), LOW);
  v128.store(VECTORS, i8x16.splat(0x1a), HIGH);
  v128.store(VECTORS, i8x16.splat(0x5c), ESCAPE_BYTE);
}
v128.store(VECTORS, i8x16.splat(0x0f), NIBBLE);
v128.store(VECTORS, i8x16(0x30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64, 0, 0, 0x7f, 0, 0), LETTER_BY_CONTROL);
v128.store(VECTORS, i8x16.splat(0x1a), SUBSTITUTE);
v128.store(VECTORS, i8x16.splat(0x1a ^ 0x5a), SUBSTITUTE_TO_Z);

/** Of bare rows. `lowNibbles`: 16 bytes, which ../separators.ts makes. */
export function setSpecialBytes(lowNibbles: i32, escapeByte: i32): void {
  v128.store(VECTORS, v128.load(lowNibbles), LOW);
  v128.store(VECTORS, i8x16.splat(<i8>escapeByte), ESCAPE_BYTE);
}

// The three vectors that special bytes are searched with.

// @ts-ignore: decorator
@inline
export function lowVector(): v128 {
  return v128.load(VECTORS, LOW);
}

// @ts-ignore: decorator
@inline
export function highVector(): v128 {
  return v128.load(VECTORS, HIGH);
}

// @ts-ignore: decorator
@inline
export function nibbleVector(): v128 {
  return v128.load(VECTORS, NIBBLE);
}

/** One bit a byte, the first byte's the lowest. */
// @ts-ignore: decorator
@inline
export function specialBytes(block: v128, low: v128, high: v128, nibble: v128): i32 {
  const byLow = i8x16.swizzle(low, v128.and(block, nibble));
  if (BARE_ROWS) {
    const bit = i8x16.swizzle(high, v128.and(i16x8.shr_u(block, 4), nibble));
    return i8x16.bitmask(i8x16.eq(v128.and(byLow, bit), bit));
  }
  return i8x16.bitmask(v128.or(i8x16.eq(byLow, block), i8x16.eq(block, high)));
}

/** By 8 bits that say which of 8 bytes are special: the swizzle that puts the 9th byte in front of each of those. */
const EXPANSIONS: usize = memory.data(256 * 16, 16);
for (let special = 0; special < 256; special++) {
  let at = EXPANSIONS + (special << 4);
  for (let byte = 0; byte < 8; byte++) {
    if ((special >> byte) & 1) store<u8>(at++, 8);
    store<u8>(at++, <u8>byte);
  }
}

/**
 * Writes the bytes of a block, the special ones behind the escape byte: 8 bytes become up to 16 in one step, however many are
 * special. Bits of bytes that are not wanted do no harm: they tell on what is behind these bytes alone. Writes up to 32 bytes.
 */
// @ts-ignore: decorator
@inline
export function putEscaped(block: v128, special: i32, to: i32): void {
  // By exclusive or `0`, `n` and `r`, where the swizzle gives 0 for all bytes from 16 on, and Z.
  const letter = i8x16.swizzle(v128.load(VECTORS, LETTER_BY_CONTROL), block);
  const isSubstitute = i8x16.eq(block, v128.load(VECTORS, SUBSTITUTE));
  const text = v128.xor(block, v128.or(letter, v128.and(isSubstitute, v128.load(VECTORS, SUBSTITUTE_TO_Z))));
  const escape = v128.load(VECTORS, ESCAPE_BYTE);
  const first = i8x16.shuffle(text, escape, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
  const second = i8x16.shuffle(text, escape, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  const inFirst = special & 0xff;
  v128.store(to, i8x16.swizzle(first, v128.load(EXPANSIONS + (inFirst << 4))));
  v128.store(to + 8 + popcnt(inFirst), i8x16.swizzle(second, v128.load(EXPANSIONS + ((special >> 8) << 4))));
}
