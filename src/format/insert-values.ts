/**
 * Reading an INSERT statement value by value, for the rare question what a row says. Loading does not do it: statements go
 * to the server as they are.
 */

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

/** Takes an INSERT or REPLACE apart; one of another form has no rows. */
export function readInsert(statement: Buffer): InsertText {
  const listAt = skipTo(statement, 0, OPEN);
  const head = statement.toString('latin1', 0, listAt);
  if (/\bVALUES\s*$/i.test(head)) return { columns: undefined, rows: rowsFrom(statement, listAt) };
  const list = readList(statement, listAt);
  if (list === undefined) return { columns: undefined, rows: [] };
  const columns = list.values.map(unquoted);
  return { columns, rows: rowsFrom(statement, skipTo(statement, list.end, OPEN)) };
}

/** The bytes of a string literal, whatever marker stands before it; undefined for what is no string. */
export function stringBytes(literal: Buffer): Buffer | undefined {
  const found = /^(?:_\w+\s*)?(['"])(.*)\1$/s.exec(literal.toString('latin1').trim());
  if (found === null) return undefined;
  const [, quote = '', text = ''] = found;
  const plain = text
    .replaceAll(quote + quote, quote)
    .replace(/\\(.)/gs, (_, byte: string) => ESCAPES.get(byte) ?? byte);
  return Buffer.from(plain, 'latin1');
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['Z', '\x1a'],
]);

function* rowsFrom(statement: Buffer, start: number): Generator<readonly Buffer[]> {
  for (let at = start; at < statement.length;) {
    const list = readList(statement, at);
    if (list === undefined) return;
    yield list.values;
    at = skipTo(statement, list.end, OPEN);
  }
}

/** What stands between the parenthesis at `start` and its other half, in pieces; undefined when that is missing. */
function readList(statement: Buffer, start: number): { values: Buffer[]; end: number } | undefined {
  const values: Buffer[] = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < statement.length; at++) {
    const byte = statement[at] ?? 0;
    if (QUOTES.has(byte)) at = endOfQuoted(statement, at);
    else if (byte === OPEN) depth++;
    else if (byte === COMMA && depth === 1) {
      values.push(statement.subarray(from, at));
      from = at + 1;
    } else if (byte === CLOSE && --depth === 0) {
      values.push(statement.subarray(from, at));
      return { values, end: at + 1 };
    }
  }
  return undefined;
}

/** Where `wanted` stands outside of quotes, or the end. */
function skipTo(statement: Buffer, start: number, wanted: number): number {
  let at = start;
  while (at < statement.length && statement[at] !== wanted) {
    if (QUOTES.has(statement[at] ?? 0)) at = endOfQuoted(statement, at);
    at++;
  }
  return at;
}

/** The closing quote of what opens at `start`; a doubled one closes and opens again, which comes to the same. */
function endOfQuoted(statement: Buffer, start: number): number {
  const quote = statement[start];
  let at = start + 1;
  while (at < statement.length && statement[at] !== quote)
    at += quote !== BACKTICK && statement[at] === BACKSLASH ? 2 : 1;
  return at;
}

function unquoted(name: Buffer): string {
  const text = name.toString('utf8').trim();
  const quote = text.charAt(0);
  return quote === '`' || quote === '"' ? text.slice(1, -1).replaceAll(quote + quote, quote) : text;
}
