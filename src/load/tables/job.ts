import type { TableLoad } from './table-load.ts';

/** What a worker does next: a file of the table, or its keys. */
export interface Job {
  readonly load: TableLoad;
  readonly part: 'rows' | 'keys';
}
