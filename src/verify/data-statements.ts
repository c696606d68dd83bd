/**
 * Statements of a data file, one by one: whether each is one that a data file may hold, and is whole, and how many rows it has.
 */
import { ToolError } from '../base/errors.ts';
import { readLoadData } from '../format/load-data.ts';
import { lineAt, statementKind } from '../format/statements.ts';
import type { Statement } from '../format/statements.ts';
import { Place, RowCounter } from '../kernel/row-counter.ts';

/** Of this thread. */
let counter: RowCounter | undefined;

export class DataStatements {
  private readonly path: string;
  private readonly textAgain: () => AsyncIterable<Buffer>;
  private backslashEscapes: boolean;

  /** `textAgain`: the text from its beginning, to find a line. */
  constructor(path: string, backslashEscapes: boolean, textAgain: () => AsyncIterable<Buffer>) {
    this.path = path;
    this.backslashEscapes = backslashEscapes;
    this.textAgain = textAgain;
  }

  /** Its rows. @throws ToolError DUMP_DAMAGED that says where it is and what is wrong with it. */
  async read(statement: Statement): Promise<number> {
    const [start = Buffer.alloc(0)] = statement.parts;
    const kind = statementKind(start.length < 64 ? statement.bytes : start);
    if (kind === 'insert' || kind === 'replace') return this.countRows(statement);
    const { bytes, rest } = statement;
    if (rest === undefined && kind === 'set') this.noteMode(bytes);
    else if (rest !== undefined || kind !== 'load-data' || readLoadData(bytes) === undefined) {
      throw await this.damaged(statement, `is none of a data file: ${start.toString('latin1', 0, 60)}`);
    }
    return 0;
  }

  private async countRows(statement: Statement): Promise<number> {
    counter ??= new RowCounter();
    const own = counter;
    own.begin(this.backslashEscapes);
    for (const part of statement.parts) own.add(part);
    if (statement.rest === undefined) return this.rowsOf(statement, own);
    // Whoever else counts on this thread while the rest is waited for needs a counter as well.
    counter = undefined;
    for await (const part of statement.rest) own.add(part);
    return this.rowsOf(statement, own);
  }

  private async rowsOf(statement: Statement, { place, isQuoted, rows }: RowCounter): Promise<number> {
    if (place === Place.BETWEEN && rows > 0) return rows;
    const where = isQuoted ? 'ends inside a string' : PLACES[place];
    throw await this.damaged(statement, `${where}, behind ${rows} whole rows`);
  }

  private noteMode(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    if (/\bSQL_MODE\b/i.test(text)) this.backslashEscapes = !/NO_BACKSLASH_ESCAPES/i.test(text);
  }

  private async damaged({ number, offset }: Statement, what: string): Promise<ToolError> {
    const line = await lineAt(this.textAgain(), offset);
    return new ToolError('DUMP_DAMAGED', `${this.path} statement ${number}, which begins in line ${line}, ${what}`);
  }
}

const PLACES: Readonly<Record<Place, string>> = {
  [Place.OPENING]: 'has no rows',
  [Place.BETWEEN]: 'has no rows',
  [Place.ROW]: 'ends inside a row',
  [Place.TAIL]: 'holds something that is no row',
};
