/** A number, read byte by byte: what kind of number it is, and that it is one for certain. */

import { isDigit, put } from "./literal-bytes";
import { DECIMAL, FLOAT, INTEGER, YEAR } from "./literal-kinds";

const PLUS: u8 = 0x2b;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;

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
