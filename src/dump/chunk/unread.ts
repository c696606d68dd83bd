/**
 * Unread: what is left of a table of which some spans are read.
 *
 * In: spans, disjoint, each with its rank in the order of the key. Out: chunks that are disjoint with them and together with
 * them hold every row: one for each gap, and then the rows behind the last span as those of any table.
 */
import type { Span } from '../../format/journal.ts';
import { keyChunks } from './by-key.ts';
import type { Chunk } from './chunk.ts';
import type { ChunkSource } from './source.ts';
import { spanChunk } from './span.ts';

export async function* unreadChunks(source: ChunkSource, read: readonly Span[]): AsyncGenerator<Chunk> {
  const inOrder = read.toSorted((a, b) => a.rank - b.rank);
  let before: Span | undefined;
  for (const span of inOrder) {
    const from = before?.to;
    if (!isSame(from, span.from)) {
      const rank = before === undefined ? span.rank - 1 : (before.rank + span.rank) / 2;
      yield spanChunk(source, { rank, from, to: span.from });
    }
    before = span;
  }
  if (before?.to !== undefined) yield* keyChunks(source, before.to, before.rank + 1);
}

/** Neighbours have the very same literals. */
function isSame(a: Span['from'], b: Span['from']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
