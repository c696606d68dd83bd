/** Size: how many rows of a table make a chunk, from the server's estimate at first and then from what was read. */
import type { Table } from '../../schema/table.ts';

export interface ChunkSize {
  readonly bytes: number;
  /** Wins over bytes when given. */
  readonly rows: number | undefined;
}

/** No chunk aims at less, unless rows are asked for. */
export const MIN_CHUNK_BYTES = 8 * 1024 * 1024;

/** Right after a table was filled the server may know of no row at all. */
const UNKNOWN_ROW_BYTES = 256;
const UNKNOWN_LONG_ROW_BYTES = 8192;
const LONG_TYPES = /blob|text|json|geom|point|linestring|polygon|vector/;

/** An estimate may be out by so much before a table that passed for one chunk is divided after all. */
const TOLERANCE = 2;

export class RowsPerChunk {
  private readonly size: ChunkSize;
  private readonly estimatedRowBytes: number;
  private rows = 0;
  private bytes = 0;

  constructor(table: Table, size: ChunkSize) {
    this.size = size;
    const { estimatedRows, estimatedBytes } = table;
    this.estimatedRowBytes = estimatedRows > 0 ? estimatedBytes / estimatedRows : unknownRowBytes(table);
  }

  /** Rows of a table that were read, and the length of their SQL text. */
  learn(rows: number, bytes: number): void {
    this.rows += rows;
    this.bytes += bytes;
  }

  /** Rows that the next chunk should have. */
  get wanted(): number {
    if (this.size.rows !== undefined) return this.size.rows;
    const rowBytes = this.rows > 0 ? this.bytes / this.rows : this.estimatedRowBytes;
    return Math.max(1, Math.round(this.size.bytes / Math.max(1, rowBytes)));
  }

  /** Rows of a table that passed for one chunk at which it no longer does. */
  get limit(): number {
    return this.size.rows ?? this.wanted * TOLERANCE;
  }
}

function unknownRowBytes({ columns }: Table): number {
  return columns.some(({ dataType }) => LONG_TYPES.test(dataType)) ? UNKNOWN_LONG_ROW_BYTES : UNKNOWN_ROW_BYTES;
}

/** By the server's estimates, which are out by a few times, or by far after changes. */
export function looksLarger(table: Table, size: ChunkSize): boolean {
  return size.rows === undefined ? table.estimatedBytes > size.bytes : table.estimatedRows > size.rows;
}
