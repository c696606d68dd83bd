/**
 * Moment: the point in time at which the rows of a server are compared.
 *
 * In: sessions that are prepared to read. Out: a snapshot open on each of them, all of one moment where that can be proven without
 * a lock: a comparison is no reason to hold up anybody's writes. Tables without transactions are in no snapshot.
 */
import { performance } from 'node:perf_hooks';

import type { BinlogPosition, ComparedMoment } from '../../base/events.ts';
import { serverErrno } from '../../mysql/failure.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import { beginSnapshot, openEqual } from '../../mysql/snapshots.ts';

/** A round takes milliseconds: on a server with a hundred commits a second one of these meets a quiet moment. */
const ROUNDS = 50;

/** The first of the sessions is asked where the snapshots lie. */
export async function openSnapshots(
  sessions: readonly [Session, ...Session[]],
  server: ServerInfo,
  signal: AbortSignal,
): Promise<ComparedMoment> {
  let withinMs = 0;
  const begin = async (query?: string): Promise<readonly string[]> => {
    const startMs = performance.now();
    const answers = await Promise.all(sessions.map((session) => beginSnapshot(session, query)));
    withinMs = performance.now() - startMs;
    return answers;
  };
  const position = server.hasBinlog ? await provenPosition(sessions[0], server, begin, signal) : undefined;
  if (withinMs === 0) await begin();
  await Promise.all(sessions.map((session) => session.execute('SAVEPOINT nothing_read')));
  return { isOne: position !== undefined || sessions.length === 1, withinMs, position };
}

/** Undefined: not proven, or the account may not know. */
async function provenPosition(
  session: Session,
  server: ServerInfo,
  begin: (query?: string) => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<BinlogPosition | undefined> {
  for (let round = 1; round <= ROUNDS; round++) {
    signal.throwIfAborted();
    try {
      const position = await openEqual(session, server, begin);
      if (position !== undefined) return position;
    } catch (error) {
      if (serverErrno(error) === undefined) throw error;
      return undefined;
    }
  }
  return undefined;
}

/** DDL on the tables that were read since the snapshot was opened need not wait for the comparison's end; the snapshot stays. */
export async function letGo(session: Session): Promise<void> {
  await session.execute('ROLLBACK TO SAVEPOINT nothing_read');
}
