/**
 * One value → its text in an INSERT: quotes, markers and escapes. Without state, on bytes of the windows alone; how values
 * follow each other is the business of rows.ts.
 */

// How the values of a column are written, one byte a column; ../kernel.ts has the same list.
export const NUMBER: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const JSON: u8 = 3;

/** What stands in front of a value that is not a number. */
// @ts-ignore: decorator
@inline
export function openValue(kind: u8, to: i32): i32 {
  if (kind == TEXT) {
    store<u8>(to, 0x22);
    return to + 1;
  }
  if (kind == BINARY) {
    store<u64>(to, 0x207972616e69625f); // "_binary "
    store<u8>(to + 8, 0x22);
    return to + 9;
  }
  if (kind == JSON) {
    store<u64>(to, 0x28545245564e4f43); // "CONVERT("
    store<u8>(to + 8, 0x22);
    return to + 9;
  }
  return to;
}

// @ts-ignore: decorator
@inline
export function closeValue(kind: u8, to: i32): i32 {
  if (kind == NUMBER) return to;
  if (kind == JSON) {
    store<u64>(to, 0x20474e4953552022); // "\" USING "
    store<u64>(to + 8, 0x2934424d38465455); // "UTF8MB4)"
    return to + 16;
  }
  store<u8>(to, 0x22);
  return to + 1;
}

/** Up to 16 bytes in one step; both windows have that much slack. */
// @ts-ignore: decorator
@inline
export function copyShort(to: i32, from: i32, bytes: i32): void {
  v128.store(to, v128.load(from));
  if (bytes > 16) memory.copy(to + 16, from + 16, bytes - 16);
}

/** For each low nibble the byte with that nibble that needs escaping; 0x1A, which shares one with \n, is apart. */
const SPECIAL_BY_LOW_NIBBLE: v128 = i8x16(0x00, 0, 0x22, 0, 0, 0, 0, 0x27, 0, 0, 0x0a, 0, 0x5c, 0x0d, 0, 0);

/** What follows the backslash, by byte. */
const ESCAPE_BY_BYTE: usize = memory.data<u8>([
  0x30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x6e, 0, 0, 0x72, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x5a, 0, 0, 0, 0, 0, 0, 0, 0x22,
  0, 0, 0, 0, 0x27, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x5c, 0, 0, 0,
]);

/**
 * Copies a string, with a backslash before `\0 \n \r " ' \ ` and 0x1A, 16 bytes a step. Writes at most twice the bytes,
 * and up to 16 behind the end.
 */
export function escape(from: i32, bytes: i32, to: i32): i32 {
  const end = from + bytes;
  while (from < end) {
    const block = v128.load(from);
    v128.store(to, block);
    const nibbles = v128.and(block, i8x16.splat(0x0f));
    const special = v128.or(
      i8x16.eq(i8x16.swizzle(SPECIAL_BY_LOW_NIBBLE, nibbles), block),
      i8x16.eq(block, i8x16.splat(0x1a)),
    );
    let hits = i8x16.bitmask(special);
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
    store<u8>(to, 0x5c);
    store<u8>(to + 1, load<u8>(ESCAPE_BY_BYTE + load<u8>(from)));
    to += 2;
    from++;
  }
  return to;
}
