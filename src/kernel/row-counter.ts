/** Counts the rows of INSERT statements; see assembly/count-rows.ts. */
import { compiled } from './compiled.ts';

/** Where a statement has come to; assembly/count-rows.ts has the same list. */
export const Place = { OPENING: 0, BETWEEN: 1, ROW: 2, TAIL: 3 } as const;
export type Place = (typeof Place)[keyof typeof Place];

interface CounterExports {
  readonly state: WebAssembly.Global;
  readonly quote: WebAssembly.Global;
  readonly rows: WebAssembly.Global;
  memoryStart(): number;
  begin(backslashEscapes: boolean): void;
  add(from: number, bytes: number): void;
}

/** A piece that the core's cache holds; the kernel may read 15 bytes behind it. */
const WINDOW_BYTES = 64 * 1024;

export class RowCounter {
  private readonly exports: CounterExports;
  private readonly windowAt: number;
  private readonly window: Uint8Array;

  constructor() {
    const memory = new WebAssembly.Memory({ initial: 3 });
    const instance = new WebAssembly.Instance(compiled('count-rows.wasm'), { env: { memory } });
    this.exports = instance.exports as unknown as CounterExports;
    this.windowAt = Math.ceil(this.exports.memoryStart() / 64) * 64;
    this.window = new Uint8Array(memory.buffer, this.windowAt, WINDOW_BYTES);
  }

  /** Begins a statement. `backslashEscapes`: false under NO_BACKSLASH_ESCAPES. */
  begin(backslashEscapes: boolean): void {
    this.exports.begin(backslashEscapes);
  }

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += WINDOW_BYTES) {
      const piece = bytes.subarray(at, at + WINDOW_BYTES);
      this.window.set(piece);
      this.exports.add(this.windowAt, piece.length);
    }
  }

  /** Rows of the statement that have ended. */
  get rows(): number {
    return this.exports.rows.value as number;
  }

  get place(): Place {
    return this.exports.state.value as Place;
  }

  /** A string or a name is open. */
  get isQuoted(): boolean {
    return this.exports.quote.value !== 0;
  }
}
