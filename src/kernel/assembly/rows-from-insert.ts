/**
 * The rows of an INSERT statement → rows as LOAD DATA reads them: `(1,"a\"b",NULL),(…)` → `1⇥a\"b⇥\N⏎…`. One call of `run`
 * takes an input window, which may be cut anywhere, fills an output window and says why it stopped; a value of a gigabyte
 * costs no more memory than one of ten bytes.
 *
 * Only literals are known, and of each column only the kinds that LOAD DATA stores as the INSERT would: anything else is
 * UNKNOWN, and then nothing of the statement may be used. What a string holds stays as it is written where LOAD DATA reads it
 * alike: its escapes are those of SQL but for `\%` and `\_`, which SQL keeps whole, and `\N`, which may be a NULL.
 *
 * This is AssemblyScript. Its only caller is ../rows-from-insert.ts.
 */

import { CLOSE, COMMA, DOUBLE_QUOTE, OPEN, SINGLE_QUOTE, isBlank, isDigit, isLetter, put, putEscaped } from "./literal-bytes";
import * as hex from "./literal-hex";
import { BINARY_STRING, CONVERTED_STRING, HEX, INTEGER, NULL, STRING, UTF8_STRING } from "./literal-kinds";
import * as digits from "./literal-numbers";
import * as words from "./literal-words";

// Why `run` stopped; ../rows-from-insert.ts has the same list.
const NEED_INPUT: i32 = 0;
const NEED_ROOM: i32 = 1;
const UNKNOWN: i32 = 2;

// What comes next.
const ROW: i32 = 0; // the parenthesis of a row
const BEHIND_ROW: i32 = 1; // a comma, or the end
const VALUE: i32 = 2;
const BEHIND_VALUE: i32 = 3; // a comma or the end of the row
const IN_STRING: i32 = 4;
const BEHIND_QUOTE: i32 = 5; // the same quote once more, or the string has ended
const BEHIND_BACKSLASH: i32 = 6;
const QUOTE: i32 = 7; // behind _binary and kin, or in CONVERT
const WORD: i32 = 8; // the next byte of a word
const BEFORE_WORD: i32 = 9; // a word, which must come
const CONVERT_OPEN: i32 = 10;
const CONVERT_CLOSE: i32 = 11;
const ZERO: i32 = 12; // behind a 0 that may begin 0x…
const NUMBER: i32 = 13;
const IN_HEX: i32 = 14;

/** Bytes behind `outEnd` that one step may fill. */
const SLACK: i32 = 64;

let columnCount: i32 = 0;
let kindsAt: i32 = 0;
let escapes: bool = true;

export let inAt: i32 = 0;
export let outAt: i32 = 0;
let outEnd: i32 = 0;
/** Rows completed since `begin`. */
export let rows: i32 = 0;

let state: i32 = ROW;
let column: i32 = 0;
let quote: u8 = 0;
/** Of the string that is to come, and the state behind it. */
let stringKind: i32 = 0;
let behindString: i32 = BEHIND_VALUE;
let wordMeans: i32 = VALUE; // VALUE, USING or CHARSET
const USING: i32 = 20;
const CHARSET: i32 = 21;
let isHexQuoted: bool = false;

/** First byte of memory that the caller may lay its windows in. */
export function memoryStart(): i32 {
  return <i32>__heap_base;
}

/** `kinds`: two bytes a column, the literals that it takes. */
export function setColumns(columns: i32, kinds: i32, backslashEscapes: bool): void {
  columnCount = columns;
  kindsAt = kinds;
  escapes = backslashEscapes;
}

/** Starts at the rows of a statement. */
export function begin(): void {
  state = ROW;
  rows = 0;
}

/** Whether the statement may end here. */
export function isComplete(): bool {
  return state == BEHIND_ROW;
}

export function setOutput(start: i32, end: i32): void {
  outAt = start;
  outEnd = end - SLACK;
}

/** Consumes the input window, behind which 16 bytes may be read. */
export function run(start: i32, end: i32): i32 {
  inAt = start;
  while (outAt <= outEnd) {
    if (inAt == end) return NEED_INPUT;
    if (!step(end)) return UNKNOWN;
  }
  return NEED_ROOM;
}

