/**
 * Choose: which objects of a dump are loaded.
 *
 * In: what the directory holds and the options. Out: what of it is wanted, each object that a filter leaves out told by an
 * event. Names are those of the dump; where the load puts them is not asked here.
 */
import type { ObjectKind } from '../../base/events.ts';
import type { Choice } from '../../schema/filter/choice.ts';
import type { FilterOptions } from '../../schema/filter/filter.ts';
import type { TableRule } from '../../schema/filter/table-rules.ts';
import { chooseRoutines, chooseTriggers } from './choose-code.ts';
import type { CodeFile, DumpDatabase, DumpTable } from '../contents.ts';
import type { LoadOptions } from '../options.ts';

export interface Chooser {
  readonly choice: Choice;
  readonly options: LoadOptions;
  /** Tables that the dump has no rows of because they had not changed: "database.table". */
  readonly notUpdated: ReadonlySet<string>;
}

export function filtersOf(options: LoadOptions): FilterOptions & { tableRules?: readonly TableRule[] | undefined } {
  const { sourceDatabase, tables, regex, omit, tableRules } = options;
  return { databases: sourceDatabase === undefined ? [] : [sourceDatabase], tables, regex, omit, tableRules };
}

/** A table that is loaded, with the parts that are wanted of it; `source` is its database in the dump. */
export function narrowTable({ choice, options, notUpdated }: Chooser, source: string, table: DumpTable): DumpTable {
  const isCreated = choice.partsOf(source, table.name).schema && options.without?.has('tables') !== true;
  const isUnchanged = notUpdated.has(`${source}.${table.name}`);
  const narrowed: DumpTable = {
    ...table,
    schemaFile: isCreated ? table.schemaFile : undefined,
    whenPresent: isCreated ? (isUnchanged ? 'SKIP' : undefined) : 'LOAD',
  };
  if (!options.withData || choice.takesRows(source, table.name)) return narrowed;
  return { ...narrowed, dataFiles: [], rows: 0, storedBytes: 0, longestStatementBytes: 0 };
}

/** A table, view or sequence that was taken. */
export interface TakenObject {
  readonly kind: ObjectKind;
  readonly source: string;
  readonly name: string;
}

export interface CodeAndDatabases {
  readonly triggerFiles: readonly CodeFile[];
  readonly codeFiles: readonly CodeFile[];
  /** By their names in the dump. */
  readonly databases: ReadonlyMap<string, DumpDatabase>;
}

/** What goes with the tables that were taken, and the databases of which anything is left. */
export async function chooseRest(
  { choice, options }: Chooser,
  found: CodeAndDatabases & { readonly inhabited: ReadonlySet<string> },
  taken: readonly TakenObject[],
): Promise<{ triggerFiles: readonly CodeFile[]; codeFiles: readonly CodeFile[]; databases: DumpDatabase[] }> {
  const { triggerFiles, codeFiles } = choice.isSelective ? await chooseCode(choice, found, taken) : found;
  const inUse = new Set([...taken, ...codeFiles].map(({ source }) => source));
  const databases = new Map<string, DumpDatabase>();
  for (const [source, database] of found.databases) {
    const content = { taken: inUse.has(source) ? 1 : 0, isEmpty: !found.inhabited.has(source) };
    if (!choice.takesDatabase(source, content)) continue;
    // Several of the dump can become one.
    databases.set(database.name, databases.get(database.name) ?? database);
  }
  return {
    triggerFiles,
    codeFiles: options.without?.has('routines') === true ? [] : codeFiles,
    databases: [...databases.values()],
  };
}

async function chooseCode(choice: Choice, found: CodeAndDatabases, taken: readonly TakenObject[]) {
  const tables = new Map<string, string>();
  for (const { kind, source, name } of taken) {
    if (kind !== 'table') continue;
    tables.set(`${source}.${name}`, name);
    // Where names of tables know no case, a trigger may spell its table as it likes.
    const folded = `${source}.${name.toLowerCase()}`;
    if (!tables.has(folded)) tables.set(folded, name);
  }
  const tableOf = (source: string, written: string): string | undefined =>
    tables.get(`${source}.${written}`) ?? tables.get(`${source}.${written.toLowerCase()}`);
  return {
    triggerFiles: await chooseTriggers(found.triggerFiles, choice, tableOf),
    codeFiles: await chooseRoutines(found.codeFiles, choice),
  };
}
