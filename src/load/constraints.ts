/**
 * Constraints: the foreign keys, once all rows are there, over several connections; then the rows that break them are
 * counted, which blocks nobody and is one statement a key.
 */
import type { Emit } from '../base/events.ts';
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { alterTable, independentGroups } from './foreign-keys.ts';
import type { ForeignKeys } from './foreign-keys.ts';
import { countOrphans, tellOrphans } from './orphans.ts';
import type { Orphans } from './orphans.ts';
import type { LoadSessions } from './session.ts';

export interface ConstraintsRun {
  readonly sessions: LoadSessions;
  readonly threads: number;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export async function addForeignKeys(run: ConstraintsRun, foreignKeys: readonly ForeignKeys[]): Promise<void> {
  const groups = independentGroups(foreignKeys);
  await withEach(run, Math.min(run.threads, groups.length), async (session) => {
    for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
      for (const each of group) await alterTable(session, each, run.emit);
    }
  });
  // Not beside the ALTERs: each would have to wait for the other's tables.
  const keys = foreignKeys.flatMap(({ table, clauses }) => clauses.map((clause) => ({ table, clause })));
  const found: Orphans[] = [];
  await withEach(run, Math.min(run.threads, keys.length), async (session) => {
    for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
      const orphans = await countOrphans(session, key.table, key.clause);
      if (orphans !== undefined) found.push(orphans);
    }
  });
  tellOrphans(found, run.emit);
}

/** Lends `connections` sessions at the same time. The first failure ends the others and is thrown. */
async function withEach(
  run: ConstraintsRun,
  connections: number,
  use: (session: Session) => Promise<void>,
): Promise<void> {
  const opened: Session[] = [];
  let failure: unknown;
  const destroyAll = (): void => opened.forEach((session) => session.destroy('the run was ended'));
  run.signal.addEventListener('abort', destroyAll);
  await Promise.all(
    Array.from({ length: connections }, async (_, worker) => {
      try {
        const session = await run.sessions.open(run.signal, `constraints.${worker}`);
        opened.push(session);
        // The clauses hold nothing but names. As binary, MariaDB takes a referenced `é` for two letters of latin1.
        await saying('preparing a session', () => session.execute('SET NAMES utf8mb4'));
        await use(session);
      } catch (error) {
        failure ??= error;
        destroyAll();
      }
    }),
  );
  run.signal.removeEventListener('abort', destroyAll);
  await Promise.all(opened.map((session) => session.close()));
  if (failure !== undefined) throw failure;
}
