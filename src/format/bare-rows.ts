/**
 * Reading bare rows value by value, for the rare question what a row says. Loading does not do it: files go to the server
 * as they are.
 */
import type { Separators } from '../base/separators.ts';
import { unescaped } from './load-data.ts';

/** The bytes of each value, undefined for NULL; of a long one only the beginning. */
export type BareRow = readonly (Buffer | undefined)[];

const KEPT_BYTES = 64;
/** No separator of anybody is longer. */
const LOOKAHEAD_BYTES = 256;

/**
 * The rows of a text that LOAD DATA reads, behind so many lines. The chunks may be cut anywhere. Of each value no more than
 * `keptBytes` are kept.
 */
export async function* readBareRows(
  chunks: AsyncIterable<Buffer>,
  separators: Separators,
  headerLines: number,
  keptBytes = KEPT_BYTES,
): AsyncGenerator<BareRow> {
  const reader = new BareRowReader(separators, keptBytes);
  let rows = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (at < bytes.length - LOOKAHEAD_BYTES) {
      at += reader.step(bytes, at);
      const row = reader.takeRow();
      if (row !== undefined && ++rows > headerLines) yield row;
    }
    rest = bytes.subarray(at);
  }
  for (let at = 0; at < rest.length;) {
    at += reader.step(rest, at);
    const row = reader.takeRow();
    if (row !== undefined && ++rows > headerLines) yield row;
  }
}

class BareRowReader {
  private readonly keptBytes: number;
  private readonly fieldEnd: Buffer;
  private readonly lineEnd: Buffer;
  private readonly lineStart: Buffer;
  private readonly enclosure: number;
  private readonly escape: number;
  private row: (Buffer | undefined)[] = [];
  private finished: BareRow | undefined;
  private value: number[] = [];
  private isAtLineStart = true;
  private isAtValueStart = true;
  private isEnclosed = false;
  private isNull = false;

  constructor(separators: Separators, keptBytes: number) {
    this.keptBytes = keptBytes;
    const { fieldsTerminatedBy, fieldsEnclosedBy, fieldsEscapedBy, linesStartingBy, linesTerminatedBy } = separators;
    this.fieldEnd = Buffer.from(fieldsTerminatedBy, 'latin1');
    this.lineEnd = Buffer.from(linesTerminatedBy, 'latin1');
    this.lineStart = Buffer.from(linesStartingBy, 'latin1');
    this.enclosure = fieldsEnclosedBy === '' ? -1 : fieldsEnclosedBy.charCodeAt(0);
    this.escape = fieldsEscapedBy === '' ? -1 : fieldsEscapedBy.charCodeAt(0);
  }

  takeRow(): BareRow | undefined {
    const { finished } = this;
    this.finished = undefined;
    return finished;
  }

  /** Reads what stands at `at`; returns its length. */
  step(bytes: Buffer, at: number): number {
    if (this.isAtLineStart && this.lineStart.length > 0) {
      this.isAtLineStart = false;
      if (standsAt(this.lineStart, bytes, at)) return this.lineStart.length;
    }
    this.isAtLineStart = false;
    const byte = bytes[at] ?? 0;
    if (byte === this.escape) return this.escaped(bytes[at + 1]);
    if (byte === this.enclosure && (this.isAtValueStart || this.isEnclosed)) {
      this.isEnclosed = this.isAtValueStart;
      this.isAtValueStart = false;
      return 1;
    }
    if (!this.isEnclosed && standsAt(this.fieldEnd, bytes, at)) {
      this.endValue();
      return this.fieldEnd.length;
    }
    if (!this.isEnclosed && standsAt(this.lineEnd, bytes, at)) {
      this.endValue();
      this.finished = this.row;
      this.row = [];
      this.isAtLineStart = true;
      return this.lineEnd.length;
    }
    this.keep(byte);
    return 1;
  }

  private escaped(byte = this.escape): number {
    this.isNull = byte === 0x4e && this.isAtValueStart;
    this.keep(unescaped(`\\${String.fromCharCode(byte)}`).charCodeAt(0));
    return 2;
  }

  private keep(byte: number): void {
    this.isAtValueStart = false;
    if (this.value.length < this.keptBytes) this.value.push(byte);
  }

  private endValue(): void {
    this.row.push(this.isNull ? undefined : Buffer.from(this.value));
    this.value = [];
    this.isNull = false;
    this.isAtValueStart = true;
  }
}

function standsAt(separator: Buffer, bytes: Buffer, at: number): boolean {
  return (
    separator.length > 0 &&
    separator[0] === bytes[at] &&
    bytes.compare(separator, 0, separator.length, at, at + separator.length) === 0
  );
}
