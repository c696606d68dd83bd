/**
 * Bare rows to the server: by the LOAD DATA statement that stands beside them, or as INSERT statements where the target takes
 * no files from clients.
 *
 * In: the statement, which is sent only if it is one of those that we or mydumper write and names the file beside it. Out:
 * rows stored, in pieces of bounded size, each to be committed. Without strictness, which LOCAL takes away, a server skips
 * rows with a key that is there already and alters values, and mentions it: so what it says it did must be what was sent.
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
import { storedText } from '../stored-text.ts';
import { rowsLayout } from './bare-form.ts';
import { BarePieces, behindRows } from './bare-pieces.ts';
import { LEFT_OUT_BY_IGNORE } from './ignored-errors.ts';
import type { BareFiles, BareRowsRun, SentBareRows } from './bare-run.ts';
import { insertRows } from './rows-as-inserts.ts';
import { RowsRefused } from './rows-run.ts';
import type { SentRows as JudgedRows } from './warnings.ts';

/** What a server says that does not let clients send files. */
export const LOCAL_INFILE_REFUSED: ReadonlySet<number> = new Set([
  ServerErrno.ER_NOT_ALLOWED_COMMAND,
  ServerErrno.ER_CLIENT_LOCAL_FILES_DISABLED,
  ServerErrno.ER_LOAD_INFILE_CAPABILITY_DISABLED,
]);

/**
 * Sends rows until there are enough for a transaction, says how many they were, and goes on when it is committed.
 *
 * @throws RowsRefused when the server takes no files; ToolError DUMP_DAMAGED for a statement of another kind or a damaged file,
 *   DUMP_INCOMPLETE without the file, ROWS_DIFFER when rows were skipped or altered, LOAD_FAILED for rows that cannot be sent,
 *   SERVER_REFUSED and kin.
 */
export async function* sendBareRows(
  session: Session,
  run: BareRowsRun,
  statement: Statement,
): AsyncGenerator<SentBareRows> {
  const read = readLoadData(statement.bytes);
  if (read === undefined || statement.rest !== undefined) throw unknown(run.file, statement);
  const rows = rowsOf(run.file, read);
  const files = { read, rows };
  // Of what LOAD DATA has stored nothing could be taken back.
  const isOneByOne = run.ignored.areAny && run.keepsRefused;
  const asInserts = run.bareRowsAs === 'insert' || isOneByOne;
  yield* asInserts ? insertRows(session, run, files) : loadRows(session, run, files);
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

async function* loadRows(session: Session, run: BareRowsRun, files: BareFiles): AsyncGenerator<SentBareRows> {
  const { read, rows } = files;
  const { onSent, onRead, skipRows, ignored, ignoredRows } = run;
  const layout = rowsLayout(read);
  const text = storedText(rows, { onRead });
  const pieces = new BarePieces(behindRows(text, layout, { name: rows.name, rows: skipRows }), layout);
  let done = skipRows;
  try {
    for (let hasMore = await pieces.hasMore(); hasMore;) {
      const sql = done === 0 ? read.sql : read.sqlWithoutHeader;
      const ok = await execute(session, { sql, read, rows }, told(pieces.next(), onSent));
      const counts = loadedCounts(ok, rows.name);
      const { records: passed, skipped } = counts;
      try {
        refuseSkipped(rows, read, counts);
        if (counts.warnings > 0) await run.warnings.judge(session, loaded(files, counts, done));
      } catch (error) {
        // INSERT statements then say which rows are to be left out, and are short enough for a warning a row.
        const isRepeated = read.duplicates === 'IGNORE' && !run.keepsRefused;
        throw ignored.areAny || isRepeated ? new RowsRefused() : error;
      }
      const place = `${rows.name}, rows ${done + 1} to ${done + passed}`;
      if (skipped > 0) await ignoredRows.add(skipped, () => Promise.resolve(place), LEFT_OUT_BY_IGNORE);
      done += passed;
      hasMore = await pieces.hasMore();
      yield { passed, stored: passed - skipped, isLast: !hasMore };
    }
  } finally {
    await pieces.close();
  }
}

/** Rows behind the first `done` of the file. */
function loaded({ read, rows }: BareFiles, { warnings }: LoadCounts, done: number): JudgedRows {
  const { separators, headerLines, values } = read;
  const place = `${rows.name}, rows as they follow each other${done === 0 ? '' : ` behind row ${done}`}`;
  return {
    what: rows.name,
    place: () => Promise.resolve(place),
    warnings,
    read: () => ({
      columns: values.map(({ column }) => column),
      rows: readBareRows(decodedChunks(rows.path, rows.codec), separators, headerLines + done),
    }),
  };
}

async function* told(chunks: AsyncIterable<Buffer>, onSent: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onSent(chunk.length);
    yield chunk;
  }
}

async function execute(
  session: Session,
  { sql, read, rows }: BareFiles & { readonly sql: Buffer },
  chunks: AsyncIterable<Buffer>,
): Promise<OkPacket> {
  try {
    return await session.loadLocal(sql, read.fileName, chunks);
  } catch (error) {
    if (LOCAL_INFILE_REFUSED.has(serverErrno(error) ?? 0)) throw new RowsRefused();
    throw serverFailure(`loading ${rows.name}`, error);
  }
}

export interface LoadCounts {
  readonly records: number;
  readonly deleted: number;
  readonly skipped: number;
  readonly warnings: number;
}

/** What the answer to a LOAD DATA statement says of its rows, which came from `what`. */
export function loadedCounts({ info }: OkPacket, what: string): LoadCounts {
  const found = /^Records: (\d+) +Deleted: (\d+) +Skipped: (\d+) +Warnings: (\d+)/.exec(info);
  if (found === null) throw new ToolError('INTERNAL', `the server did not say what it made of ${what}: "${info}"`);
  const [records = 0, deleted = 0, skippedRows = 0, warnings = 0] = found.slice(1).map(Number);
  return { records, deleted, skipped: skippedRows, warnings };
}

/** Unless the statement says what becomes of rows whose keys are there already. */
function refuseSkipped({ name }: DumpFile, { duplicates }: ReadLoadData, counts: LoadCounts): void {
  const isMeant = counts.skipped === 0 ? duplicates === 'REPLACE' : duplicates === 'IGNORE';
  if (counts.deleted + counts.skipped === 0 || isMeant) return;
  throw new ToolError(
    'ROWS_DIFFER',
    `of ${counts.records} rows of ${name} the server skipped ${counts.skipped} and replaced ${counts.deleted}: their keys are there already`,
    { hint: 'nothing of them was committed; load into an empty table (see --drop-table)' },
  );
}

function unknown(file: DumpFile, { number, bytes }: Statement): ToolError {
  return new ToolError(
    'DUMP_DAMAGED',
    `${file.name}, statement ${number} is no LOAD DATA statement as tsdump or mydumper write it: ${bytes.toString('latin1', 0, 200)}`,
  );
}
