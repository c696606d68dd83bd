/**
 * Resume: what becomes of a load that did not end, when the next one comes to the same target.
 *
 * In: the ledger that the target may hold. Out: the record of a load that begins, or of one that goes on. A load that was
 * not told to go on is refused before anything is touched, unless it replaces everything; one that was told to go on is
 * refused where that would not be the same load. What the earlier run still does on the server has ended afterwards.
 */
import { ToolError } from '../base/errors.ts';
import type { Session } from '../mysql/session.ts';
import { identify } from './ledger/header.ts';
import { Ledger } from './ledger.ts';
import type { LoadOptions } from './options.ts';
import { LoadRecord } from './resume/record.ts';
import type { RecordRun } from './resume/record.ts';
import { interruptedLoad, nothingToResume, refuseOther, refuseRunning, replacedLoad } from './resume/refusals.ts';
import type { Target } from './target.ts';

/** What a server takes to notice that a run is gone that was killed in the middle of a statement. */
const GONE_WITHIN_SECONDS = 3;
/** More sessions than ever create tables. */
const SCHEMA_PLACES = 16;

/**
 * @throws ToolError LOAD_FAILED: the load is another one than was asked for. ANOTHER_RUN: it is not over.
 */
export async function findUnfinished(run: RecordRun): Promise<LoadRecord> {
  const { session, contents, options, emit } = run;
  const databases = contents.databases.map(({ name }) => name);
  const ledger = await Ledger.find(session, databases, emit);
  if (ledger === undefined) {
    if (options.resume === true) throw nothingToResume(databases);
    return LoadRecord.new();
  }
  const identity = await identify(options);
  if (options.resume === true) {
    refuseOther(ledger, identity);
    if (!(await takeOver(run, ledger))) throw nothingToResume(databases);
    await ledger.adopt(session);
    return LoadRecord.resumed(ledger);
  }
  if (options.withSchemas && options.dropTable === 'DROP') {
    const message = (await takeOver(run, ledger)) ? replacedLoad(ledger, identity) : undefined;
    if (message !== undefined) emit({ type: 'warning', message });
    return LoadRecord.new(ledger);
  }
  await refuseRunning(session, ledger);
  if (!(await ledger.renew(session))) return LoadRecord.new();
  await ledger.adopt(session);
  throw interruptedLoad(ledger, identity, LoadRecord.resumed(ledger).earlier(contents));
}

/** The target as it was before the load: without what an earlier run of it has created. */
export async function targetBefore(
  session: Session,
  found: Target,
  record: LoadRecord,
  { withSchemas }: LoadOptions,
): Promise<Target> {
  if (!withSchemas || !record.isBehind('room-made')) return found;
  return found.withOnly(await record.keptOf(session, 'kept'));
}

/** The same failure, with what can be done now that part of the load is in the target. */
export function resumable(error: unknown, record: LoadRecord | undefined): unknown {
  if (record?.ledger === undefined || !(error instanceof ToolError)) return error;
  // Rows that are committed and wrong stay so.
  if (error.code === 'ROWS_DIFFER') return error;
  const way = record.isResumed ? 'the same command goes on' : 'the same command with --resume goes on';
  const { hint } = error;
  const text = hint === undefined ? `${way} where this load has stopped` : `${hint}; then ${way}`;
  return new ToolError(error.code, error.message, { cause: error.cause, hint: text });
}

/**
 * The load is ours from here on, and nobody else works at it. False: there is none any more.
 *
 * @throws ToolError ANOTHER_RUN
 */
async function takeOver(run: RecordRun, ledger: Ledger): Promise<boolean> {
  const { session, options } = run;
  const { locks } = ledger;
  while (!(await locks.takeLoad(session, GONE_WITHIN_SECONDS))) await refuseRunning(session, ledger);
  // It may have come further, and to its end, while its lock was waited for.
  if (!(await ledger.renew(session))) return false;
  const threads = Math.max(ledger.header.threads, options.threads);
  const numbered = (kind: string, count: number): string[] =>
    Array.from({ length: count }, (_, number) => `${kind}.${number}`);
  const places = [
    ...numbered('rows', threads),
    ...numbered('schema', SCHEMA_PLACES),
    ...numbered('constraints', threads),
  ];
  await locks.endPlaces(session, places);
  if (threads > ledger.header.threads) await ledger.setThreads(session, threads);
  return true;
}
