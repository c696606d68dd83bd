/**
 * Catalog: everything about the selected databases that SHOW CREATE does not tell, by a fixed number of catalogue
 * queries, whatever the number of tables.
 *
 * In: a session and the choice. Out: plain values, the chosen databases and objects in name order. The queries run one
 * after the other on one connection; rows are folded into the result as they arrive, and what is not chosen is dropped.
 */
import { storedHashOf } from '../kernel/stored-hash.ts';
import { saying } from '../mysql/failure.ts';
import type { PayloadReader } from '../mysql/packets.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import type { Choice } from '../schema/filter/choice.ts';
import { quoteString, SYSTEM_DATABASES } from '../schema/names.ts';
import { isTransactional } from '../schema/table.ts';
import type { Database, RoutineKind } from '../schema/table.ts';
import { Alike, ListsOfRows } from './catalog/alike.ts';
import { ofTables } from './catalog/some-tables.ts';
import { byName, emptyDatabase, finishDatabase, objectsIn } from './catalog/draft.ts';
import type { DatabaseDraft, TableDraft } from './catalog/draft.ts';
import {
  COLUMN_VALUES,
  NO_PARTITIONS,
  partitionsOf,
  readColumn,
  readKeyPart,
  readPartition,
  textOf,
  uniqueKeys,
} from './catalog/rows.ts';
import { MIN_CHUNK_BYTES } from './chunk/size.ts';
import type { DumpOptions } from './options.ts';
import { readInBytes } from '../mysql/reading.ts';

const NONE: readonly never[] = [];

const DATABASES_HINT = 'see SHOW DATABASES, which lists what this account may see; upper and lower case count here';

