/**
 * One statement of a data file to the server: as it stands where the target takes it, else as several shorter ones with
 * the same rows.
 */
import { ToolError } from '../../base/errors.ts';
import { decodedChunks } from '../../format/codec.ts';
import { dataText } from '../../format/data-text.ts';
import { lineAt } from '../../format/statements.ts';
import type { Statement } from '../../format/statements.ts';
import { serverFailure } from '../../mysql/failure.ts';
import type { OkPacket } from '../../mysql/packets.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpFile } from '../contents.ts';
import type { RowStatement, StatementRun } from './row-run.ts';
import { RowSender, saysIgnore } from './row-sender.ts';
import { RowTooLong, splitStatement } from './split.ts';
import type { SplitStatement } from './split.ts';
import { tooLongHint } from './statement-limits.ts';
import type { StatementLimits } from './statement-limits.ts';

/** Of an INSERT IGNORE: it has no more rows than a server keeps warnings, 65,535, and each row that is left out is one. */
const IGNORE_BYTES = 4 * 65_535;

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
      const line = await lineAt(dataText(decodedChunks(file.path, file.codec)), offset + (row?.offset ?? 0));
      return `${what} (line ${line})${row === undefined ? '' : `, row ${row.row}`}`;
    },
  };
}

/**
 * Sends an INSERT or REPLACE. Returns how many of its rows were stored.
 *
 * @throws ToolError LOAD_FAILED naming the row that does not fit, ROWS_DIFFER, SERVER_REFUSED and kin.
 */
export async function sendRowStatement(session: Session, run: StatementRun, statement: RowStatement): Promise<number> {
  const { limits, ignored, onSent } = run;
  const sender = new RowSender(session, run, statement);
  // Of one that is not held in memory no row could be left out.
  const isWhole = statement.rest === undefined;
  const aimBytes = saysIgnore(statement.bytes) ? IGNORE_BYTES : undefined;
  const goesWhole =
    fits(statement, limits) &&
    (isWhole || !ignored.areAny) &&
    (aimBytes === undefined || (isWhole && statement.bytes.length <= aimBytes));
  const split = (): AsyncIterable<SplitStatement> => splitStatement(parts(statement, onSent), { ...limits, aimBytes });
  const pieces = goesWhole ? [statementOrParts(statement, onSent)] : split();
  try {
    for await (const piece of pieces) await sender.send(piece);
  } catch (error) {
    throw await explained(error, run, statement);
  }
  return sender.stored;
}

/** Sends a statement of another kind as it stands; `execute` is for one that is short. */
export async function sendWhole(
  session: Session,
  { onSent }: Pick<StatementRun, 'onSent'>,
  statement: RowStatement,
  execute: (sql: Buffer) => Promise<OkPacket>,
): Promise<void> {
  try {
    const whole = statementOrParts(statement, onSent);
    await (Buffer.isBuffer(whole) ? execute(whole) : session.executeParts(whole));
  } catch (error) {
    throw serverFailure(`loading ${await statement.place()}`, error);
  }
}

function statementOrParts(statement: RowStatement, onSent: (bytes: number) => void): SplitStatement {
  if (statement.rest !== undefined) return parts(statement, onSent);
  onSent(statement.bytes.length);
  return statement.bytes;
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
