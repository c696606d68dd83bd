/**
 * Split: a statement of rows that is longer than the target takes, as several that are not.
 *
 * In: the bytes of one INSERT or REPLACE, as they come. Out: statements with the same opening and the same rows in the
 * same order, each at most `maxBytes` long. Held in memory are at most about 2 MiB, joined once, and one chunk; a row longer
 * than that leaves as it comes.
 */
import { ToolError } from '../../base/errors.ts';
import { RowScanner, ScanEvent } from '../../format/row-scanner.ts';

export interface SplitOptions {
  readonly maxBytes: number;
  /** No statement of several rows is longer; default: as long as what is held in memory. */
  readonly aimBytes?: number | undefined;
  /** False when the dump was written under NO_BACKSLASH_ESCAPES. */
  readonly backslashEscapes: boolean;
}

/** A statement, or one that leaves in parts: they are to be read to their end before the next statement is asked for. */
export type SplitStatement = Buffer | AsyncIterable<Buffer>;

/** What the split holds in memory. Statements need not be longer: the server does not take rows any faster. */
const MAX_BUFFERED_BYTES = 2 * 1024 * 1024;
const COMMA = Buffer.from(',');

/** One row is longer than the target takes; who catches it knows the file and the limit's name. */
export class RowTooLong extends Error {
  /** Counts from 1, within the statement. */
  readonly row: number;
  /** Where in the statement the row begins. */
  readonly offset: number;
  /** How long the statement with this row alone would be. */
  readonly bytes: number;

  constructor(row: number, offset: number, bytes: number) {
    super(`row ${row} makes a statement of ${bytes} bytes`);
    this.row = row;
    this.offset = offset;
    this.bytes = bytes;
  }
}

/** @throws RowTooLong, also from within the parts; ToolError DUMP_DAMAGED when the text is no list of rows. */
export function splitStatement(chunks: AsyncIterable<Buffer>, options: SplitOptions): AsyncGenerator<SplitStatement> {
  return new Splitter(chunks, options).statements();
}

class Splitter {
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly scanner: RowScanner;
  private readonly maxBytes: number;
  private readonly bufferBytes: number;
  private chunk: Buffer = Buffer.alloc(0);
  /** Where in the chunk the scan goes on. */
  private at = 0;
  /** How much of the statement lies before the chunk. */
  private bytesBefore = 0;
  private opening: Buffer = Buffer.alloc(0);
  private row = 0;

  constructor(
    chunks: AsyncIterable<Buffer>,
    { maxBytes, aimBytes = MAX_BUFFERED_BYTES, backslashEscapes }: SplitOptions,
  ) {
    this.chunks = chunks[Symbol.asyncIterator]();
    this.scanner = new RowScanner(backslashEscapes);
    this.maxBytes = maxBytes;
    this.bufferBytes = Math.min(maxBytes, aimBytes, MAX_BUFFERED_BYTES);
  }

  async *statements(): AsyncGenerator<SplitStatement> {
    const opening: Buffer[] = [];
    if ((await this.readTo(ScanEvent.ROW_START, opening)) !== 'found') throw notRows();
    this.opening = Buffer.concat(opening);
    const room = this.bufferBytes - this.opening.length;
    let rows: Buffer[] = [];
    let rowsBytes = 0;
    do {
      this.row += 1;
      const { offset } = this;
      const row: Buffer[] = [];
      const outcome = await this.readTo(ScanEvent.ROW_END, row, room);
      if (outcome === 'ended') throw notRows();
      const rowBytes = lengthOf(row);
      if (rows.length > 0 && rowsBytes + COMMA.length + rowBytes > room) {
        yield Buffer.concat([this.opening, ...rows]);
        rows = [];
        rowsBytes = 0;
      }
      if (rowBytes > room) {
        yield this.longRow(row, outcome, offset);
        continue;
      }
      if (rows.length > 0) row.unshift(COMMA);
      rows.push(...row);
      rowsBytes += lengthOf(row);
    } while ((await this.readTo(ScanEvent.ROW_START)) === 'found');
    if (rows.length > 0) yield Buffer.concat([this.opening, ...rows]);
  }

  /** A statement of one row, of which something is read. Nothing is let out that would make it too long. */
  private async *longRow(read: readonly Buffer[], soFar: Outcome, offset: number): AsyncGenerator<Buffer> {
    let bytes = this.opening.length;
    let pieces = read;
    let outcome = soFar;
    const { row } = this;
    yield this.opening;
    for (;;) {
      bytes += lengthOf(pieces);
      if (bytes > this.maxBytes) break;
      yield* pieces;
      if (outcome === 'found') return;
      const more: Buffer[] = [];
      outcome = await this.readTo(ScanEvent.ROW_END, more, 0);
      if (outcome === 'ended') throw notRows();
      pieces = more;
    }
    while (outcome === 'full') {
      const more: Buffer[] = [];
      outcome = await this.readTo(ScanEvent.ROW_END, more, 0);
      bytes += lengthOf(more);
    }
    throw new RowTooLong(row, offset, bytes);
  }

  private get offset(): number {
    return this.bytesBefore + this.at;
  }

  /**
   * Appends what lies before the next event to `pieces`: 'found' when the event came, 'full' when there are more than
   * `roomBytes` without it, 'ended' when the statement ended first.
   */
  private async readTo(
    wanted: ScanEvent,
    pieces: Buffer[] = [],
    roomBytes = Number.POSITIVE_INFINITY,
  ): Promise<Outcome> {
    let bytes = 0;
    for (;;) {
      const event = this.scanner.next(this.chunk, this.at);
      const piece = this.chunk.subarray(this.at, this.scanner.at);
      this.at = this.scanner.at;
      pieces.push(piece);
      bytes += piece.length;
      if (event === ScanEvent.TAIL) throw notRows();
      if (event === wanted) return 'found';
      if (bytes > roomBytes) return 'full';
      if (!(await this.more())) return 'ended';
    }
  }

  private async more(): Promise<boolean> {
    const result = await this.chunks.next();
    if (result.done === true) return false;
    this.bytesBefore += this.chunk.length;
    this.chunk = result.value;
    this.at = 0;
    return true;
  }
}

type Outcome = 'found' | 'full' | 'ended';

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((total, { length }) => total + length, 0);
}

function notRows(): ToolError {
  return new ToolError(
    'DUMP_DAMAGED',
    'it is longer than the target takes, and no plain list of rows that could be split',
    {
      hint: 'raise max_allowed_packet on the target',
    },
  );
}
