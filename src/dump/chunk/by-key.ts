/**
 * Chunks of any key: the boundary of the next one is the key so many rows on, found in the index alone.
 *
 * Each boundary is asked for when it is needed, so that a table of any size begins at once and later chunks profit from
 * what earlier ones taught about the length of rows. Chunks have the same number of rows, however the keys lie; finding
 * the boundary reads as many index entries as the chunk has rows.
 */
import { notNull } from './chunk.ts';
import type { Chunk, KeyValues } from './chunk.ts';
import { fromOn } from './condition.ts';
import type { Boundary } from './condition.ts';
import { keyExpressions, keyOrder } from './key.ts';
import type { Key } from './key.ts';
import { tableReference } from './source.ts';
import type { ChunkSource } from './source.ts';
import { spanChunk } from './span.ts';

/** Keys tried one after the other for one that can be said in SQL. */
const ATTEMPTS = 8;

/** All rows, or those from a boundary on; the first chunk gets this rank. */
export async function* keyChunks(source: ChunkSource, start?: Boundary, firstRank = 0): AsyncGenerator<Chunk> {
  let from = start;
  for (let rank = firstRank; ; rank++) {
    const to = await nextBoundary(source, from);
    yield spanChunk(source, { rank, from, to });
    if (to === undefined) return;
    from = to;
  }
}

/** Whether the server takes the values as literals: it refuses text that is not valid in its character set. */
export async function canSay({ planning, table, key }: ChunkSource, values: KeyValues): Promise<boolean> {
  return planning.accepts(table, `DO ${boundaryOf(key, values).join(', ')}`);
}

/** The first key that is at least so many rows further on than `from`; undefined: there are no more rows than that. */
async function nextBoundary(source: ChunkSource, from: Boundary | undefined): Promise<Boundary | undefined> {
  const { planning, table, key, partition, rowsPerChunk } = source;
  const { wanted } = rowsPerChunk;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const where = from === undefined ? '' : ` WHERE ${fromOn(key.parts, from)}`;
    const place = tableReference({
      database: table.database,
      table: table.name,
      partitions: partition === undefined ? undefined : [partition],
      index: key.name,
    });
    const [row] = await planning.ask(
      table,
      `SELECT ${keyExpressions(key)} FROM ${place}${where} ORDER BY ${keyOrder(key)} LIMIT 1 OFFSET ${wanted + attempt}`,
    );
    if (row === undefined) return undefined;
    const values = notNull(row);
    if (await canSay(source, values)) return boundaryOf(key, values);
  }
  return undefined;
}

/** A key as literals. */
export function boundaryOf({ parts }: Key, values: KeyValues): Boundary {
  return parts.map(({ literal }, index) => literal(Buffer.from(values[index] ?? [])));
}
