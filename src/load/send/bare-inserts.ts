/**
 * Bare rows as INSERT statements.
 *
 * In: the text of a file of bare rows, as it comes, and how INSERT says what its LOAD DATA statement says. Out: statements of
 * about a megabyte, with the same rows in the same order; a row longer than that has a statement of its own, which comes in
 * parts. Memory is bounded by what a statement has, whatever the rows.
 */
import { ToolError } from '../../base/errors.ts';
import { BareRows, BareStop } from '../../kernel/insert-from-rows.ts';
import type { InsertForm } from './bare-form.ts';

export interface BareInsert {
  /** The number of its first row within the file, from 1. */
  readonly firstRow: number;
  readonly rows: number;
  /** Lent until the next statement is asked for; of one that has `rest` the beginning. */
  readonly bytes: Buffer;
  /** To be read to its end before the next statement is asked for. */
  readonly rest: AsyncIterable<Buffer> | undefined;
}

export interface BareInsertsOptions {
  /** For messages. */
  readonly name: string;
  readonly maxStatementBytes: number;
  /** Rows at the beginning of the file that are passed over. */
  readonly skipRows: number;
}

/** As long as statements of a dump are by default. */
const STATEMENT_BYTES = 1_000_000;

/** Lent for the time of a file: memory that was grown once is used again. */
const idle: BareRows[] = [];

/** @throws ToolError DUMP_DAMAGED for a row that has not as many values as the statement says. */
export async function* bareInserts(
  chunks: AsyncIterable<Buffer>,
  { opening, layout }: InsertForm,
  options: BareInsertsOptions,
): AsyncGenerator<BareInsert> {
  const kernel = idle.pop() ?? new BareRows();
  const maxBytes = Math.min(STATEMENT_BYTES, options.maxStatementBytes);
  kernel.beginInserts(layout, opening, maxBytes, options.skipRows);
  const input = new Input(kernel, chunks);
  try {
    yield* new Inserts(kernel, input, options).statements();
    idle.push(kernel);
  } finally {
    await input.close();
  }
}

/** Reads on until the kernel stops for another reason than that its input is used up; `stopAtRow` as the kernel has it. */
export class Input {
  private readonly kernel: BareRows;
  private readonly chunks: AsyncIterator<Buffer>;
  private chunk: Buffer = Buffer.alloc(0);

  constructor(kernel: BareRows, chunks: AsyncIterable<Buffer>) {
    this.kernel = kernel;
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  async run(stopAtRow?: number): Promise<BareStop> {
    for (;;) {
      const stop = this.kernel.run(stopAtRow);
      if (stop !== BareStop.NEED_INPUT) return stop;
      if (!(await this.hasChunk())) this.kernel.endInput();
      this.chunk = this.chunk.subarray(this.kernel.fill(this.chunk));
    }
  }

  /** What the kernel has not read. */
  async *remaining(): AsyncGenerator<Buffer> {
    yield this.kernel.unread;
    while (await this.hasChunk()) {
      yield this.chunk;
      this.chunk = this.chunk.subarray(this.chunk.length);
    }
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async hasChunk(): Promise<boolean> {
    while (this.chunk.length === 0) {
      const result = await this.chunks.next();
      if (result.done === true) return false;
      this.chunk = result.value;
    }
    return true;
  }
}

class Inserts {
  private readonly kernel: BareRows;
  private readonly input: Input;
  private readonly name: string;
  /** Up to here rows have been handed out, or passed over. */
  private row: number;

  constructor(kernel: BareRows, input: Input, { name, skipRows }: BareInsertsOptions) {
    this.kernel = kernel;
    this.input = input;
    this.name = name;
    this.row = skipRows;
  }

  async *statements(): AsyncGenerator<BareInsert> {
    const { kernel, input } = this;
    for (;;) {
      const stop = await input.run();
      if (kernel.hasRows) {
        const rows = kernel.rows - this.row;
        yield { firstRow: this.row + 1, rows, bytes: kernel.statement, rest: undefined };
        this.row += rows;
        kernel.turn();
      } else if (stop === BareStop.NEED_ROOM) {
        yield { firstRow: this.row + 1, rows: 1, bytes: Buffer.from(kernel.openStatement), rest: this.restOfRow() };
        this.row += 1;
      }
      if (stop === BareStop.END) return;
      if (stop !== BareStop.NEED_ROOM) throw damaged(this.name, kernel.rows + 1, stop);
    }
  }

  /** What follows of a row that has filled a window. */
  private async *restOfRow(): AsyncGenerator<Buffer> {
    const { kernel, input } = this;
    for (;;) {
      kernel.turn();
      const stop = await input.run(this.row + 1);
      const hasEnded = kernel.hasRows;
      if (!hasEnded && stop !== BareStop.NEED_ROOM) throw damaged(this.name, kernel.rows + 1, stop);
      yield Buffer.from(kernel.openText); // parts wait in the socket while the next one is made
      if (!hasEnded) continue;
      kernel.turn();
      return;
    }
  }
}

const PROBLEMS: ReadonlyMap<BareStop, string> = new Map<BareStop, string>([
  [BareStop.TOO_FEW_VALUES, 'has fewer values than its LOAD DATA statement names'],
  [BareStop.TOO_MANY_VALUES, 'has more values than its LOAD DATA statement names'],
  [BareStop.UNENDED_VALUE, 'begins a value that does not end'],
]);

/** What the kernel says of a row of a file. */
export function damaged(name: string, row: number, stop: BareStop): ToolError {
  return new ToolError('DUMP_DAMAGED', `${name}, row ${row} ${PROBLEMS.get(stop) ?? 'cannot be read'}`);
}
