/**
 * The text of a file of bare rows in pieces, each of which a LOAD DATA statement reads and a transaction holds: a file of any
 * size is loaded in transactions of bounded size.
 */
import type { BareLayout } from '../../kernel/insert-from-rows.ts';
import { BareRows, BareStop } from '../../kernel/insert-from-rows.ts';
import { damaged, Input } from './bare-inserts.ts';
import { rowEndsOf } from './row-ends.ts';
import type { RowEnds } from './row-ends.ts';

/** What is lost with a connection has to be sent again. */
export const PIECE_BYTES = 64 * 1024 * 1024;

export class BarePieces {
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly ends: RowEnds;
  /** What was read and belongs to the next piece. */
  private rest: Buffer = Buffer.alloc(0);
  /** The rest is what follows the last row of a chunk. */
  private isBehindRows = false;

  /** `layout`: how rows are read; undefined: that is not known, and all of the text is one piece. */
  constructor(chunks: AsyncIterable<Buffer>, layout: BareLayout | undefined) {
    this.chunks = chunks[Symbol.asyncIterator]();
    this.ends = rowEndsOf(layout);
  }

  /** Whether there is a further piece; to be asked before each one. */
  async hasMore(): Promise<boolean> {
    while (this.rest.length === 0) {
      const result = await this.chunks.next();
      if (result.done === true) return false;
      this.rest = result.value;
      this.isBehindRows = false;
    }
    return true;
  }

  /** To be read to its end. It ends with a row, behind `PIECE_BYTES` bytes. */
  async *next(): AsyncGenerator<Buffer> {
    let bytes = 0;
    while (await this.hasMore()) {
      const chunk = this.rest;
      this.rest = Buffer.alloc(0);
      bytes += chunk.length;
      const end = this.isBehindRows ? undefined : this.ends.lastIn(chunk);
      if (end !== undefined && bytes >= PIECE_BYTES) {
        this.rest = chunk.subarray(end);
        this.isBehindRows = true;
        yield chunk.subarray(0, end);
        return;
      }
      yield chunk;
    }
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}

/** What follows the first rows of a file, if there are any; undefined `layout`: nothing, for such a text is one piece. */
export async function* behindRows(
  chunks: AsyncIterable<Buffer>,
  layout: BareLayout | undefined,
  { name, rows }: { readonly name: string; readonly rows: number },
): AsyncGenerator<Buffer> {
  if (rows === 0) yield* chunks;
  if (rows === 0 || layout === undefined) return;
  const kernel = new BareRows();
  kernel.beginEnds(layout);
  const input = new Input(kernel, chunks);
  try {
    const stop = await input.run(rows);
    if (stop === BareStop.ROW_END) yield* input.remaining();
    else if (stop !== BareStop.END) throw damaged(name, kernel.rows + 1, stop);
  } finally {
    await input.close();
  }
}
