/**
 * One statement of rows to the server, whole or in pieces, and what became of its rows: stored, or left out because an error is
 * to be ignored.
 */
import { readInsert, stringBytes } from '../../format/insert-values.ts';
import type { OkPacket } from '../../mysql/packets.ts';
import type { Session } from '../../mysql/session.ts';
import { sendApart, sendSingly } from './apart.ts';
import type { Apart } from './apart.ts';
import { LEFT_OUT_BY_IGNORE } from './ignored-errors.ts';
import type { PlacedRow, RowStatement, StatementRun } from './row-run.ts';
import type { SplitStatement } from './split.ts';
import type { SentRows, SentValues } from './warnings.ts';

export class RowSender {
  stored = 0;
  private leftOut = 0;
  private readonly session: Session;
  private readonly run: StatementRun;
  private readonly statement: RowStatement;

  constructor(session: Session, run: StatementRun, statement: RowStatement) {
    this.session = session;
    this.run = run;
    this.statement = statement;
  }

  async send(piece: SplitStatement): Promise<void> {
    const { ignored, keepsRefused } = this.run;
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.alloc(0);
    const firstRow = this.stored + this.leftOut + 1;
    if (ignored.areAny && keepsRefused && Buffer.isBuffer(piece)) {
      this.stored += await sendSingly(piece, firstRow, this.apart(piece));
      return;
    }
    try {
      this.stored += await this.execute(piece);
    } catch (error) {
      if (!ignored.has(error)) throw error;
      this.stored += await sendApart({ bytes, firstRow, error }, this.apart(bytes));
    }
  }

  private apart(piece: Buffer): Apart {
    const { ignored, limits } = this.run;
    const isStatement = piece === this.statement.bytes;
    return {
      backslashEscapes: limits.backslashEscapes,
      send: (rows) => this.execute(rows),
      isIgnored: (refusal) => ignored.has(refusal),
      // Where in the statement a piece of it begins is not known, and so not the line of its rows.
      leaveOut: (rows, row, why) => this.leaveOut(rows, row && { ...row, offset: isStatement ? row.offset : 0 }, why),
    };
  }

  /** Returns the rows stored. */
  private async execute(piece: SplitStatement): Promise<number> {
    const isWhole = Buffer.isBuffer(piece);
    const ok = isWhole ? await this.session.execute(piece) : await this.session.executeParts(piece);
    const bytes = isWhole ? piece : this.statement.bytes;
    if (ok.warnings > 0) await this.run.warnings.judge(this.session, sentRows(this.run, this.statement, bytes, ok));
    const { stored, leftOut } = countsOf(ok, bytes);
    if (leftOut > 0) await this.leaveOut(leftOut, undefined, LEFT_OUT_BY_IGNORE);
    return stored;
  }

  private async leaveOut(rows: number, row: PlacedRow | undefined, why: string): Promise<void> {
    this.leftOut += rows;
    await this.run.ignoredRows.add(rows, () => this.statement.place(row), why);
  }
}

interface RowCounts {
  readonly stored: number;
  readonly leftOut: number;
}

const REPLACES = /^\s*REPLACE\b/i;
const IGNORES = /^\s*INSERT\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY)\s+)?IGNORE\b/i;

export function saysIgnore(statement: Buffer): boolean {
  return IGNORES.test(statement.toString('latin1', 0, 100));
}

/**
 * What became of the rows of a statement. Of one with several rows the server says how many it read; those that it counts as
 * affected are of a REPLACE the rows that went, too.
 */
function countsOf({ affectedRows, info }: OkPacket, statement: Buffer): RowCounts {
  const beginning = statement.toString('latin1', 0, 100);
  const records = Number(/^Records: (\d+)/.exec(info)?.[1] ?? 1);
  if (REPLACES.test(beginning)) return { stored: records, leftOut: 0 };
  return { stored: affectedRows, leftOut: saysIgnore(statement) ? records - affectedRows : 0 };
}

function sentRows({ limits }: StatementRun, { what, place }: RowStatement, bytes: Buffer, ok: OkPacket): SentRows {
  return { what, place, warnings: ok.warnings, read: () => insertedValues(bytes, limits.backslashEscapes) };
}

function insertedValues(statement: Buffer, backslashEscapes: boolean): SentValues {
  const { columns, rows } = readInsert(statement, backslashEscapes);
  return {
    columns,
    rows: (function* () {
      for (const row of rows) yield row.map((literal) => stringBytes(literal, backslashEscapes) ?? literal);
    })(),
  };
}
