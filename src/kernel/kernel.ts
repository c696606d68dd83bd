import type { Separators } from '../base/separators.ts';
import { compiled } from './compiled.ts';
import { bareForms, formTable, insertForms } from './forms.ts';
import type { ValueKind } from './forms.ts';
import { specialNibbles } from './separators.ts';
import { HashArena } from './stored-hash.ts';
import type { HashExports, StoredHash } from './stored-hash.ts';

/**
 * The only door to the WebAssembly kernels: rows → INSERT statements, rows → bare rows. A kernel instance has its own memory
 * with one input window and a few output windows: socket chunks are copied in, text comes out, and a full output window
 * goes to the compressor or the file as it lies there while the kernel fills the next one.
 */

/** Why the kernel stopped. */
export const Stop = { NEED_INPUT: 0, NEED_ROOM: 1, END_OF_ROWS: 2, FILE_FULL: 3, MALFORMED: 4 } as const;
export type Stop = (typeof Stop)[keyof typeof Stop];

interface KernelExports extends HashExports {
  readonly inAt: WebAssembly.Global;
  readonly outAt: WebAssembly.Global;
  readonly rowStart: WebAssembly.Global;
  readonly packetLeft: WebAssembly.Global;
  readonly rows: WebAssembly.Global;
  readonly hashOfRows: WebAssembly.Global;
  readonly longestStatement: WebAssembly.Global;
  memoryStart(): number;
  begin(columns: number, forms: number, opening: number, openingBytes: number, maxStatementBytes: number): void;
  setSpecialBytes(nibbles: number, escapeByte: number): void;
  setRowBreak(at: number, endBytes: number, startBytes: number): void;
  setOutput(start: number, end: number, carried: number, fileRoom: number): void;
  skipOutput(bytes: number): void;
  endStatement(): void;
  run(start: number, end: number): Stop;
}

const PAGE_BYTES = 65_536;
/** Four socket reads; the kernel may read 16 bytes behind it. */
const INPUT_BYTES = 4 * 65_536;
const INPUT_SLACK = 64;

const INSERT_ROW_END = ')\n';
const INSERT_ROW_START = ',(';
const INSERT_ROW_BREAK = Buffer.from(INSERT_ROW_END + INSERT_ROW_START);

export interface OutputWindows {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Where text is compressed: one window is filled by the kernel, one is with the compressor, one waits for it. With
 * 1 MiB a dump took 3 % longer, for the compressor begins anew each time; larger ones cost memory times connections.
 */
export const COMPRESSED_WINDOWS: OutputWindows = { count: 3, bytes: 2 * 1024 * 1024 };

/**
 * Where text goes into the file as it is, at once: small enough to be still in the core's cache when the system copies it. With
 * 1 MiB that copy took twice as long (0.85 s of system time for 800 MB, against 0.5 s).
 */
export const PLAIN_WINDOWS: OutputWindows = { count: 2, bytes: 128 * 1024 };

/** Compiles the kernel that writes INSERT statements; a module can be sent to worker threads. */
export function compileInsertKernel(): WebAssembly.Module {
  return compiled('insert.wasm');
}

/** Compiles the kernel that writes bare rows, as LOAD DATA reads them. */
export function compileBareKernel(): WebAssembly.Module {
  return compiled('bare.wasm');
}

export interface InsertLayout {
  /** One a column. */
  readonly kinds: readonly ValueKind[];
  /** The text in front of a statement's first value: "INSERT INTO `t` VALUES(". */
  readonly opening: Uint8Array;
  /** A statement is ended before it gets longer than this, unless a single row is. */
  readonly maxStatementBytes: number;
}

/** Of bare rows, whose only kinds are NUMBER, which is never enclosed, and any other. */
export interface BareLayout {
  readonly kinds: readonly ValueKind[];
  readonly separators: Separators;
  /** Of what is put in front of the rows. */
  readonly headerBytes: number;
}

export class RowKernel {
  private readonly memory: WebAssembly.Memory;
  private readonly exports: KernelExports;
  private readonly hashes: HashArena;
  private bytes: Uint8Array;
  private readonly inputStart: number;
  private readonly outputStart: number;
  private readonly windows: OutputWindows;
  private windowBytes: number;
  private inputAt = 0;
  private inputEnd = 0;
  private window = 0;
  /** Of the kinds that rows had last: result sets that are alike come one after the other. */
  private insertForms: { readonly kinds: readonly ValueKind[]; readonly table: Uint8Array } | undefined;

  constructor(module: WebAssembly.Module, windows: OutputWindows) {
    this.memory = new WebAssembly.Memory({ initial: 1 });
    const instance = new WebAssembly.Instance(module, { env: { memory: this.memory } });
    this.exports = instance.exports as unknown as KernelExports;
    this.hashes = new HashArena(this.exports, this.memory, align(this.exports.memoryStart()));
    this.inputStart = align(this.hashes.end);
    this.outputStart = align(this.inputStart + INPUT_BYTES + INPUT_SLACK);
    this.windows = windows;
    this.windowBytes = windows.bytes;
    this.bytes = new Uint8Array(this.memory.buffer);
    this.reserve(this.outputStart);
  }

  get outputWindows(): number {
    return this.windows.count;
  }

  get outputWindowBytes(): number {
    return this.windowBytes;
  }

  /** Rows completed since `begin`. */
  get rows(): number {
    return this.exports.rows.value as number;
  }

  /** The sum of their hashes modulo 2^64, see assembly/row-hash.ts: the order of the rows does not count. */
  get hashOfRows(): bigint {
    return this.exports.hashOfRows.value as bigint;
  }

  /** Of the statements ended since `begin`; without semicolon. */
  get longestStatementBytes(): number {
    return this.exports.longestStatement.value as number;
  }