/** False: something unknown. */
function step(end: i32): bool {
  const byte = load<u8>(inAt);
  switch (state) {
    case ROW:
      column = 0;
      return passed(byte, OPEN, VALUE);
    case BEHIND_ROW:
      return passed(byte, COMMA, ROW);
    case VALUE:
      return beginValue(byte, end);
    case BEHIND_VALUE:
      return endValue(byte);
    case IN_STRING:
      copyString(end);
      return true;
    case BEHIND_QUOTE:
      return behindQuote(byte);
    case BEHIND_BACKSLASH:
      return unescape(byte);
    case QUOTE:
      if (isBlank(byte)) inAt++;
      else return openString(byte);
      return true;
    case WORD:
      return continueWord(byte);
    case BEFORE_WORD:
      return beforeWord(byte);
    case CONVERT_OPEN:
      return passed(byte, OPEN, QUOTE);
    case CONVERT_CLOSE:
      return passed(byte, CLOSE, BEHIND_VALUE);
    case ZERO:
      return behindZero(byte);
    case NUMBER:
      return continueNumber(byte);
    default:
      return continueHex(byte);
  }
}

/** Passes over a blank, or over the one byte that may stand here. */
function passed(byte: u8, wanted: u8, next: i32): bool {
  if (byte == wanted) state = next;
  else if (!isBlank(byte)) return false;
  inAt++;
  return true;
}

// @ts-ignore: decorator
@inline
function takes(kind: i32): bool {
  return (<i32>load<u16>(kindsAt + (column << 1)) & kind) != 0;
}

function beginValue(byte: u8, end: i32): bool {
  if (byte == DOUBLE_QUOTE || byte == SINGLE_QUOTE) {
    stringKind = STRING;
    behindString = BEHIND_VALUE;
    return openString(byte);
  }
  if (isDigit(byte) && inAt + 16 <= end && takes(INTEGER)) {
    // Of at most 15 digits, whole within the window: in one step.
    const block = v128.load(inAt);
    const others = i8x16.bitmask(i8x16.gt_u(i8x16.sub(block, i8x16.splat(0x30)), i8x16.splat(9)));
    const bytes = ctz(others);
    const next = load<u8>(inAt + bytes);
    if (others != 0 && (next == COMMA || next == CLOSE)) {
      v128.store(outAt, block);
      outAt += bytes;
      inAt += bytes;
      return endValue(next);
    }
  }
  if (byte == 0x30) {
    inAt++;
    state = ZERO;
    return true;
  }
  if (isDigit(byte) || digits.mayBegin(byte)) {
    digits.begin();
    state = NUMBER;
    return true;
  }
  wordMeans = VALUE;
  return beforeWord(byte);
}

function endValue(byte: u8): bool {
  if (byte == COMMA) {
    if (++column == columnCount) return false;
    outAt = put(outAt, 0x09);
    state = VALUE;
  } else if (byte == CLOSE) {
    if (column + 1 != columnCount) return false;
    outAt = put(outAt, 0x0a);
    rows++;
    state = BEHIND_ROW;
  } else if (!isBlank(byte)) return false;
  inAt++;
  return true;
}

function openString(byte: u8): bool {
  if (!takes(stringKind) || (byte != DOUBLE_QUOTE && byte != SINGLE_QUOTE)) return false;
  quote = byte;
  state = IN_STRING;
  inAt++;
  return true;
}

/** For each low nibble the byte with that nibble that cannot just be copied; the quote's is added. */
const SPECIAL: v128 = i8x16(0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0x09, 0x0a, 0, 0x5c, 0, 0, 0);

