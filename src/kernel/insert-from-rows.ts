import { readFileSync } from 'node:fs';

import type { Separators } from '../base/separators.ts';
import { Texts } from './texts.ts';

/**
 * The kernel that reads bare rows as LOAD DATA does, and writes them as the rows of INSERT statements; or only tells where
 * they end.
 */

/** What stands around a value; bytes as Latin-1. */
export interface ValueText {
  readonly before: string;
  /** In front of a string, not of a NULL: "_latin1", or nothing. */
  readonly mark: string;
  readonly behind: string;
}

export interface BareLayout {
  readonly separators: Separators;
  /** Lines in front of the rows. */
  readonly headerLines: number;
  /** For each value of a row; undefined: it is left out. */
  readonly values: readonly (ValueText | undefined)[];
  /** Whether strings of SQL have escapes where the statements go. */
  readonly backslashEscapes: boolean;
}

/** Why the kernel stopped; assembly/insert-from-rows.ts has the same list. */
export const BareStop = {
  NEED_INPUT: 0,
  NEED_ROOM: 1,
  END: 2,
  TOO_FEW_VALUES: 3,
  TOO_MANY_VALUES: 4,
  UNENDED_VALUE: 5,
  ROW_END: 6,
} as const;
export type BareStop = (typeof BareStop)[keyof typeof BareStop];

interface KernelExports {
  readonly inAt: WebAssembly.Global;
  readonly outAt: WebAssembly.Global;
  readonly rowEndIn: WebAssembly.Global;
  readonly rowEndOut: WebAssembly.Global;
  readonly rows: WebAssembly.Global;
  memoryStart(): number;
  setTexts(
    start: number,
    startBytes: number,
    between: number,
    betweenBytes: number,
    end: number,
    endBytes: number,
  ): void;
  setMarks(enclosing: number, escaping: number, sqlEscapes: boolean): void;
  begin(columns: number, at: number, headerLines: number, rowsToPass: number): void;
  setOutput(start: number, end: number, carried: number): void;
  run(start: number, end: number, isLast: boolean, stopAtRow: number): BareStop;
}

const PAGE_BYTES = 65_536;
const INPUT_BYTES = 4 * PAGE_BYTES;
/** What a step may read behind the input, and write behind the output beside the texts of a column. */
const SLACK_BYTES = 64;
const EVERY_ROW = Number.POSITIVE_INFINITY;

let compiled: WebAssembly.Module | undefined;

/** One instance reads one file at a time, from {@link begin} on. */
export class BareRows {
  private readonly exports: KernelExports;
  private readonly memory = new WebAssembly.Memory({ initial: 1 });
  private bytes: Buffer = Buffer.alloc(0);
  private opening: Buffer = Buffer.alloc(0);
  private openingStart = 0;
  private outputEnd = 0;
  private inputStart = 0;
  private inputEnd = 0;
  private inputBefore = 0;
  private isLast = false;

  constructor() {
    compiled ??= new WebAssembly.Module(readFileSync(new URL('./insert-from-rows.wasm', import.meta.url)));
    const instance = new WebAssembly.Instance(compiled, { env: { memory: this.memory } });
    this.exports = instance.exports as unknown as KernelExports;
  }

  /**
   * Starts a file, whose first `rowsToPass` rows are read and not written. `opening` is what a statement has up to VALUES, and a
   * statement of several rows has at most `maxStatementBytes`.
   */
  beginInserts(layout: BareLayout, opening: Buffer, maxStatementBytes: number, rowsToPass: number): void {
    this.begin(layout, opening, Math.max(0, maxStatementBytes - opening.length), rowsToPass);
  }

  /** Starts a file of which only the ends of rows are wanted. */
  beginEnds(layout: BareLayout): void {
    this.begin(layout, Buffer.alloc(1), 0, EVERY_ROW);
  }

  /** Puts as much of the chunk behind the input that is left as there is room for; returns how much that is. */
  fill(chunk: Buffer): number {
    const from = this.exports.inAt.value as number;
    this.bytes.copyWithin(this.inputStart, from, this.inputEnd);
    this.inputBefore += from - this.inputStart;
    const kept = this.inputStart + this.inputEnd - from;
    const taken = chunk.copy(this.bytes, kept, 0, Math.min(chunk.length, this.inputStart + INPUT_BYTES - kept));
    this.inputEnd = kept + taken;
    this.exports.inAt.value = this.inputStart;
    return taken;
  }

  /** The input that is left; a view, valid until more is put behind it. */
  get unread(): Buffer {
    return this.bytes.subarray(this.exports.inAt.value as number, this.inputEnd);
  }

