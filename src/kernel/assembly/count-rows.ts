/**
 * Rows of an INSERT or REPLACE, counted: bytes in, cut anywhere; how many rows have ended. The states are those of
 * src/format/row-scanner.ts, which tells where rows are and is asked for one at a time; here 2 GB of them pass in a second.
 */

const OPENING: i32 = 0; // up to the word VALUES outside of quotes and parentheses
const BETWEEN: i32 = 1; // behind it or a row
const ROW: i32 = 2; // inside a row's parentheses
const TAIL: i32 = 3; // something else follows the rows

const DOUBLE_QUOTE: i32 = 34;
const SINGLE_QUOTE: i32 = 39;
const OPEN: i32 = 40;
const CLOSE: i32 = 41;
const COMMA: i32 = 44;
const BACKSLASH: i32 = 92;
const BACKTICK: i32 = 96;

const VALUES: usize = memory.data<u8>([86, 65, 76, 85, 69, 83]);
const VALUES_BYTES: i32 = 6;

export let state: i32 = OPENING;
/** The quote that ends the open string or name; 0 outside. */
export let quote: i32 = 0;
/** Rows that have ended. */
export let rows: f64 = 0;
let escapes: bool = true;
let isEscaped: bool = false;
let depth: i32 = 0;
/** How much of VALUES the word has so far; -1: it is another one. */
let matched: i32 = 0;

/** First byte of memory that the caller may use. */
export function memoryStart(): i32 {
  return <i32>__heap_base;
}

/** Begins a statement. `backslashEscapes`: false under NO_BACKSLASH_ESCAPES. */
export function begin(backslashEscapes: bool): void {
  escapes = backslashEscapes;
  state = OPENING;
  quote = 0;
  rows = 0;
  isEscaped = false;
  depth = 0;
  matched = 0;
}

/** The next bytes of the statement. Reads up to 15 bytes behind them. */
export function add(from: i32, bytes: i32): void {
  const end = from + bytes;
  for (let at = from; at < end;) {
    if (quote != 0) {
      at = skipQuoted(at, end);
      continue;
    }
    const byte = <i32>load<u8>(at++);
    if (state == ROW) inRow(byte);
    else if (state == BETWEEN) between(byte);
    else if (state == OPENING) inOpening(byte);
    else openQuote(byte);
  }
}

// @ts-ignore: decorator
@inline
function inRow(byte: i32): void {
  if (byte > BACKTICK || (byte > CLOSE && byte < BACKTICK)) return;
  if (byte == OPEN) depth++;
  else if (byte == CLOSE) {
    if (--depth > 0) return;
    rows += 1;
    state = BETWEEN;
  } else openQuote(byte);
}

function between(byte: i32): void {
  if (byte == COMMA || byte == 32 || (byte >= 9 && byte <= 13)) return;
  if (byte == OPEN) {
    state = ROW;
    depth = 1;
    return;
  }
  state = TAIL;
  openQuote(byte);
}

function inOpening(byte: i32): void {
  if (isWordByte(byte)) {
    const isNext = matched >= 0 && matched < VALUES_BYTES && (byte & 0xdf) == <i32>load<u8>(VALUES + matched);
    matched = isNext ? matched + 1 : -1;
    return;
  }
  const isValues = depth == 0 && matched == VALUES_BYTES;
  matched = 0;
  if (isValues) {
    state = BETWEEN;
    between(byte);
  } else if (byte == OPEN) depth++;
  else if (byte == CLOSE) depth--;
  else openQuote(byte);
}

function openQuote(byte: i32): void {
  if (byte == DOUBLE_QUOTE || byte == SINGLE_QUOTE || byte == BACKTICK) quote = byte;
}

/** Up to behind the end of the open string, or to the end of the bytes. */
function skipQuoted(from: i32, end: i32): i32 {
  let at = from;
  if (isEscaped) {
    isEscaped = false;
    at++;
  }
  const hasEscapes = escapes && quote != BACKTICK;
  const quotes = i8x16.splat(<i8>quote);
  const backslashes = i8x16.splat(<i8>(hasEscapes ? BACKSLASH : quote));
  while (at < end) {
    const block = v128.load(at);
    const found = i8x16.bitmask(v128.or(i8x16.eq(block, quotes), i8x16.eq(block, backslashes)));
    if (found == 0) {
      at += 16;
      continue;
    }
    at += ctz(found);
    if (at >= end) break;
    if (<i32>load<u8>(at) == quote) {
      quote = 0;
      return at + 1;
    }
    at += 2;
    if (at > end) isEscaped = true;
  }
  return end;
}

function isWordByte(byte: i32): bool {
  return (
    (byte >= 97 && byte <= 122) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 48 && byte <= 57) ||
    byte == 95 ||
    byte == 36 ||
    byte >= 128
  );
}
