/** The bytes that `0x…` or `x'…'` spells, read digit by digit. */

import { isDigit, putEscaped } from "./literal-bytes";

/** The digits so far, of which only 0, 1, and odd or even matter. */
let digits: i32 = 0;
let high: i32 = 0;

export function begin(): void {
  digits = 0;
}

/** Writes a byte with every other digit. -1: it is no digit. */
export function add(to: i32, byte: u8): i32 {
  const value = nibble(byte);
  if (value < 0) return -1;
  if ((digits & 1) == 0) high = value << 4;
  else to = putEscaped(to, <u8>(high | value));
  digits = digits == 2 ? 1 : digits + 1;
  return to;
}

/** Whether the digits make whole bytes; none may be between quotes, and not behind 0x. */
export function areWhole(isQuoted: bool): bool {
  return digits == 2 || (digits == 0 && isQuoted);
}

/** -1: no hexadecimal digit. */
function nibble(byte: u8): i32 {
  if (isDigit(byte)) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
