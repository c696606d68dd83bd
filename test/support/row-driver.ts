/**
 * Runs a kernel the way src/dump/write.ts does, without files, compressor and promises: chunks of packets in,
 * the text of the files out. A window is copied out at the last moment, just before it is opened again, which is how long
 * the kernel promises to leave it alone.
 */
import { Stop } from '../../src/kernel/kernel.ts';
import type { RowKernel } from '../../src/kernel/kernel.ts';
import type { BareReferenceLayout } from './bare-reference.ts';
import type { ReferenceLayout } from './insert-reference.ts';

export interface Written {
  readonly files: Buffer[];
  readonly rows: number;
  /** At END_OF_ROWS: the terminal packet and what followed it; undefined when the rows went on or were malformed. */
  readonly rest: Buffer | undefined;
  readonly malformed: boolean;
}

/** One way of running a kernel over one result set. */
export class RowDriver {
  private readonly kernel: RowKernel;
  private readonly layout: ReferenceLayout | BareReferenceLayout;
  private readonly files: Buffer[] = [];
  private readonly header: Buffer;
  /** Text by window that is still in the kernel's memory, and where in `file` it belongs. */
  private readonly held: ({ text: Uint8Array; at: number } | undefined)[];
  private file: Buffer[] = [];
  private fileBytes = 0;
  private fileFirstRow = 0;
  private window = 0;

  constructor(kernel: RowKernel, layout: ReferenceLayout | BareReferenceLayout) {
    this.kernel = kernel;
    this.layout = layout;
    this.header = Buffer.from(layout.header, 'latin1');
    this.held = Array.from({ length: kernel.outputWindows }, () => undefined);
    kernel.begin(
      'separators' in layout
        ? { kinds: layout.kinds, separators: layout.separators, headerBytes: this.header.length }
        : {
            kinds: layout.kinds,
            opening: Buffer.from(layout.opening, 'latin1'),
            maxStatementBytes: layout.maxStatementBytes,
          },
    );
    kernel.openWindow(0, layout.maxFileBytes);
    kernel.put(this.header);
  }

  /** @throws Error when the kernel works on without consuming or producing anything. */
  write(chunks: Iterable<Uint8Array>): Written {
    let rest: Buffer | undefined;
    for (const chunk of chunks) {
      if (rest !== undefined) {
        rest = Buffer.concat([rest, chunk]);
        continue;
      }
      for (let offset = 0; offset < chunk.length && rest === undefined;) {
        offset += this.kernel.fill(chunk, offset);
        const stop = this.drainInput();
        if (stop === Stop.MALFORMED) return this.written(undefined, true);
        if (stop === Stop.END_OF_ROWS) rest = Buffer.concat([this.kernel.unread(), chunk.subarray(offset)]);
      }
    }
    this.endFile();
    return this.written(rest, false);
  }

  private drainInput(): Stop {
    // An input window holds 256 KiB: at most that many rows, each ending a file, and twice that in text.
    for (let runs = 0; runs < 1_000_000; runs++) {
      const stop = this.kernel.run();
      if (this.kernel.pendingBytes > this.kernel.outputWindowBytes)
        throw new Error('the kernel wrote behind its window');
      if (stop === Stop.NEED_ROOM) this.flushWindow(false);
      else if (stop === Stop.FILE_FULL) {
        this.endFile();
        this.kernel.put(this.header);
      } else return stop;
    }
    throw new Error('the kernel goes round in circles');
  }

  private flushWindow(endsFile: boolean): void {
    const filled = this.window;
    this.window = (filled + 1) % this.kernel.outputWindows;
    this.copyOut(this.window);
    const text = this.kernel.takeWindow(this.window, (taken) =>
      endsFile ? this.layout.maxFileBytes : Math.max(0, this.layout.maxFileBytes - this.fileBytes - taken),
    );
    this.held[filled] = { text, at: this.file.length };
    this.file.push(Buffer.alloc(0));
    this.fileBytes += text.length;
  }

  private endFile(): void {
    this.kernel.endStatement();
    if (this.kernel.rows === this.fileFirstRow) return;
    this.flushWindow(true);
    for (let window = 0; window < this.held.length; window++) this.copyOut(window);
    this.files.push(Buffer.concat(this.file));
    this.file = [];
    this.fileBytes = 0;
    this.fileFirstRow = this.kernel.rows;
  }

  private copyOut(window: number): void {
    const held = this.held[window];
    if (held !== undefined) this.file[held.at] = Buffer.from(held.text);
    this.held[window] = undefined;
  }

  private written(rest: Buffer | undefined, malformed: boolean): Written {
    return { files: this.files, rows: this.kernel.rows, rest, malformed };
  }
}

/** Numbers in [0, below), the same for the same seed. Mulberry32. */
export function seeded(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** The bytes in chunks of 1 to `longest` bytes. */
export function* cut(bytes: Buffer, longest: number, random: (below: number) => number): Generator<Buffer> {
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + (longest === 1 ? 0 : random(longest));
    yield bytes.subarray(at, end);
    at = end;
  }
}
