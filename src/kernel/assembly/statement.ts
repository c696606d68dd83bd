/**
 * The open INSERT statement: where its text is, how long it is, whether a row still fits. The part of it that lies in the window
 * is known by address, what has left the window by length. Of bare rows there is never one open.
 */

let openingAt: i32 = 0;
let openingBytes: i32 = 0;
let maxBytes: f64 = 0;

let bytesBefore: f64 = 0; // what has left the window
let start: i32 = 0; // where the rest of it begins
let rows: i32 = 0;

/** The longest statement ended since `beginStatements`, without its ";\n". */
export let longestStatement: f64 = 0;

/** What a statement has behind its last value: ")\n;\n". */
const END_BYTES: f64 = 4;

/** `opening` is the text up to and with the first row's parenthesis. */
export function beginStatements(opening: i32, bytes: i32, maxStatementBytes: f64): void {
  openingAt = opening;
  openingBytes = bytes;
  maxBytes = maxStatementBytes;
  bytesBefore = 0;
  rows = 0;
  longestStatement = 0;
}

// @ts-ignore: decorator
@inline
export function isStatementOpen(): bool {
  return rows > 0;
}

// @ts-ignore: decorator
@inline
export function openingLength(): i32 {
  return openingBytes;
}

// @ts-ignore: decorator
@inline
export function countStatementRows(count: i32): void {
  rows += count;
}

/** Its text up to `end` leaves the window; the rest stands at the start of the next one. */
export function turnWindow(end: i32, nextStart: i32): void {
  bytesBefore += <f64>(end - start);
  start = nextStart;
}

/** Begins a statement, or a bare row, at `to`; returns where its first value goes. */
export function openStatement(to: i32): i32 {
  memory.copy(to, openingAt, openingBytes);
  start = to;
  bytesBefore = 0;
  return to + openingBytes;
}

/** `to`: where its last row ends. */
export function closeStatement(to: i32): i32 {
  longestStatement = Math.max(longestStatement, bytesUpTo(to));
  store<u16>(to, 0x0a3b); // ";\n"
  rows = 0;
  return to + 2;
}

/** A row whose values end behind this address is too much for the statement. */
export function statementFullAt(): f64 {
  return maxBytes - END_BYTES - bytesBefore + <f64>start;
}

/** Whether a row at `to` whose text has at most `mostBytes` may be too much. */
export function mayOverfill(to: i32, mostBytes: f64): bool {
  return bytesUpTo(to) + mostBytes > maxBytes;
}

/**
 * Makes the row from `rowStart` on, which has its ",(" and ends at `to`, the first of a new statement: its text moves up by the
 * length of an opening, once a statement, which is cheaper than measuring each row before it is written.
 */
export function moveToNewStatement(rowStart: i32, to: i32): i32 {
  const text = rowStart + 2;
  memory.copy(text + openingBytes, text, to - text);
  closeStatement(rowStart); // as long as ",("
  openStatement(text);
  return to + openingBytes;
}

// @ts-ignore: decorator
@inline
function bytesUpTo(to: i32): f64 {
  return bytesBefore + <f64>(to - start);
}
