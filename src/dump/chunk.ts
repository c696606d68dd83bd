/**
 * Chunk: how a table is divided so that several connections can read it.
 *
 * In: a table and the wanted size. Out: a stream of chunks, each planned when it is needed; they are disjoint and together
 * hold every row, whatever the estimates are worth: the first and the last are open-ended. No chunk turns out huge, unless
 * its rows are: boundaries are counted off in the key, or lie so close that no more rows fit between; and a table that
 * passes for one chunk, which costs no query, is read up to a limit, behind which the rest is divided by its key. So there
 * is nothing to split later: the last table is read by all connections, a chunk each.
 *
 * Not divided: tables without a fit key that are not partitioned.
 */
import { isTransactional } from '../schema/table.ts';
import type { Table } from '../schema/table.ts';
import { integerChunks } from './chunk/by-integer.ts';
import { boundaryOf, canSay, keyChunks } from './chunk/by-key.ts';
import { wholeTable } from './chunk/chunk.ts';
import type { Chunk, KeyValues } from './chunk/chunk.ts';
import { dividingKey, keyExpressions, keyOrder } from './chunk/key.ts';
import type { Key } from './chunk/key.ts';
import { looksLarger } from './chunk/size.ts';
import type { ChunkSize, RowsPerChunk } from './chunk/size.ts';
import { unreadChunks } from './chunk/unread.ts';
import type { Span } from '../format/journal.ts';
import type { PlanningConnection } from './planning.ts';

export interface ChunkRules {
  readonly size: ChunkSize;
  /** Partitions on their own, whatever their size. */
  readonly splitPartitions: boolean;
}

export interface DividedTable {
  readonly table: Table;
  readonly rules: ChunkRules;
  readonly planning: PlanningConnection;
  readonly rowsPerChunk: RowsPerChunk;
}

/** What a table comes in. */
export interface Pieces {
  readonly areMany: boolean;
  /** Of the largest, by estimate. */
  readonly bytes: number;
}

export function pieces(table: Table, rules: ChunkRules): Pieces {
  const { estimatedBytes, partitions } = table;
  const isLarge = looksLarger(table, rules.size);
  if (!isLarge && partitions.length < 2) return { bytes: estimatedBytes, areMany: false };
  const key = dividingKey(table);
  if (inPartitions(table, key, rules)) return { bytes: estimatedBytes / partitions.length, areMany: true };
  const areMany = key !== undefined && isLarge;
  return { bytes: areMany ? Math.min(estimatedBytes, rules.size.bytes) : estimatedBytes, areMany };
}

/** @throws what the planning connection throws. */
export async function* tableChunks(divided: DividedTable): AsyncGenerator<Chunk> {
  const { table, rules, rowsPerChunk } = divided;
  const key = dividingKey(table);
  if (inPartitions(table, key, rules)) {
    for (const partition of table.partitions) yield wholeChunk(table, rowsPerChunk, partition);
  } else if (key === undefined || !looksLarger(table, rules.size)) {
    yield wholeChunk(table, rowsPerChunk);
  } else {
    const source = { ...divided, key, partition: undefined };
    yield* (key.isInteger ? await integerChunks(source) : undefined) ?? keyChunks(source);
  }
}

/**
 * A table or partition as one chunk, in a window where that costs nothing and the estimate may be wrong: engines without
 * transactions know how many rows they have, and have no snapshot in which the next row could be found.
 */
export function wholeChunk(table: Table, rowsPerChunk: RowsPerChunk, partition?: string): Chunk {
  const key = dividingKey(table);
  const whole = { ...wholeTable, partition };
  if (key === undefined || !key.isClustered || !isTransactional(table.engine)) return whole;
  if (table.versioning !== undefined) return whole; // with its past, a key is in it many times
  const window = { skip: 0, rows: rowsPerChunk.limit, order: keyOrder(key), key: keyExpressions(key) };
  return { ...whole, index: key.name, window };
}

/** What lies behind a chunk that ended with its window: `next` is the key of its first row. */
export async function* restOfChunk(divided: DividedTable, chunk: Chunk, next: KeyValues): AsyncGenerator<Chunk> {
  const key = dividingKey(divided.table);
  const { window } = chunk;
  if (key === undefined || window === undefined) throw new Error('a chunk without a window has no rest');
  const source = { ...divided, key, partition: chunk.partition };
  if (await canSay(source, next)) yield* keyChunks(source, boundaryOf(key, next));
  else yield { ...chunk, window: { ...window, skip: window.skip + window.rows } };
}

/** What is left of a table of which some spans are read. */
export function restOfTable(divided: DividedTable, read: readonly Span[]): AsyncGenerator<Chunk> {
  const key = dividingKey(divided.table);
  if (key === undefined) throw new Error('a table without a key has no spans');
  return unreadChunks({ ...divided, key, partition: undefined }, read);
}

function inPartitions(table: Table, key: Key | undefined, rules: ChunkRules): boolean {
  if (table.partitions.length < 2) return false;
  return rules.splitPartitions || (key === undefined && looksLarger(table, rules.size));
}
