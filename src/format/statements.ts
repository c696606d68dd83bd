/**
 * Reading statements: bytes in, cut anywhere; statements out, as bytes, in constant memory.
 *
 * The rule of the format: a statement ends at a line whose end is `;`, that is at the two bytes `;` and newline, or at
 * `;` and the end of the file. Nothing is lexed: strings in data files have their newlines escaped, and other text that
 * holds the two bytes is disguised (code.ts). A carriage return between the two is not an end, because mydumper leaves
 * it as it stands inside bodies.
 *
 * Guaranteed: no byte of a statement is lost or changed; a file that ends inside a statement is an error, never a
 * shorter file.
 */

import { ToolError } from '../base/errors.ts';

const NEWLINE = 10;
const SEMICOLON = 59;
const STATEMENT_END = Buffer.from(';\n');
/** Eight times the statements a dump has by default; what is longer holds a single huge row. */
const DEFAULT_BUFFERED_BYTES = 8 * 1024 * 1024;

export interface Statement {
  /** Counts from 1. */
  readonly number: number;
  /** Where in the decoded text it begins, in bytes; {@link lineAt} turns it into a line for messages. */
  readonly offset: number;
  /** The statement without its `;` and newline; only its beginning when there is `rest`. Joined when it is first asked for. */
  readonly bytes: Buffer;
  /** The same, in the pieces in which it was read. */
  readonly parts: readonly Buffer[];
  /** What follows `bytes` in a statement longer than the limit: to be read to its end before the next statement. */
  readonly rest: AsyncIterable<Buffer> | undefined;
}

export interface StatementOptions {
  /** For messages. */
  readonly path: string;
  /** Statements up to about this size come as one buffer. */
  readonly maxBufferedBytes?: number | undefined;
  /** Told of chunks of the source that no statement needs any more: statements are valid until the next is asked for, then. */
  readonly onSpent?: ((chunk: Buffer) => void) | undefined;
}

/**
 * The statements of a file. The source is closed when the iteration ends, early or not. Throws DUMP_DAMAGED when the
 * file ends in the middle of a statement, and whatever the source throws.
 */
export async function* readStatements(
  source: AsyncIterable<Buffer>,
  options: StatementOptions,
): AsyncGenerator<Statement> {
  const maxBufferedBytes = options.maxBufferedBytes ?? DEFAULT_BUFFERED_BYTES;
  const input = new Input(source, options);
  try {
    while (await input.skipBlank()) {
      const number = input.beginStatement();
      const { offset } = input;
      const parts = await collected(input, maxBufferedBytes);
      if (input.isInStatement) {
        yield statementOf(number, offset, parts, pieces(input));
        input.assertDrained();
      } else if (parts.some(({ length }) => length > 0)) {
        yield statementOf(number, offset, parts, undefined);
      }
    }
    input.giveBack();
  } finally {
    await input.close();
  }
}

function statementOf(
  number: number,
  offset: number,
  parts: readonly Buffer[],
  rest: AsyncIterable<Buffer> | undefined,
): Statement {
  let joined = parts.length === 1 ? parts[0] : undefined;
  return {
    number,
    offset,
    parts,
    rest,
    get bytes() {
      joined ??= Buffer.concat(parts);
      return joined;
    },
  };
}

/** A whole statement, or its beginning, over the limit. */
async function collected(input: Input, maxBytes: number): Promise<Buffer[]> {
  const parts = [await input.nextPiece()];
  let bytes = parts[0]?.length ?? 0;
  while (input.isInStatement && bytes < maxBytes) {
    const piece = await input.nextPiece();
    parts.push(piece);
    bytes += piece.length;
  }
  return parts;
}

async function* pieces(input: Input): AsyncGenerator<Buffer> {
  while (input.isInStatement) {
    const piece = await input.nextPiece();
    input.forgetPassed();
    if (piece.length > 0) yield piece;
  }
}

/** The source as a chunk at hand, with its place in the text and whether a statement is open. */
class Input {
  offset = 0;
  isInStatement = false;
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly path: string;
  private chunk: Buffer = Buffer.alloc(0);
  private ended = false;
  private number = 0;
  private beganAt = 0;
  private readonly onSpent: (chunk: Buffer) => void;
  /** As it came; `chunk` is what is left of it. */
  private whole: Buffer | undefined;
  /** Chunks behind which the reading is, though the open statement may hold bytes of them. */
  private passed: Buffer[] = [];

  constructor(source: AsyncIterable<Buffer>, { path, onSpent = () => undefined }: StatementOptions) {
    this.chunks = source[Symbol.asyncIterator]();
    this.path = path;
    this.onSpent = onSpent;
  }