/** @throws ToolError USAGE when a database or table that was asked for by name does not exist. */
export async function readCatalog(
  session: Session,
  choice: Choice,
  options: DumpOptions,
  server: ServerInfo,
): Promise<Database[]> {
  const databases = new Map<string, DatabaseDraft>();
  const words = new Alike<string>();
  const word = (text: string): string => words.get(text, () => text);

  const read = async (what: string, sql: string, onRow: (row: PayloadReader) => void): Promise<void> => {
    await saying(`reading the catalogue (${what})`, () => session.readEach(sql, onRow));
  };
  /** With `rows` for those of one table, whose names come first. */
  const readLists = async <Item, Result>(
    what: string,
    sql: string,
    rows: ListsOfRows<TableDraft, Item, Result>,
  ): Promise<void> => {
    await read(what, sql, (row) => {
      const draft = databases.get(textOf(row))?.tables.get(textOf(row));
      if (draft !== undefined) rows.add(draft, row);
    });
    rows.end();
  };

  await saying('reading the catalogue', () => session.execute('SET NAMES utf8mb4'));

  const existing: string[] = [];
  await read('databases', 'SELECT SCHEMA_NAME FROM information_schema.SCHEMATA', (row) => existing.push(textOf(row)));
  for (const name of choice.databases(existing, DATABASES_HINT)) {
    databases.set(name, emptyDatabase(name));
  }
  const optionHashes = new Alike<string>();
  const hashOfOptions = (image: string): string =>
    optionHashes.get(image, () => storedHashOf(Buffer.from(image, 'latin1')));
  const byTable = tableOrder(server);
  const mayBeDivided: TableDraft[] = [];
  const partitioned: TableDraft[] = [];
  const isIn = scope(options.databases.length === 0 ? existing : undefined, [...databases.keys()]);

  await read(
    'tables',
    `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, DATA_LENGTH,
            ${unchangedFor(options.updatedSinceDays)}, CREATE_OPTIONS LIKE '%partitioned%', CREATE_TIME,
            CREATE_OPTIONS, ROW_FORMAT, TABLE_COLLATION, TABLE_COMMENT
       FROM information_schema.TABLES WHERE ${isIn('TABLE_SCHEMA')}`,
    (row) => {
      const database = textOf(row);
      const draft = databases.get(database);
      if (draft === undefined) return;
      draft.isEmpty = false;
      const name = textOf(row);
      const type = word(textOf(row));
      const engine = word(textOf(row));
      if (!choice.takesTable(kindOf(type), database, name, engine)) return;
      const table = {
        type,
        database: draft.name,
        name,
        engine,
        estimatedRows: Number(textOf(row)),
        estimatedBytes: Number(textOf(row)),
        isUnchanged: textOf(row) === '1',
        createdAt: '',
        definitionHash: '',
        columns: NONE,
        uniqueKeys: NONE,
        ...NO_PARTITIONS,
        versioning: undefined,
      };
      draft.tables.set(name, table);
      if (textOf(row) === '1') partitioned.push(table);
      table.createdAt = word(textOf(row));
      table.definitionHash = hashOfOptions(row.rest);
      const rowsPerChunk = choice.settingsOf(database, name).rows ?? options.rowsPerChunk;
      if (wantsKey(table, rowsPerChunk)) mayBeDivided.push(table);
    },
  );

  await readLists(
    'columns',
    `SELECT TABLE_SCHEMA, TABLE_NAME, ${COLUMN_VALUES}
       FROM information_schema.COLUMNS WHERE ${isIn('TABLE_SCHEMA')}
      ORDER BY ${byTable}, ORDINAL_POSITION`,
    new ListsOfRows(
      readColumn,
      (columns) => columns,
      (draft, columns, hash) => {
        draft.columns = columns;
        draft.definitionHash += hash;
      },
    ),
  );

  if (mayBeDivided.length > 0) {
    await readLists(
      'keys',
      `SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, COLLATION,
            NON_UNIQUE = 0 AND NULLABLE <> 'YES' AND SUB_PART IS NULL AND INDEX_TYPE <> 'HASH' AND ${visibleIndex(server)},
            NON_UNIQUE, SUB_PART, INDEX_TYPE, INDEX_COMMENT, ${visibleIndex(server)}, ${indexExpression(server)}
       FROM information_schema.STATISTICS WHERE ${ofTables(mayBeDivided, server)}
      ORDER BY ${byTable}, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`,
      new ListsOfRows(readKeyPart, uniqueKeys, (draft, keys, hash) => {
        draft.uniqueKeys = keys;
        draft.definitionHash += hash;
      }),
    );
  }

  if (partitioned.length > 0) {
    await readLists(
      'partitions',
      `SELECT TABLE_SCHEMA, TABLE_NAME, PARTITION_NAME, PARTITION_METHOD,
            MAX(PARTITION_METHOD LIKE '%COLUMNS' AND LENGTH(PARTITION_DESCRIPTION) > CHAR_LENGTH(PARTITION_DESCRIPTION)),
            SUM(CRC32(CONCAT_WS(',', PARTITION_EXPRESSION, PARTITION_DESCRIPTION, PARTITION_COMMENT,
                                SUBPARTITION_NAME, SUBPARTITION_METHOD, SUBPARTITION_EXPRESSION)))
       FROM information_schema.PARTITIONS WHERE PARTITION_NAME IS NOT NULL AND ${ofTables(partitioned, server)}
      GROUP BY TABLE_SCHEMA, TABLE_NAME, PARTITION_NAME, PARTITION_METHOD
      ORDER BY ${byTable}, MIN(PARTITION_ORDINAL_POSITION)`,
      new ListsOfRows(readPartition, partitionsOf, (draft, partitions, hash) => {
        Object.assign(draft, partitions);
        draft.definitionHash += hash;
      }),
    );
  }

  await read(
    'triggers',
    `SELECT TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME
       FROM information_schema.TRIGGERS WHERE ${isIn('TRIGGER_SCHEMA')}
      ORDER BY TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
    (row) => {
      const [database, table, name] = [textOf(row), textOf(row), textOf(row)];
      const draft = databases.get(database);
      if (draft?.tables.has(table) !== true || !options.withTriggers) return;
      if (choice.takesTrigger(database, table, name)) draft.triggers.push({ table, name });
    },
  );

  await read(
    'routines',
    `SELECT ROUTINE_SCHEMA, ROUTINE_TYPE, ROUTINE_NAME
       FROM information_schema.ROUTINES WHERE ${isIn('ROUTINE_SCHEMA')}
      ORDER BY ROUTINE_SCHEMA, ROUTINE_TYPE, ROUTINE_NAME`,
    (row) => {
      const [database, kind, name] = [textOf(row), textOf(row), textOf(row)];
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
    (row) => {
      const [database, name] = [textOf(row), textOf(row)];
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
  return chosen.map(([, draft]) => finishDatabase(draft)).sort(byName);
}

/**
 * Whether its unique keys matter: those of a table that is read in one piece do not, unless its rows are the server's guess
 * and it may turn out to be larger. Engines without transactions know how many rows they have.
 */
function wantsKey({ engine, estimatedRows, estimatedBytes }: TableDraft, rowsPerChunk: number | undefined): boolean {
  if (isTransactional(engine)) return true;
  return rowsPerChunk === undefined ? estimatedBytes > MIN_CHUNK_BYTES : estimatedRows > rowsPerChunk;
}

/** Makes conditions that a column names one of the databases; shorter when they are all there are. */
function scope(existing: readonly string[] | undefined, chosen: readonly string[]): (column: string) => string {
  const own = existing?.filter((name) => !SYSTEM_DATABASES.includes(name.toLowerCase()));
  const names = (list: readonly string[]): string => list.map(quoteString).join(', ');
  if (own?.length === chosen.length) return (column) => `${column} NOT IN (${names(SYSTEM_DATABASES)})`;
  return (column) => (chosen.length === 0 ? 'FALSE' : `${column} IN (${names(chosen)})`);
}

/** Keeps the rows of a table together: MariaDB compares names without regard to case, and has tables that differ in that only. */
function tableOrder({ product }: ServerInfo): string {
  return product === 'MySQL' ? 'TABLE_SCHEMA, TABLE_NAME' : 'BINARY TABLE_SCHEMA, BINARY TABLE_NAME';
}

/** An index that is hidden from the optimizer cannot be asked for by FORCE INDEX either (error 1176). */
function visibleIndex({ product, version }: ServerInfo): string {
  if (product === 'MySQL') return "IS_VISIBLE = 'YES'";
  return version >= 100_600 ? "IGNORED = 'NO'" : '1';
}

/** MySQL before 8.0.13 and MariaDB have columns in an index only. */
function indexExpression({ product, version }: ServerInfo): string {
  return product === 'MySQL' && version >= 80_013 ? 'EXPRESSION' : 'NULL';
}

/** The server forgets when a table was changed last, with a restart for one: what it does not know counts as changed. */
function unchangedFor(days: number | undefined): string {
  return days === undefined ? '0' : `UPDATE_TIME < NOW() - INTERVAL ${days} DAY`;
}

function kindOf(type: string): 'table' | 'view' | 'sequence' {
  if (type === 'VIEW') return 'view';
  return type === 'SEQUENCE' ? 'sequence' : 'table';
}
