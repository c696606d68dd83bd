/**
 * What there is in a database. A session and a database's name go in; the list of its objects comes out, tables with
 * their columns in order, the largest tables first so that several sessions end together.
 */

import { quoteText } from './session.ts';
import type { Session } from './session.ts';

export interface Column {
  readonly name: string;
  /** The column tells, by transaction, when a row of a system-versioned table began or ceased to be valid. */
  readonly isTransaction: boolean;
  /** As information_schema has it, in lower case, without length: `varchar`, `bit`, `json`. */
  readonly type: string;
}

export interface Table {
  readonly kind: 'table';
  readonly database: string;
  readonly name: string;
  readonly columns: readonly Column[];
  /** MariaDB keeps the past rows, with the moments between which each was valid. */
  readonly history: { readonly from: string; readonly until: string } | undefined;
}

export type CodeKind =
  | 'view'
  | 'sequence'
  | 'trigger'
  | 'procedure'
  | 'function'
  | 'package'
  | 'package body'
  | 'library'
  | 'event';

export interface CodeObject {
  readonly kind: CodeKind;
  readonly database: string;
  readonly name: string;
  /** Facts that the object's SHOW CREATE leaves out, such as a trigger's place among its siblings. */
  readonly facts: readonly string[];
}

export type DatabaseObject = Table | CodeObject;

/** Lists everything in one database but the database itself. */
export async function listObjects(session: Session, database: string): Promise<DatabaseObject[]> {
  return [
    ...(await listTables(session, database)),
    ...(await listTriggers(session, database)),
    ...(await listRoutines(session, database)),
    ...(await listEvents(session, database)),
    ...(await listLibraries(session, database)),
  ];
}

async function listTables(session: Session, database: string): Promise<DatabaseObject[]> {
  const columns = await columnsByTable(session, database);
  const rows = await session.rows(
    `SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = ${quoteText(database)} ORDER BY DATA_LENGTH DESC, TABLE_NAME`,
  );
  return rows.map(([name, type]): DatabaseObject => {
    if (name === null || name === undefined) throw new Error(`a table of ${database} has no name`);
    if (type === 'VIEW') return { kind: 'view', database, name, facts: [] };
    if (type === 'SEQUENCE') return { kind: 'sequence', database, name, facts: [] };
    const found = columns.get(name) ?? { columns: [], from: 'row_start', until: 'row_end' };
    const isVersioned = type === 'SYSTEM VERSIONED' && !found.columns.some(({ isTransaction }) => isTransaction);
    const history = isVersioned ? { from: found.from, until: found.until } : undefined;
    return { kind: 'table', database, name, columns: found.columns, history };
  });
}

interface TableColumns {
  readonly columns: Column[];
  from: string;
  until: string;
}

async function columnsByTable(session: Session, database: string): Promise<Map<string, TableColumns>> {
  const rows = await session.rows(
    `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, GENERATION_EXPRESSION FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = ${quoteText(database)} ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  );
  const byTable = new Map<string, TableColumns>();
  for (const [table, column, dataType, generation] of rows) {
    const [name, type] = [column ?? '', (dataType ?? '').toLowerCase()];
    const found = byTable.get(table ?? '') ?? { columns: [], from: 'row_start', until: 'row_end' };
    const isPeriod = generation === 'ROW START' || generation === 'ROW END';
    found.columns.push({ name, type, isTransaction: isPeriod && type === 'bigint' });
    if (generation === 'ROW START') found.from = name;
    if (generation === 'ROW END') found.until = name;
    byTable.set(table ?? '', found);
  }
  return byTable;
}

async function listTriggers(session: Session, database: string): Promise<CodeObject[]> {
  const rows = await session.rows(
    `SELECT TRIGGER_NAME, ACTION_ORDER, ACTION_TIMING, EVENT_MANIPULATION, EVENT_OBJECT_TABLE
       FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${quoteText(database)}`,
  );
  return rows.map(([name, order, timing, event, table]) => ({
    kind: 'trigger',
    database,
    name: name ?? '',
    facts: [`number ${order} of ${timing} ${event} on ${table}`],
  }));
}

async function listRoutines(session: Session, database: string): Promise<CodeObject[]> {
  const rows = await session.rows(
    `SELECT ROUTINE_NAME, ROUTINE_TYPE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ${quoteText(database)}`,
  );
  const kinds = new Map<string, CodeKind>([
    ['PROCEDURE', 'procedure'],
    ['FUNCTION', 'function'],
    ['PACKAGE', 'package'],
    ['PACKAGE BODY', 'package body'],
  ]);
  return rows.map(([name, type]) => {
    const kind = kinds.get(type ?? '');
    if (kind === undefined) throw new Error(`routine ${database}.${name} is a ${type}, which the oracle does not know`);
    return { kind, database, name: name ?? '', facts: [] };
  });
}

async function listEvents(session: Session, database: string): Promise<CodeObject[]> {
  const rows = await session.rows(
    `SELECT EVENT_NAME, STATUS FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${quoteText(database)}`,
  );
  return rows.map(([name, status]) => ({ kind: 'event', database, name: name ?? '', facts: [`status ${status}`] }));
}

/** MySQL 9.2 and later keep JavaScript libraries; the view itself is missing elsewhere. */
async function listLibraries(session: Session, database: string): Promise<CodeObject[]> {
  const known = await session.rows(
    `SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = 'LIBRARIES'`,
  );
  if (known.length === 0) return [];
  const rows = await session.rows(
    `SELECT LIBRARY_NAME FROM information_schema.LIBRARIES WHERE LIBRARY_SCHEMA = ${quoteText(database)}`,
  );
  return rows.map(([name]) => ({ kind: 'library', database, name: name ?? '', facts: [] }));
}
