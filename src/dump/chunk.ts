/**
 * Chunk: how a table is divided so that several connections can read it.
 *
 * In: a table and the wanted size. Out: chunks that are disjoint and together hold every row, whatever the estimates are
 * worth: the first and the last are open-ended. Tables below the wanted size are one chunk and cost no query.
 */
import type { Session } from '../mysql/session.ts';
import { isInteger } from '../schema/table.ts';
import type { Column, Table } from '../schema/table.ts';
import { integerChunks } from './chunk/by-integer.ts';
import type { Chunk } from './chunk/chunk.ts';

export interface ChunkSize {
  readonly bytes: number;
  /** Wins over bytes when given. */
  readonly rows: number | undefined;
}

const WHOLE: readonly Chunk[] = [{ where: undefined, partition: undefined }];

/** Numbers of parts have five digits in file names; more of them are legal, but nobody is served by them. */
const MAX_CHUNKS = 10_000;

/** How many chunks a table is worth; 1 means that it is read whole, without a plan. */
export function chunkCount(table: Table, size: ChunkSize): number {
  const wanted = size.rows === undefined ? table.estimatedBytes / size.bytes : table.estimatedRows / size.rows;
  if (dividingColumn(table) === undefined) return Math.max(1, wanted > 1 ? table.partitions.length : 1);
  return Math.min(MAX_CHUNKS, Math.max(1, Math.ceil(wanted)));
}

/** @throws what the session throws. */
export async function planChunks(session: Session, table: Table, size: ChunkSize): Promise<readonly Chunk[]> {
  const count = chunkCount(table, size);
  if (count === 1) return WHOLE;
  const column = dividingColumn(table);
  if (column === undefined) return table.partitions.map((partition) => ({ where: undefined, partition }));
  return integerChunks(session, table, column.name, count);
}

/** The first column of the primary key, or of another unique key without NULLs, when it is an integer. */
function dividingColumn(table: Table): Column | undefined {
  for (const key of table.uniqueKeys) {
    const first = table.columns.find(({ name }) => name === key.columns[0]);
    if (first !== undefined && isInteger(first)) return first;
  }
  return undefined;
}
