/** Points: what is said of a dump whose tables are of several points in time. */
import type { BinlogPosition, Emit } from '../../base/events.ts';
import { someOf } from '../../base/some-of.ts';
import type { JournalPoint } from '../../format/journal.ts';
import type { ManifestPoint } from '../../format/manifest.ts';
import { quoteQualified } from '../../schema/names.ts';
import type { DumpPlan } from '../plan.ts';

/** ISO 8601, in UTC. */
export const earliestOf = (points: readonly JournalPoint[]): string =>
  points.map(({ startedAt }) => startedAt).reduce((a, b) => (a < b ? a : b));

export function manifestPoint({ startedAt, position, isConsistent }: JournalPoint): ManifestPoint {
  return { startedAt, position, isConsistent };
}

/** Not one point in time is what was asked for: it is told as what is missing. */
export function tellPoints(
  { plan, notes }: { readonly plan: DumpPlan; readonly notes: { readonly emit: Emit } },
  points: readonly JournalPoint[],
): void {
  const earlier = points.slice(0, -1).map((point) => {
    const tables = plan.tables.filter(({ kept }) => kept?.point === point).map(({ table }) => table);
    const names = tables.map(({ database, name }) => quoteQualified(database, name));
    return `${clockTime(point)}${place(point.position)}: ${someOf(names)}`;
  });
  const now = points.at(-1);
  notes.emit({
    type: 'skipped',
    what: 'one point in time for all tables',
    why: `the dump was resumed, and what was written meanwhile is in some tables only; read at ${earlier.join('; ')}; all others at ${now === undefined ? 'the end' : clockTime(now) + place(now.position)}; tsdump-manifest.jsonl says which`,
  });
}

const clockTime = ({ startedAt }: JournalPoint): string => `${startedAt.slice(0, 19).replace('T', ' ')} UTC`;

function place({ file, position }: BinlogPosition): string {
  return file === undefined ? '' : ` (${file}:${position})`;
}
