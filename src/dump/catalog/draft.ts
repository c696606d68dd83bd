/**
 * Draft: databases and tables while rows of the catalogue are folded into them, and the plain values they become.
 */
import type { Column, Database, Routine, Table, Trigger, Versioning } from '../../schema/table.ts';

export interface DatabaseDraft {
  readonly name: string;
  /** Nothing is in it, chosen or not. */
  isEmpty: boolean;
  readonly tables: Map<string, TableDraft>;
  readonly routines: Routine[];
  readonly events: string[];
  readonly triggers: Trigger[];
}

/** A table, view or sequence that becomes what it is with what is read of it. */
export type TableDraft = { -readonly [Key in keyof Table]: Table[Key] } & { readonly type: string };

const SYSTEM_VERSIONED = 'SYSTEM VERSIONED';

export function emptyDatabase(name: string): DatabaseDraft {
  return { name, isEmpty: true, tables: new Map(), routines: [], events: [], triggers: [] };
}

export function objectsIn({ tables, routines, events }: DatabaseDraft): number {
  return tables.size + routines.length + events.length;
}

export function finishDatabase(draft: DatabaseDraft): Database {
  const { name } = draft;
  const all = [...draft.tables.values()].sort(byName);
  const ofType = (wanted: (type: string) => boolean): TableDraft[] => all.filter(({ type }) => wanted(type));
  return {
    name,
    tables: ofType((type) => type === 'BASE TABLE' || type === SYSTEM_VERSIONED).map(finishTable),
    views: ofType((type) => type === 'VIEW').map((view) => ({
      database: name,
      name: view.name,
      columns: view.columns,
    })),
    sequences: ofType((type) => type === 'SEQUENCE').map((sequence) => ({ database: name, name: sequence.name })),
    routines: draft.routines,
    events: draft.events,
    triggers: draft.triggers,
  };
}

function finishTable(draft: TableDraft): Table {
  if (draft.type === SYSTEM_VERSIONED) draft.versioning = versioningOf(draft);
  return draft;
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
