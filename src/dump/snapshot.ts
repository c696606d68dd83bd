/**
 * Snapshot: all reading connections on one point in time, and where that point lies in the binlog.
 *
 * In: a session of its own, and a function that opens the snapshot on every other connection. Out: the position and how
 * long writes stood still. All connections are open and prepared before the lock is taken, so that it is held for the
 * START TRANSACTIONs and two small queries only.
 *
 * Not guaranteed here: rows of non-transactional tables, which no snapshot covers.
 */
import { performance } from 'node:perf_hooks';

import { ToolError } from '../base/errors.ts';
import type { BinlogPosition, Emit } from '../base/events.ts';
import { saying, ServerErrno, serverErrno, serverFailure } from '../mysql/failure.ts';
import { textRow } from '../mysql/server.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';

export interface Snapshot {
  readonly position: BinlogPosition;
  readonly lockHeldMs: number;
}

/** FLUSH TABLES WITH READ LOCK waits behind running statements and blocks all later ones: this is its limit. */
const LOCK_WAIT_SECONDS = 60;

/** The backup lock is asked for while writes stand still, so not for long: what it waits for is rare and short. */
const BACKUP_LOCK_WAIT_SECONDS = 5;

const LOCK_NAME = 'FLUSH TABLES WITH READ LOCK';

/** @throws ToolError LOCK when the lock is refused or not granted in time. */
export async function takeSnapshot(
  session: Session,
  server: ServerInfo,
  beginEverywhere: () => Promise<void>,
  emit: Emit,
): Promise<Snapshot> {
  emit({ type: 'lock', state: 'wanted', kind: LOCK_NAME });
  await lockAllTables(session);
  const lockedAt = performance.now();
  emit({ type: 'lock', state: 'held', kind: LOCK_NAME });
  await keepDdlOut(session, server, emit);
  await beginEverywhere();
  const position = await positionOf(session, server);
  await saying('releasing the lock', () => session.execute('UNLOCK TABLES'));
  const lockHeldMs = performance.now() - lockedAt;
  emit({ type: 'lock', state: 'released', kind: LOCK_NAME, heldMs: lockHeldMs });
  emit({ type: 'position', position });
  return { position, lockHeldMs };
}

/**
 * MySQL's backup lock stops DDL, and only DDL, until this session ends. Without the privilege the dump goes on. It comes
 * second because DDL takes its own locks in this order too: the other way round, the DDL of others is ended by deadlock
 * errors (nine of ten statements in a loop on 9.7).
 */
async function keepDdlOut(session: Session, server: ServerInfo, emit: Emit): Promise<void> {
  if (server.product !== 'MySQL' || server.version < 80_000) return;
  try {
    await session.execute(`SET SESSION lock_wait_timeout = ${BACKUP_LOCK_WAIT_SECONDS}`);
    await session.execute('LOCK INSTANCE FOR BACKUP');
  } catch (error) {
    if (serverErrno(error) !== ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR) {
      throw new ToolError('LOCK', 'could not take the backup lock', { cause: error });
    }
    emit({ type: 'warning', message: 'the account lacks BACKUP_ADMIN: DDL during the dump is not prevented' });
  }
}

async function lockAllTables(session: Session): Promise<void> {
  try {
    await session.execute(`SET SESSION lock_wait_timeout = ${LOCK_WAIT_SECONDS}`);
    await session.execute(LOCK_NAME);
  } catch (error) {
    const errno = serverErrno(error);
    if (errno === ServerErrno.ER_LOCK_WAIT_TIMEOUT) {
      throw new ToolError('LOCK', `${LOCK_NAME} was not granted within ${LOCK_WAIT_SECONDS} s`, {
        cause: error,
        hint: 'a long-running statement or transaction holds tables open: see SHOW PROCESSLIST, and try again',
      });
    }
    if (errno === ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR) {
      throw new ToolError('LOCK', `the account may not use ${LOCK_NAME}`, {
        cause: error,
        hint: 'GRANT RELOAD ON *.* TO the account',
      });
    }
    throw new ToolError('LOCK', `could not take ${LOCK_NAME}`, { cause: error });
  }
}

async function positionOf(session: Session, server: ServerInfo): Promise<BinlogPosition> {
  try {
    return await readPosition(session, server);
  } catch (error) {
    const { code, message, cause } = serverFailure('reading the binlog position', error);
    const privilege = server.product === 'MariaDB' ? 'BINLOG MONITOR' : 'REPLICATION CLIENT';
    const hint = code === 'PRIVILEGE' ? `GRANT ${privilege} ON *.* TO the account` : undefined;
    throw new ToolError(code, message, { cause, hint });
  }
}

async function readPosition(session: Session, server: ServerInfo): Promise<BinlogPosition> {
  if (!server.hasBinlog) return {};
  if (server.product === 'MariaDB') {
    const [file, position] = await textRow(session, 'SHOW MASTER STATUS');
    const [gtid] = await textRow(session, 'SELECT @@GLOBAL.gtid_binlog_pos');
    return { file, position: Number(position), gtidSet: gtid === '' ? undefined : gtid };
  }
  // SHOW MASTER STATUS went away with 8.4; its successor came with 8.2.
  const statement = server.version >= 80_200 ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
  const [file, position, , , gtidSet] = await textRow(session, statement);
  return { file, position: Number(position), gtidSet: gtidSet === '' ? undefined : gtidSet?.replaceAll('\n', '') };
}
