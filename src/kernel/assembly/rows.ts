/**
 * Rows → text. One call of `run` turns the bytes of an input window, which may be cut anywhere, also inside a
 * packet header or a length, into text in an output window, and says why it stopped. It never needs a whole row, so
 * a row of a gigabyte costs no more memory than one of ten bytes.
 *
 * Input: the rows of a text result set as packets: 3 bytes length, 1 byte sequence, then for each column a
 * length-encoded string, 0xFB for NULL. A payload of 2^24-1 bytes goes on in the next packet. The packet that ends the
 * rows (EOF or ERR) is left for the caller.
 *
 * Output: `INSERT INTO … VALUES(1,"a")⏎,(2,NULL)⏎;⏎`, the layout of mydumper; or, compiled with BARE_ROWS, rows as LOAD DATA
 * reads them: `1⇥a⏎2⇥\N⏎`. There the opening is what begins a line, and there are no statements.
 *
 * This is AssemblyScript: a dialect that compiles to WebAssembly. Its only caller is ../kernel.ts.
 */

import { putLineEnd } from "./bare-values";
import { NUMBER, closeValue, copyShort, escape, openValue, putNull, separate } from "./values";

export { setSeparators } from "./bare-values";

// Why `run` stopped; ../kernel.ts has the same list.
const NEED_INPUT: i32 = 0;
const NEED_ROOM: i32 = 1;
const END_OF_ROWS: i32 = 2;
const FILE_FULL: i32 = 3;
const MALFORMED: i32 = 4;

// Where in the stream of packets we are.
const HEADER: i32 = 0; // inside the four bytes of a packet header
const ROW: i32 = 1; // a new payload begins, its first byte not looked at
const LENGTH: i32 = 2; // at, or inside, the length of a field
const FIELD: i32 = 3; // inside the bytes of a field
const ROW_END: i32 = 4; // all columns written

const MAX_PAYLOAD: i32 = 0xffffff;
/** Bytes behind `outEnd` that one step may fill: the longest opening and closing of a value, a 16-byte overshoot. */
const SLACK: i32 = 128;

// Constant for one result set.
let columnCount: i32 = 0;
let kindsAt: i32 = 0;
let openingAt: i32 = 0;
let openingBytes: i32 = 0;
let maxStatementBytes: f64 = 0;

// The windows.
export let inAt: i32 = 0;
export let outAt: i32 = 0;
/** Where the text of the open row begins; -1 when no row is open or its beginning has left the window. */
export let rowStart: i32 = -1;
let outStart: i32 = 0;
let outEnd: i32 = 0;
let fileFullAt: i32 = 0;
/** A payload longer than this may make a text too long for one window. */
let giantPayload: i32 = 0;

// Progress through packets and fields.
/** Payload bytes left in the current packet. */
export let packetLeft: i32 = 0;
let phase: i32 = HEADER;
let phaseAfterHeader: i32 = ROW;
let headerBytes: i32 = 0;
let header: u32 = 0;
let payloadContinues: bool = false;
let column: i32 = 0;
let lengthBytesLeft: i32 = 0;
let lengthShift: i32 = 0;
let fieldLeft: u64 = 0;

// The open statement.
let statementBytesBefore: f64 = 0; // what of it has left the window
let statementStart: i32 = 0; // where the rest of it begins
let statementRows: i32 = 0;
/** The longest statement ended since `begin`, without its ";\n". */
export let longestStatement: f64 = 0;
/** Rows completed since `begin`. */
export let rows: f64 = 0;

/** First byte of memory that the caller may lay its windows in. */
export function memoryStart(): i32 {
  return <i32>__heap_base;
}

/** Starts a result set. `opening` is the text up to and with the first row's parenthesis. */
export function begin(columns: i32, kinds: i32, opening: i32, openingLength: i32, maxStatement: f64): void {
  columnCount = columns;
  kindsAt = kinds;
  openingAt = opening;
  openingBytes = openingLength;
  maxStatementBytes = maxStatement;
  phase = HEADER;
  phaseAfterHeader = ROW;
  headerBytes = 0;
  header = 0;
  packetLeft = 0;
  payloadContinues = false;
  lengthBytesLeft = 0;
  rowStart = -1;
  statementBytesBefore = 0;
  statementRows = 0;
  longestStatement = 0;
  rows = 0;
}

/**
 * Gives the next output window. The last `carried` bytes of the old one, the text of the open row, stand copied at its
 * start. The file is full once the window holds `fileRoom` bytes.
 */
