/** Begin: the journal of this run, and what it begins with where an earlier run is gone on with. */
import { ToolError } from '../../base/errors.ts';
import { sum } from '../../base/numbers.ts';
import type { Emit } from '../../base/events.ts';
import { programIn } from '../../format/codec.ts';
import { removeRemains } from '../../format/directory.ts';
import { JournalWriter } from '../../format/journal.ts';
import type { JournalItem, JournalPoint, JournalRun } from '../../format/journal.ts';
import { storedHashOf } from '../../kernel/stored-hash.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import { quoteQualified } from '../../schema/names.ts';
import { DumpJournal } from '../journal.ts';
import type { DumpOptions } from '../options.ts';
import type { DumpPlan } from '../plan.ts';
import type { TableWork } from '../plan/table-work.ts';
import { identify } from '../resume/identity.ts';
import type { KeptTables, MarkOf } from '../resume/kept-tables.ts';
import { isProvable } from '../resume/same-point.ts';
import type { Snapshot } from '../snapshot.ts';

/** The point in time of a run. */
export async function pointOf(snapshot: Snapshot, server: ServerInfo, startedAt: Date): Promise<JournalPoint> {
  const { position, isConsistent, session } = snapshot;
  return {
    startedAt: startedAt.toISOString(),
    position,
    isConsistent,
    isProvable: await isProvable(session, server),
  };
}

/**
 * When it was made, as it was at the snapshot where DDL was not kept out (elsewhere the catalogue's word is as good), and the hash
 * of its definition: times have whole seconds, on a replica those of its source, and an ALTER that is INSTANT keeps all ids.
 */
export function marksOf({ inventory }: Snapshot): MarkOf {
  return (name, { createdAt, definitionHash }) => {
    const mark = inventory?.get(name)?.mark ?? '';
    const made = mark === '' ? createdAt : mark;
    if (made === '' || made.startsWith(' ')) return ''; // the server did not tell when it was made
    return `${made} ${storedHashOf(Buffer.from(definitionHash))}`;
  };
}

export interface JournalWork {
  readonly options: DumpOptions;
  readonly server: ServerInfo;
  readonly snapshot: Snapshot;
  readonly plan: DumpPlan;
  readonly point: JournalPoint;
  /** Undefined: it is a new dump. */
  readonly kept: KeptTables | undefined;
  readonly emit: Emit;
}

/** What is not kept of an earlier run is removed, once the journal does not speak of it any more. @throws ToolError STORAGE. */
export async function beginJournal(work: JournalWork): Promise<DumpJournal> {
  const { options, server, snapshot, plan, point, kept, emit } = work;
  const { directory } = options;
  const markOf = marksOf(snapshot);
  const works = new Map(plan.tables.map((each) => [nameOf(each), each]));
  const begin = { head: identify(options, server), runs: runsOf(plan, point, markOf) };
  const writer =
    kept === undefined ? JournalWriter.begin(directory, begin) : await JournalWriter.replace(directory, begin);
  if (kept !== undefined) {
    for (const message of kept.told) emit({ type: 'note', message });
    await removeRemains(directory, new Set(plan.tables.flatMap(filesOf)), programIn(options.codec));
  }
  return new DumpJournal({
    directory,
    writer,
    markOf: (name) => {
      const found = works.get(name);
      return found === undefined ? '' : markOf(name, found.table);
    },
    chunksBefore: (name) => works.get(name)?.kept?.chunks.length ?? 0,
  });
}

/** The points that are kept something of, in their order, and the one of this run at the end. */
export function pointsOf({ tables }: DumpPlan, now: JournalPoint): readonly JournalPoint[] {
  const earlier = new Set(
    tables.map(({ kept }) => kept?.point).filter((point) => point !== undefined && point !== now),
  );
  return [...(earlier as Set<JournalPoint>)].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)).concat(now);
}

function runsOf(plan: DumpPlan, now: JournalPoint, markOf: MarkOf): JournalRun[] {
  return pointsOf(plan, now).map((point) => ({
    point,
    items: plan.tables.filter(({ kept }) => kept?.point === point).flatMap((work) => itemsOf(work, markOf)),
  }));
}

function itemsOf(work: TableWork, markOf: MarkOf): JournalItem[] {
  const { kept, table } = work;
  if (kept === undefined) return [];
  const about = { database: table.database, table: table.name, mark: markOf(nameOf(work), table) };
  return [
    ...(kept.definition === undefined ? [] : [{ ...about, definition: kept.definition }]),
    ...kept.chunks.map((chunk) => ({ ...about, chunk })),
    ...(kept.unread === undefined ? [{ ...about, chunks: kept.chunks.length }] : []),
  ];
}

function filesOf({ kept }: TableWork): string[] {
  if (kept === undefined) return [];
  const files = [
    ...(kept.definition === undefined ? [] : [kept.definition]),
    ...kept.chunks.flatMap((each) => each.files),
  ];
  return files.map(({ name }) => name);
}

const nameOf = ({ table }: TableWork): string => quoteQualified(table.database, table.name);

/** An error that ends a dump, with the way to go on from where it was. */
export function resumable(error: unknown, journal: DumpJournal | undefined): unknown {
  if (journal === undefined || journal.isWhole || !(error instanceof ToolError)) return error;
  const way = 'the same command with --resume goes on where this dump has stopped';
  const hint = error.hint === undefined ? way : `${error.hint}; then ${way}`;
  return new ToolError(error.code, error.message, { cause: error.cause, hint });
}

export const keptRows = (works: readonly TableWork[]): number =>
  sum(
    works
      .flatMap(({ kept }) => kept?.chunks ?? [])
      .flatMap(({ files }) => files)
      .map(({ rows }) => rows),
  );