  /** Text in the current window, in bytes. */
  get pendingBytes(): number {
    return (this.exports.outAt.value as number) - this.windowStart;
  }

  /** The hash of a file. What lies in the output windows is hashed where it is. */
  beginStoredHash(): StoredHash {
    return this.hashes.begin();
  }

  /** Starts a result set in output window 0. No window of an earlier one may still be in use. */
  begin(layout: InsertLayout | BareLayout): void {
    if ('separators' in layout) this.beginBare(layout);
    else this.beginInsert(layout);
    this.inputAt = this.inputStart;
    this.inputEnd = this.inputStart;
    this.window = 0;
  }

  private beginInsert({ kinds, opening, maxStatementBytes }: InsertLayout): void {
    if (this.insertForms?.kinds !== kinds) this.insertForms = { kinds, table: formTable(insertForms(kinds)) };
    const parts = [this.insertForms.table, opening, INSERT_ROW_BREAK] as const;
    const [formsAt, openingAt, rowBreakAt] = this.place(parts, 4 * opening.length);
    this.exports.begin(kinds.length, formsAt, openingAt, opening.length, maxStatementBytes);
    this.exports.setRowBreak(rowBreakAt, INSERT_ROW_END.length, INSERT_ROW_START.length);
  }

  private beginBare({ kinds, separators, headerBytes }: BareLayout): void {
    const { linesStartingBy, linesTerminatedBy, fieldsEscapedBy } = separators;
    const rowBreak = Buffer.from(linesTerminatedBy + linesStartingBy, 'latin1');
    const parts = [formTable(bareForms(kinds, separators)), rowBreak, specialNibbles(separators)] as const;
    const [formsAt, rowBreakAt, nibblesAt] = this.place(parts, 4 * linesStartingBy.length + headerBytes);
    const openingAt = rowBreakAt + linesTerminatedBy.length;
    this.exports.begin(kinds.length, formsAt, openingAt, linesStartingBy.length, Infinity);
    this.exports.setRowBreak(rowBreakAt, linesTerminatedBy.length, linesStartingBy.length);
    this.exports.setSpecialBytes(nibblesAt, fieldsEscapedBy.charCodeAt(0));
  }

  /**
   * Lays out what is constant for the result set behind the output windows; returns where each part is. The windows have room
   * for `leastBytes` and rows behind them: a thousand columns with long names make an opening of 200 kB.
   */
  private place<Parts extends readonly Uint8Array[]>(
    parts: Parts,
    leastBytes: number,
  ): { [At in keyof Parts]: number } {
    this.windowBytes = Math.max(this.windows.bytes, align(leastBytes + PAGE_BYTES));
    let end = this.outputStart + this.windows.count * this.windowBytes;
    const places = parts.map((part) => {
      const at = end;
      end = align(at + part.length);
      return at;
    });
    this.reserve(end + INPUT_SLACK);
    for (const [index, part] of parts.entries()) this.bytes.set(part, places[index]);
    return places as { [At in keyof Parts]: number };
  }

  /** Opens window `window` for a file that has room for `fileRoomBytes` more; the carried text must lie there. */
  openWindow(window: number, fileRoomBytes: number, carriedBytes = 0): void {
    this.window = window;
    const start = this.windowStart;
    this.exports.setOutput(start, start + this.windowBytes, carriedBytes, fileRoomBytes);
  }

  /** Puts text that belongs to no statement (a file's header) into the window. */
  put(text: Uint8Array): void {
    this.bytes.set(text, this.exports.outAt.value as number);
    this.exports.skipOutput(text.length);
  }

  /** Copies as much of `chunk`, from `offset` on, as the input window holds; returns how many bytes that was. */
  fill(chunk: Uint8Array, offset: number): number {
    const part = chunk.subarray(offset, offset + INPUT_BYTES);
    this.bytes.set(part, this.inputStart);
    this.inputAt = this.inputStart;
    this.inputEnd = this.inputStart + part.length;
    return part.length;
  }

  run(): Stop {
    const stop = this.exports.run(this.inputAt, this.inputEnd);
    this.inputAt = this.exports.inAt.value as number;
    return stop;
  }

  /**
   * After END_OF_ROWS: the packet that ended the rows as far as it is in the input window. Its header was already
   * consumed and is made again.
   */
  unread(): Buffer {
    const length = this.exports.packetLeft.value as number;
    const header = Buffer.from([length & 0xff, (length >> 8) & 0xff, length >> 16, 0]);
    return Buffer.concat([header, this.bytes.subarray(this.inputAt, this.inputEnd)]);
  }

  /** Ends the open statement, so that the window can end a file. */
  endStatement(): void {
    this.exports.endStatement();
  }

  /**
   * Takes the finished text out of the current window: a view that stays valid until the window is opened again. The
   * text of a row that has only begun is carried over to `nextWindow`, which is opened; a row larger than the window
   * leaves it in pieces.
   */
  takeWindow(nextWindow: number, fileRoomBytes: (takenBytes: number) => number): Uint8Array {
    const start = this.windowStart;
    const end = this.exports.outAt.value as number;
    const rowStart = this.exports.rowStart.value as number;
    const cut = rowStart > start ? rowStart : end;
    const carried = end - cut;
    this.bytes.copyWithin(this.startOf(nextWindow), cut, end);
    this.openWindow(nextWindow, fileRoomBytes(cut - start), carried);
    return this.bytes.subarray(start, cut);
  }

  private get windowStart(): number {
    return this.startOf(this.window);
  }

  private startOf(window: number): number {
    return this.outputStart + window * this.windowBytes;
  }

  private reserve(bytes: number): void {
    const missing = bytes - this.bytes.length;
    if (missing <= 0) return;
    this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.bytes = new Uint8Array(this.memory.buffer);
  }
}

function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}
