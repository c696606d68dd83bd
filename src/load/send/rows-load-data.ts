/**
 * Bare rows to the server, by the LOAD DATA statement that stands beside them.
 *
 * In: the statement, which is sent only if it is one of those that we or mydumper write and names the file beside it. Out:
 * rows stored, to be committed. Without strictness, which LOCAL takes away, a server skips rows with a key that is there
 * already and alters values, and mentions it: so what it says it did must be what was sent.
 */
import { ToolError } from '../../base/errors.ts';
import { readBareRows } from '../../format/bare-rows.ts';
import { codecSuffix, decodedChunks } from '../../format/codec.ts';
import { readLoadData } from '../../format/load-data.ts';
import type { ReadLoadData } from '../../format/load-data.ts';
import type { Statement } from '../../format/statements.ts';
import { serverErrno, serverFailure, ServerErrno } from '../../mysql/failure.ts';
import type { OkPacket } from '../../mysql/packets.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpFile } from '../contents.ts';
import type { RowsRun } from './rows-run.ts';

export type BareRowsRun = Pick<RowsRun, 'file' | 'warnings' | 'onSent' | 'onRead'>;

export const LOCAL_INFILE_HINT =
  'SET GLOBAL local_infile = 1 on the target, for the time of the load, or dump with --format=INSERT';

/** What a server says that does not let clients send files. */
export const LOCAL_INFILE_REFUSED: ReadonlySet<number> = new Set([
  ServerErrno.ER_NOT_ALLOWED_COMMAND,
  ServerErrno.ER_CLIENT_LOCAL_FILES_DISABLED,
  ServerErrno.ER_LOAD_INFILE_CAPABILITY_DISABLED,
]);

/**
 * Returns the rows that the server stored.
 *
 * @throws ToolError DUMP_DAMAGED for a statement of another kind or a damaged file, DUMP_INCOMPLETE without the file,
 *   ROWS_DIFFER when rows were skipped or altered, LOAD_FAILED when the server does not take files, SERVER_REFUSED and kin.
 */
export async function sendBareRows(session: Session, run: BareRowsRun, statement: Statement): Promise<number> {
  const { file, warnings } = run;
  const read = readLoadData(statement.bytes);
  if (read === undefined || statement.rest !== undefined) throw unknown(file, statement);
  const rows = rowsOf(file, read);
  const ok = await execute(session, run, { read, rows });
  const told = countsOf(ok, rows.name);
  if (told.deleted > 0 || told.skipped > 0) throw skipped(rows, told);
  if (told.warnings > 0) {
    const place = `${rows.name}, rows as they follow each other`;
    const { columns, separators, headerLines } = read;
    await warnings.judge(session, {
      what: rows.name,
      place: () => Promise.resolve(place),
      warnings: told.warnings,
      read: () => ({ columns, rows: readBareRows(decodedChunks(rows.path, rows.codec), separators, headerLines) }),
    });
  }
  return told.records;
}

/** The file beside the statement, which must be the one that the statement names; it may have been unpacked since. */
function rowsOf(file: DumpFile, { fileName }: ReadLoadData): DumpFile {
  const { rows } = file;
  if (rows === undefined) {
    throw new ToolError('DUMP_INCOMPLETE', `${file.name} reads rows of ${fileName}, which is not there`);
  }
  const plainName = rows.name.slice(0, rows.name.length - codecSuffix(rows.codec).length);
  const named = [plainName, `${plainName}.zst`, `${plainName}.gz`];
  if (named.includes(fileName)) return rows;
  throw new ToolError('DUMP_DAMAGED', `${file.name} names the file ${fileName} for its rows, not ${rows.name}`, {
    hint: 'a statement may read the file beside it and no other: the dump was changed after it was written',
  });
}

async function execute(
  session: Session,
  { onSent, onRead }: BareRowsRun,
  { read, rows }: { readonly read: ReadLoadData; readonly rows: DumpFile },
): Promise<OkPacket> {
  const text = decodedChunks(rows.path, rows.codec, { onRead });
  const chunks = (async function* () {
    for await (const chunk of text) {
      onSent(chunk.length);
      yield chunk;
    }
  })();
  try {
    return await session.loadLocal(read.sql, read.fileName, chunks);
  } catch (error) {
    if (!LOCAL_INFILE_REFUSED.has(serverErrno(error) ?? 0)) throw serverFailure(`loading ${rows.name}`, error);
    throw new ToolError(
      'LOAD_FAILED',
      `the target takes no files from clients, and ${rows.name} is to be sent as one`,
      {
        cause: error,
        hint: LOCAL_INFILE_HINT,
      },
    );
  }
}

export interface LoadCounts {
  readonly records: number;
  readonly deleted: number;
  readonly skipped: number;
  readonly warnings: number;
}

/** What the answer to a LOAD DATA statement says of its rows, which came from `what`. */
export function countsOf({ info }: OkPacket, what: string): LoadCounts {
  const found = /^Records: (\d+) +Deleted: (\d+) +Skipped: (\d+) +Warnings: (\d+)/.exec(info);
  if (found === null) throw new ToolError('INTERNAL', `the server did not say what it made of ${what}: "${info}"`);
  const [records = 0, deleted = 0, skippedRows = 0, warnings = 0] = found.slice(1).map(Number);
  return { records, deleted, skipped: skippedRows, warnings };
}

function skipped(rows: DumpFile, counts: LoadCounts): ToolError {
  return new ToolError(
    'ROWS_DIFFER',
    `of ${counts.records} rows of ${rows.name} the server skipped ${counts.skipped} and replaced ${counts.deleted}: their keys are there already`,
    { hint: 'nothing of the file was committed; load into an empty table (see --drop-table)' },
  );
}

function unknown(file: DumpFile, { number, bytes }: Statement): ToolError {
  return new ToolError(
    'DUMP_DAMAGED',
    `${file.name}, statement ${number} is no LOAD DATA statement as tsdump or mydumper write it: ${bytes.toString('latin1', 0, 200)}`,
  );
}
