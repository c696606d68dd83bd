import { ToolError } from '../../base/errors.ts';
import { saying, serverErrno, ServerErrno } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import { findBlockers, nameProcesses } from './processes.ts';
import type { Scene } from './scene.ts';

/** The backup lock is asked for while writes stand still, so not for long: what it waits for is rare and short. */
const BACKUP_LOCK_WAIT_SECONDS = 5;

const NO_PRIVILEGE =
  'the account lacks BACKUP_ADMIN, so DDL is not kept out while the dump runs: a table that it changes will be left out';

/**
 * Whether this session can keep DDL out until it ends: MySQL's backup lock can. MariaDB's DDL lock ends with its backup
 * stages, and they hold up commits at the end.
 */
export async function mayKeepDdlOut({ session, server, options, emit }: Scene): Promise<boolean> {
  if (!options.withBackupLock || server.product !== 'MySQL' || server.version < 80_000) return false;
  try {
    await session.execute('UNLOCK INSTANCE'); // asks for the privilege and changes nothing
    return true;
  } catch (error) {
    if (serverErrno(error) !== ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR) throw error;
    emit({ type: 'warning', message: NO_PRIVILEGE });
    return false;
  }
}

/**
 * Stops DDL, and only DDL, until the session ends. It comes after a global lock because DDL takes its own locks in this
 * order too: the other way round, the DDL of others is ended by deadlock errors (nine of ten statements in a loop on 9.7).
 *
 * @throws ToolError LOCK when DDL is under way and does not end.
 */
export async function keepDdlOut({ session, server }: Scene): Promise<void> {
  try {
    await session.execute(`SET SESSION lock_wait_timeout = ${BACKUP_LOCK_WAIT_SECONDS}`);
    await session.execute('LOCK INSTANCE FOR BACKUP');
  } catch (error) {
    if (serverErrno(error) !== ServerErrno.ER_LOCK_WAIT_TIMEOUT) {
      throw new ToolError('LOCK', 'could not take the backup lock', { cause: error });
    }
    const blockers = await findBlockers(session, server, BACKUP_LOCK_WAIT_SECONDS);
    const message = `the backup lock was not granted within ${BACKUP_LOCK_WAIT_SECONDS} s; in the way: ${nameProcesses(blockers)}`;
    throw new ToolError('LOCK', message, { cause: error, hint: 'DDL is running: try again when it has ended' });
  }
}

/** That it did until now. @throws ToolError CONSISTENCY when the session was lost, and the lock with it. */
export async function confirmDdlKeptOut(session: Session): Promise<void> {
  try {
    await session.execute('DO 0');
  } catch (error) {
    throw new ToolError('CONSISTENCY', 'lost the backup lock, which keeps DDL out, while the tables were read', {
      cause: error,
      hint: 'the connection that held it was killed or broke: dump again',
    });
  }
}

/** A wait for somebody's DDL must end, also in the catalogue. */
export async function boundWaits({ session, options }: Scene): Promise<void> {
  await saying('preparing the lock', () =>
    session.execute(`SET SESSION lock_wait_timeout = ${Math.max(1, options.maxWaitSeconds)}`),
  );
}
