/**
 * A statement that the server refused because of some of its rows: all of its rows but those.
 *
 * In: a statement of rows, refused as a whole. Out: the rows stored that the server takes, the others named. Halves are sent,
 * and halves of those that are refused, so that one bad row of a thousand costs twenty statements.
 */
import { RowScanner, ScanEvent } from '../../format/row-scanner.ts';
import { ServerErrno, serverErrno, serverWords } from '../../mysql/failure.ts';
import type { PlacedRow } from './row-run.ts';

export interface Refused {
  readonly bytes: Buffer;
  /** The number of its first row, from 1, in what `place` tells of. */
  readonly firstRow: number;
  readonly error: unknown;
}

export interface Apart {
  readonly backslashEscapes: boolean;
  /** Returns the rows stored. */
  readonly send: (statement: Buffer) => Promise<number>;
  readonly isIgnored: (error: unknown) => boolean;
  /** Leaves rows out: one, whose place it is told, or all of the statement. */
  readonly leaveOut: (rows: number, row: PlacedRow | undefined, why: string) => Promise<void>;
}

/** Refusals that have nothing to do with single rows. */
const OF_THE_STATEMENT: ReadonlySet<number> = new Set([
  ServerErrno.ER_DBACCESS_DENIED_ERROR,
  ServerErrno.ER_BAD_FIELD_ERROR,
  ServerErrno.ER_TABLEACCESS_DENIED_ERROR,
  ServerErrno.ER_COLUMNACCESS_DENIED_ERROR,
  ServerErrno.ER_NO_SUCH_TABLE,
  ServerErrno.ER_OPTION_PREVENTS_STATEMENT,
]);

/** Returns the rows stored. @throws ServerError that is not to be ignored. */
export async function sendApart({ bytes, firstRow, error }: Refused, run: Apart): Promise<number> {
  const spans = rowSpans(bytes, run.backslashEscapes);
  const [first] = spans;
  if (first === undefined || OF_THE_STATEMENT.has(serverErrno(error) ?? 0)) {
    await run.leaveOut(Math.max(spans.length, 1), undefined, serverWords(error));
    return 0;
  }
  const opening = bytes.subarray(0, first.start);
  const take = async (from: number, to: number, refusal: unknown): Promise<number> => {
    if (to - from === 1) {
      await run.leaveOut(1, { row: firstRow + from, offset: spans[from]?.start ?? 0 }, serverWords(refusal));
      return 0;
    }
    const middle = (from + to) >> 1;
    return (await send(from, middle)) + (await send(middle, to));
  };
  const send = async (from: number, to: number): Promise<number> => {
    const rows = bytes.subarray(spans[from]?.start, spans[to - 1]?.end);
    try {
      return await run.send(Buffer.concat([opening, rows]));
    } catch (refusal) {
      if (!run.isIgnored(refusal)) throw refusal;
      return take(from, to, refusal);
    }
  };
  return take(0, spans.length, error);
}

/** Each row by a statement of its own, where a refused one would leave those in front of the bad row. */
export async function sendSingly(bytes: Buffer, firstRow: number, run: Apart): Promise<number> {
  const spans = rowSpans(bytes, run.backslashEscapes);
  const opening = bytes.subarray(0, spans[0]?.start);
  let stored = 0;
  for (const [at, { start, end }] of spans.entries()) {
    const statement = Buffer.concat([opening, bytes.subarray(start, end)]);
    try {
      stored += await run.send(statement);
    } catch (error) {
      if (!run.isIgnored(error)) throw error;
      await run.leaveOut(1, { row: firstRow + at, offset: start }, serverWords(error));
    }
  }
  return spans.length === 0 ? run.send(bytes) : stored;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where its rows are; none when something follows them, for which they are needed together. */
function rowSpans(statement: Buffer, backslashEscapes: boolean): readonly Span[] {
  const scanner = new RowScanner(backslashEscapes);
  const spans: Span[] = [];
  for (let event = scanner.next(statement, 0); event === ScanEvent.ROW_START;) {
    const start = scanner.at;
    if (scanner.next(statement, start) !== ScanEvent.ROW_END) return [];
    spans.push({ start, end: scanner.at });
    event = scanner.next(statement, scanner.at);
    if (event === ScanEvent.TAIL) return [];
  }
  return spans;
}
