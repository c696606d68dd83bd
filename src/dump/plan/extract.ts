/**
 * Extract: which rows and columns of a table are dumped, where the operator narrows it.
 *
 * In: the run's options and what the defaults file says of the table. Out: what the task of the table needs to know.
 * Nothing is asked of a server but whether it takes the SQL that was given: before the first row, not after the last
 * table but one.
 */
import { ToolError } from '../../base/errors.ts';
import { ValueKind } from '../../kernel/forms.ts';
import { saying } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import { compileRegex } from '../../schema/filter/name-list.ts';
import type { TableSettings } from '../../schema/filter/table-rules.ts';
import { quoteQualified, unquoteName } from '../../schema/names.ts';
import type { Table } from '../../schema/table.ts';
import { selectStatement } from '../fetch.ts';
import type { DumpOptions } from '../options.ts';
import type { TableWork } from './table-work.ts';
import type { DataTask, DumpColumn, Extract } from '../task.ts';

/**
 * `all` are the columns that an INSERT takes. Undefined: the whole table. No partitions in the result: none of its rows.
 *
 * @throws ToolError USAGE when it is not clear which value goes where.
 */
export function extractOf(
  table: Table,
  all: readonly DumpColumn[],
  settings: TableSettings,
  options: DumpOptions,
): Extract | undefined {
  const conditions = [options.where, settings.where].filter((each) => each !== undefined);
  const pattern = settings.partitionRegex ?? options.partitionRegex;
  const partitions = pattern === undefined ? undefined : matchingPartitions(table, compileRegex(pattern));
  const { limit } = settings;
  const columns = chooseColumns(table, all, settings);
  const isWhole = conditions.length === 0 && [partitions, limit, columns].every((each) => each === undefined);
  return isWhole ? undefined : { conditions, partitions, limit, columns };
}

function matchingPartitions({ partitions, pastPartitions }: Table, pattern: RegExp): readonly string[] | undefined {
  const all = [...partitions, ...pastPartitions];
  const matching = all.filter((name) => pattern.test(name));
  return matching.length === all.length ? undefined : matching;
}

/** The columns to read, each with the column it is inserted into. */
function chooseColumns(
  table: Table,
  all: readonly DumpColumn[],
  settings: TableSettings,
): readonly DumpColumn[] | undefined {
  const { columnsOnSelect, columnsOnInsert, replacements } = settings;
  if (columnsOnSelect === undefined && columnsOnInsert === undefined && replacements === undefined) return undefined;
  const label = quoteQualified(table.database, table.name);
  const read = columnsOnSelect?.map((item) => readColumn(all, item)) ?? all;
  const targets = columnsOnInsert ?? read.map(({ name }) => name);
  if (targets.length !== read.length) {
    throw new ToolError(
      'USAGE',
      `${label}: ${read.length} columns are read (columns_on_select), ${targets.length} are named (columns_on_insert)`,
    );
  }
  const unknown = [...(replacements?.keys() ?? [])].filter((name) => find(read, name) === undefined);
  if (unknown.length > 0) {
    throw new ToolError('USAGE', `${label}: columns_on_select_replace names what is not read: ${unknown.join(', ')}`);
  }
  return read.map((column, index) => {
    const name = targets[index] ?? '';
    if (name === '') {
      const hint = 'name the columns of the INSERT with columns_on_insert';
      throw new ToolError('USAGE', `${label}: where does ${column.expression} (columns_on_select) go?`, { hint });
    }
    const replacement = valueOf(replacements, column.name);
    if (column.name !== '' && replacement === undefined) return { ...column, name };
    return { name, expression: replacement ?? column.expression, kind: looseKind(find(all, name)?.kind) };
  });
}

function readColumn(all: readonly DumpColumn[], item: string): DumpColumn {
  const known = find(all, unquoteName(item));
  return known ?? { name: '', expression: item, kind: ValueKind.TEXT };
}

/** Servers compare names of columns without regard to case. */
function find(columns: readonly DumpColumn[], name: string): DumpColumn | undefined {
  return columns.find((column) => column.name !== '' && column.name.toLowerCase() === name.toLowerCase());
}

function valueOf(replacements: ReadonlyMap<string, string> | undefined, column: string): string | undefined {
  return [...(replacements ?? [])].find(([name]) => name.toLowerCase() === column.toLowerCase())?.[1];
}

/** Of an expression nobody knows that it gives a number, so it is put in quotes, which every column of numbers takes. */
function looseKind(kind: ValueKind | undefined): ValueKind {
  return kind === undefined || kind === ValueKind.NUMBER ? ValueKind.TEXT : kind;
}

/** @throws ToolError USAGE with the server's words when it does not take the SQL of an extract. */
export async function tryExtracts(session: Session, tables: readonly TableWork[]): Promise<void> {
  for (const { data } of tables) {
    const extract = data?.extract;
    if (data === undefined || extract === undefined) continue;
    if (extract.conditions.length > 0 || extract.columns !== undefined) await tryExtract(session, data, extract);
  }
}

async function tryExtract(session: Session, task: DataTask, extract: Extract): Promise<void> {
  const label = quoteQualified(task.database, task.table);
  const sql = selectStatement({ ...task, extract: { ...extract, limit: 0 } });
  const { columns } = await serverTakes(label, extract, () => session.query(sql));
  if (columns.length === task.columns.length) return;
  const counts = `${columns.length} columns are read, not ${task.columns.length}`;
  throw new ToolError('USAGE', `${label}: ${counts}; columns_on_select needs an item for each`);
}

async function serverTakes<T>(label: string, { conditions }: Extract, action: () => Promise<T>): Promise<T> {
  try {
    return await saying(`trying what to read of ${label}`, action);
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'SERVER_REFUSED') throw error;
    const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
    throw new ToolError('USAGE', `the server does not take what is to be read of ${label}${where}`, {
      cause: error.cause,
      hint: 'see --where, and the table in the defaults file',
    });
  }
}
