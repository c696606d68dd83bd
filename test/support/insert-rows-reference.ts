/**
 * What the kernel of rewritten rows has to make of the rows of an INSERT, by the plainest code that says it; and what LOAD
 * DATA reads of a text. Bytes as Latin-1.
 */
import { Literal } from '../../src/kernel/rows-from-insert.ts';
import type { LiteralColumns } from '../../src/kernel/rows-from-insert.ts';

export type Row = readonly (string | null)[];

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['b', '\b'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['Z', '\x1a'],
]);

const BLANK = '[ \\t-\\r]*';
const STRING = (escape: string): string =>
  `"(?:[^"${escape}]|""${escape === '' ? '' : '|\\\\[^]'})*"|'(?:[^'${escape}]|''${escape === '' ? '' : '|\\\\[^]'})*'`;

/** The rows as a server reads them; undefined when there is anything that is no literal the column takes. */
export function referenceRows(text: string, { literals, backslashEscapes }: LiteralColumns): Row[] | undefined {
  const string = STRING(backslashEscapes ? '\\\\' : '');
  const literal = new RegExp(
    `${BLANK}(?:(NULL)(?![\\w])|(_binary|_utf8mb4)?${BLANK}(${string})|CONVERT${BLANK}\\(${BLANK}(${string})${BLANK}USING(?!\\w)${BLANK}UTF8MB4${BLANK}\\)|` +
      `0x((?:[0-9a-f]{2})+)|x'((?:[0-9a-f]{2})*)'|([-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?))${BLANK}([,)])`,
    'iy',
  );
  const rows: Row[] = [];
  const separator = new RegExp(`${BLANK}(,?)${BLANK}(\\(?)`, 'y');
  for (let at = 0; ;) {
    separator.lastIndex = at;
    const [all = '', comma = '', open = ''] = separator.exec(text) ?? [];
    at += all.length;
    if (comma === '' && open === '' && at === text.length && rows.length > 0) return rows;
    if (open === '' || (comma === ',') !== rows.length > 0) return undefined;
    const row: (string | null)[] = [];
    for (let end = ','; end === ',';) {
      literal.lastIndex = at;
      const found = literal.exec(text);
      if (found === null || row.length === literals.length) return undefined;
      at += found[0].length;
      end = found[8] ?? '';
      const [kind, value] = valueOf(found, backslashEscapes);
      if (((literals[row.length] ?? 0) & kind) === 0) return undefined;
      row.push(value);
    }
    if (row.length !== literals.length) return undefined;
    rows.push(row);
  }
}

function valueOf(found: RegExpExecArray, escapes: boolean): [kind: number, value: string | null] {
  const [, isNull, mark, string, converted, hex = '', quotedHex = '', number] = found;
  if (isNull !== undefined) return [Literal.NULL, null];
  if (number !== undefined) return [numberKind(number), number.replace(/^\+/, '')];
  if (converted !== undefined) return [Literal.CONVERTED_STRING, stringValue(converted, escapes)];
  if (string === undefined) return [Literal.HEX, Buffer.from(hex + quotedHex, 'hex').toString('latin1')];
  const kinds = { '': Literal.STRING, _binary: Literal.BINARY_STRING, _utf8mb4: Literal.UTF8_STRING };
  return [kinds[(mark ?? '').toLowerCase() as keyof typeof kinds], stringValue(string, escapes)];
}

function stringValue(literal: string, escapes: boolean): string {
  const quote = literal.charAt(0);
  const text = literal.slice(1, -1);
  if (!escapes) return text.replaceAll(quote + quote, quote);
  return text.replaceAll(/\\([^])|""|''/g, (pair, byte: string | undefined) => {
    if (byte === undefined) return pair === quote + quote ? quote : pair;
    return byte === '%' || byte === '_' ? pair : (ESCAPED.get(byte) ?? byte);
  });
}

function numberKind(text: string): number {
  const [, sign = '', whole = '', point, fraction = '', exponent] = /^([-+]?)(\d*)(\.?)(\d*)(e.*)?$/i.exec(text) ?? [];
  if (whole.length + fraction.length > 65 || fraction.length > 30) return 0;
  if (sign === '-' && /^0*$/.test(whole + fraction)) return 0;
  if (exponent !== undefined) return Literal.FLOAT;
  if (point !== '') return Literal.DECIMAL;
  return whole.length === 4 && sign === '' ? Literal.INTEGER | Literal.YEAR : Literal.INTEGER;
}

/** The rows that LOAD DATA reads between tabs, newlines and backslashes. */
export function loadedRows(text: string): Row[] {
  const rows: Row[] = [];
  let row: (string | null)[] = [];
  let value = '';
  let sawNull = false;
  for (let at = 0; at < text.length; at++) {
    const byte = text.charAt(at);
    if (byte === '\\') {
      const next = text.charAt(++at);
      sawNull ||= next === 'N';
      value += ESCAPED.get(next) ?? next;
    } else if (byte === '\t' || byte === '\n') {
      row.push(sawNull && value.length === 1 ? null : value);
      value = '';
      sawNull = false;
      if (byte === '\t') continue;
      rows.push(row);
      row = [];
    } else value += byte;
  }
  if (value !== '' || row.length > 0) throw new Error('the text ends in the middle of a row');
  return rows;
}
