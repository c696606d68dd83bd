import type { Table } from '../../schema/table.ts';
import type { JournalChunk, JournalFile, JournalPoint, Span } from '../../format/journal.ts';
import type { DataTask, DefinitionTask } from '../task.ts';

/** What is kept of a table. */
export interface KeptTable {
  /** The one of this run where it is proven to be the same. */
  readonly point: JournalPoint;
  /** Undefined: it is made anew. */
  readonly definition: JournalFile | undefined;
  readonly chunks: readonly JournalChunk[];
  /** Undefined: all rows are there. */
  readonly unread: { readonly spans: readonly Span[]; readonly nextPart: number } | undefined;
}

/** What there is to do for a table. */
export interface TableWork {
  readonly table: Table;
  /** Undefined with --no-schemas. */
  readonly definition: DefinitionTask | undefined;
  /** The task of the whole table; undefined with --no-data. */
  readonly data: DataTask | undefined;
  /** Rows a chunk of this table aims at, where that is not as for all. */
  readonly rowsPerChunk?: number | undefined;
  /** Of an interrupted dump that is gone on with. */
  readonly kept?: KeptTable | undefined;
}

/** Without what is there already. */
export function unfinished({ kept, ...work }: TableWork): TableWork {
  if (kept === undefined) return work;
  return {
    ...work,
    definition: kept.definition === undefined ? work.definition : undefined,
    data: kept.unread === undefined ? undefined : work.data,
    kept,
  };
}
