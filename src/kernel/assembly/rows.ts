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

import { beginRowHashes, hashEndOfRow, hashFrom, hashRows, hashUpTo } from "./row-hash";
import { highVector, lowVector, nibbleVector } from "./special-bytes";
import {
  beginStatements,
  closeStatement,
  countStatementRows,
  isStatementOpen,
  mayOverfill,
  moveToNewStatement,
  openingLength,
  openStatement,
  statementFullAt,
  turnWindow,
} from "./statement";
import { FORM_BYTES, MAX_OVERHEAD, putClosing, putNull, putOpening, putValue } from "./values";

export { setSpecialBytes } from "./special-bytes";
export { longestStatement } from "./statement";
export { hashOfRows } from "./row-hash";
export { addToHash, beginHash, endHash, hashStateBytes } from "./xxh3";

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
/** Bytes behind `outEnd` that one step may fill: the longest opening and closing of a value, an overshoot of 32 bytes. */
const SLACK: i32 = 128;

// Constant for one result set.
let columnCount: i32 = 0;
let formsAt: i32 = 0;
/** What ends a row and, right behind it, what begins the next. */
let rowBreakAt: i32 = 0;
let rowEndBytes: i32 = 0;
let rowStartBytes: i32 = 0;

// The windows.
export let inAt: i32 = 0;
export let outAt: i32 = 0;
/** Where the text of the open row begins; -1 when no row is open or its beginning has left the window. */
export let rowStart: i32 = -1;
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

/** Rows completed since `begin`. */
export let rows: f64 = 0;

/** First byte of memory that the caller may lay its windows in. */
export function memoryStart(): i32 {
  return <i32>__heap_base;
}

/**
 * Starts a result set. `forms`: one a column, as ../forms.ts lays them out. `opening` is the text up to and with the first row's
 * parenthesis.
 */
export function begin(columns: i32, forms: i32, opening: i32, openingBytes: i32, maxStatementBytes: f64): void {
  columnCount = columns;
  formsAt = forms;
  beginStatements(opening, openingBytes, maxStatementBytes);
  phase = HEADER;
  phaseAfterHeader = ROW;
  headerBytes = 0;
  header = 0;
  packetLeft = 0;
  payloadContinues = false;
  lengthBytesLeft = 0;
  rowStart = -1;
  rows = 0;
  beginRowHashes();
}

/** `rowBreak`: what ends a row, up to 16 bytes, and right behind it what begins the next one. */
export function setRowBreak(rowBreak: i32, endBytes: i32, startBytes: i32): void {
  rowBreakAt = rowBreak;
  rowEndBytes = endBytes;
  rowStartBytes = startBytes;
}

/**
 * Gives the next output window. The last `carried` bytes of the old one, the text of the open row, stand copied at its
 * start. The file is full once the window holds `fileRoom` bytes.
 */
export function setOutput(start: i32, end: i32, carried: i32, fileRoom: f64): void {
  turnWindow(outAt - carried, start);
  outEnd = end - SLACK;
  outAt = start + carried;
  rowStart = carried > 0 ? start : -1;
  fileFullAt = start + <i32>min(<f64>(end - start), fileRoom);
  giantPayload = (end - start - SLACK - 2 * openingLength() - mostOverhead()) >> 1;
}

/** The most that a row's text has beyond twice its payload: commas, quotes, casts. */
function mostOverhead(): i32 {
  return (columnCount + 1) * MAX_OVERHEAD;
}

/** Passes over bytes that the caller has put at `outAt`: a file's header, which belongs to no statement. */
export function skipOutput(bytes: i32): void {
  outAt += bytes;
}

/** Ends the open statement, if there is one. */
export function endStatement(): void {
  if (isStatementOpen()) outAt = closeStatement(outAt);
}

