/**
 * Bare rows, as LOAD DATA reads them → rows of an INSERT: `1⇥a"b⇥\N⏎` → `,('1','a"b',NULL)`. One call of `run` takes an input
 * window, which may be cut anywhere, fills an output window and says why it stopped; a value of a gigabyte costs no more
 * memory than one of ten bytes. With rows to pass over, which may be all, nothing is written and only their ends are told.
 *
 * A value is read as servers read it (read_field in MySQL's sql_load.cc): a separator counts outside of enclosed values
 * only; an enclosing byte ends a value where a separator follows, and stands for itself elsewhere, doubled or not; behind the
 * escape byte letters have meanings; `\N` alone is NULL, and so is the bare word NULL where values can be enclosed. It is
 * written as a string of SQL, which holds any bytes but `'`, which is doubled, and the backslash.
 *
 * This is AssemblyScript. Its only caller is ../insert-from-rows.ts.
 */

import { standsAt, unescaped } from "./bare-bytes";

// Why `run` stopped; ../insert-from-rows.ts has the same list.
const NEED_INPUT: i32 = 0;
const NEED_ROOM: i32 = 1;
/** Of the last input: all of it is consumed, and no row is open. */
const END: i32 = 2;
const TOO_FEW_VALUES: i32 = 3;
const TOO_MANY_VALUES: i32 = 4;
const UNENDED_VALUE: i32 = 5;
/** The row that was asked for has ended. */
const ROW_END: i32 = 6;

// What comes next.
const HEADER: i32 = 0; // a line that holds no row
const LINE: i32 = 1; // what stands in front of a row
const VALUE: i32 = 2;
const PLAIN: i32 = 3; // inside a value
const ENCLOSED: i32 = 4; // inside a value that is enclosed

// What ends a value.
const NOTHING: i32 = 0;
const SEPARATOR: i32 = 1;
const LINE_END: i32 = 2;
const INPUT_END: i32 = 3;

const QUOTE: u8 = 0x27;
const BACKSLASH: u8 = 0x5c;
const NULL_WORD: u32 = 0x4c4c554e;

// Of a column; ../insert-from-rows.ts lays them out. One without a text is left out.
const COLUMN_BYTES: i32 = 24;
const OPENING: i32 = 0;
const CLOSING: i32 = 8;
const NULL_TEXT: i32 = 16;

// Constant for one file.
let columnCount: i32 = 0;
let columnsAt: i32 = 0;
let lineStartAt: i32 = 0;
let lineStartBytes: i32 = 0;
let separatorAt: i32 = 0;
let separatorBytes: i32 = 0;
let lineEndAt: i32 = 0;
let lineEndBytes: i32 = 0;
/** -1: none. */
let enclosure: i32 = -1;
let escape: i32 = -1;
/** Whether strings of SQL have escapes. */
let escapes: bool = true;
/** Whether a byte behind the escape byte means in SQL what it does here, but for those that `isAlike` knows. */
let sharesEscapes: bool = true;
/** What a step may look at behind the byte that it is at. */
let lookahead: i32 = 0;

export let inAt: i32 = 0;
export let outAt: i32 = 0;
/** Behind the last row that ended within this window; 0: none did. */
export let rowEndOut: i32 = 0;
/** Behind the last row that ended within this input, as `inAt` counts; 0: none did. */
export let rowEndIn: i32 = 0;
let outEnd: i32 = 0;
let inEnd: i32 = 0;
let isLast: bool = false;

/** Rows completed since `begin`, those that were passed over among them. */
export let rows: f64 = 0;
let rowsToPass: f64 = 0;
let stopAtRow: f64 = 0;

let state: i32 = LINE;
let headerLines: i32 = 0;
let column: i32 = 0;
let isPassed: bool = false;

/** First byte of memory that the caller may lay its windows in. */
export function memoryStart(): i32 {
  return <i32>__heap_base;
}

/** The texts in front of a line, between values, and behind a line. The last two are not empty. */
export function setTexts(start: i32, startBytes: i32, between: i32, betweenBytes: i32, end: i32, endBytes: i32): void {
  lineStartAt = start;
  lineStartBytes = startBytes;
  separatorAt = between;
  separatorBytes = betweenBytes;
  lineEndAt = end;
  lineEndBytes = endBytes;
  lookahead = 4 + max(startBytes, 1 + max(betweenBytes, endBytes));
}

/** `enclosing` and `escaping`: a byte, or -1. */
export function setMarks(enclosing: i32, escaping: i32, sqlEscapes: bool): void {
  enclosure = enclosing;
  escape = escaping;
  escapes = sqlEscapes;
  sharesEscapes = sqlEscapes && escaping == <i32>BACKSLASH;
}

