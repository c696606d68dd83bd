import type { Span } from '../../format/journal.ts';
import type { Row } from '../../mysql/session.ts';

/** A part of a table's rows; no condition and no partition: all of them. */
export interface Chunk {
  readonly where: string | undefined;
  readonly partition: string | undefined;
  /** The key by which the rows are read, unless the server may choose. */
  readonly index: string | undefined;
  /** Undefined: the rows are all read, however many there are. */
  readonly window: Window | undefined;
  /** Of a chunk that lies between boundaries of its table's key, and has no other condition. */
  readonly span?: Span | undefined;
}

/**
 * So many rows in key order. When there are more, the reader asks for the key of the next row: this keeps a table from
 * becoming one huge chunk because the server's estimate was wrong, and costs nothing where it was right.
 */
export interface Window {
  readonly skip: number;
  readonly rows: number;
  /** What ORDER BY is to say: the order of the index, so that nothing is sorted. */
  readonly order: string;
  /** What is to be read of the next row's key. */
  readonly key: string;
}

/** The values of a key, as the server sent them. */
export type KeyValues = readonly Uint8Array[];

/** A row of a key, which has no NULLs. */
export function notNull(row: Row): KeyValues {
  return row.map((value) => {
    if (value === null) throw new Error('a key that cannot be NULL was NULL');
    return value;
  });
}

export const wholeTable: Chunk = { where: undefined, partition: undefined, index: undefined, window: undefined };
