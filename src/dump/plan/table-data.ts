/**
 * Table data: the task that reads a table's rows, and what its files need so that each row comes back.
 *
 * In: a table of the catalogue. Out: the task of the whole table, to be divided into chunks. Rows that the plain
 * "every column, as it is" would lose are thought of here: those without a column that can be inserted, those that a
 * system-versioned table keeps of its past, and those that MySQL sorts into partitions by letters beyond ASCII.
 */
import { NAMES_DISGUISED, wantDisguise } from '../../format/data-names.ts';
import type { EncodedNames } from '../../format/names.ts';
import { ValueKind } from '../../kernel/forms.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { Table } from '../../schema/table.ts';
import { wholeTable } from '../chunk/chunk.ts';
import { dumpColumn } from './columns.ts';
import { historyColumns, KEEP_HISTORY, stillValid } from './history.ts';
import type { DataTask, DumpColumn, Extract } from '../task.ts';

export interface TableDataRequest {
  readonly table: Table;
  readonly names: EncodedNames;
  readonly server: ServerInfo;
  /** All that an INSERT takes, see {@link InsertedColumns}. */
  readonly columns: readonly DumpColumn[];
  readonly extract: Extract | undefined;
  readonly isLocked: boolean;
  /** INSERT statements name their columns, also where these are the table's. */
  readonly completeInsert: boolean;
}

/**
 * The columns that an INSERT or LOAD DATA takes, and those that tell when a row was valid. Empty for a table without columns.
 * Tables that share their list of columns share this one.
 */
export class InsertedColumns {
  private readonly server: ServerInfo;
  private readonly isBare: boolean;
  private readonly known = new Map<Table['columns'], readonly DumpColumn[]>();

  constructor(server: ServerInfo, isBare: boolean) {
    this.server = server;
    this.isBare = isBare;
  }

  of(table: Table): readonly DumpColumn[] {
    if (table.versioning !== undefined) return this.columnsOf(table);
    const known = this.known.get(table.columns) ?? this.columnsOf(table);
    this.known.set(table.columns, known);
    return known;
  }

  private columnsOf(table: Table): readonly DumpColumn[] {
    const { server, isBare } = this;
    const plain = table.columns.filter(({ isGenerated }) => !isGenerated).map((column) => dumpColumn(column, isBare));
    const columns = [...plain, ...historyColumns(table, server, isBare)];
    if (columns.length > 0) return columns;
    // A row of generated columns only is still a row: any of them takes DEFAULT.
    const asDefault = { expression: "'DEFAULT'", kind: ValueKind.NUMBER, through: 'nothing' } as const;
    return table.columns.slice(0, 1).map(({ name }) => ({ name, ...asDefault }));
  }
}

/** Undefined for a table without columns. */
export function tableData({
  table,
  names,
  server,
  columns,
  extract,
  isLocked,
  completeInsert,
}: TableDataRequest): DataTask | undefined {
  const chosen = extract?.columns ?? columns;
  if (chosen.length === 0) return undefined;
  const history = historyColumns(table, server, false).map(({ name }) => name);
  const withHistory = history.length > 0 && history.every((name) => chosen.some((column) => column.name === name));
  // Partitions of the past show past rows when they are named, and cannot be asked for them besides.
  const areNamed = extract?.partitions !== undefined && table.pastPartitions.length > 0;
  const hidesColumns = table.columns.some(({ isGenerated, isInvisible }) => isGenerated || isInvisible);
  const isDisguised = wantDisguise([table.name, ...chosen.map(({ name }) => name)]);
  const wantsCharset = server.product === 'MySQL' && table.hasPartitionsBeyondAscii;
  return {
    kind: 'data',
    database: table.database,
    table: table.name,
    encodedDatabase: names.database(table.database),
    encodedTable: names.table(table.database, table.name),
    part: 0,
    columns: wantsCharset ? chosen.map(withOwnCharset) : chosen,
    isLocked,
    namesColumns: completeInsert || withHistory || hidesColumns || extract?.columns !== undefined,
    settings: [
      ...(isDisguised ? [NAMES_DISGUISED] : []),
      ...(wantsCharset ? [NAMES_UTF8] : []),
      ...(withHistory ? [KEEP_HISTORY] : []),
    ],
    withHistory: withHistory && !areNamed,
    ...wholeTable,
    extract: areNamed && !withHistory ? presentOf(table, extract) : extract,
  };
}

/** Without the moments between which they were valid, past rows would come back as present ones. */
function presentOf({ versioning }: Table, extract: Extract): Extract {
  return versioning === undefined
    ? extract
    : { ...extract, conditions: [...extract.conditions, stillValid(versioning)] };
}

/**
 * MySQL reads the values of LIST COLUMNS and RANGE COLUMNS anew, in the character set of whichever session opens the
 * table: after SET NAMES binary it finds no partition for 'é' (error 1526, seen on 9.7.4). So the files of such tables
 * begin with another SET NAMES, and mark each text as what it is without.
 */
const NAMES_UTF8 = '/*!40101 SET NAMES utf8mb4*/';

function withOwnCharset(column: DumpColumn): DumpColumn {
  return column.kind === ValueKind.TEXT ? { ...column, kind: ValueKind.BINARY } : column;
}
