/**
 * Reading an INSERT statement value by value, for the rare question what a row says. Loading does not do it: statements go
 * to the server as they are.
 */

import { unquoteAny } from '../schema/names.ts';
import { RowScanner, ScanEvent } from './row-scanner.ts';

const BACKTICK = 0x60;
const BACKSLASH = 0x5c;
const QUOTES: ReadonlySet<number> = new Set([0x22, 0x27, BACKTICK]);
const OPEN = 0x28;
const CLOSE = 0x29;
const COMMA = 0x2c;

export interface InsertText {
  /** The names of the column list; undefined when there is none. */
  readonly columns: readonly string[] | undefined;
  /** The text of each value of each row, as it stands; a row that is cut off is not among them. */
  readonly rows: Iterable<readonly Buffer[]>;
}

/** Takes an INSERT or REPLACE apart; one of another form has no rows. `backslashEscapes`: false under NO_BACKSLASH_ESCAPES. */
export function readInsert(statement: Buffer, backslashEscapes: boolean): InsertText {
  const scanner = new RowScanner(backslashEscapes);
  const isRow = scanner.next(statement, 0) === ScanEvent.ROW_START;
  const rows = isRow ? rowsFrom(scanner, statement, backslashEscapes) : [];
  const names = listIn(statement.subarray(0, scanner.at), backslashEscapes);
  return {
    columns: isRow && names.length > 0 ? names.map((name) => unquoteAny(name.toString('utf8').trim())) : undefined,
    rows,
  };
}

/** The bytes of a string literal, whatever marker stands before it; undefined for what is no string. */
export function stringBytes(literal: Buffer, backslashEscapes: boolean): Buffer | undefined {
  const found = /^(?:_\w+\s*)?(['"])(.*)\1$/s.exec(literal.toString('latin1').trim());
  if (found === null) return undefined;
  const [, quote = '', text = ''] = found;
  const plain = text.replaceAll(quote + quote, quote);
  if (!backslashEscapes) return Buffer.from(plain, 'latin1');
  return Buffer.from(
    plain.replace(/\\(.)/gs, (_, byte: string) => ESCAPES.get(byte) ?? byte),
    'latin1',
  );
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['Z', '\x1a'],
]);

function* rowsFrom(scanner: RowScanner, statement: Buffer, escapes: boolean): Generator<readonly Buffer[]> {
  for (let start = scanner.at; ; start = scanner.at) {
    if (scanner.next(statement, start) !== ScanEvent.ROW_END) return;
    yield listIn(statement.subarray(start, scanner.at), escapes);
    if (scanner.next(statement, scanner.at) !== ScanEvent.ROW_START) return;
  }
}

/** What stands in the first parentheses of the text, in pieces; nothing where there are none. */
function listIn(text: Buffer, escapes: boolean): Buffer[] {
  const pieces: Buffer[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0;
    if (QUOTES.has(byte)) at = endOfQuoted(text, at, escapes);
    else if (byte === OPEN && ++depth === 1) from = at + 1;
    else if (depth === 1 && (byte === COMMA || byte === CLOSE)) {
      pieces.push(text.subarray(from, at));
      from = at + 1;
    }
    if (byte === CLOSE && --depth === 0) break;
  }
  return pieces;
}

/** The closing quote of what opens at `start`; a doubled one closes and opens again, which comes to the same. */
function endOfQuoted(text: Buffer, start: number, escapes: boolean): number {
  const quote = text[start];
  const escape = escapes && quote !== BACKTICK ? BACKSLASH : -1;
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === escape ? 2 : 1;
  return at;
}
