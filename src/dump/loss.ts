/**
 * Loss: an object that was dropped or changed under a dump, so that what it was at the snapshot cannot be read any more.
 * InnoDB keeps old rows for a snapshot, but not old definitions: once a table is rebuilt, its old rows are out of reach
 * (error 1412), on every connection. There is nothing to read it again from, so it is left out by name; other tables go
 * on being read from the same snapshot (tried on MySQL 9.7, MariaDB 10.11 and 11.8).
 *
 * Nor is a table read that stays locked: a connection that has read one chunk of it makes ALTER TABLE wait until the dump
 * ends, and the ALTER makes the connection wait that wants the next chunk. No server notices that this has no end. On
 * MySQL 9.7 FLUSH TABLES does the same to tables without transactions, which are locked until they are read.
 */
import { serverErrno, ServerErrno } from '../mysql/failure.ts';
import type { Task } from './task.ts';

const GONE = 'it was dropped or renamed while it was dumped';
const CHANGED = 'its definition was changed, or it was truncated, while it was dumped';

const LOCKED = 'another session has locked it, or its DDL or FLUSH TABLES waits for what the dump holds of it already';

const REASONS: ReadonlyMap<number | undefined, string> = new Map([
  [ServerErrno.ER_NO_SUCH_TABLE, GONE],
  [ServerErrno.ER_BAD_DB_ERROR, GONE],
  [ServerErrno.ER_TABLE_DEF_CHANGED, CHANGED],
  [ServerErrno.ER_LOCK_WAIT_TIMEOUT, LOCKED],
  [ServerErrno.ER_BAD_FIELD_ERROR, CHANGED],
  [ServerErrno.ER_KEY_DOES_NOT_EXIST, CHANGED],
  [ServerErrno.ER_UNKNOWN_PARTITION, CHANGED],
]);

/** Why what an error speaks of is lost to the dump; undefined: it is an error like others. */
export function whyLost(error: unknown): string | undefined {
  return REASONS.get(serverErrno(error));
}

const DATABASE_GONE = 'it was dropped while it was dumped';

/** The same for a task. One that is about a database is lost with it only. */
export function lossOf(task: Task, error: unknown): string | undefined {
  if (task.kind !== 'triggers' && task.kind !== 'code' && task.kind !== 'database') return whyLost(error);
  return serverErrno(error) === ServerErrno.ER_BAD_DB_ERROR ? DATABASE_GONE : undefined;
}
