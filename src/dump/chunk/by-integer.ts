/**
 * Chunks of equal ranges of an integer key, for ids without large gaps: two look-ups, no matter how large the table is.
 * A range holds no more rows than it has values, so that no chunk turns out much too large, however the rows lie in it.
 */
import { quoteQualified } from '../../schema/names.ts';
import type { Chunk } from './chunk.ts';
import type { Boundary } from './condition.ts';
import type { ChunkSource } from './source.ts';
import { spanChunk } from './span.ts';

/** Up to so many values for each row, ranges are as good as boundaries counted off row by row, and cost nothing. */
const MAX_VALUES_PER_ROW = 2;

/** Undefined: there are gaps, or the server does not know its rows. */
export async function integerChunks(source: ChunkSource): Promise<Iterable<Chunk> | undefined> {
  const { planning, table, key, partition } = source;
  const column = key.parts[0]?.column ?? '';
  const place = quoteQualified(table.database, table.name);
  if (partition !== undefined || table.estimatedRows === 0) return undefined;
  const [row] = await planning.ask(table, `SELECT MIN(${column}), MAX(${column}) FROM ${place}`);
  const [least, greatest] = row ?? [];
  if (least === undefined || greatest === undefined || least === null || greatest === null) return undefined;
  const [min, max] = [BigInt(least.toString()), BigInt(greatest.toString())];
  const valuesPerRow = Math.max(1, Number(max - min + 1n) / table.estimatedRows);
  if (valuesPerRow > MAX_VALUES_PER_ROW) return undefined;
  return ranges(source, min, max, valuesPerRow);
}

function* ranges(source: ChunkSource, min: bigint, max: bigint, valuesPerRow: number): Generator<Chunk> {
  const { rowsPerChunk } = source;
  let from: Boundary | undefined;
  let begin = min;
  for (let rank = 0; ; rank++) {
    const next = begin + BigInt(Math.ceil(rowsPerChunk.wanted * valuesPerRow));
    const to = next > max ? undefined : [`${next}`];
    yield spanChunk(source, { rank, from, to });
    if (to === undefined) return;
    from = to;
    begin = next;
  }
}
