/**
 * One data file into the target: in transactions of bounded size, each of which is sent again as a whole, from the file,
 * when the server has undone it or was lost. Out: every row of the file committed exactly once.
 */
import { saying, ServerErrno, serverErrno } from '../../mysql/failure.ts';
import { retryPolicyOf, TABLE_MISSING } from '../../mysql/retry.ts';
import type { RetryPolicy } from '../../mysql/retry.ts';
import type { FileJudge } from '../../schema/belongs/belongs.ts';
import type { DumpFile } from '../contents.ts';
import type { Guard } from '../guard.ts';
import { LedgerMoved } from '../ledger.ts';
import { sendRows } from '../send/rows-sql.ts';
import type { RowsRun } from '../send/rows-run.ts';
import { FileCommits } from './file-commits.ts';
import type { Lane, LaneRun } from './lane.ts';
import { hasTransactions } from './table-load.ts';
import type { TableLoad } from './table-load.ts';

export interface RowsLoad extends LaneRun {
  readonly statementsPerTransaction: number;
}

/** Another's progress in a file of ours: only a lost connection of ours can have made it, and it has ended by now. */
const AT_ONCE: RetryPolicy = { maxAttempts: 5, firstWaitMs: 10, maxWaitMs: 100 };

/**
 * `wasSent`: it may be committed already.
 *
 * @throws ToolError for what is not worth another try, or was tried often enough.
 */
export async function loadFile(
  run: RowsLoad,
  lane: Lane,
  load: TableLoad,
  file: DumpFile,
  wasSent = false,
): Promise<void> {
  const { progress, sessions } = run;
  const commits = new FileCommits(file, sessions.ledger, (rows) => {
    load.rows += rows;
    progress.committed(lane.number, rows);
  });
  /** What is committed is to be asked before anything is sent. */
  let isDoubtful = wasSent;
  const attempts = {
    what: file.name,
    policyFor,
    achieved: () => commits.statements,
    onFailure: (error: unknown) => {
      isDoubtful ||= !isUndone(error);
      progress.takeBack(lane.number);
      progress.readAgain(file);
      if (serverErrno(error) === ServerErrno.ER_NO_SUCH_TABLE) load.hasVanished ||= load.rows > 0;
    },
  };
  progress.begin(lane.number, file.name);
  await lane.retried(load.table.database, attempts, async (session) => {
    await saying('beginning a transaction', () => session.execute('ROLLBACK'));
    if (isDoubtful) await commits.reread(session);
    isDoubtful = false;
    if (commits.isWhole) return;
    await sendRows(session, {
      ...rowsOf(run, lane, load, file),
      skipStatements: commits.statements,
      commit: (sent) => commits.commit(session, sent),
    });
  });
  progress.end(lane.number, file);
}

/** The server has said that it did not do what it was told to. */
function isUndone(error: unknown): boolean {
  const errno = serverErrno(error);
  return errno === ServerErrno.ER_LOCK_DEADLOCK || errno === ServerErrno.ER_LOCK_WAIT_TIMEOUT;
}

/** What sending a file takes, whatever becomes of its transactions. */
export function rowsOf(
  { progress, sessions, statementsPerTransaction }: RowsLoad,
  { number }: Lane,
  load: TableLoad,
  file: DumpFile,
): Omit<RowsRun, 'skipStatements' | 'commit'> {
  const { warnings, ignored, limits, rewriter, bareRowsAs } = load;
  return {
    file,
    statementsPerTransaction,
    onSent: (bytes) => progress.sent(number, bytes),
    onTakenBack: () => progress.takeBack(number),
    onRead: (storedBytes) => progress.read(file, storedBytes),
    warnings,
    ignored,
    judge: () => judgeOfRows(sessions.guard, load),
    keepsRefused: !hasTransactions(load),
    set: async (session, sql) => (await sessions.modes.execute(session, sql)).ok,
    limits,
    rewriter,
    bareRowsAs,
  };
}

/** @returns undefined: whatever the files of the table hold may be run */
export function judgeOfRows(guard: Guard, { table: { database, name } }: TableLoad): FileJudge | undefined {
  return guard.judgeOf({ holds: 'rows', database, name });
}

export function policyFor(error: unknown): RetryPolicy | undefined {
  if (error instanceof LedgerMoved) return AT_ONCE;
  if (serverErrno(error) === ServerErrno.ER_NO_SUCH_TABLE) return TABLE_MISSING;
  return retryPolicyOf(error);
}
