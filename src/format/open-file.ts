/**
 * A file of a dump, open to be read.
 *
 * A dump of very many tables is very many files of a few KiB. To open, read and close one costs 0.25 ms of CPU in the thread
 * pool, mostly in handing it to and fro, and 0.02 ms in place. So the first bytes of a file are read in place as long as the
 * storage answers at once; where it does not, as over a network, everybody else would have to wait meanwhile.
 */
import { closeSync, openSync, read, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

import { readError } from './storage-error.ts';

/** What is read in place of one file at most. */
const IN_PLACE_BYTES = 32 * 1024;

/** Opening and reading that takes longer on average is not done in place. On a busy machine some of it is waiting for a core. */
const QUICK_MS = 1;
/** The weight of one file in the average. */
const WEIGHT = 1 / 16;
/** Of the files that go elsewhere one is read in place now and then: what was read before is in the system's memory. */
const TRIED_AGAIN = 64;

const readElsewhere = promisify(read);

/** How long the storage takes, by the files that were read in place. One for the whole process, as the thread pool is. */
export class Pace {
  private averageMs = 0;
  private passed = 0;

  get isQuick(): boolean {
    if (this.averageMs <= QUICK_MS) return true;
    this.passed = (this.passed + 1) % TRIED_AGAIN;
    return this.passed === 0;
  }

  note(tookMs: number): void {
    // One that took very long is one, and not an average.
    this.averageMs += (Math.min(tookMs, 16 * QUICK_MS) - this.averageMs) * WEIGHT;
  }
}

const pace = new Pace();

export class OpenFile {
  private readonly path: string;
  private readonly fd: number;
  /** How many bytes more may be read in place. */
  private inPlace: number;
  private startedMs: number | undefined;
  private readonly leave: () => void | Promise<void>;

  private constructor(path: string, fd: number, leave: () => void | Promise<void>, startedMs?: number) {
    this.path = path;
    this.fd = fd;
    this.leave = leave;
    this.startedMs = startedMs;
    this.inPlace = startedMs === undefined ? 0 : IN_PLACE_BYTES;
  }

  /** @throws ToolError DUMP_INCOMPLETE when there is no such file, STORAGE when the system refuses. */
  static async open(path: string): Promise<OpenFile> {
    try {
      if (pace.isQuick) {
        const startedMs = performance.now();
        const fd = openSync(path, 'r');
        return new OpenFile(path, fd, () => closeSync(fd), startedMs);
      }
      const handle = await open(path, 'r');
      return new OpenFile(path, handle.fd, () => handle.close());
    } catch (error) {
      throw readError(error, path);
    }
  }

  /** Reads on, into `buffer` from `offset`; fewer bytes than there is room for mean nothing, 0 the end. @throws ToolError STORAGE. */
  async read(buffer: Buffer, offset = 0): Promise<number> {
    try {
      if (this.inPlace > 0) return this.readInPlace(buffer, offset);
      const { bytesRead } = await readElsewhere(this.fd, buffer, offset, buffer.length - offset, null);
      return bytesRead;
    } catch (error) {
      throw readError(error, this.path);
    }
  }

  async close(): Promise<void> {
    await this.leave();
  }

  private readInPlace(buffer: Buffer, offset: number): number {
    const bytes = readSync(this.fd, buffer, offset, Math.min(this.inPlace, buffer.length - offset), null);
    this.inPlace -= bytes;
    if (this.startedMs !== undefined) pace.note(performance.now() - this.startedMs);
    this.startedMs = undefined;
    return bytes;
  }
}
