/** Kept tables: which tables of an interrupted dump stay as they are, wholly or in part, and why others do not. */
import { someOf } from '../../base/some-of.ts';
import type { JournalChunk, JournalFile, JournalPoint, Span } from '../../format/journal.ts';
import { quoteQualified } from '../../schema/names.ts';
import { isTransactional } from '../../schema/table.ts';
import { dividingKey } from '../chunk/key.ts';
import type { KeptTable, TableWork } from '../plan/table-work.ts';
import type { DataTask, Task, WrittenFile } from '../task.ts';
import { isSamePoint } from './same-point.ts';

/** What a journal says of a table. */
export interface TableRecord {
  readonly database: string;
  readonly table: string;
  readonly mark: string;
  /** Number of the run. */
  readonly point: number;
  definition?: JournalFile;
  readonly chunks: JournalChunk[];
  /** Of how many chunks the table is, once all are read. */
  chunksWhole?: number;
}

/** What an interrupted dump has left. */
export interface Interrupted {
  readonly points: readonly JournalPoint[];
  /** By qualified and quoted name. */
  readonly tables: ReadonlyMap<string, TableRecord>;
  /** Names of files that have all their bytes. */
  readonly held: ReadonlySet<string>;
}

/** By qualified and quoted name: what tells whether a table's definition is still the same; '': nothing does. */
export type MarkOf = (qualifiedName: string, table: TableWork['table']) => string;

export class KeptTables {
  private readonly interrupted: Interrupted;
  private readonly now: JournalPoint;
  private readonly markOf: MarkOf;
  /** By name: whether all its rows are. */
  private readonly kept = new Map<string, boolean>();
  private readonly anew = new Map<string, string>();

  constructor(interrupted: Interrupted, now: JournalPoint, markOf: MarkOf) {
    this.interrupted = interrupted;
    this.now = now;
    this.markOf = markOf;
  }

  /** Undefined: the table is to be read. */
  of(work: TableWork): KeptTable | undefined {
    const { data, table } = work;
    const name = quoteQualified(table.database, table.name);
    const record = this.interrupted.tables.get(name);
    if (data === undefined || record === undefined || record.chunks.length === 0) return undefined;
    const kept = this.keep(work, data, record);
    if (typeof kept === 'string') this.anew.set(name, kept);
    else this.kept.set(name, kept.unread === undefined);
    return typeof kept === 'string' ? undefined : kept;
  }

  /** What is told once all tables were asked for. */
  get told(): readonly string[] {
    const { kept, anew } = this;
    const gone = [...this.interrupted.tables.keys()].filter((name) => !kept.has(name) && !anew.has(name));
    const reasons = [...anew].map(([name, why]) => `${name} (${why})`);
    const inPart = [...kept].filter(([, isWhole]) => !isWhole).map(([name]) => name);
    const part = inPart.length === 0 ? '' : `, in part: ${someOf(inPart)}`;
    return [
      `tables of the interrupted dump that are kept: ${kept.size - inPart.length}${part}`,
      ...(reasons.length === 0 ? [] : [`read anew: ${someOf(reasons, 5)}`]),
      ...(gone.length === 0 ? [] : [`begun by the interrupted dump, and begun anew or there no more: ${someOf(gone)}`]),
    ];
  }

  private keep(work: TableWork, data: DataTask, record: TableRecord): KeptTable | string {
    const { table } = work;
    const name = quoteQualified(table.database, table.name);
    if (this.markOf(name, table) === '') return 'nothing tells whether its definition is the same';
    if (this.markOf(name, table) !== record.mark) return 'its definition was changed since';
    const prefix = `${data.encodedDatabase}.${data.encodedTable}.`;
    const isCalledSo = record.chunks.every(({ files }) => files.every((file) => file.name.startsWith(prefix)));
    if (!isCalledSo) return 'its files have other names now';
    const { held, points } = this.interrupted;
    const chunks = record.chunks.filter(({ files }) => files.every((file) => held.has(file.name)));
    const before = points[record.point];
    const isSame = before !== undefined && isSamePoint(before, this.now);
    const isWhole = chunks.length === record.chunksWhole;
    const { definition } = record;
    const isDefined = definition?.name === work.definition?.file && held.has(definition?.name ?? '');
    const kept = { definition: isDefined ? definition : undefined, chunks };
    if (isWhole && isSame) return { ...kept, point: this.now, unread: undefined };
    if (isWhole && before !== undefined) {
      if (!isTransactional(table.engine)) return 'it knows no transactions, and something may have been written since';
      return { ...kept, point: before, unread: undefined };
    }
    if (!isSame) return record.chunksWhole === undefined ? 'it was not finished' : 'files of it are gone or changed';
    const spans = spansOf(work, chunks);
    if (spans === undefined) return 'it was not finished';
    const nextPart = 1 + Math.max(...record.chunks.map(({ part }) => part));
    return { ...kept, point: this.now, unread: { spans, nextPart } };
  }
}

/** Undefined: what is left of the table cannot be said. */
function spansOf({ table }: TableWork, chunks: readonly JournalChunk[]): readonly Span[] | undefined {
  const parts = dividingKey(table)?.parts.length;
  const spans = chunks.map(({ span }) => span).filter((span) => span !== undefined);
  const areSound = spans.every(({ from, to }) =>
    [from, to].every((side) => side === undefined || (side.length === parts && side.every(isLiteral))),
  );
  return spans.length > 0 && spans.length === chunks.length && areSound ? spans : undefined;
}

/** They become part of a statement: nothing else may, whoever has written the file. */
function isLiteral(text: string): boolean {
  return /^(?:-?[\d.]+|'[^'\\]*'|(?:_\w+ )?X'[\da-f]*')$/i.test(text);
}

/** The tasks that have read what is kept, with their files. */
export function* keptTasks({ data, definition, kept }: TableWork): Generator<readonly [Task, readonly WrittenFile[]]> {
  if (kept === undefined || data === undefined) return;
  if (definition !== undefined && kept.definition !== undefined) yield [definition, [kept.definition]];
  for (const { part, where, partition, index, window, span, files } of kept.chunks) {
    yield [{ ...data, part, where, partition, index, window, span }, files];
  }
}
