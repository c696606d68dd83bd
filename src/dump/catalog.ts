/**
 * Catalog: everything about the selected databases that SHOW CREATE does not tell, by a fixed number of catalogue
 * queries, whatever the number of tables.
 *
 * In: a session and the choice. Out: plain values, the chosen databases and objects in name order. The queries run one
 * after the other on one connection; rows are folded into the result as they arrive, and what is not chosen is dropped.
 */
import { saying } from '../mysql/failure.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import type { Choice } from '../schema/filter/choice.ts';
import { quoteString, SYSTEM_DATABASES } from '../schema/names.ts';
import type { Column, Database, RoutineKind } from '../schema/table.ts';
import { byName, emptyDatabase, finishDatabase, objectsIn } from './catalog/draft.ts';
import type { DatabaseDraft, TableDraft } from './catalog/draft.ts';
import type { DumpOptions } from './options.ts';
import { readInBytes } from './session.ts';

const DATABASES_HINT = 'see SHOW DATABASES, which lists what this account may see; upper and lower case count here';

const ROW_PERIODS: ReadonlyMap<string, Column['rowPeriod']> = new Map([
  ['ROW START', 'start'],
  ['ROW END', 'end'],
]);

/** @throws ToolError USAGE when a database or table that was asked for by name does not exist. */
export async function readCatalog(
  session: Session,
  choice: Choice,
  options: DumpOptions,
  server: ServerInfo,
): Promise<Database[]> {
  const databases = new Map<string, DatabaseDraft>();
  const tableOf = (database = '', table = ''): TableDraft | undefined => databases.get(database)?.tables.get(table);

  const read = async (what: string, sql: string, onRow: (values: readonly string[]) => void): Promise<void> => {
    await saying(`reading the catalogue (${what})`, () =>
      session.queryEach(sql, (row) => onRow(row.map((value) => value?.toString('utf8') ?? ''))),
    );
  };

  await saying('reading the catalogue', () => session.execute('SET NAMES utf8mb4'));

  const existing: string[] = [];
  await read('databases', 'SELECT SCHEMA_NAME FROM information_schema.SCHEMATA', ([name = '']) => existing.push(name));
  for (const name of choice.databases(existing, DATABASES_HINT)) {
    databases.set(name, emptyDatabase());
  }
  const isIn = scope(options.databases.length === 0 ? existing : undefined, [...databases.keys()]);

  await read(
    'tables',
    `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, DATA_LENGTH, ${unchangedFor(options.updatedSinceDays)}
       FROM information_schema.TABLES WHERE ${isIn('TABLE_SCHEMA')}`,
    ([database = '', name = '', type = '', engine = '', rows, bytes, isUnchanged]) => {
      const draft = databases.get(database);
      if (draft === undefined) return;
      draft.isEmpty = false;
      if (!choice.takesTable(kindOf(type), database, name, engine)) return;
      draft.tables.set(name, {
        type,
        engine,
        estimatedRows: Number(rows),
        estimatedBytes: Number(bytes),
        isUnchanged: isUnchanged === '1',
        columns: [],
        uniqueKeys: new Map(),
        partitions: [],
        pastPartitions: [],
        hasPartitionsBeyondAscii: false,
      });
    },
  );

  await read(
    'columns',
    `SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, EXTRA, CHARACTER_SET_NAME, COLUMN_KEY,
            GENERATION_EXPRESSION
       FROM information_schema.COLUMNS WHERE ${isIn('TABLE_SCHEMA')}
      ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`,
    ([database, table, name = '', dataType = '', columnType = '', extra = '', charset = '', columnKey, generation]) => {
      // DEFAULT_GENERATED is a column with an expression as its default, which is inserted like any other.
      const isGenerated = /\b(VIRTUAL|STORED|PERSISTENT)\b/i.test(extra);
      const isInvisible = /\bINVISIBLE\b/i.test(extra);
      tableOf(database, table)?.columns.push({
        name,
        dataType: dataType.toLowerCase(),
        columnType,
        isGenerated,
        isCounter: /\bauto_increment\b/i.test(extra),
        isInvisible,
        rowPeriod: ROW_PERIODS.get(generation ?? ''),
        charset: charset === '' ? undefined : charset,
        isPrimary: columnKey === 'PRI',
      });
    },
  );

  await read(
    'unique keys',
    `SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, COLLATION,
            NULLABLE <> 'YES' AND SUB_PART IS NULL AND INDEX_TYPE <> 'HASH' AND ${visibleIndex(server)}
       FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND ${isIn('TABLE_SCHEMA')}
      ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`,
    ([database, table, index = '', column = '', collation, isUsable]) => {
      const keys = tableOf(database, table)?.uniqueKeys;
      if (keys === undefined) return;
      // An expression has no column.
      const isFit = column !== '' && isUsable === '1';
      const part = isFit ? { name: column, isDescending: collation === 'D' } : undefined;
      keys.set(index, [...(keys.get(index) ?? []), part]);
    },
  );

  await read(
    'partitions',
    `SELECT TABLE_SCHEMA, TABLE_NAME, PARTITION_NAME, PARTITION_METHOD,
            MAX(PARTITION_METHOD LIKE '%COLUMNS' AND LENGTH(PARTITION_DESCRIPTION) > CHAR_LENGTH(PARTITION_DESCRIPTION))
       FROM information_schema.PARTITIONS WHERE PARTITION_NAME IS NOT NULL AND ${isIn('TABLE_SCHEMA')}
      GROUP BY TABLE_SCHEMA, TABLE_NAME, PARTITION_NAME, PARTITION_METHOD
      ORDER BY TABLE_SCHEMA, TABLE_NAME, MIN(PARTITION_ORDINAL_POSITION)`,
    ([database, table, partition = '', method, beyondAscii]) => {
      const draft = tableOf(database, table);
      if (draft === undefined) return;
      draft.hasPartitionsBeyondAscii ||= beyondAscii === '1';
      // Error 4142: a partition of the past cannot be named and searched for past rows at the same time.
      (method === 'SYSTEM_TIME' ? draft.pastPartitions : draft.partitions).push(partition);
    },
  );

  await read(
    'triggers',
    `SELECT TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME
       FROM information_schema.TRIGGERS WHERE ${isIn('TRIGGER_SCHEMA')}
      ORDER BY TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
    ([database = '', table = '', name = '']) => {
      if (tableOf(database, table) === undefined || !options.withTriggers) return;
      if (!choice.takesTrigger(database, table, name)) return;
      databases.get(database)?.triggers.push({ table, name });
    },
  );

  await read(
    'routines',
    `SELECT ROUTINE_SCHEMA, ROUTINE_TYPE, ROUTINE_NAME
       FROM information_schema.ROUTINES WHERE ${isIn('ROUTINE_SCHEMA')}
      ORDER BY ROUTINE_SCHEMA, ROUTINE_TYPE, ROUTINE_NAME`,
    ([database = '', kind = '', name = '']) => {
      const draft = databases.get(database);
      if (draft === undefined) return;
      draft.isEmpty = false;
      if (options.withRoutines && choice.takesRoutine(database, name))
        draft.routines.push({ kind: kind as RoutineKind, name });
    },
  );

  await read(
    'events',
    `SELECT EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS WHERE ${isIn('EVENT_SCHEMA')}
      ORDER BY EVENT_SCHEMA, EVENT_NAME`,
    ([database = '', name = '']) => {
      const draft = databases.get(database);
      if (draft === undefined) return;
      draft.isEmpty = false;
      if (options.withEvents && choice.takesEvent(database, name)) draft.events.push(name);
    },
  );

  await saying('reading the catalogue', () => readInBytes(session));
  const chosen = [...databases].filter(([name, draft]) =>
    choice.takesDatabase(name, { taken: objectsIn(draft), isEmpty: draft.isEmpty }),
  );
  choice.refuseUnused();
  return chosen.map(([name, draft]) => finishDatabase(name, draft)).sort(byName);
}

/** Makes conditions that a column names one of the databases; shorter when they are all there are. */
function scope(existing: readonly string[] | undefined, chosen: readonly string[]): (column: string) => string {
  const own = existing?.filter((name) => !SYSTEM_DATABASES.includes(name.toLowerCase()));
  const names = (list: readonly string[]): string => list.map(quoteString).join(', ');
  if (own?.length === chosen.length) return (column) => `${column} NOT IN (${names(SYSTEM_DATABASES)})`;
  return (column) => (chosen.length === 0 ? 'FALSE' : `${column} IN (${names(chosen)})`);
}

/** An index that is hidden from the optimizer cannot be asked for by FORCE INDEX either (error 1176). */
function visibleIndex({ product, version }: ServerInfo): string {
  if (product === 'MySQL') return "IS_VISIBLE = 'YES'";
  return version >= 100_600 ? "IGNORED = 'NO'" : '1';
}

/** The server forgets when a table was changed last, with a restart for one: what it does not know counts as changed. */
function unchangedFor(days: number | undefined): string {
  return days === undefined ? '0' : `UPDATE_TIME < NOW() - INTERVAL ${days} DAY`;
}

function kindOf(type: string): 'table' | 'view' | 'sequence' {
  if (type === 'VIEW') return 'view';
  return type === 'SEQUENCE' ? 'sequence' : 'table';
}
