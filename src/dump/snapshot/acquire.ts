/** Acquire: one of the ways of locking, asked for within bounds. Whoever was in the way is named. */
import { ToolError } from '../../base/errors.ts';
import { saying, serverErrno, ServerErrno } from '../../mysql/failure.ts';
import { backupStages, flushTables } from './flush.ts';
import { lockAllTables } from './lock-tables.ts';
import { findBlockers, nameProcesses } from './processes.ts';
import type { LockWay, Scene } from './scene.ts';
import type { SelectedTables } from './tables.ts';

/** The way of the mode; AUTO goes on to the tables' own locks where the account may not take the server's. */
export async function acquire(scene: Scene, tables: SelectedTables): Promise<LockWay> {
  const { options, server, emit } = scene;
  if (options.mode === 'LOCK_ALL') return ask(scene, lockAllTables, tables);
  const hasStages = server.product === 'MariaDB' && server.version >= 100_500 && options.withBackupLock;
  const way = options.mode === 'AUTO' && hasStages ? backupStages : flushTables;
  try {
    return await ask(scene, way, tables);
  } catch (error) {
    if (options.mode !== 'AUTO' || serverErrno(error) !== ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR) throw error;
    emit({
      type: 'warning',
      message: `the account lacks RELOAD, so all tables of the dump are locked one by one (${lockAllTables.kind}): that waits for every transaction that wrote to one of them, and can end one by a deadlock error`,
    });
    return ask(scene, lockAllTables, tables);
  }
}

/** Asks for a lock as often as the options say (2). */
async function ask(scene: Scene, way: LockWay, tables: SelectedTables): Promise<LockWay> {
  const { emit, options } = scene;
  for (let attempt = 1; ; attempt++) {
    emit({ type: 'lock', state: 'wanted', kind: way.kind });
    try {
      await way.lock(scene, () => tables.look(way));
      return way;
    } catch (error) {
      if (serverErrno(error) !== ServerErrno.ER_LOCK_WAIT_TIMEOUT) throw refusal(way, error);
      await giveBack(scene, way);
      const failure = await timedOut(scene, way, error);
      if (attempt > options.waitRetries) throw failure;
      emit({ type: 'retry', what: way.kind, attempt, waitMs: 0, reason: failure.message });
    }
  }
}

/** What was taken before the wait. Of backup stages there is nothing when the first was waited for, or the wait ended them. */
async function giveBack({ session }: Scene, way: LockWay): Promise<void> {
  try {
    await way.unlock(session);
  } catch (error) {
    if (serverErrno(error) !== ServerErrno.ER_BACKUP_NOT_RUNNING) throw error;
  }
}

async function timedOut(scene: Scene, way: LockWay, cause: unknown): Promise<ToolError> {
  const { session, server, options } = scene;
  const blockers = await saying('looking for who holds the lock up', () =>
    findBlockers(session, server, options.maxWaitSeconds),
  );
  const names = blockers.length === 0 ? 'nobody who can be seen any more' : nameProcesses(blockers);
  return new ToolError('LOCK', `${way.kind} was not granted within ${options.maxWaitSeconds} s; in the way: ${names}`, {
    cause,
    hint: 'end them, or try again with --ftwrl-max-wait-time and --ftwrl-timeout-retries (an account without PROCESS sees nobody else)',
  });
}

const REFUSALS: ReadonlySet<number | undefined> = new Set<number>([
  ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR,
  ServerErrno.ER_DBACCESS_DENIED_ERROR,
  ServerErrno.ER_TABLEACCESS_DENIED_ERROR,
]);

function refusal(way: LockWay, error: unknown): ToolError {
  if (REFUSALS.has(serverErrno(error))) {
    const hint =
      way === lockAllTables
        ? 'GRANT RELOAD ON *.* (or LOCK TABLES and SELECT on the databases) TO the account'
        : 'GRANT RELOAD ON *.* TO the account, or use --sync-thread-lock-mode=LOCK_ALL';
    return new ToolError('LOCK', `the account may not use ${way.kind}`, { cause: error, hint });
  }
  return error instanceof ToolError ? error : new ToolError('LOCK', `could not take ${way.kind}`, { cause: error });
}