/** Starts a file. */
export function begin(columns: i32, at: i32, headers: i32, passed: f64): void {
  columnCount = columns;
  columnsAt = at;
  headerLines = headers;
  rowsToPass = passed;
  rows = 0;
  state = headers > 0 ? HEADER : LINE;
}

/** Gives the next output window, of which the first `carried` bytes are the beginning of the open row. */
export function setOutput(start: i32, end: i32, carried: i32): void {
  outAt = start + carried;
  outEnd = end;
  rowEndOut = 0;
}

/**
 * Consumes the input window, behind which 16 bytes may be read; the end of it, which is needed to see what follows, only when
 * it is the last. Stops behind row `stopAt`, counted as `rows` are. Behind `outEnd` one step may fill 64 bytes and the
 * longest texts of a column.
 */
export function run(start: i32, end: i32, last: bool, stopAt: f64): i32 {
  inAt = start;
  stopAtRow = stopAt;
  inEnd = end;
  isLast = last;
  rowEndIn = 0;
  const until = last ? end : end - lookahead;
  let stop = 0;
  while (stop == 0) {
    if (outAt > outEnd) return NEED_ROOM;
    if (inAt >= until) return last ? endInput() : NEED_INPUT;
    if (state == VALUE) stop = beginValue();
    else if (state == PLAIN) stop = copyPlain(until);
    else if (state == ENCLOSED) stop = copyEnclosed(until);
    else if (state == LINE) passLineStart();
    else passHeader();
  }
  return stop;
}

function endInput(): i32 {
  if (state == PLAIN) {
    const stop = endValue(INPUT_END);
    return stop == TOO_FEW_VALUES ? stop : END;
  }
  if (state == ENCLOSED) return UNENDED_VALUE;
  return state == VALUE && column > 0 ? TOO_FEW_VALUES : END;
}

/** One byte of a header, or what is behind the escape byte, or the line's end. */
function passHeader(): void {
  const byte = <i32>load<u8>(inAt);
  if (byte == escape) inAt = min(inAt + 2, inEnd);
  else if (standsAt(lineEndAt, lineEndBytes, inAt, inEnd)) {
    inAt += lineEndBytes;
    if (--headerLines == 0) state = LINE;
  } else inAt++;
}

/** Whatever stands in front of what begins a line is passed over, as servers do. */
function passLineStart(): void {
  if (lineStartBytes > 0 && !standsAt(lineStartAt, lineStartBytes, inAt, inEnd)) {
    inAt++;
    return;
  }
  inAt += lineStartBytes;
  column = 0;
  state = VALUE;
}

function beginValue(): i32 {
  const at = columnsAt + column * COLUMN_BYTES;
  isPassed = rows < rowsToPass || load<i32>(at, OPENING + 4) == 0;
  const isEnclosed = <i32>load<u8>(inAt) == enclosure;
  const value = inAt + <i32>isEnclosed;
  let end = -1;
  if (<i32>load<u8>(value) == escape && load<u8>(value, 1) == 0x4e) {
    if (!isEnclosed) end = value + 2;
    else if (<i32>load<u8>(value, 2) == enclosure) end = value + 3;
  } else if (!isEnclosed && enclosure >= 0 && load<u32>(value) == NULL_WORD) end = value + 4;
  if (end >= 0 && end <= inEnd) {
    const kind = endAt(end);
    if (kind != NOTHING) {
      putText(at + NULL_TEXT);
      inAt = end;
      return endColumn(kind);
    }
  }
  putText(at + OPENING);
  inAt = value;
  state = isEnclosed ? ENCLOSED : PLAIN;
  return 0;
}

/** What ends a value here. */
// @ts-ignore: decorator
@inline
function endAt(at: i32): i32 {
  if (at == inEnd) return isLast ? INPUT_END : NOTHING;
  if (standsAt(lineEndAt, lineEndBytes, at, inEnd)) return LINE_END;
  return standsAt(separatorAt, separatorBytes, at, inEnd) ? SEPARATOR : NOTHING;
}

function endValue(kind: i32): i32 {
  putText(columnsAt + column * COLUMN_BYTES + CLOSING);
  return endColumn(kind);
}

/** Behind the text of a value; `inAt` is at what ended it. */
function endColumn(kind: i32): i32 {
  column++;
  state = VALUE;
  if (kind == SEPARATOR) {
    inAt += separatorBytes;
    return column == columnCount ? TOO_MANY_VALUES : 0;
  }
  if (column != columnCount) return TOO_FEW_VALUES;
  if (kind == LINE_END) inAt += lineEndBytes;
  if (rows >= rowsToPass) {
    isPassed = false;
    putText(columnsAt + columnCount * COLUMN_BYTES);
    rowEndOut = outAt;
  }
  rows += 1;
  rowEndIn = inAt;
  state = LINE;
  return rows == stopAtRow ? ROW_END : 0;
}

