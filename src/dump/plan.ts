/**
 * Plan: the catalogue as work: which files there will be, and the tasks that write them.
 */
import type { Emit } from '../base/events.ts';
import { sum } from '../base/numbers.ts';
import { someOf } from '../base/some-of.ts';
import { EncodedNames, fileName } from '../format/names.ts';
import type { DatabaseFile, TableFile } from '../format/names.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Choice } from '../schema/filter/choice.ts';
import { quoteQualified } from '../schema/names.ts';
import { hasRows, hasRowsElsewhere, isTransactional } from '../schema/table.ts';
import type { Database, Table } from '../schema/table.ts';
import { MIN_CHUNK_BYTES } from './chunk/size.ts';
import { extractOf } from './plan/extract.ts';
import { nameLostHistory } from './plan/history.ts';
import type { DumpOptions } from './options.ts';
import type { PlanningConnection } from './planning.ts';
import { Schedule } from './plan/schedule.ts';
import { unfinished } from './plan/table-work.ts';
import type { TableWork } from './plan/table-work.ts';
import { InsertedColumns, tableData } from './plan/table-data.ts';
import type { KeptTables } from './resume/kept-tables.ts';
import type { DefinitionTask, DumpColumn } from './task.ts';

export interface DumpPlan {
  readonly databases: readonly Database[];
  readonly names: EncodedNames;
  readonly tables: readonly TableWork[];
  readonly schedule: Schedule;
  /** Tables that have a data task, and rows that are not there already. */
  readonly dataTables: number;
  /** By the server's statistics. */
  readonly estimatedRows: number;
}

/** A chunk of this size takes about a second: short enough to balance the end, long enough to cost nothing. */
const MAX_CHUNK_BYTES = 64 * 1024 * 1024;
/** So many chunks a connection, at least, when the dump is small. */
const CHUNKS_PER_THREAD = 4;

const EMPTY =
  'the dump is empty: the server has no databases but its own, or this account may not see them (GRANT SELECT, SHOW VIEW, TRIGGER, EVENT)';

const UNPROTECTED = 'not transactional, so the snapshot does not cover their rows';
const ELSEWHERE = 'their rows are not on this server, so only their definitions are dumped';

export interface PlanRequest {
  readonly options: DumpOptions;
  readonly choice: Choice;
  readonly server: ServerInfo;
  readonly planning: PlanningConnection;
  readonly emit: Emit;
  /** Tables whose rows others wait for: they are read first. */
  readonly apart: ReadonlySet<string> | undefined;
  /** Of an interrupted dump that is gone on with. */
  readonly kept: KeptTables | undefined;
}

export function planDump(databases: readonly Database[], request: PlanRequest): DumpPlan {
  const { options, server, planning, emit } = request;
  const names = new EncodedNames();
  const inserted = new InsertedColumns(server, options.bareRows !== undefined);
  const tables = databases.flatMap((database) =>
    database.tables.map((table) => tableWork(table, inserted.of(table), names, request)),
  );
  const toDo = tables.map(unfinished);
  const toRead = toDo.filter(({ data }) => data !== undefined).map(({ table }) => table);
  const estimatedBytes = sum(toRead.map((table) => table.estimatedBytes));
  const estimatedRows = sum(toRead.map((table) => table.estimatedRows));
  emit({ type: 'totals', tables: toRead.length, rows: estimatedRows, bytes: estimatedBytes });
  if (databases.length === 0) emit({ type: 'warning', message: EMPTY });
  const unprotected = tables.filter(({ data }) => data?.isLocked === false);
  warnOf(unprotected, (engine) => !isTransactional(engine), UNPROTECTED, emit);
  if (options.withData) warnOf(tables, hasRowsElsewhere, ELSEWHERE, emit);
  const withData = tables.filter(({ data }) => data !== undefined).map(({ table }) => table);
  nameLostHistory(withData, server, emit);
  const share = estimatedBytes / (options.threads * CHUNKS_PER_THREAD);
  const rules = {
    size: { bytes: Math.min(MAX_CHUNK_BYTES, Math.max(MIN_CHUNK_BYTES, share)), rows: options.rowsPerChunk },
    splitPartitions: options.splitPartitions ?? false,
    maxReadersPerTable: options.maxThreadsPerTable,
  };
  const definitions = databases.flatMap((database) => databaseDefinitions(database, names, options));
  const schedule = new Schedule(planning, rules, [
    { tables: toDo.filter(({ data }) => data?.isLocked === true), others: [] },
    { tables: toDo.filter(({ data }) => data?.isLocked !== true), others: definitions },
  ]);
  return { databases, names, tables, schedule, dataTables: toRead.length, estimatedRows };
}

