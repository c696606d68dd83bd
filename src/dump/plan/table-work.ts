import type { Table } from '../../schema/table.ts';
import type { DataTask, DefinitionTask } from '../task.ts';

/** What there is to do for a table. */
export interface TableWork {
  readonly table: Table;
  /** Undefined with --no-schemas. */
  readonly definition: DefinitionTask | undefined;
  /** The task of the whole table; undefined with --no-data. */
  readonly data: DataTask | undefined;
  /** Rows a chunk of this table aims at, where that is not as for all. */
  readonly rowsPerChunk?: number | undefined;
}
