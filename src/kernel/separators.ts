/** Which bytes the separators of bare rows make special within values. */

import type { Separators } from '../base/separators.ts';

/** What stands for a byte behind the escape byte, where it is not the byte itself. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['\0', '0'],
  ['\n', 'n'],
  ['\r', 'r'],
  ['\x1a', 'Z'],
]);

/**
 * The bytes that are written behind the escape byte: those that mysql_real_escape_string escapes, as mydumper does, and
 * what begins a separator.
 */
function specialBytes(separators: Separators): ReadonlySet<string> {
  const { fieldsTerminatedBy, fieldsEnclosedBy, fieldsEscapedBy, linesTerminatedBy } = separators;
  const own = [fieldsTerminatedBy.charAt(0), fieldsEnclosedBy, fieldsEscapedBy, linesTerminatedBy.charAt(0)];
  return new Set([...LETTERS.keys(), '"', "'", ...own.filter((each) => each !== '')]);
}

/** A text with its special bytes escaped; for what is no row, such as the names of columns. */
export function escapedText(text: string, separators: Separators): string {
  const special = specialBytes(separators);
  const escape = separators.fieldsEscapedBy;
  return Array.from(text, (each) => (special.has(each) ? escape + letter(each) : each)).join('');
}

function letter(byte: string): string {
  return LETTERS.get(byte) ?? byte;
}

/** By low nibble, one bit for each high nibble that makes a special byte with it; assembly/special-bytes.ts reads them. */
export function specialNibbles(separators: Separators): Uint8Array {
  const nibbles = new Uint8Array(16);
  for (const each of specialBytes(separators)) {
    const byte = each.charCodeAt(0);
    nibbles[byte & 15]! |= 1 << (byte >> 4);
  }
  return nibbles;
}
