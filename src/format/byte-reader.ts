/**
 * A file as a window of bytes that moves forward: in goes a path, out come as many contiguous bytes as the caller asks
 * for. Memory is bounded by twice what the caller asks for plus one read: the window lies in one buffer, so bytes that were
 * handed out are valid until more are asked for.
 */

import { ToolError } from '../base/errors.ts';
import { OpenFile } from './open-file.ts';

/** Large enough that the system call costs nothing beside the copy, small enough for 32 files open at a time. */
const READ_BYTES = 512 * 1024;
/** A dump may have very many files that are smaller than this. */
const FIRST_READ_BYTES = 16 * 1024;

/** Hears of each read: how many bytes, and which. */
export type OnRead = (storedBytes: number, bytes: Buffer) => void;

export class ByteReader {
  readonly path: string;
  /** The bytes at hand, from {@link offset} on. */
  available: Buffer = Buffer.alloc(0);
  /** Where in the file `available` begins, in bytes. */
  offset = 0;
  private readonly file: OpenFile;
  /** Holds the window, which ends at `filled`. */
  private buffer: Buffer = Buffer.alloc(0);
  private filled = 0;
  private readonly onRead: OnRead;
  private ended = false;

  private constructor(path: string, file: OpenFile, onRead: OnRead) {
    this.path = path;
    this.file = file;
    this.onRead = onRead;
  }

  /** Opens a file. Throws DUMP_INCOMPLETE when there is none, STORAGE when the system refuses. */
  static async open(path: string, onRead: OnRead = () => {}): Promise<ByteReader> {
    return new ByteReader(path, await OpenFile.open(path), onRead);
  }

  /** Makes at least `bytes` contiguous bytes available; false when the file ends before. */
  async ensure(bytes: number): Promise<boolean> {
    while (this.available.length < bytes && !this.ended) await this.readOn(bytes - this.available.length);
    return this.available.length >= bytes;
  }

  /** Takes the next bytes, which must be available, out of the window. */
  take(bytes: number): Buffer {
    const taken = this.available.subarray(0, bytes);
    this.available = this.available.subarray(bytes);
    this.offset += bytes;
    return taken;
  }

  /** The error for a file that is not what was written; `at` counts from the beginning of the file, in bytes. */
  damaged(what: string, at: number = this.offset, cause?: unknown): ToolError {
    return new ToolError('DUMP_DAMAGED', `${this.path} ${what} at byte ${at}`, { cause });
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async readOn(missing: number): Promise<void> {
    const kept = this.available.length;
    const wanted = Math.min(READ_BYTES, Math.max(FIRST_READ_BYTES, 8 * (this.offset + kept)));
    const room = kept + Math.max(missing, wanted);
    if (room > this.buffer.length) this.moveTo(Buffer.allocUnsafeSlow(Math.max(room, 2 * kept)));
    else if (room > this.buffer.length - this.filled + kept) this.moveTo(this.buffer);
    const bytes = await this.file.read(this.buffer, this.filled);
    this.ended = bytes === 0;
    this.available = this.buffer.subarray(this.filled - kept, this.filled + bytes);
    this.filled += bytes;
    this.onRead(bytes, this.available.subarray(kept));
  }

  /** The window to the beginning of a buffer. */
  private moveTo(buffer: Buffer): void {
    this.filled = this.available.copy(buffer);
    this.buffer = buffer;
  }
}
