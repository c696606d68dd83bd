/**
 * Draft: databases and tables while rows of the catalogue are folded into them, and the plain values they become.
 */
import type {
  Column,
  Database,
  KeyColumn,
  Routine,
  Table,
  Trigger,
  UniqueKey,
  Versioning,
} from '../../schema/table.ts';

export interface DatabaseDraft {
  /** Nothing is in it, chosen or not. */
  isEmpty: boolean;
  readonly tables: Map<string, TableDraft>;
  readonly routines: Routine[];
  readonly events: string[];
  readonly triggers: Trigger[];
}

export interface TableDraft {
  readonly type: string;
  readonly engine: string;
  readonly estimatedRows: number;
  readonly estimatedBytes: number;
  readonly isUnchanged: boolean;
  readonly columns: Column[];
  /** A part that makes its key unfit to divide a table is undefined. */
  readonly uniqueKeys: Map<string, (KeyColumn | undefined)[]>;
  readonly partitions: string[];
  readonly pastPartitions: string[];
  hasPartitionsBeyondAscii: boolean;
}

const SYSTEM_VERSIONED = 'SYSTEM VERSIONED';

export function emptyDatabase(): DatabaseDraft {
  return { isEmpty: true, tables: new Map(), routines: [], events: [], triggers: [] };
}

export function objectsIn({ tables, routines, events }: DatabaseDraft): number {
  return tables.size + routines.length + events.length;
}

export function finishDatabase(name: string, draft: DatabaseDraft): Database {
  const entries = [...draft.tables].sort(([a], [b]) => compare(a, b));
  const ofType = (wanted: (type: string) => boolean): [string, TableDraft][] =>
    entries.filter(([, table]) => wanted(table.type));
  return {
    name,
    tables: ofType((type) => type === 'BASE TABLE' || type === SYSTEM_VERSIONED).map(([table, it]) =>
      finishTable(name, table, it),
    ),
    views: ofType((type) => type === 'VIEW').map(([view, { columns }]) => ({ database: name, name: view, columns })),
    sequences: ofType((type) => type === 'SEQUENCE').map(([sequence]) => ({ database: name, name: sequence })),
    routines: draft.routines,
    events: draft.events,
    triggers: draft.triggers,
  };
}

function finishTable(database: string, name: string, draft: TableDraft): Table {
  const uniqueKeys: UniqueKey[] = [...draft.uniqueKeys]
    .map(([key, columns]) => ({ name: key, columns: columns.filter((column) => column !== undefined) }))
    .filter((key) => key.columns.length === draft.uniqueKeys.get(key.name)?.length);
  const { type, ...facts } = draft;
  return {
    database,
    name,
    ...facts,
    uniqueKeys,
    versioning: type === SYSTEM_VERSIONED ? versioningOf(draft) : undefined,
  };
}

/** Columns that the server made itself are not listed, but can be named. */
function versioningOf({ columns }: TableDraft): Versioning {
  const of = (period: Column['rowPeriod']): Column | undefined => columns.find(({ rowPeriod }) => rowPeriod === period);
  const start = of('start');
  return {
    start: start?.name ?? 'row_start',
    end: of('end')?.name ?? 'row_end',
    isByTransaction: start?.dataType === 'bigint',
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
export const byName = (a: { name: string }, b: { name: string }): number => compare(a.name, b.name);
