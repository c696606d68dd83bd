import { ToolError } from '../../base/errors.ts';
import { serverErrno, ServerErrno } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import type { Inventory, KnownTable } from './inventory.ts';
import { qualified } from './inventory.ts';
import type { LockWay } from './scene.ts';

/** Tables that were listed a moment ago and are gone, or a deadlock of which we are the victim: so often it is tried again. */
const ATTEMPTS = 5;
const PASSING: ReadonlySet<number | undefined> = new Set<number>([
  ServerErrno.ER_NO_SUCH_TABLE,
  ServerErrno.ER_LOCK_DEADLOCK,
]);

/**
 * LOCK TABLES … READ over all tables of the dump, for accounts without RELOAD, as managed services have. It needs LOCK
 * TABLES and SELECT on them, waits for every open transaction that wrote to one, and stops writes to these tables only.
 * A transaction that writes to several of them while they are being locked can be ended by a deadlock error (MySQL).
 */
export const lockAllTables: LockWay = {
  kind: 'LOCK TABLES … READ',
  // Once their writers wait for this lock, MySQL grants no second one beside it.
  locksApartFirst: true,
  stopsApart: false,
  async lock({ session }, look) {
    await lockListed([session], look, ({ isApart }) => !isApart);
  },
  async unlock(session) {
    await session.execute('UNLOCK TABLES');
  },
};

/** Locks what `list` finds and `wants`: each session a part, or none of them any. Out: the tables that are locked. */
export async function lockListed(
  sessions: readonly Session[],
  list: () => Promise<Inventory>,
  wants: (table: KnownTable) => boolean,
): Promise<readonly KnownTable[]> {
  let tables: readonly KnownTable[] = [];
  let absent: unknown;
  for (let attempt = 1; ; attempt++) {
    const found = await list();
    // Once it may have been created anew; twice it is there and cannot be opened.
    if (attempt > 2 && absent !== undefined && tables.every((table) => found.has(qualified(table)))) throw absent;
    tables = [...found.values()].filter(wants);
    if (tables.length === 0) return [];
    try {
      await lockInParts(sessions, tables);
      return tables;
    } catch (error) {
      if (serverErrno(error) !== undefined) for (const session of sessions) await session.execute('UNLOCK TABLES');
      if (!PASSING.has(serverErrno(error))) throw error;
      absent = serverErrno(error) === ServerErrno.ER_NO_SUCH_TABLE ? error : undefined;
      if (attempt === ATTEMPTS) {
        throw new ToolError('LOCK', `could not lock ${tables.length} tables together in ${ATTEMPTS} attempts`, {
          cause: error,
        });
      }
    }
  }
}

async function lockInParts(sessions: readonly Session[], tables: readonly KnownTable[]): Promise<void> {
  const share = Math.ceil(tables.length / sessions.length);
  for (const [index, session] of sessions.entries()) {
    const locks = tables.slice(index * share, (index + 1) * share).map((table) => `${qualified(table)} READ`);
    if (locks.length > 0) await session.execute(`LOCK TABLES ${locks.join(', ')}`);
  }
}
