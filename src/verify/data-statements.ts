/**
 * Statements of a data file, one by one: whether each is one that a data file may hold, and is whole, and how many rows it has.
 */
import { ToolError } from '../base/errors.ts';
import { revealBody } from '../format/code.ts';
import { NAMES_DISGUISED } from '../format/data-names.ts';
import { readLoadData } from '../format/load-data.ts';
import { lineAt, statementKind } from '../format/statements.ts';
import type { Statement } from '../format/statements.ts';
import { Place, RowCounter } from '../kernel/row-counter.ts';
import type { ForeignStatements } from './foreign.ts';

/** Of this thread. */
let counter: RowCounter | undefined;

export class DataStatements {
  private readonly path: string;
  private readonly textAgain: () => AsyncIterable<Buffer>;
  private readonly judge: ForeignStatements | undefined;
  private backslashEscapes: boolean;
  private isDisguised = false;
  private firstForeign: string | undefined;

  /** `textAgain`: the text from its beginning, to find a line. Without a judge it is not asked who needs a statement. */
  constructor(
    path: string,
    backslashEscapes: boolean,
    textAgain: () => AsyncIterable<Buffer>,
    judge: ForeignStatements | undefined,
  ) {
    this.path = path;
    this.judge = judge;
    this.backslashEscapes = backslashEscapes;
    this.textAgain = textAgain;
  }

  /** Its rows. @throws ToolError DUMP_DAMAGED that says where it is and what is wrong with it. */
  async read(statement: Statement): Promise<number> {
    const [start = Buffer.alloc(0)] = statement.parts;
    const kind = statementKind(start.length < 64 ? statement.bytes : start);
    const why = this.whyNot(statement);
    if (why !== undefined) this.firstForeign ??= `${await this.placeOf(statement)} ${why}`;
    if (kind === 'insert' || kind === 'replace') return this.countRows(statement);
    const { bytes, rest } = statement;
    if (rest === undefined && kind === 'set') this.noteMode(bytes);
    // What a trusted dump runs beside its rows may be anything.
    else if (why !== undefined || (this.judge === undefined && kind === 'other')) await drain(rest);
    else if (rest !== undefined || kind !== 'load-data' || readLoadData(bytes) === undefined) {
      throw await this.damaged(statement, `is none of a data file: ${start.toString('latin1', 0, 60)}`);
    }
    return 0;
  }

  /** The first statement so far that a load would not run, where it is and why. */
  get foreign(): string | undefined {
    return this.firstForeign;
  }

  private whyNot(statement: Statement): string | undefined {
    const { judge } = this;
    const { parts } = statement;
    const [first] = parts;
    if (judge === undefined) return undefined;
    if (this.isDisguised) return judge.whyNot(revealBody(statement.bytes), statement.rest === undefined);
    // Of several parts the first tells as a rule, without joining them.
    if (parts.length > 1 && first !== undefined && judge.whyNot(first, false) === undefined) return undefined;
    return judge.whyNot(statement.bytes, statement.rest === undefined);
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
    this.isDisguised ||= text === NAMES_DISGUISED;
    if (/\bSQL_MODE\b/i.test(text)) this.backslashEscapes = !/NO_BACKSLASH_ESCAPES/i.test(text);
  }

  private async damaged(statement: Statement, what: string): Promise<ToolError> {
    return new ToolError('DUMP_DAMAGED', `${this.path} ${await this.placeOf(statement)} ${what}`);
  }

  private async placeOf({ number, offset }: Statement): Promise<string> {
    return `statement ${number}, which begins in line ${await lineAt(this.textAgain(), offset)},`;
  }
}

async function drain(rest: Statement['rest']): Promise<void> {
  if (rest !== undefined) for await (const _ of rest);
}

const PLACES: Readonly<Record<Place, string>> = {
  [Place.OPENING]: 'has no rows',
  [Place.BETWEEN]: 'has no rows',
  [Place.ROW]: 'ends inside a row',
  [Place.TAIL]: 'holds something that is no row',
};
