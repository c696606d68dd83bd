/** What the manifest says of a dump: its databases, files and tables, how the rows were read, and what is not there. */
import type { Skipped } from '../../base/events.ts';
import { sum } from '../../base/numbers.ts';
import type {
  ManifestChunk,
  ManifestColumn,
  ManifestEntry,
  ManifestFile,
  ManifestTable,
} from '../../format/manifest.ts';
import type { JournalPoint } from '../../format/journal.ts';
import { quoteQualified } from '../../schema/names.ts';
import type { Table } from '../../schema/table.ts';
import { selectRest } from '../fetch.ts';
import type { DumpPlan } from '../plan.ts';
import type { TableWork } from '../plan/table-work.ts';
import type { DataTask, Task, WrittenFile } from '../task.ts';

export interface DumpedWork {
  readonly plan: DumpPlan;
  /** All that were done. */
  readonly tasks: Iterable<Task>;
  /** By qualified and quoted name. */
  readonly dataByTable: ReadonlyMap<string, readonly WrittenFile[]>;
  /** Files without rows. */
  readonly others: readonly ManifestFile[];
  readonly skipped: readonly Skipped[];
  /** In order, that of this run at the end. */
  readonly points: readonly JournalPoint[];
}

export function* manifestEntries(work: DumpedWork): Generator<ManifestEntry> {
  const { plan, dataByTable } = work;
  for (const { name } of plan.databases) yield { database: name, encoded: plan.names.database(name) };
  yield* work.others;
  const chunks = chunksByTable(work.tasks);
  const columns = new Columns();
  for (const tableWork of plan.tables) {
    const { database, name } = tableWork.table;
    const key = quoteQualified(database, name);
    const files = dataByTable.get(key) ?? [];
    yield {
      table: name,
      database,
      encoded: plan.names.table(database, name),
      rows: sum(files.map(({ rows }) => rows)),
      ...pointOf(tableWork, work.points),
      columns: columns.of(tableWork.table),
      ...readAs(tableWork, chunks.get(key)),
      files,
    };
  }
  for (const { what, why } of work.skipped) yield { skipped: what, why };
}

function pointOf({ kept }: TableWork, points: readonly JournalPoint[]): Pick<ManifestTable, 'point'> {
  const point = kept === undefined ? -1 : points.indexOf(kept.point);
  return point === -1 || point === points.length - 1 ? {} : { point };
}

function chunksByTable(tasks: Iterable<Task>): ReadonlyMap<string, readonly ManifestChunk[]> {
  const byTable = new Map<string, DataTask[]>();
  for (const task of tasks) {
    if (task.kind !== 'data') continue;
    const key = quoteQualified(task.database, task.table);
    const chunks = byTable.get(key);
    if (chunks === undefined) byTable.set(key, [task]);
    else chunks.push(task);
  }
  return new Map([...byTable].map(([key, chunks]) => [key, manifestChunksOf(chunks)]));
}

/** Without the index that a table is read by: where it has another name, the rows are the same. */
function manifestChunksOf(tasks: readonly DataTask[]): ManifestChunk[] {
  const byPart = tasks.toSorted((a, b) => a.part - b.part);
  return byPart.map((task) => {
    const window = isAlone(task, tasks) ? undefined : task.window;
    return { part: task.part, rest: selectRest({ ...task, window, index: undefined }) };
  });
}

/** A window behind which there was nothing was no limit: rows that are behind it some day are no rows of the dump. */
function isAlone({ partition }: DataTask, tasks: readonly DataTask[]): boolean {
  return tasks.length === 1 || tasks.filter((each) => each.partition === partition).length === 1;
}

function readAs(
  { data }: TableWork,
  chunks: readonly ManifestChunk[] | undefined,
): Pick<ManifestTable, 'select' | 'chunks'> {
  return data === undefined || chunks === undefined
    ? {}
    : { select: data.columns.map(({ expression }) => expression), chunks };
}

/** Tables that are alike share their list of columns, and so this one. */
class Columns {
  private readonly known = new Map<Table['columns'], readonly ManifestColumn[]>();

  of({ columns }: Table): readonly ManifestColumn[] {
    const known = this.known.get(columns) ?? columns.map(manifestColumn);
    this.known.set(columns, known);
    return known;
  }
}

function manifestColumn({ name, columnType: type, charset }: Table['columns'][number]): ManifestColumn {
  return charset === undefined ? { name, type } : { name, type, charset };
}
