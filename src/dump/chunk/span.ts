import type { Span } from '../../format/journal.ts';
import type { Chunk } from './chunk.ts';
import { between } from './condition.ts';
import type { ChunkSource } from './source.ts';

/** The chunk between two boundaries of the key. */
export function spanChunk({ key, partition }: ChunkSource, span: Span): Chunk {
  const where = between(key.parts, span.from, span.to);
  return {
    where,
    partition,
    index: where === undefined ? undefined : key.name,
    window: undefined,
    // The order of a partition is not that of the table.
    span: partition === undefined ? span : undefined,
  };
}
