/**
 * INSERT statements to the server as the rows of one LOAD DATA LOCAL statement.
 *
 * In: the statements of a file, from one that is rewritten on. Out: how many of them were sent, and their rows, to be
 * committed. LOCAL makes warnings of errors, skips rows whose keys are there already, and stores what comes nearest to a
 * value that does not fit. So whatever the server has to say of the rows makes them suspect: they are to be taken back and
 * sent again as they stand in the file, and the server then says what is wrong with them, and where.
 */
import type { RewrittenText } from '../../kernel/rows-from-insert.ts';
import { serverErrno, serverFailure } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import { loadedCounts, LOCAL_INFILE_REFUSED } from './rows-load-data.ts';
import { RowsRefused } from './rows-run.ts';
import type { RowsRun } from './rows-run.ts';
import type { StatementSource } from './statement-source.ts';
import { ROWS_NAME } from './table-rewriter.ts';
import type { RewrittenStatement, TableRewriter } from './table-rewriter.ts';

export interface RewrittenRun extends Pick<RowsRun, 'file' | 'onSent'> {
  readonly source: StatementSource;
  readonly rewriter: TableRewriter;
  readonly room: Room;
  /** Where statements are rewritten to. */
  readonly text: RewrittenText;
}

/** Behind so much no statement is begun. */
export interface Room {
  readonly statements: number;
  readonly rows: number;
  /** Of the statements as they stand in the file. */
  readonly bytes: number;
}

export interface SentStatements {
  statements: number;
  rows: number;
  /** Of the statements as they stand in the file. */
  bytes: number;
}

/**
 * Sends the statement that the source is at, whose rows are in `text`, and those that follow it, as long as they are of
 * the same form and can be rewritten.
 *
 * @throws RowsRefused; ToolError SERVER_REFUSED and kin.
 */
export async function sendRewritten(
  session: Session,
  run: RewrittenRun,
  first: RewrittenStatement,
): Promise<SentStatements> {
  const sent: SentStatements = { statements: 0, rows: 0, bytes: 0 };
  const number = (await run.source.peek())?.number ?? 0;
  const ok = await session.loadLocal(first.plan.sql, ROWS_NAME, textOf(run, first, sent)).catch((error: unknown) => {
    if (sent.statements === 0 && LOCAL_INFILE_REFUSED.has(serverErrno(error) ?? 0)) throw new RowsRefused();
    const last = number + Math.max(sent.statements, 1) - 1;
    throw serverFailure(`loading ${run.file.name}, rows of its statements ${number} to ${last}`, error);
  });
  const { records, deleted, skipped, warnings } = loadedCounts(ok, run.file.name);
  if (records !== sent.rows || deleted + skipped + warnings > 0) throw new RowsRefused();
  return sent;
}

async function* textOf(
  { source, rewriter, room, text, onSent }: RewrittenRun,
  first: RewrittenStatement,
  sent: SentStatements,
): AsyncGenerator<Buffer> {
  const { plan } = first;
  for (let next: RewrittenStatement | undefined = first; next?.plan === plan;) {
    const { rows, statementBytes } = next;
    source.take();
    sent.statements++;
    sent.rows += rows;
    sent.bytes += statementBytes;
    onSent(statementBytes);
    yield text.bytes;
    if (sent.statements >= room.statements || sent.rows >= room.rows || sent.bytes >= room.bytes) return;
    const statement = await source.peek();
    next = statement === undefined ? undefined : rewriter.rewrite(statement, text);
  }
}