export function setOutput(start: i32, end: i32, carried: i32, fileRoom: f64): void {
  statementBytesBefore += <f64>(outAt - carried - statementStart);
  outStart = start;
  outEnd = end - SLACK;
  outAt = start + carried;
  statementStart = start;
  rowStart = carried > 0 ? start : -1;
  fileFullAt = start + <i32>Math.min(<f64>(end - start), fileRoom);
  giantPayload = (end - start - SLACK - 2 * openingBytes - mostOverhead()) >> 1;
}

/** The most that a row's text has beyond twice its payload: commas, quotes, casts. */
function mostOverhead(): i32 {
  return (columnCount + 1) << 5;
}

/** Passes over bytes that the caller has put at `outAt`: a file's header, which belongs to no statement. */
export function skipOutput(bytes: i32): void {
  outAt += bytes;
}

/** Ends the open statement, if there is one. */
export function endStatement(): void {
  if (statementRows == 0) return;
  longestStatement = Math.max(longestStatement, statementBytes());
  store<u16>(outAt, 0x0a3b); // ";\n"
  outAt += 2;
  statementRows = 0;
}

/** Consumes the input window; see the status list for what comes back. */
export function run(start: i32, end: i32): i32 {
  inAt = start;
  let status: i32 = -1;
  while (status < 0) {
    if (phase == LENGTH && lengthBytesLeft == 0) copyWholeFields(end);
    switch (phase) {
      case HEADER:
        status = readHeader(end);
        break;
      case ROW:
        status = beginRow(end);
        break;
      case LENGTH:
        status = readLength(end);
        break;
      case FIELD:
        status = copyField(end);
        break;
      default:
        status = endRow();
    }
  }
  return status;
}

function readHeader(end: i32): i32 {
  while (headerBytes < 4) {
    if (inAt == end) return NEED_INPUT;
    header |= (<u32>load<u8>(inAt++)) << (headerBytes << 3);
    headerBytes++;
  }
  packetLeft = <i32>(header & 0xffffff);
  payloadContinues = packetLeft == MAX_PAYLOAD;
  header = 0;
  headerBytes = 0;
  phase = phaseAfterHeader;
  return -1;
}

/** The packet is used up: the payload must go on in the next one. */
function continueInNextPacket(resume: i32): i32 {
  if (!payloadContinues) return MALFORMED;
  phase = HEADER;
  phaseAfterHeader = resume;
  return -1;
}

function beginRow(end: i32): i32 {
  if (packetLeft == 0) return MALFORMED;
  if (inAt == end) return NEED_INPUT;
  const first = load<u8>(inAt);
  if (first == 0xff || (first == 0xfe && packetLeft < 9)) return END_OF_ROWS;
  if (outAt + openingBytes > outEnd) return NEED_ROOM;
  if (BARE_ROWS) {
    memory.copy(outAt, openingAt, openingBytes);
    outAt += openingBytes;
    column = 0;
    phase = LENGTH;
    return -1;
  }
  if (statementRows > 0 && packetLeft > giantPayload && mayOverfillStatement()) endStatement();
  rowStart = outAt;
  if (statementRows == 0) {
    openStatement(outAt);
    outAt += openingBytes;
  } else {
    store<u16>(outAt, 0x282c); // ",("
    outAt += 2;
  }
  column = 0;
  phase = LENGTH;
  return -1;
}

/**
 * The beginning of a giant row may leave the window before its end is known, too late to move it to a statement of its
 * own: such a row is judged by the most that its text can be.
 */
function mayOverfillStatement(): bool {
  if (payloadContinues) return true;
  return statementBytes() + 2 * <f64>packetLeft + <f64>mostOverhead() > maxStatementBytes;
}

/**
 * Ends the row. When it made the statement too long, it becomes the first row of a new one: its text moves up by the
 * length of an opening, once a statement, which is cheaper than measuring each row before it is written.
 */
function endRow(): i32 {
  if (packetLeft != 0) return MALFORMED;
  if (payloadContinues) return continueInNextPacket(ROW_END);
  if (BARE_ROWS) {
    outAt = putLineEnd(outAt);
    return countRow();
  }
  // 4: this row's ")\n" and the statement's ";\n".
  const isTooLong = statementRows > 0 && rowStart >= 0 && statementBytes() + 4 > maxStatementBytes;
  if (isTooLong && outAt + openingBytes > outEnd) return NEED_ROOM;
  store<u16>(outAt, 0x0a29); // ")\n"
  outAt += 2;
  if (isTooLong) moveRowToNewStatement();
  statementRows++;
  return countRow();
}

// @ts-ignore: decorator
@inline
function countRow(): i32 {
  rows += 1;
  rowStart = -1;
  phase = HEADER;
  phaseAfterHeader = ROW;
  return outAt >= fileFullAt ? FILE_FULL : -1;
}