/** `at`: where the text is and how long. */
// @ts-ignore: decorator
@inline
function putText(at: i32): void {
  if (isPassed) return;
  const text = load<i32>(at);
  const bytes = load<i32>(at, 4);
  v128.store(outAt, v128.load(text));
  if (bytes > 16) memory.copy(outAt, text, bytes);
  outAt += bytes;
}

/** One bit for each of 16 bytes. */
// @ts-ignore: decorator
@inline
function bits(block: v128, a: v128, b: v128): v128 {
  return v128.or(i8x16.eq(block, a), i8x16.eq(block, b));
}

/** Copies up to the end of the value, or of a window, 16 bytes a step. */
function copyPlain(until: i32): i32 {
  const escapeBytes = i8x16.splat(<i8>(escape < 0 ? <i32>QUOTE : escape));
  const separators = i8x16.splat(load<i8>(separatorAt));
  const lineEnds = i8x16.splat(load<i8>(lineEndAt));
  const quotes = i8x16.splat(<i8>QUOTE);
  const backslashes = i8x16.splat(<i8>BACKSLASH);
  let from = inAt;
  let to = outAt;
  let kind = NOTHING;
  while (from < until && to <= outEnd) {
    const block = v128.load(from);
    v128.store(to, block);
    const special = v128.or(bits(block, separators, lineEnds), v128.or(bits(block, quotes, backslashes), i8x16.eq(block, escapeBytes)));
    let hits = i8x16.bitmask(special);
    const left = until - from;
    if (left < 16) hits &= (1 << left) - 1;
    const clean = hits == 0 ? min(left, 16) : ctz(hits);
    from += clean;
    to += clean;
    if (hits == 0) continue;
    const byte = load<u8>(from);
    if (<i32>byte != escape) {
      kind = endAt(from);
      if (kind != NOTHING) break;
    }
    to = putSpecial(from, to, byte);
    from = passedTo;
  }
  inAt = from;
  if (!isPassed) outAt = to;
  return kind == NOTHING ? 0 : endValue(kind);
}

/** The same, up to the byte that encloses the value. */
function copyEnclosed(until: i32): i32 {
  const escapeBytes = i8x16.splat(<i8>(escape < 0 ? <i32>QUOTE : escape));
  const enclosures = i8x16.splat(<i8>enclosure);
  const quotes = i8x16.splat(<i8>QUOTE);
  const backslashes = i8x16.splat(<i8>BACKSLASH);
  let from = inAt;
  let to = outAt;
  let kind = NOTHING;
  while (from < until && to <= outEnd) {
    const block = v128.load(from);
    v128.store(to, block);
    const special = v128.or(bits(block, enclosures, escapeBytes), bits(block, quotes, backslashes));
    let hits = i8x16.bitmask(special);
    const left = until - from;
    if (left < 16) hits &= (1 << left) - 1;
    const clean = hits == 0 ? min(left, 16) : ctz(hits);
    from += clean;
    to += clean;
    if (hits == 0) continue;
    const byte = load<u8>(from);
    if (<i32>byte != enclosure) {
      to = putSpecial(from, to, byte);
      from = passedTo;
      continue;
    }
    kind = endAt(from + 1);
    from++;
    if (kind != NOTHING) break;
    if (from < inEnd && <i32>load<u8>(from) == enclosure) from++; // doubled
    to = putByte(to, byte);
  }
  inAt = from;
  if (!isPassed) outAt = to;
  return kind == NOTHING ? 0 : endValue(kind);
}

/** Behind what `putSpecial` has read. */
let passedTo: i32 = 0;

/** A byte that is no separator here, or the escape byte and the one behind it. */
function putSpecial(from: i32, to: i32, byte: u8): i32 {
  passedTo = from + 1;
  if (<i32>byte != escape || passedTo == inEnd) return putByte(to, byte);
  passedTo++;
  const next = load<u8>(from, 1);
  if (sharesEscapes && isAlike(next)) {
    store<u16>(to, load<u16>(from));
    return to + 2;
  }
  return putByte(to, unescaped(next));
}

/** SQL takes `\N` for an N as well, but keeps the backslash of `\%` and `\_`. */
// @ts-ignore: decorator
@inline
function isAlike(byte: u8): bool {
  return byte != 0x25 && byte != 0x5f;
}

/** A byte of a value. */
// @ts-ignore: decorator
@inline
function putByte(to: i32, byte: u8): i32 {
  store<u8>(to, byte);
  store<u8>(to, byte, 1);
  return to + (byte == QUOTE || (byte == BACKSLASH && escapes) ? 2 : 1);
}
