/**
 * Catalog: everything about the selected databases that SHOW CREATE does not tell, by a fixed number of catalogue
 * queries, whatever the number of tables.
 *
 * In: a session and the selection. Out: plain values, databases and their objects in name order. The queries run one
 * after the other on one connection; rows are folded into the result as they arrive.
 */
import { ToolError } from '../base/errors.ts';
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import type { Selection } from '../schema/filter.ts';
import { quoteString, SYSTEM_DATABASES } from '../schema/names.ts';
import type { Column, Database, Routine, RoutineKind, Table, Trigger, UniqueKey } from '../schema/table.ts';

interface DatabaseDraft {
  readonly tables: Map<string, TableDraft>;
  readonly routines: Routine[];
  readonly events: string[];
  readonly triggers: Trigger[];
}

interface TableDraft {
  readonly type: string;
  readonly engine: string;
  readonly estimatedRows: number;
  readonly estimatedBytes: number;
  readonly columns: Column[];
  readonly uniqueKeys: Map<string, string[]>;
  readonly partitions: string[];
}

/** @throws ToolError USAGE when a database or table that was asked for by name does not exist. */
export async function readCatalog(session: Session, selection: Selection): Promise<Database[]> {
  const databases = new Map<string, DatabaseDraft>();
  const tableOf = (database = '', table = ''): TableDraft | undefined => databases.get(database)?.tables.get(table);

  const read = async (what: string, sql: string, onRow: (values: readonly string[]) => void): Promise<void> => {
    await saying(`reading the catalogue (${what})`, () =>
      session.queryEach(sql, (row) => onRow(row.map((value) => value?.toString('utf8') ?? ''))),
    );
  };

  await saying('reading the catalogue', () => session.execute('SET NAMES utf8mb4'));

  await read(
    'databases',
    `SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE ${among('SCHEMA_NAME', selection)}`,
    ([name = '']) => {
      databases.set(name, { tables: new Map(), routines: [], events: [], triggers: [] });
    },
  );

  await read(
    'tables',
    `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, DATA_LENGTH
       FROM information_schema.TABLES WHERE ${among('TABLE_SCHEMA', selection)}`,
    ([database = '', name = '', type = '', engine = '', rows, bytes]) => {
      if (!selection.includesTable(database, name)) return;
      databases.get(database)?.tables.set(name, {
        type,
        engine,
        estimatedRows: Number(rows),
        estimatedBytes: Number(bytes),
        columns: [],
        uniqueKeys: new Map(),
        partitions: [],
      });
    },
  );

  await read(
    'columns',
    `SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, EXTRA
       FROM information_schema.COLUMNS WHERE ${among('TABLE_SCHEMA', selection)}
      ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`,
    ([database, table, name = '', dataType = '', columnType = '', extra = '']) => {
      // DEFAULT_GENERATED is a column with an expression as its default, which is inserted like any other.
      const isGenerated = /\b(VIRTUAL|STORED|PERSISTENT)\b/i.test(extra);
      const isInvisible = /\bINVISIBLE\b/i.test(extra);
      const column = { name, dataType: dataType.toLowerCase(), columnType, isGenerated, isInvisible };
      tableOf(database, table)?.columns.push(column);
    },
  );

  await read(
    'unique keys',
    `SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, NULLABLE, SUB_PART
       FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND ${among('TABLE_SCHEMA', selection)}
      ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`,
    ([database, table, index = '', column = '', nullable, prefix]) => {
      const keys = tableOf(database, table)?.uniqueKeys;
      if (keys === undefined) return;
      // An expression, a nullable column or a prefix makes the key unfit to divide a table: it is marked by ''.
      const usable = column !== '' && nullable !== 'YES' && prefix === '';
      keys.set(index, [...(keys.get(index) ?? []), usable ? column : '']);
    },
  );

  await read(
    'partitions',
    `SELECT TABLE_SCHEMA, TABLE_NAME, PARTITION_NAME
       FROM information_schema.PARTITIONS WHERE PARTITION_NAME IS NOT NULL AND ${among('TABLE_SCHEMA', selection)}
      GROUP BY TABLE_SCHEMA, TABLE_NAME, PARTITION_NAME
      ORDER BY TABLE_SCHEMA, TABLE_NAME, MIN(PARTITION_ORDINAL_POSITION)`,
    ([database, table, partition = '']) => tableOf(database, table)?.partitions.push(partition),
  );

  await read(
    'triggers',
    `SELECT TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME
       FROM information_schema.TRIGGERS WHERE ${among('TRIGGER_SCHEMA', selection)}
      ORDER BY TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
    ([database = '', table = '', name = '']) => {
      if (tableOf(database, table) !== undefined) databases.get(database)?.triggers.push({ table, name });
    },
  );

  await read(
    'routines',
    `SELECT ROUTINE_SCHEMA, ROUTINE_TYPE, ROUTINE_NAME
       FROM information_schema.ROUTINES WHERE ${among('ROUTINE_SCHEMA', selection)}
      ORDER BY ROUTINE_SCHEMA, ROUTINE_TYPE, ROUTINE_NAME`,
    ([database = '', kind = '', name = '']) =>
      databases.get(database)?.routines.push({ kind: kind as RoutineKind, name }),
  );

  await read(
    'events',
    `SELECT EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS WHERE ${among('EVENT_SCHEMA', selection)}
      ORDER BY EVENT_SCHEMA, EVENT_NAME`,
    ([database = '', name = '']) => databases.get(database)?.events.push(name),
  );

  await saying('reading the catalogue', () => session.execute('SET NAMES binary'));
  refuseMissing(databases, selection);
  return [...databases]
    .filter(([, { tables }]) => !selection.listsTables || tables.size > 0)
    .map(([name, draft]) => finishDatabase(name, draft))
    .sort(byName);
}

function among(column: string, selection: Selection): string {
  return selection.databases.length > 0
    ? `${column} IN (${selection.databases.map(quoteString).join(', ')})`
    : `${column} NOT IN (${SYSTEM_DATABASES.map(quoteString).join(', ')})`;
}

/** A name that was typed and does not exist is a mistake that must not end in a dump without it. */
function refuseMissing(databases: ReadonlyMap<string, DatabaseDraft>, selection: Selection): void {
  const missing = selection.databases.filter((name) => !databases.has(name));
  if (missing.length > 0) {
    throw new ToolError('USAGE', `no such database: ${missing.join(', ')}`, {
      hint: 'see SHOW DATABASES, which lists what this account may see; upper and lower case count here',
    });
  }
  const unmatched = selection.unmatchedTables(
    [...databases].flatMap(([name, draft]) => [...draft.tables.keys()].map((table) => ({ database: name, table }))),
  );
  if (unmatched.length > 0) {
    throw new ToolError('USAGE', `--tables-list matches nothing with: ${unmatched.join(', ')}`, {
      hint: 'entries are database.table; % and _ are wildcards',
    });
  }
}

function finishDatabase(name: string, draft: DatabaseDraft): Database {
  const entries = [...draft.tables].sort(([a], [b]) => compare(a, b));
  const ofType = (wanted: (type: string) => boolean): [string, TableDraft][] =>
    entries.filter(([, table]) => wanted(table.type));
  return {
    name,
    tables: ofType((type) => type === 'BASE TABLE' || type === 'SYSTEM VERSIONED').map(([table, it]) =>
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
    .filter(([, columns]) => !columns.includes(''))
    .map(([key, columns]) => ({ name: key, columns }));
  const { engine, estimatedRows, estimatedBytes, columns, partitions } = draft;
  return { database, name, engine, estimatedRows, estimatedBytes, columns, uniqueKeys, partitions };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byName = (a: { name: string }, b: { name: string }): number => compare(a.name, b.name);
