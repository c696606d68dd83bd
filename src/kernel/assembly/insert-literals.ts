/** What literals of SQL consist of: bytes, words and numbers. For rows-from-insert.ts, which knows how they follow each other. */

export const DOUBLE_QUOTE: u8 = 0x22;
export const SINGLE_QUOTE: u8 = 0x27;
export const OPEN: u8 = 0x28;
export const CLOSE: u8 = 0x29;
export const COMMA: u8 = 0x2c;

const PLUS: u8 = 0x2b;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;

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

/** -1: no hexadecimal digit. */
export function nibble(byte: u8): i32 {
  if (isDigit(byte)) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

// What numbers are; rows-from-insert.ts and ../rows-from-insert.ts have the rest of the list.
const INTEGER: i32 = 64;
const DECIMAL: i32 = 128;
const FLOAT: i32 = 256;
const YEAR: i32 = 512;

/** A literal of more digits, or more behind the point, is not the number that it says. */
const MAX_DIGITS: i32 = 65;
const MAX_SCALE: i32 = 30;

let length: i32 = 0;
let digits: i32 = 0;
let scale: i32 = 0;
let exponentDigits: i32 = 0;
let hasPoint: bool = false;
let hasExponent: bool = false;
let isNegative: bool = false;
let isSigned: bool = false;
let isZero: bool = true;
let last: u8 = 0;

export function mayBegin(byte: u8): bool {
  return byte == MINUS || byte == PLUS || byte == POINT;
}

export function begin(): void {
  length = 0;
  digits = 0;
  scale = 0;
  exponentDigits = 0;
  hasPoint = false;
  hasExponent = false;
  isNegative = false;
  isSigned = false;
  isZero = true;
  last = 0;
}

/** Writes a byte of a number, but for a plus in front. -1: it is none, or not here. */
export function add(to: i32, byte: u8): i32 {
  if (isDigit(byte)) {
    if (hasExponent) exponentDigits++;
    else {
      digits++;
      if (hasPoint) scale++;
      if (byte != 0x30) isZero = false;
    }
  } else if (byte == POINT) {
    if (hasPoint || hasExponent) return -1;
    hasPoint = true;
  } else if ((byte | 0x20) == 0x65) {
    if (hasExponent || digits == 0) return -1;
    hasExponent = true;
  } else if (byte == MINUS || byte == PLUS) {
    if (length > 0 && (last | 0x20) != 0x65) return -1;
    if (length == 0) {
      isSigned = true;
      isNegative = byte == MINUS;
    }
    if (length == 0 && byte == PLUS) {
      length++;
      last = byte;
      return to;
    }
  } else return -1;
  length++;
  last = byte;
  return put(to, byte);
}

/** The kinds that the number is of; none: it is no number, or not one for certain. */
export function kinds(): i32 {
  if (digits == 0 || digits > MAX_DIGITS || scale > MAX_SCALE) return 0;
  // The literal is 0, the text -0.
  if (isNegative && isZero) return 0;
  if (hasExponent) return exponentDigits > 0 ? FLOAT : 0;
  if (hasPoint) return DECIMAL;
  return digits == 4 && !isSigned ? INTEGER | YEAR : INTEGER;
}