/** Qualified and quoted names of the tables whose rows will be read. */
export function tablesToRead({ tables }: DumpPlan): string[] {
  const toRead = tables.map(unfinished).filter(({ data }) => data !== undefined);
  return toRead.map(({ table }) => quoteQualified(table.database, table.name));
}

function tableWork(
  table: Table,
  columns: readonly DumpColumn[],
  names: EncodedNames,
  { options, choice, server, apart, kept }: PlanRequest,
): TableWork {
  const { database, name } = table;
  const isLocked = apart?.has(quoteQualified(database, name)) === true;
  const completeInsert = options.completeInsert === true;
  const settings = choice.settingsOf(database, name);
  const extract = extractOf(table, columns, settings, options);
  const definition: DefinitionTask = {
    kind: 'table',
    database,
    name,
    file: fileName({
      kind: 'table-schema',
      database: names.database(database),
      table: names.table(database, name),
      codec: options.codec,
    }),
  };
  const isNoPartition = extract?.partitions?.length === 0;
  const otherwise = table.isUnchanged === true ? '--updated-since' : isNoPartition ? '--partition-regex' : undefined;
  const wantsRows = options.withData && hasRows(table.engine) && choice.takesRows(database, name, otherwise);
  const work: TableWork = {
    table: extract?.partitions === undefined ? table : { ...table, partitions: extract.partitions },
    definition: options.withSchemas && choice.partsOf(database, name).schema ? definition : undefined,
    data: wantsRows ? tableData({ table, names, server, columns, extract, isLocked, completeInsert }) : undefined,
    rowsPerChunk: settings.rows,
  };
  const there = kept?.of(work);
  return there === undefined ? work : { ...work, kept: there };
}

function databaseDefinitions(database: Database, names: EncodedNames, options: DumpOptions): DefinitionTask[] {
  if (!options.withSchemas) return [];
  const encoded = names.database(database.name);
  const { codec } = options;
  const file = (kind: DatabaseFile['kind']): string => fileName({ kind, database: encoded, codec });
  const fileOf = (kind: TableFile['kind'], name: string): string =>
    fileName({ kind, database: encoded, table: names.table(database.name, name), codec });
  const tasks: DefinitionTask[] = [{ kind: 'database', database: database.name, file: file('database-schema') }];
  for (const { name } of database.sequences) {
    tasks.push({ kind: 'sequence', database: database.name, name, file: fileOf('sequence-schema', name) });
  }
  if (options.withViews) {
    for (const { name, columns } of database.views) {
      tasks.push({
        kind: 'view',
        database: database.name,
        name,
        columns: columns.map((column) => column.name),
        placeholderFile: fileOf('table-schema', name),
        file: fileOf('view-schema', name),
      });
    }
  }
  if (options.withTriggers && database.triggers.length > 0) {
    const triggers = database.triggers.map(({ name }) => name);
    tasks.push({ kind: 'triggers', database: database.name, names: triggers, file: file('database-triggers') });
  }
  const routines = options.withRoutines ? database.routines : [];
  const events = options.withEvents ? database.events : [];
  if (routines.length + events.length > 0) {
    tasks.push({ kind: 'code', database: database.name, routines, events, file: file('database-code') });
  }
  return tasks;
}

/** One warning for all tables of such engines. */
function warnOf(works: readonly TableWork[], isMeant: (engine: string) => boolean, what: string, emit: Emit): void {
  const names = works
    .filter(({ table }) => isMeant(table.engine))
    .map(({ table }) => quoteQualified(table.database, table.name));
  if (names.length === 0) return;
  emit({ type: 'warning', message: `${what}: ${someOf(names, 5)}` });
}
