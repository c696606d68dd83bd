/**
 * Rows from a data file to the server, as the statements the file holds; bare rows by the statement beside them.
 *
 * In: a session, a file, and how many of its statements an earlier try has committed. Out: rows committed. Statements
 * leave as bytes. A transaction holds at most so many statements; `onCommit` is told after each COMMIT, so that a further
 * try can go on behind it and no row is sent twice.
 */
import { ToolError } from '../../base/errors.ts';
import { revealBody } from '../../format/code.ts';
import { decodedChunks } from '../../format/codec.ts';
import { NAMES_DISGUISED } from '../../format/data-names.ts';
import { readStatements, statementKind } from '../../format/statements.ts';
import type { Statement } from '../../format/statements.ts';
import { saying } from '../../mysql/failure.ts';
import type { OkPacket } from '../../mysql/packets.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpFile } from '../contents.ts';
import { sendBareRows } from './rows-load-data.ts';
import { sendRowStatement, sendWhole } from './row-statement.ts';
import type { StatementLimits } from './row-statement.ts';
import type { RowWarnings } from './warnings.ts';

export interface RowsRun {
  readonly file: DumpFile;
  readonly statementsPerTransaction: number;
  /** Row statements of this file that are committed already and are not sent again. */
  readonly skipStatements: number;
  /** Row statements and rows committed since the last call. */
  readonly onCommit: (statements: number, rows: number) => void;
  readonly onSent: (bytes: number) => void;
  readonly onRead: (storedBytes: number) => void;
  readonly warnings: RowWarnings;
  /** Runs a SET statement of the file. */
  readonly set: (session: Session, sql: Buffer) => Promise<OkPacket>;
  readonly limits: StatementLimits;
}

/**
 * @throws ToolError DUMP_DAMAGED for a bad file, ROWS_DIFFER when the server alters a value, SERVER_REFUSED and kin with
 *   file, statement number and line.
 */
export async function sendRows(session: Session, run: RowsRun): Promise<void> {
  const { file } = run;
  let skip = run.skipStatements;
  let openStatements = 0;
  let openRows = 0;
  const commit = async (): Promise<void> => {
    if (openStatements === 0) return;
    await saying(`committing rows of ${file.name}`, () => session.execute('COMMIT'));
    run.onCommit(openStatements, openRows);
    openStatements = 0;
    openRows = 0;
  };
  const text = decodedChunks(file.path, file.codec, { onRead: run.onRead });
  let isDisguised = false;
  let readsRows = false;
  for await (const written of readStatements(text, { path: file.path })) {
    const statement: Statement = isDisguised ? { ...written, bytes: revealBody(written.bytes) } : written;
    const kind = statementKind(statement.bytes);
    if (kind === 'set') {
      isDisguised ||= statement.bytes.equals(Buffer.from(NAMES_DISGUISED));
      await sendWhole(session, run, statement, (sql) => run.set(session, sql));
      continue;
    }
    if (kind === 'load-data') readsRows = true;
    else if (kind !== 'insert' && kind !== 'replace') throw unexpected(file, statement);
    if (skip > 0) {
      skip--;
      await drain(statement);
      continue;
    }
    const send = kind === 'load-data' ? sendBareRows : sendRowStatement;
    openRows += await send(session, run, statement);
    openStatements++;
    if (openStatements >= run.statementsPerTransaction) await commit();
  }
  if (file.rows !== undefined && !readsRows) {
    throw new ToolError('DUMP_DAMAGED', `${file.name} holds no LOAD DATA statement for ${file.rows.name}`);
  }
  await commit();
}

async function drain({ rest }: Statement): Promise<void> {
  for await (const part of rest ?? []) void part;
}

function unexpected(file: DumpFile, statement: Statement): ToolError {
  const text = statement.bytes.toString('latin1', 0, 60);
  return new ToolError(
    'DUMP_DAMAGED',
    `${file.name}, statement ${statement.number} does not belong into a data file: ${text}`,
    {
      hint: 'data files hold INSERT, REPLACE, LOAD DATA and SET only',
    },
  );
}
