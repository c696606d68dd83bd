/**
 * The kernel that rewrites rows of INSERT statements as LOAD DATA reads them, between tabs and newlines, special bytes behind
 * backslashes. What a literal is has to be known for certain; a statement with anything else is refused as a whole.
 */

import { compiled } from './compiled.ts';

/** Literals by what they are to a server, one bit each; a column takes some of them. */
export const Literal = {
  NULL: 1,
  /** '…' or "…". */
  STRING: 2,
  /** _binary '…' */
  BINARY_STRING: 4,
  /** _utf8mb4 '…' */
  UTF8_STRING: 8,
  /** CONVERT('…' USING UTF8MB4) */
  CONVERTED_STRING: 16,
  /** 0x… or x'…', of whole bytes. */
  HEX: 32,
  INTEGER: 64,
  /** With a point. */
  DECIMAL: 128,
  /** With an exponent. */
  FLOAT: 256,
  /** Of four digits without a sign. */
  YEAR: 512,
} as const;

export interface LiteralColumns {
  /** The kinds of literals that each column takes, as a sum of {@link Literal}. */
  readonly literals: readonly number[];
  /** False under NO_BACKSLASH_ESCAPES. */
  readonly backslashEscapes: boolean;
}

/** Where the text goes: memory that grows to what the longest statement needs, and is used again for the next. */
export class RewrittenText {
  private buffer: Buffer = Buffer.allocUnsafeSlow(PAGE_BYTES);
  private length = 0;

  /** Valid until the next statement is rewritten into it. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  append(bytes: Uint8Array): void {
    const missing = this.length + bytes.length - this.buffer.length;
    if (missing > 0) {
      const larger = Buffer.allocUnsafeSlow(2 * this.buffer.length + missing);
      this.bytes.copy(larger);
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }
}

const Stop = { NEED_INPUT: 0, NEED_ROOM: 1, UNKNOWN: 2 } as const;
type Stop = (typeof Stop)[keyof typeof Stop];

interface KernelExports {
  readonly inAt: WebAssembly.Global;
  readonly outAt: WebAssembly.Global;
  readonly rows: WebAssembly.Global;
  memoryStart(): number;
  setColumns(columns: number, kinds: number, backslashEscapes: boolean): void;
  begin(): void;
  isComplete(): number;
  setOutput(start: number, end: number): void;
  run(start: number, end: number): Stop;
}

const PAGE_BYTES = 65_536;
const INPUT_BYTES = 4 * 65_536;
/** What the kernel may read behind its input, and the least that a window leaves free. */
const SLACK_BYTES = 64;
const OUTPUT_BYTES = 4 * 65_536;

/** Compiles the kernel. */
export function compileRewritingKernel(): WebAssembly.Module {
  return compiled('rows-from-insert.wasm');
}

/** One instance works on one statement at a time, from {@link begin} to {@link end}. */
export class RowRewriter {
  private readonly memory: WebAssembly.Memory;
  private readonly exports: KernelExports;
  private bytes: Uint8Array;
  private readonly inputStart: number;
  private readonly outputStart: number;
  private columns: LiteralColumns | undefined;
  private text = new RewrittenText();

  constructor(module: WebAssembly.Module) {
    this.memory = new WebAssembly.Memory({ initial: 1 });
    const instance = new WebAssembly.Instance(module, { env: { memory: this.memory } });
    this.exports = instance.exports as unknown as KernelExports;
    this.inputStart = Math.ceil(this.exports.memoryStart() / SLACK_BYTES) * SLACK_BYTES;
    this.outputStart = this.inputStart + INPUT_BYTES + SLACK_BYTES;
    this.bytes = this.reserve(this.outputStart + OUTPUT_BYTES);
  }

  /** Starts at the rows of a statement. */
  begin(columns: LiteralColumns, text: RewrittenText): void {
    if (columns !== this.columns) this.setColumns(columns);
    this.exports.begin();
    this.text = text;
    text.clear();
    this.openWindow();
  }

  /** Goes on with bytes of the statement, cut anywhere; false: there is something unknown, and it has to be begun anew. */
  add(chunk: Uint8Array): boolean {
    for (let offset = 0; offset < chunk.length; offset += INPUT_BYTES) {
      const part = chunk.subarray(offset, offset + INPUT_BYTES);
      this.bytes.set(part, this.inputStart);
      if (!this.consume(this.inputStart + part.length)) return false;
    }
    return true;
  }

  /** At the end of the statement: how many rows it has; undefined when it ends in the middle of one. */
  end(): number | undefined {
    if (this.exports.isComplete() === 0) return undefined;
    this.takeText();
    return this.exports.rows.value as number;
  }

  private consume(inputEnd: number): boolean {
    let at = this.inputStart;
    for (;;) {
      const stop = this.exports.run(at, inputEnd);
      if (stop === Stop.NEED_INPUT) return true;
      if (stop === Stop.UNKNOWN) return false;
      at = this.exports.inAt.value as number;
      this.takeText();
    }
  }

  private takeText(): void {
    const end = this.exports.outAt.value as number;
    if (end === this.outputStart) return;
    this.text.append(this.bytes.subarray(this.outputStart, end));
    this.openWindow();
  }

  private openWindow(): void {
    this.exports.setOutput(this.outputStart, this.outputStart + OUTPUT_BYTES);
  }

  private setColumns(columns: LiteralColumns): void {
    const { literals, backslashEscapes } = columns;
    const kindsAt = this.outputStart + OUTPUT_BYTES;
    const kinds = new Uint8Array(Uint16Array.from(literals).buffer);
    this.bytes = this.reserve(kindsAt + kinds.length);
    this.bytes.set(kinds, kindsAt);
    this.exports.setColumns(literals.length, kindsAt, backslashEscapes);
    this.columns = columns;
  }

  private reserve(bytes: number): Uint8Array {
    const missing = bytes - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    return new Uint8Array(this.memory.buffer);
  }
}
