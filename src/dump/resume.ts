/**
 * Resume: what a dump that was interrupted has finished, and what of it another run keeps.
 *
 * In: the journal in the directory, the options, the server. Out: tables whose rows need not be read again. Before anything is
 * changed another server, other options and another version are refused.
 *
 * 1. A file is kept only if it has the size and the hash that it was written with.
 * 2. A table is kept only if its definition is still the same.
 * 3. What was read at another point in time is kept as whole tables only, and each says of which point it is. Where the binlog
 *    proves that nothing was written since, it is the same point, and single chunks are kept too.
 * 4. Tables without transactions are kept only of the same point.
 */
import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { ToolError } from '../base/errors.ts';
import type { Journal, JournalFile, JournalItem } from '../format/journal.ts';
import { readJournal } from '../format/journal.ts';
import { quoteQualified } from '../schema/names.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { DumpOptions } from './options.ts';
import { heldFiles } from './resume/held-files.ts';
import { identify, refuseOther } from './resume/identity.ts';
import type { Interrupted, TableRecord } from './resume/kept-tables.ts';

export interface ResumeWork {
  readonly options: DumpOptions;
  readonly server: ServerInfo;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Undefined without --resume. @throws ToolError RESUME_REFUSED when this would be another dump, STORAGE. */
export async function findInterrupted({ options, server, emit, signal }: ResumeWork): Promise<Interrupted | undefined> {
  if (options.resume !== true) return undefined;
  const { directory } = options;
  const journal = readJournal(directory);
  if (journal === undefined) throw unreadable(directory);
  refuseOther(directory, journal.head, identify(options, server));
  const { tables, durable } = recordsOf(journal);
  const files = [...tables.values()].flatMap(filesOf);
  emit({ type: 'phase', phase: 'verify' });
  emit({
    type: 'note',
    message: `reading ${files.length} files of the interrupted dump, to keep those that are whole`,
  });
  const held = await heldFiles(directory, files, signal);
  const damaged = files.filter((file) => durable.has(file) && !held.has(file.name)).map(({ name }) => name);
  if (damaged.length > 0) {
    emit({
      type: 'warning',
      message: `lost or changed since they were on the disk, so they are made anew: ${someOf(damaged)}`,
    });
  }
  const points = journal.runs.map(({ point }) => point);
  return { points, tables, held };
}

function unreadable(directory: string): ToolError {
  return new ToolError(
    'RESUME_REFUSED',
    `nothing to resume: the journal in ${directory} is cut before its first word`,
    {
      hint: 'begin anew: --clear',
    },
  );
}

interface Records {
  /** By qualified and quoted name; of a table that stands in several runs the last counts. */
  readonly tables: ReadonlyMap<string, TableRecord>;
  /** Those that were on the disk for certain. */
  readonly durable: ReadonlySet<JournalFile>;
}

function recordsOf({ runs, durableItems }: Journal): Records {
  const tables = new Map<string, TableRecord>();
  const durable = new Set<JournalFile>();
  let number = 0;
  for (const [point, { items }] of runs.entries()) {
    for (const item of items) {
      const { database, table, mark } = item;
      const name = quoteQualified(database, table);
      const known = tables.get(name);
      const isOfRun = known !== undefined && known.point === point && known.mark === mark;
      const record: TableRecord = isOfRun ? known : { database, table, mark, point, chunks: [] };
      if (!isOfRun) tables.set(name, record);
      if ('definition' in item) record.definition = item.definition;
      else if ('chunk' in item) record.chunks.push(item.chunk);
      else record.chunksWhole = item.chunks;
      if (number++ < durableItems) for (const file of filesIn(item)) durable.add(file);
    }
  }
  return { tables, durable };
}

function filesIn(item: JournalItem): readonly JournalFile[] {
  if ('definition' in item) return [item.definition];
  return 'chunk' in item ? item.chunk.files : [];
}

function filesOf({ definition, chunks }: TableRecord): JournalFile[] {
  const ofChunks = chunks.flatMap(({ files }) => files);
  return definition === undefined ? ofChunks : [definition, ...ofChunks];
}