  beginStatement(): number {
    this.giveBack();
    this.isInStatement = true;
    this.beganAt = this.offset;
    this.number += 1;
    return this.number;
  }

  /** Passes over newlines and blanks between statements; false at the end of the file. */
  async skipBlank(): Promise<boolean> {
    for (;;) {
      let blank = 0;
      while (isBlank(this.chunk[blank])) blank += 1;
      this.advance(blank, 0);
      if (this.chunk.length > 0) return true;
      if (!(await this.more())) return false;
    }
  }

  /** The open statement's bytes up to its end or the end of the chunk at hand. */
  async nextPiece(): Promise<Buffer> {
    if (this.chunk.length === 0 && !(await this.more())) throw this.cut();
    const end = this.chunk.indexOf(STATEMENT_END);
    if (end !== -1) {
      this.isInStatement = false;
      return this.advance(end, STATEMENT_END.length);
    }
    if (this.chunk.at(-1) !== SEMICOLON) return this.advance(this.chunk.length, 0);
    return this.pieceBeforeSemicolon();
  }

  /** No statement is open: what was passed is spent. */
  giveBack(): void {
    for (const chunk of this.passed) this.onSpent(chunk);
    this.passed = [];
  }

  /** What was passed is not given back: a piece that was handed on may be in use after the next was asked for. */
  forgetPassed(): void {
    this.passed = [];
  }

  assertDrained(): void {
    if (!this.isInStatement) return;
    throw new ToolError('INTERNAL', `statement ${this.number} of ${this.path} was not read to its end`);
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  /** The chunk's last byte may be the end of the statement: what comes next tells. */
  private async pieceBeforeSemicolon(): Promise<Buffer> {
    const piece = this.advance(this.chunk.length - 1, 0);
    const semicolon = this.chunk;
    if (!(await this.more())) {
      this.isInStatement = false;
      this.advance(0, 1);
      return piece;
    }
    if (this.chunk[0] === NEWLINE) {
      this.isInStatement = false;
      this.advance(0, 1);
      this.offset += 1;
      return piece;
    }
    this.chunk = Buffer.concat([semicolon, this.chunk]);
    return piece;
  }

  private advance(taken: number, skipped: number): Buffer {
    const piece = this.chunk.subarray(0, taken);
    this.chunk = this.chunk.subarray(taken + skipped);
    this.offset += taken + skipped;
    return piece;
  }

  /** Replaces the chunk at hand by the next one that is not empty. */
  private async more(): Promise<boolean> {
    while (!this.ended) {
      const result = await this.chunks.next();
      if (this.whole !== undefined) this.passed.push(this.whole);
      this.whole = undefined;
      if (result.done === true) this.ended = true;
      else if (result.value.length > 0) {
        this.whole = result.value;
        this.chunk = result.value;
        return true;
      }
    }
    return false;
  }

  private cut(): ToolError {
    const message = `${this.path} ends in the middle of statement ${this.number}, which begins at byte ${this.beganAt}`;
    return new ToolError('DUMP_DAMAGED', message);
  }
}

/** Newline, carriage return, tab, blank. */
function isBlank(byte: number | undefined): boolean {
  return byte === 10 || byte === 32 || byte === 13 || byte === 9;
}

/**
 * The line, from 1, in which the byte at `offset` of a text stands. Counting lines while statements are read would cost
 * more than reading them; this reads the text once more, for an error message.
 */
export async function lineAt(chunks: AsyncIterable<Buffer>, offset: number): Promise<number> {
  let line = 1;
  let left = offset;
  for await (const chunk of chunks) {
    const before = chunk.subarray(0, left);
    for (let at = before.indexOf(NEWLINE); at !== -1; at = before.indexOf(NEWLINE, at + 1)) line += 1;
    left -= before.length;
    if (left === 0) break;
  }
  return line;
}

export type StatementKind = 'insert' | 'replace' | 'load-data' | 'set' | 'other';

/** What a statement does, by its first word; a SET inside a version comment is a 'set' too. */
export function statementKind(bytes: Uint8Array): StatementKind {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 64)).toString('latin1');
  const word = /^\s*(?:\/\*M?![0-9]*\s*(?=SET\b))?(INSERT|REPLACE|LOAD\s+DATA|SET)\b/i.exec(start)?.[1]?.toUpperCase();
  if (word === undefined) return 'other';
  if (word === 'INSERT') return 'insert';
  if (word === 'REPLACE') return 'replace';
  return word === 'SET' ? 'set' : 'load-data';
}