/** Consumes the input window; see the status list for what comes back. */
export function run(start: i32, end: i32): i32 {
  inAt = start;
  hashFrom(start);
  let status: i32 = -1;
  while (status < 0) {
    if (phase == LENGTH && lengthBytesLeft == 0) copyRows(end);
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
  hashWhatWasRead();
  return status;
}

/** The window may be filled with other bytes before the open row ends. */
function hashWhatWasRead(): void {
  if (phase != HEADER && phase != ROW) hashUpTo(inAt);
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
  hashFrom(inAt);
  return -1;
}

/** The packet is used up: the payload must go on in the next one. */
function continueInNextPacket(resume: i32): i32 {
  if (!payloadContinues) return MALFORMED;
  hashWhatWasRead();
  phase = HEADER;
  phaseAfterHeader = resume;
  return -1;
}

function beginRow(end: i32): i32 {
  if (packetLeft == 0) return MALFORMED;
  if (inAt == end) return NEED_INPUT;
  const first = load<u8>(inAt);
  if (first == 0xff || (first == 0xfe && packetLeft < 9)) return END_OF_ROWS;
  if (outAt + openingLength() > outEnd) return NEED_ROOM;
  if (packetLeft > giantPayload && isStatementOpen() && isGiantTooLong()) outAt = closeStatement(outAt);
  if (!BARE_ROWS) rowStart = outAt;
  if (isStatementOpen()) {
    memory.copy(outAt, rowBreakAt + rowEndBytes, rowStartBytes);
    outAt += rowStartBytes;
  } else {
    outAt = openStatement(outAt);
  }
  column = 0;
  phase = LENGTH;
  return -1;
}

/**
 * The beginning of a giant row may leave the window before its end is known, too late to move it to a statement of its
 * own: such a row is judged by the most that its text can be.
 */
function isGiantTooLong(): bool {
  return payloadContinues || mayOverfill(outAt, 2 * <f64>packetLeft + <f64>mostOverhead());
}

/** Ends the row. When it made the statement too long, it becomes the first row of a new one. */
function endRow(): i32 {
  if (packetLeft != 0) return MALFORMED;
  if (payloadContinues) return continueInNextPacket(ROW_END);
  const isTooLong = isStatementOpen() && rowStart >= 0 && <f64>outAt > statementFullAt();
  if (isTooLong && outAt + openingLength() > outEnd) return NEED_ROOM;
  v128.store(outAt, v128.load(rowBreakAt));
  outAt += rowEndBytes;
  if (isTooLong) outAt = moveToNewStatement(rowStart, outAt);
  if (!BARE_ROWS) countStatementRows(1);
  rows += 1;
  hashEndOfRow(inAt);
  rowStart = -1;
  phase = HEADER;
  phaseAfterHeader = ROW;
  return outAt >= fileFullAt ? FILE_FULL : -1;
}

/**
 * The fast path: fields and rows, as long as they lie whole in the input and in one packet, with certain room for their text,
 * and neither statement nor file comes to its end. Whatever else comes, it leaves to the phases, which then call it again.
 *
 * 40 columns take 145 ns a row, two long texts and two numbers 22 ns. NULL without a branch, as a value of no bytes, took a fifth
 * longer, also where half of the values are NULL.
 */
function copyRows(end: i32): void {
  const low = lowVector();
  const high = highVector();
  const nibble = nibbleVector();
  const forms = formsAt;
  const formsEnd = forms + columnCount * FORM_BYTES;
  const quickUntil = quickRowsUntil();
  const longestPayload = min(giantPayload, MAX_PAYLOAD - 1);
  let from = inAt;
  let to = outAt;
  let rowEnd = from + packetLeft;
  let form = forms + column * FORM_BYTES;
  let start = rowStart;
  let rowsDone = 0;
  const firstRowEnd = rowEnd;
  for (;;) {
    let lastForm = formsEnd;
    let limit = rowEnd;
    const room = outEnd - to;
    const formsOverhead = (formsEnd - form) / FORM_BYTES * MAX_OVERHEAD;
    // An `if`, with the limits as variables: of plain minima TurboFan makes code within the loop below, anew for each field.
    if (rowEnd > end || room < 2 * (rowEnd - from) + formsOverhead) {
      // Half of the room for what stands around values, half for their bytes, which may double.
      lastForm = min(formsEnd, form + room / (2 * MAX_OVERHEAD) * FORM_BYTES);
      limit = min(min(rowEnd, end), from + (room >> 2));
    }
    while (form < lastForm) {
      let bytes = <i32>load<u8>(from);
      let value = from + 1;
      if (bytes > 250) {
        if (bytes == 251) {
          if (value > limit) break;
          to = putNull(form, to);
          from = value;
          form += FORM_BYTES;
          continue;
        }
        if (bytes == 252) {
          bytes = <i32>load<u16>(from, 1);
          value = from + 3;
        } else if (bytes == 253) {
          bytes = <i32>(load<u32>(from) >>> 8);
          value = from + 4;
        } else break;
      }
      const next = value + bytes;
      if (next > limit) break;
      to = putOpening(form, to);
      to = putValue(form, value, bytes, to, low, high, nibble);
      to = putClosing(form, to);
      from = next;
      form += FORM_BYTES;
    }
    if (form < formsEnd || from != rowEnd || to >= quickUntil || end - from < 5) break;
    const payload = <i32>(load<u32>(from) & 0xffffff);
    if (payload == 0 || payload > longestPayload || load<u8>(from, 4) >= 0xfe) break;
    v128.store(to, v128.load(rowBreakAt));
    start = to + rowEndBytes;
    to = start + rowStartBytes;
    from += 4;
    rowEnd = from + payload;
    form = forms;
    rowsDone++;
  }
  inAt = from;
  outAt = to;
  packetLeft = rowEnd - from;
  column = (form - forms) / FORM_BYTES;
  if (form == formsEnd) phase = ROW_END;
  hashRows(firstRowEnd, rowsDone);
  rows += <f64>rowsDone;
  if (!BARE_ROWS) {
    rowStart = start;
    countStatementRows(rowsDone);
  }
}

/** Rows whose values end before this address may be followed at once by the next one. */
function quickRowsUntil(): i32 {
  if (payloadContinues || rowEndBytes + rowStartBytes > 16) return 0;
  return <i32>max(0, min(<f64>(fileFullAt - rowEndBytes), statementFullAt()));
}

/** The slow path of a length: its bytes may be spread over packets and windows. */
function readLength(end: i32): i32 {
  if (lengthBytesLeft == 0) {
    if (packetLeft == 0) return continueInNextPacket(LENGTH);
    if (inAt == end) return NEED_INPUT;
    if (outAt > outEnd) return NEED_ROOM;
    const first = <i32>load<u8>(inAt++);
    packetLeft--;
    const form = formsAt + column * FORM_BYTES;
    if (first == 251) {
      outAt = putNull(form, outAt);
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
  outAt = putOpening(formsAt + column * FORM_BYTES, outAt);
  phase = FIELD;
  return -1;
}

/** The slow path of a value: as much of it as packet, input and room allow. */
function copyField(end: i32): i32 {
  const form = formsAt + column * FORM_BYTES;
  while (fieldLeft > 0) {
    if (packetLeft == 0) return continueInNextPacket(FIELD);
    if (inAt == end) return NEED_INPUT;
    const room = (outEnd - outAt) >> 1;
    if (room <= 0) return NEED_ROOM;
    let bytes = min(min(packetLeft, end - inAt), room);
    if (<u64>bytes > fieldLeft) bytes = <i32>fieldLeft;
    outAt = putValue(form, inAt, bytes, outAt, lowVector(), highVector(), nibbleVector());
    inAt += bytes;
    packetLeft -= bytes;
    fieldLeft -= <u64>bytes;
  }
  outAt = putClosing(form, outAt);
  nextColumn();
  return -1;
}

// @ts-ignore: decorator
@inline
function nextColumn(): void {
  column++;
  phase = column == columnCount ? ROW_END : LENGTH;
}