/** Copies up to the end of the string or of a window, or to a backslash, 16 bytes a step. */
function copyString(end: i32): void {
  const special =
    quote == DOUBLE_QUOTE ? i8x16.replace_lane(SPECIAL, 2, 0x22) : i8x16.replace_lane(SPECIAL, 7, 0x27);
  let from = inAt;
  let to = outAt;
  while (from < end && to <= outEnd) {
    const block = v128.load(from);
    v128.store(to, block);
    let hits = i8x16.bitmask(i8x16.eq(i8x16.swizzle(special, v128.and(block, i8x16.splat(0x0f))), block));
    const left = end - from;
    if (left < 16) hits &= (1 << left) - 1;
    const clean = hits == 0 ? min(left, 16) : ctz(hits);
    from += clean;
    to += clean;
    if (hits == 0) continue;
    const byte = load<u8>(from++);
    if (byte == quote) {
      state = BEHIND_QUOTE;
      break;
    }
    if (byte == 0x5c && escapes) {
      state = BEHIND_BACKSLASH;
      break;
    }
    to = putEscaped(to, byte);
  }
  inAt = from;
  outAt = to;
  if (from == end) return;
  const next = load<u8>(from);
  if (state == BEHIND_QUOTE) behindQuote(next);
  else if (state == BEHIND_BACKSLASH && to <= outEnd) unescape(next);
}

function behindQuote(byte: u8): bool {
  if (byte != quote) {
    state = behindString;
    wordMeans = USING; // in CONVERT; elsewhere no word comes
    return true;
  }
  outAt = put(outAt, byte);
  inAt++;
  state = IN_STRING;
  return true;
}

function unescape(byte: u8): bool {
  const keepsBackslash = byte == 0x25 || byte == 0x5f; // % _
  if (byte != 0x4e) outAt = put(outAt, 0x5c); // N
  if (keepsBackslash) outAt = put(outAt, 0x5c);
  outAt = put(outAt, byte);
  inAt++;
  state = IN_STRING;
  return true;
}

function beforeWord(byte: u8): bool {
  if (isBlank(byte)) {
    inAt++;
    return true;
  }
  words.begin();
  state = WORD;
  return isLetter(byte);
}

function continueWord(byte: u8): bool {
  if (!isLetter(byte) && !isDigit(byte)) return endWord(byte);
  inAt++;
  return words.add(byte);
}

function endWord(byte: u8): bool {
  const word = words.word;
  if (wordMeans == USING) {
    wordMeans = CHARSET;
    state = BEFORE_WORD;
    return word == words.USING;
  }
  if (wordMeans == CHARSET) {
    state = CONVERT_CLOSE;
    return word == words.UTF8MB4;
  }
  behindString = BEHIND_VALUE;
  state = QUOTE;
  if (word == words.NULL) {
    outAt = put(put(outAt, 0x5c), 0x4e);
    state = BEHIND_VALUE;
    return takes(NULL);
  }
  if (word == words.BINARY_MARK) {
    stringKind = BINARY_STRING;
    return true;
  }
  if (word == words.UTF8MB4_MARK) {
    stringKind = UTF8_STRING;
    return true;
  }
  if (word == words.CONVERT) {
    stringKind = CONVERTED_STRING;
    behindString = BEFORE_WORD;
    state = CONVERT_OPEN;
    return true;
  }
  if (byte != SINGLE_QUOTE || word != words.X) return false;
  inAt++;
  return beginHex(true);
}

/** The 0 is consumed and not written yet. */
function behindZero(byte: u8): bool {
  if (byte == 0x78) {
    inAt++;
    return beginHex(false);
  }
  digits.begin();
  outAt = digits.add(outAt, 0x30);
  state = NUMBER;
  return true;
}

function continueNumber(byte: u8): bool {
  const to = digits.add(outAt, byte);
  if (to < 0) {
    state = BEHIND_VALUE;
    return takes(digits.kinds());
  }
  outAt = to;
  inAt++;
  return true;
}

function beginHex(isQuoted: bool): bool {
  isHexQuoted = isQuoted;
  hex.begin();
  state = IN_HEX;
  return takes(HEX);
}

function continueHex(byte: u8): bool {
  const to = hex.add(outAt, byte);
  if (to < 0) {
    state = BEHIND_VALUE;
    if (!hex.areWhole(isHexQuoted)) return false;
    if (!isHexQuoted) return true;
    inAt++;
    return byte == SINGLE_QUOTE;
  }
  outAt = to;
  inAt++;
  return true;
}
