/**
 * Snapshot: all reading connections on one point in time, and where that point lies in the binlog.
 *
 * In: a session whose locks these are, and a function that opens the snapshot on every other connection. Out: the
 * position, how long writes stood still, and what goes on being held or watched while the rows are read. All connections
 * are open and prepared before a lock is asked for. snapshot/ has a file for each way of locking.
 *
 *   turn → long queries → wanted → held → (DDL kept out) → (tables apart locked) → snapshots open → position → released
 *
 * 1. Nothing is committed to the tables of the dump between `held` and `released`; so all snapshots show the same, and
 *    the position lies exactly there. Without a lock this is proven afterwards, or the dump refuses (not with NO_LOCK).
 * 2. Every wait for a lock ends after --ftwrl-max-wait-time; whoever was in the way is named.
 * 3. A lock is held for DEFAULT_LOCK.maxHeldSeconds at most; then it is given up and the dump fails.
 * 4. Before the lock, statements that run for longer than --long-query-guard end the dump, or are ended, by name.
 * 5. Rows of non-transactional tables are those of the same point: these tables stay locked, one by one, until they are
 *    read. With NO_LOCK they are not, and named.
 * 6. DDL is kept out by MySQL's backup lock until the dump ends. Elsewhere the tables' inventory is taken at the
 *    snapshot, for settle.ts to find what changed.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

import { ToolError } from '../base/errors.ts';
import type { BinlogPosition, Emit } from '../base/events.ts';
import { binlogEnd } from '../mysql/binlog.ts';
import { saying } from '../mysql/failure.ts';
import type { BeginEverywhere } from '../mysql/snapshots.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import type { DumpOptions } from './options.ts';
import { acquire } from './snapshot/acquire.ts';
import type { TablesApart } from './snapshot/apart.ts';
import { boundWaits, confirmDdlKeptOut, keepDdlOut, mayKeepDdlOut } from './snapshot/ddl.ts';
import { marksFor, selectionOf } from './snapshot/inventory.ts';
import type { Inventory } from './snapshot/inventory.ts';
import { passLongQueries } from './snapshot/long-queries.ts';
import { DEFAULT_LOCK } from './snapshot/options.ts';
import type { LockWay, Scene } from './snapshot/scene.ts';
import { SelectedTables } from './snapshot/tables.ts';
import type { TablesRequest } from './snapshot/tables.ts';
import { endTurn, takeTurn } from './snapshot/turn.ts';
import { openEqualSnapshots } from './snapshot/without-lock.ts';

export interface Snapshot {
  readonly position: BinlogPosition;
  /** How long writes to the server stood still; undefined: no lock was taken. Final when `apart` has ended. */
  readonly lockHeldMs: () => number | undefined;
  /** False with NO_LOCK. */
  readonly isConsistent: boolean;
  /** Non-transactional tables that stay locked until they are read. */
  readonly apart: TablesApart | undefined;
  /** The tables at the snapshot, where DDL was not kept out from then on. */
  readonly inventory: Inventory | undefined;
  /** To be asked when all is read: that DDL was kept out, where it is. @throws ToolError CONSISTENCY. */
  readonly confirm: () => Promise<void>;
  /** The session for all further questions; the one of the request may hold a lock that it must be free to release. */
  readonly session: Session;
}

