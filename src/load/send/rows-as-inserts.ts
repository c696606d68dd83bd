/**
 * Bare rows to the server as INSERT statements, where it takes no files from clients, or where single rows may be left out.
 */
import { ToolError } from '../../base/errors.ts';
import { saying } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpFile } from '../contents.ts';
import { storedText } from '../stored-text.ts';
import { insertForm } from './bare-form.ts';
import type { StringSettings } from './bare-form.ts';
import { bareInserts } from './bare-inserts.ts';
import type { BareInsert } from './bare-inserts.ts';
import { PIECE_BYTES } from './bare-pieces.ts';
import { hasBackslashEscapes } from './literal-settings.ts';
import { sendRowStatement } from './row-statement.ts';
import type { RowStatement } from './row-run.ts';
import type { BareFiles, BareRowsRun, SentBareRows } from './bare-run.ts';

/** As sendBareRows of rows-load-data.ts. */
export async function* insertRows(
  session: Session,
  run: BareRowsRun,
  { read, rows }: BareFiles,
): AsyncGenerator<SentBareRows> {
  const { limits, onRead, skipRows } = run;
  const settings = await stringSettings(session);
  const form = insertForm(read, settings);
  if (form === undefined) throw notExact(run.file, rows);
  const statementLimits = { ...limits, longestBytes: undefined, backslashEscapes: settings.backslashEscapes };
  const text = storedText(rows, { onRead });
  const options = { name: rows.name, maxStatementBytes: limits.maxBytes, skipRows };
  let sent = { passed: 0, stored: 0, bytes: 0 };
  const onSent = (bytes: number): void => {
    sent.bytes += bytes;
    run.onSent(bytes);
  };
  for await (const insert of bareInserts(text, form, options)) {
    if (sent.bytes >= PIECE_BYTES) {
      yield { ...sent, isLast: false };
      sent = { passed: 0, stored: 0, bytes: 0 };
    }
    sent.stored += await sendRowStatement(session, { ...run, limits: statementLimits, onSent }, placed(rows, insert));
    sent.passed += insert.rows;
  }
  yield { ...sent, isLast: true };
}

function placed({ name }: DumpFile, { firstRow, rows, bytes, rest }: BareInsert): RowStatement {
  const what = rows === 1 ? `${name}, row ${firstRow}` : `${name}, rows ${firstRow} to ${firstRow + rows - 1}`;
  return {
    bytes,
    rest,
    what,
    place: (at) => Promise.resolve(at === undefined ? what : `${name}, row ${firstRow + at.row - 1}`),
  };
}

/** The file's own SET statements may have changed them. */
async function stringSettings(session: Session): Promise<StringSettings> {
  return saying('reading sql_mode', async () => {
    const [sqlMode = '', charset = ''] = await textRow(session, 'SELECT @@sql_mode, @@character_set_client');
    return { backslashEscapes: hasBackslashEscapes(sqlMode), charset };
  });
}

/** Of rows that LOAD DATA is needed for. */
export function notExact(file: DumpFile, rows: DumpFile): ToolError {
  return new ToolError(
    'LOAD_FAILED',
    `${file.name}: no INSERT is known to say the same as its LOAD DATA statement, and the rows of ${rows.name} cannot be sent as a file`,
    { hint: 'SET GLOBAL local_infile = 1 on the target, for the time of the load, without --load-method=insert' },
  );
}
