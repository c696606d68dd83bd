/**
 * Reading files that are not compressed: their bytes in chunks, into buffers that go round where the reader gives them back.
 */
import type { OnRead } from './byte-reader.ts';
import { OpenFile } from './open-file.ts';

/** Large enough that the system call costs nothing beside the copy, small enough for 32 files open at a time. */
const CHUNK_BYTES = 512 * 1024;
const SMALL_CHUNK_BYTES = 8 * 1024;
/** What is kept for later: files that are read at the same time need some three each. */
const MAX_SPARE = 32;

/**
 * Buffers for chunks, to be used again: memory that is asked of the system anew for each chunk takes as long to map as to
 * fill (200 MB: 75 ms of CPU instead of 44), and lies about until it is collected.
 */
export class SpareBuffers {
  private readonly spare: Buffer[] = [];
  /** How many more of those that are made are small. */
  private small: number;

  private constructor(small: number) {
    this.small = small;
  }

  /** For many files, one after the other or at the same time. */
  static shared(): SpareBuffers {
    return new SpareBuffers(0);
  }

  /** A dump may have very many files that are smaller than the first. */
  static forOneFile(): SpareBuffers {
    return new SpareBuffers(1);
  }

  take(): Buffer {
    return this.spare.pop() ?? Buffer.allocUnsafeSlow(this.small-- > 0 ? SMALL_CHUNK_BYTES : CHUNK_BYTES);
  }

  /** Nobody reads this chunk any more. One of another origin is left to the collector. */
  give(chunk: Buffer): void {
    if (chunk.buffer.byteLength !== CHUNK_BYTES || this.spare.length >= MAX_SPARE) return;
    this.spare.push(Buffer.from(chunk.buffer));
  }
}

/** Throws DUMP_INCOMPLETE when there is no such file, STORAGE when it cannot be read. */
export async function* plainChunks(path: string, onRead: OnRead, buffers: SpareBuffers): AsyncGenerator<Buffer> {
  const file = await OpenFile.open(path);
  try {
    for (let isEnded = false; !isEnded;) {
      const buffer = buffers.take();
      let filled = 0;
      while (filled < buffer.length && !isEnded) {
        const bytes = await file.read(buffer, filled);
        onRead(bytes, buffer.subarray(filled, filled + bytes));
        filled += bytes;
        isEnded = bytes === 0;
      }
      if (filled === 0) buffers.give(buffer);
      else yield buffer.subarray(0, filled);
    }
  } finally {
    await file.close();
  }
}