export interface SnapshotWork {
  readonly options: DumpOptions;
  readonly server: ServerInfo;
  /** The session whose locks these are. */
  readonly session: Session;
  /** Opens the snapshot on every other connection. */
  readonly beginSnapshot: BeginEverywhere;
  /** Takes a session over that is opened on the way: it is closed with the dump, however that ends. */
  readonly adopt: (session: Session) => void;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** The work with the options of the dump looked through for what bears on the snapshot. */
interface SnapshotRequest extends TablesRequest {
  readonly beginEverywhere: BeginEverywhere;
}

const NOT_CONSISTENT =
  'no lock and no proof, as asked for: each connection reads another point in time, and the binlog position is near them at best';

/** @throws ToolError LOCK, CONSISTENCY, PRIVILEGE. Locks that were taken end with the session then. */
export async function takeSnapshot(work: SnapshotWork): Promise<Snapshot> {
  const request = requestOf(work);
  const { mode } = request.options;
  await boundWaits(request);
  const keepsDdl = mode !== 'NO_LOCK' && (await mayKeepDdlOut(request));
  const isLockFree = mode === 'GTID' || mode === 'SAFE_NO_LOCK' || mode === 'NO_LOCK';
  const mayChange = isLockFree || !keepsDdl;
  const tables = new SelectedTables(request, mayChange ? marksFor(work.options) : 'none');
  const taken = isLockFree
    ? await takeLockFree(request, tables, keepsDdl)
    : await takeLocked(request, tables, keepsDdl);
  request.emit({ type: 'position', position: taken.position });
  await boundWaits(request);
  return {
    ...taken,
    isConsistent: mode !== 'NO_LOCK',
    inventory: mayChange ? tables.inventory : undefined,
    confirm: async () => {
      if (keepsDdl) await confirmDdlKeptOut(request.session);
    },
    session: tables.freeSession ?? request.session,
  };
}

function requestOf({ options: dump, beginSnapshot, ...work }: SnapshotWork): SnapshotRequest {
  return {
    ...work,
    options: dump.lock ?? DEFAULT_LOCK,
    connection: dump.connection,
    selection: selectionOf(dump),
    withData: dump.withData,
    beginEverywhere: beginSnapshot,
  };
}

type Taken = Pick<Snapshot, 'position' | 'lockHeldMs' | 'apart'>;

async function takeLocked(request: SnapshotRequest, tables: SelectedTables, keepsDdl: boolean): Promise<Taken> {
  const { session, server, emit } = request;
  await takeTurn(request);
  await passLongQueries(request);
  const way = await acquire(request, tables);
  const lockedAt = performance.now();
  emit({ type: 'lock', state: 'held', kind: way.kind });
  const unlock = async (): Promise<void> => {
    await saying('releasing the lock', () => way.unlock(session));
    await endTurn(session);
  };
  return within(request, way, async () => {
    if (keepsDdl) await keepDdlOut(request);
    const apart = await tables.lockApart(way.stopsApart ? { kind: way.kind, unlock } : undefined);
    await request.beginEverywhere();
    const position = await binlogEnd(session, server);
    if (apart?.kind === way.kind) return { position, lockHeldMs: () => apart.heldMs, apart };
    await unlock();
    const heldMs = performance.now() - lockedAt;
    emit({ type: 'lock', state: 'released', kind: way.kind, heldMs });
    return { position, lockHeldMs: () => heldMs, apart };
  });
}

async function takeLockFree(request: SnapshotRequest, tables: SelectedTables, keepsDdl: boolean): Promise<Taken> {
  const { session, server, options, emit } = request;
  await tables.look();
  if (options.mode === 'NO_LOCK') {
    emit({ type: 'warning', message: NOT_CONSISTENT });
    await request.beginEverywhere();
    return { position: await binlogEnd(session, server), lockHeldMs: () => undefined, apart: undefined };
  }
  const apart = await tables.lockApart();
  const position = await openEqualSnapshots(request, request.beginEverywhere);
  // Not before: it may take many rounds, and DDL in between shows in the inventory.
  if (keepsDdl) await keepDdlOut(request);
  return { position, lockHeldMs: () => undefined, apart };
}

/** Ends `work` when the lock has been held for too long (3). What fails here ends the session, and with it the lock. */
async function within<T>({ options, signal }: Scene, way: LockWay, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const seconds = options.maxHeldSeconds;
  const tooLate = wait(seconds * 1000, undefined, { signal: AbortSignal.any([over.signal, signal]) }).then(() => {
    throw new ToolError('LOCK', `${way.kind} was held for ${seconds} s and not all snapshots were open: given up`, {
      hint: 'the server answers slowly; try again with fewer --threads or at a quieter time',
    });
  });
  try {
    return await Promise.race([work(), tooLate]);
  } finally {
    over.abort();
  }
}