  /** Nothing follows the input that is there. */
  endInput(): void {
    this.isLast = true;
  }

  /** Reads on; stops behind the row of that number, from 1, if it comes to it. */
  run(stopAtRow = EVERY_ROW): BareStop {
    return this.exports.run(this.exports.inAt.value as number, this.inputEnd, this.isLast, stopAtRow);
  }

  /** That have ended, those that were passed over among them. */
  get rows(): number {
    return this.exports.rows.value as number;
  }

  /** Where in the file the last row ended, if it did within the last {@link run}. */
  get rowEnd(): number | undefined {
    const at = this.exports.rowEndIn.value as number;
    return at === 0 ? undefined : this.inputBefore + at - this.inputStart;
  }

  /** Whether there is a row to be taken. */
  get hasRows(): boolean {
    return (this.exports.rowEndOut.value as number) > 0;
  }

  /** A statement with the rows that have ended since the last one. A view: valid until {@link turn}. */
  get statement(): Buffer {
    return this.textTo(this.exports.rowEndOut.value as number);
  }

  /** The beginning of a statement with the row that is open. A view: valid until {@link turn}. */
  get openStatement(): Buffer {
    return this.textTo(this.exports.outAt.value as number);
  }

  /** What follows it: up to the row's end if it has one. A view: valid until {@link turn}. */
  get openText(): Buffer {
    const { rowEndOut, outAt } = this.exports;
    return this.bytes.subarray(this.outputStart, this.hasRows ? (rowEndOut.value as number) : (outAt.value as number));
  }

  /** Makes room; what was taken is gone. */
  turn(): void {
    const { rowEndOut, outAt } = this.exports;
    const end = outAt.value as number;
    const from = this.hasRows ? (rowEndOut.value as number) : end;
    this.bytes.copyWithin(this.outputStart, from, end);
    this.exports.setOutput(this.outputStart, this.outputEnd, end - from);
  }

  /** The comma in front of the first row gives way to the opening's last byte. */
  private textTo(end: number): Buffer {
    this.bytes[this.outputStart] = this.opening.at(-1) ?? 0;
    return this.bytes.subarray(this.openingStart, end);
  }

  private get outputStart(): number {
    return this.openingStart + this.opening.length - 1;
  }

  private begin(layout: BareLayout, opening: Buffer, windowBytes: number, rowsToPass: number): void {
    const texts = new Texts(this.exports.memoryStart());
    const longestText = this.lay(texts, layout);
    this.opening = opening;
    this.openingStart = texts.end;
    const slackBytes = 2 * longestText + SLACK_BYTES;
    this.outputEnd = this.outputStart + Math.max(windowBytes - slackBytes, slackBytes);
    this.inputStart = this.outputEnd + slackBytes;
    this.inputEnd = this.inputStart;
    this.inputBefore = 0;
    this.isLast = false;
    this.reserve(this.inputStart + INPUT_BYTES + SLACK_BYTES);
    texts.copyTo(this.bytes);
    opening.copy(this.bytes, this.openingStart);
    this.exports.inAt.value = this.inputStart;
    this.exports.setOutput(this.outputStart, this.outputEnd, 0);
    this.exports.begin(layout.values.length, texts.columnsAt, layout.headerLines, rowsToPass);
  }

  /** Lays the texts; returns how long the longest of a column is. */
  private lay(texts: Texts, { separators, values, backslashEscapes }: BareLayout): number {
    const { fieldsTerminatedBy, fieldsEnclosedBy, fieldsEscapedBy, linesStartingBy, linesTerminatedBy } = separators;
    const around = [linesStartingBy, fieldsTerminatedBy, linesTerminatedBy].flatMap((text) => texts.add(text));
    this.exports.setTexts(...(around as [number, number, number, number, number, number]));
    const byteOf = (text: string): number => (text === '' ? -1 : text.charCodeAt(0));
    this.exports.setMarks(byteOf(fieldsEnclosedBy), byteOf(fieldsEscapedBy), backslashEscapes);
    const written = values.filter((value) => value !== undefined);
    const first = values.indexOf(written[0]);
    const rows = values.map((value, at) => {
      if (value === undefined) return ['', '', ''];
      const { before, mark, behind } = value;
      const front = at === first ? ',(' : ',';
      return [`${front}${before}${mark}'`, `'${behind}`, `${front}${before}NULL${behind}`];
    });
    rows.push([written.length === 0 ? ',()' : ')', '', '']);
    texts.addColumns(rows);
    return Math.max(...rows.flat().map(({ length }) => length));
  }

  private reserve(bytes: number): void {
    const missing = bytes - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.bytes = Buffer.from(this.memory.buffer);
  }
}