function moveRowToNewStatement(): void {
  const textAt = rowStart + 2; // behind ",("
  const textBytes = outAt - textAt;
  memory.copy(textAt + openingBytes, textAt, textBytes);
  longestStatement = Math.max(longestStatement, statementBytesBefore + <f64>(rowStart - statementStart));
  store<u16>(rowStart, 0x0a3b); // ";\n"
  openStatement(textAt);
  outAt = textAt + openingBytes + textBytes;
  statementRows = 0;
}

function openStatement(at: i32): void {
  memory.copy(at, openingAt, openingBytes);
  statementStart = at;
  statementBytesBefore = 0;
}

// @ts-ignore: decorator
@inline
function statementBytes(): f64 {
  return statementBytesBefore + <f64>(outAt - statementStart);
}

/** The fast path: fields that lie whole in the packet and the input, with certain room for their text. */
function copyWholeFields(end: i32): void {
  let from = inAt;
  let to = outAt;
  let left = packetLeft;
  const kinds = kindsAt;
  const count = columnCount;
  const roomEnd = outEnd;
  let at = column;
  while (at < count) {
    if (left < 1 || from >= end || to > roomEnd) break;
    let length = <i32>load<u8>(from);
    let lengthBytes = 1;
    if (length > 250) {
      if (length == 251) {
        if (at > 0) to = separate(to);
        to = putNull(to);
        from++;
        left--;
        at++;
        continue;
      }
      if (length == 252) {
        length = <i32>load<u16>(from + 1);
        lengthBytes = 3;
      } else if (length == 253) {
        length = <i32>(load<u32>(from) >>> 8);
        lengthBytes = 4;
      } else break;
    }
    const bytes = lengthBytes + length;
    if (bytes > left || bytes > end - from || to + 2 * length > roomEnd) break;
    if (at > 0) to = separate(to);
    const kind = load<u8>(kinds + at);
    if (kind == NUMBER) {
      copyShort(to, from + lengthBytes, length);
      to += length;
    } else {
      to = openValue(kind, to);
      to = escape(from + lengthBytes, length, to);
      to = closeValue(kind, to);
    }
    from += bytes;
    left -= bytes;
    at++;
  }
  inAt = from;
  outAt = to;
  packetLeft = left;
  column = at;
  if (at == count) phase = ROW_END;
}

/** The slow path of a length: its bytes may be spread over packets and windows. */
function readLength(end: i32): i32 {
  if (lengthBytesLeft == 0) {
    if (packetLeft == 0) return continueInNextPacket(LENGTH);
    if (inAt == end) return NEED_INPUT;
    if (outAt > outEnd) return NEED_ROOM;
    const first = <i32>load<u8>(inAt++);
    packetLeft--;
    if (column > 0) outAt = separate(outAt);
    if (first == 251) {
      outAt = putNull(outAt);
      nextColumn();
      return -1;
    }
    if (first == 255) return MALFORMED;
    fieldLeft = 0;
    lengthShift = 0;
    if (first < 251) fieldLeft = <u64>first;
    else lengthBytesLeft = first == 252 ? 2 : first == 253 ? 3 : 8;
  }
  while (lengthBytesLeft > 0) {
    if (packetLeft == 0) return continueInNextPacket(LENGTH);
    if (inAt == end) return NEED_INPUT;
    fieldLeft |= (<u64>load<u8>(inAt++)) << lengthShift;
    packetLeft--;
    lengthShift += 8;
    lengthBytesLeft--;
  }
  outAt = openValue(load<u8>(kindsAt + column), outAt);
  phase = FIELD;
  return -1;
}

/** The slow path of a value: as much of it as packet, input and room allow. */
function copyField(end: i32): i32 {
  const kind = load<u8>(kindsAt + column);
  while (fieldLeft > 0) {
    if (packetLeft == 0) return continueInNextPacket(FIELD);
    if (inAt == end) return NEED_INPUT;
    const room = kind == NUMBER ? outEnd - outAt : (outEnd - outAt) >> 1;
    if (room <= 0) return NEED_ROOM;
    let bytes = min(min(packetLeft, end - inAt), room);
    if (<u64>bytes > fieldLeft) bytes = <i32>fieldLeft;
    if (kind == NUMBER) {
      memory.copy(outAt, inAt, bytes);
      outAt += bytes;
    } else {
      outAt = escape(inAt, bytes, outAt);
    }
    inAt += bytes;
    packetLeft -= bytes;
    fieldLeft -= <u64>bytes;
  }
  outAt = closeValue(kind, outAt);
  nextColumn();
  return -1;
}

// @ts-ignore: decorator
@inline
function nextColumn(): void {
  column++;
  phase = column == columnCount ? ROW_END : LENGTH;
}
