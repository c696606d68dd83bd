/** What separates bare rows and their values, and the table of it that assembly/bare-values.ts reads. */

import type { Separators } from '../base/separators.ts';

// Where the parts of the table lie in it; assembly/bare-values.ts has the same list.
const LINE_END = 16;
const LOW_NIBBLES = 32;
const ESCAPE_BY_BYTE = 48;
const TABLE_BYTES = ESCAPE_BY_BYTE + 256;

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

export function separatorTable(separators: Separators): Uint8Array {
  const table = Buffer.alloc(TABLE_BYTES);
  table.write(separators.fieldsTerminatedBy, 0, 'latin1');
  table.write(separators.linesTerminatedBy, LINE_END, 'latin1');
  for (const each of specialBytes(separators)) {
    const byte = each.charCodeAt(0);
    table[LOW_NIBBLES + (byte & 15)]! |= 1 << (byte >> 4);
    table[ESCAPE_BY_BYTE + byte] = letter(each).charCodeAt(0);
  }
  return table;
}
