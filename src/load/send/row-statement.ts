/**
 * One statement of a data file to the server: as it stands where the target takes it, else as several shorter ones with
 * the same rows.
 */
import { ToolError } from '../../base/errors.ts';
import { decodedChunks } from '../../format/codec.ts';
import { readInsert, stringBytes } from '../../format/insert-values.ts';
import { lineAt } from '../../format/statements.ts';
import type { Statement } from '../../format/statements.ts';
import { serverFailure } from '../../mysql/failure.ts';
import type { OkPacket } from '../../mysql/packets.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpContents, DumpFile, DumpTable } from '../contents.ts';
import { hasBackslashEscapes } from './literal-settings.ts';
import { RowTooLong, splitStatement } from './split.ts';
import type { RowWarnings, SentRows, SentValues } from './warnings.ts';

export interface StatementLimits {
  /** The longest statement that the target takes. */
  readonly maxBytes: number;
  /** No statement of the table is longer; undefined when the dump does not say. */
  readonly longestBytes: number | undefined;
  /** False for a dump written under NO_BACKSLASH_ESCAPES. */
  readonly backslashEscapes: boolean;
}

export function statementLimits(server: ServerInfo, contents: DumpContents, table: DumpTable): StatementLimits {
  return {
    maxBytes: longestStatementFor(server),
    longestBytes: table.longestStatementBytes,
    backslashEscapes: hasBackslashEscapes(contents.sqlMode),
  };
}

/** Two bytes less than max_allowed_packet: measured on MySQL 9.7, MariaDB 10.11 and 11.8, from 64 KiB to 20 MiB. */
export function longestStatementFor({ maxAllowedPacketBytes }: ServerInfo): number {
  return maxAllowedPacketBytes - 2;
}

/** Rows as one statement, wherever they come from. */
export interface RowStatement extends Pick<Statement, 'bytes' | 'rest'> {
  /** "t.00000.sql, statement 3". */
  readonly what: string;
  /** The same with the line, where that is known, or where one of its rows is. */
  readonly place: (row?: PlacedRow) => Promise<string>;
}

interface PlacedRow {
  /** Counts from 1, within the statement. */
  readonly row: number;
  /** Where in the statement it begins. */
  readonly offset: number;
}

export interface StatementRun {
  readonly limits: StatementLimits;
  readonly warnings: RowWarnings;
  readonly onSent: (bytes: number) => void;
}

/** A statement of a data file. */
export function statementOf(file: DumpFile, statement: Statement): RowStatement {
  const { number, offset, rest } = statement;
  const what = `${file.name}, statement ${number}`;
  return {
    rest,
    get bytes() {
      return statement.bytes;
    },
    what,
    place: async (row) => {
      const line = await lineAt(decodedChunks(file.path, file.codec), offset + (row?.offset ?? 0));
      return `${what} (line ${line})${row === undefined ? '' : `, row ${row.row}`}`;
    },
  };
}

/**
 * Sends an INSERT or REPLACE. Returns the rows that the server counted.
 *
 * @throws ToolError LOAD_FAILED naming the row that does not fit, ROWS_DIFFER, SERVER_REFUSED and kin.
 */
export async function sendRowStatement(session: Session, run: StatementRun, statement: RowStatement): Promise<number> {
  const { limits, warnings } = run;
  if (fits(statement, limits)) {
    const ok = await sendWhole(session, run, statement);
    if (ok.warnings > 0) await warnings.judge(session, sentStatement(run, statement, ok));
    return ok.affectedRows;
  }
  let rows = 0;
  try {
    for await (const piece of splitStatement(parts(statement, run.onSent), limits)) {
      const isWhole = Buffer.isBuffer(piece);
      const ok = isWhole ? await session.execute(piece) : await session.executeParts(piece);
      const asSent = { ...statement, bytes: isWhole ? piece : Buffer.alloc(0), rest: undefined };
      if (ok.warnings > 0) await warnings.judge(session, sentStatement(run, asSent, ok));
      rows += ok.affectedRows;
    }
  } catch (error) {
    throw await explained(error, run, statement);
  }
  return rows;
}

function sentStatement({ limits }: StatementRun, { what, place, bytes }: RowStatement, ok: OkPacket): SentRows {
  const { backslashEscapes } = limits;
  return {
    what,
    place,
    warnings: ok.warnings,
    read: () => insertedValues(bytes, backslashEscapes),
  };
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

/** Sends a statement as it stands; `execute` may be a way of its own for one that is short. */
export async function sendWhole(
  session: Session,
  { onSent }: Pick<StatementRun, 'onSent'>,
  statement: RowStatement,
  execute = (sql: Buffer): Promise<OkPacket> => session.execute(sql),
): Promise<OkPacket> {
  try {
    if (statement.rest !== undefined) return await session.executeParts(parts(statement, onSent));
    onSent(statement.bytes.length);
    return await execute(statement.bytes);
  } catch (error) {
    throw serverFailure(`loading ${await statement.place()}`, error);
  }
}

/** A statement longer than the reader's buffer has an end that is not known yet. */
function fits({ bytes, rest }: RowStatement, { maxBytes, longestBytes }: StatementLimits): boolean {
  return rest === undefined ? bytes.length <= maxBytes : longestBytes !== undefined && longestBytes <= maxBytes;
}

async function* parts({ bytes, rest }: RowStatement, onSent: (bytes: number) => void): AsyncGenerator<Buffer> {
  onSent(bytes.length);
  yield bytes;
  for await (const part of rest ?? []) {
    onSent(part.length);
    yield part;
  }
}

async function explained(error: unknown, { limits }: StatementRun, { place }: RowStatement): Promise<ToolError> {
  if (error instanceof RowTooLong) {
    const limit = limits.maxBytes + 2;
    return new ToolError(
      'LOAD_FAILED',
      `${await place(error)}: a statement with this row alone has ${error.bytes} bytes, more than the target takes (max_allowed_packet = ${limit})`,
      { hint: tooLongHint(error.bytes) },
    );
  }
  if (error instanceof ToolError && error.code === 'DUMP_DAMAGED') {
    return new ToolError(error.code, `${await place()}: ${error.message}`, { hint: error.hint });
  }
  return serverFailure(`loading ${await place()}`, error);
}

/** What lets a statement of so many bytes in: max_allowed_packet is a multiple of 1024. */
export function tooLongHint(bytes: number): string {
  return `SET GLOBAL max_allowed_packet = ${Math.ceil((bytes + 2) / 1024) * 1024} on the target (1 GiB is the most), and load again`;
}
