/**
 * Constraints: the foreign keys, once all rows are there, over several connections; then the rows that break them are
 * counted, which blocks nobody and is one statement a key.
 */
import { followed } from '../base/abort.ts';
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { alterTable, independentGroups } from './foreign-keys.ts';
import type { ForeignKeys } from './foreign-keys.ts';
import { countOrphans, tellOrphans } from './orphans.ts';
import type { Orphans } from './orphans.ts';
import { Place } from './place.ts';
import type { PlaceRun } from './place.ts';
import { withoutPresent } from './resume/present.ts';
import type { Target } from './target.ts';
import { labelOf } from './tables/table-load.ts';

export interface ConstraintsRun extends PlaceRun {
  readonly threads: number;
  readonly target: Target;
}

export async function addForeignKeys(run: ConstraintsRun, foreignKeys: readonly ForeignKeys[]): Promise<void> {
  const groups = independentGroups(foreignKeys.filter(({ clauses }) => clauses.length > 0));
  await withEach(run, Math.min(run.threads, groups.length), async (retried) => {
    for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
      for (const each of group) await addToTable(run, retried, each);
    }
  });
  // Not beside the ALTERs: each would have to wait for the other's tables.
  const keys = foreignKeys.flatMap(({ table, clauses, present = [] }) =>
    [...clauses, ...present].map((clause) => ({ table, clause })),
  );
  const found: Orphans[] = [];
  await withEach(run, Math.min(run.threads, keys.length), async (retried) => {
    for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
      const { table, clause } = key;
      const orphans = await retried(`rows of ${labelOf(table)}`, (session) => countOrphans(session, table, clause));
      if (orphans !== undefined) found.push(orphans);
    }
  });
  tellOrphans(found, run.emit);
}

/** What was under way when an answer was lost may be there. */
async function addToTable({ emit, target }: ConstraintsRun, retried: Retried, keys: ForeignKeys): Promise<void> {
  await retried(`foreign keys of ${labelOf(keys.table)}`, async (session, attempt) => {
    const missing = attempt === 1 ? keys : await withoutPresent(session, target, keys);
    if (attempt > 1) await useUtf8(session);
    await alterTable(session, missing, emit);
  });
}

type Retried = <T>(what: string, action: (session: Session, attempt: number) => Promise<T>) => Promise<T>;

/** Lends `connections` places at the same time. The first failure ends the others and is thrown. */
async function withEach(
  run: ConstraintsRun,
  connections: number,
  use: (retried: Retried) => Promise<void>,
): Promise<void> {
  const stopping = new AbortController();
  const signal = followed(AbortSignal.any([run.signal, stopping.signal]));
  const places = Array.from(
    { length: connections },
    (_, number) => new Place({ ...run, signal }, `constraints.${number}`),
  );
  signal.addEventListener('abort', () => places.forEach((place) => place.destroy('the run was ended')));
  await Promise.all(places.map((place) => use(retriedAt(place)).catch((error: unknown) => stopping.abort(error))));
  await Promise.all(places.map((place) => place.close()));
  signal.throwIfAborted();
}

function retriedAt(place: Place): Retried {
  let prepared: Session | undefined;
  return async (what, action) =>
    place.retried({ what }, async (session, attempt) => {
      if (session !== prepared) await useUtf8(session);
      prepared = session;
      return action(session, attempt);
    });
}

/** The clauses hold nothing but names. As binary, MariaDB takes a referenced `é` for two letters of latin1. */
async function useUtf8(session: Session): Promise<void> {
  await saying('preparing a session', () => session.execute('SET NAMES utf8mb4'));
}
