/** What literals of SQL consist of, byte by byte, and how a byte of a value is written for LOAD DATA. */

export const DOUBLE_QUOTE: u8 = 0x22;
export const SINGLE_QUOTE: u8 = 0x27;
export const OPEN: u8 = 0x28;
export const CLOSE: u8 = 0x29;
export const COMMA: u8 = 0x2c;

/** Blank, and tab to carriage return. */
// @ts-ignore: decorator
@inline
export function isBlank(byte: u8): bool {
  return byte == 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

// @ts-ignore: decorator
@inline
export function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

/** Of ASCII, and `_`. */
// @ts-ignore: decorator
@inline
export function isLetter(byte: u8): bool {
  return ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || byte == 0x5f;
}

// @ts-ignore: decorator
@inline
export function lowered(byte: u8): u8 {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

// @ts-ignore: decorator
@inline
export function put(to: i32, byte: u8): i32 {
  store<u8>(to, byte);
  return to + 1;
}

/** A byte of a value; those that mean something to LOAD DATA behind a backslash. */
export function putEscaped(to: i32, byte: u8): i32 {
  if (byte == 0x5c || byte == 0x09 || byte == 0x0a || byte == 0) {
    store<u8>(to++, 0x5c);
    if (byte == 0x09) byte = 0x74; // t
    else if (byte == 0x0a) byte = 0x6e; // n
    else if (byte == 0) byte = 0x30; // 0
  }
  store<u8>(to, byte);
  return to + 1;
}
