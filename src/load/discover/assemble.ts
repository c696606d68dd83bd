/**
 * Assemble: the contents of a dump, of what the run wants of it.
 *
 * In: the files by what their names say, and the notes beside them. Out: databases, tables with their files, views and
 * code under the names they get in the target. What is left out is told.
 */
import { ToolError } from '../../base/errors.ts';
import type { Emit } from '../../base/events.ts';
import { sum } from '../../base/numbers.ts';
import { longestStatementKey } from '../../format/inventory.ts';
import type { Inventory } from '../../format/inventory.ts';
import type { Metadata } from '../../format/metadata-reader.ts';
import { Choice } from '../../schema/filter/choice.ts';
import type { DumpContents, DumpObject, DumpTable } from '../contents.ts';
import type { LoadOptions } from '../options.ts';
import { chooseRest, filtersOf, narrowTable } from './choose.ts';
import { dataInOrder, draftObjects } from './drafts.ts';
import type { Draft, Placement } from './drafts.ts';
import type { FoundFile } from './pair-rows.ts';

/** What stands in a dump beside its files of objects. */
export interface DumpNotes {
  readonly metadata: Metadata;
  /** Undefined: not a dump of ours. */
  readonly inventory: Inventory | undefined;
  /** "database.table", real names. */
  readonly notUpdated: ReadonlySet<string>;
  /** Of databases: encoded → real. */
  readonly names: ReadonlyMap<string, string>;
}

/** @throws ToolError DUMP_DAMAGED, or USAGE when the selection holds nothing or two tables would become one. */
export async function assemble(
  files: readonly FoundFile[],
  { metadata, inventory, notUpdated, names }: DumpNotes,
  options: LoadOptions,
  emit: Emit,
): Promise<Omit<DumpContents, 'accountsFile'>> {
  const choice = new Choice({ ...filtersOf(options), takesSystem: true, partsKey: 'object_to_import' }, emit);
  const found = draftObjects(files, metadata, placementOf(names, choice, options));
  const taken = found.objects.filter(({ kind, source, name }) => choice.takesTable(kind, source, name, ''));
  const inhabited = new Set([...found.objects, ...found.codeFiles].map(({ source }) => source));
  const chooser = { choice, options, notUpdated };
  const rest = await chooseRest(chooser, { ...found, inhabited }, taken);
  choice.refuseUnused();
  const contents = {
    sqlMode: metadata.sqlMode ?? 'NO_AUTO_VALUE_ON_ZERO',
    lowerCaseTableNames: inventory?.head.lowerCaseTableNames,
    statementBytes: inventory?.head.statementBytes,
    sequences: objectsWith('sequence', taken),
    views: objectsWith('view', taken),
    tables: taken
      .filter(({ kind }) => kind === 'table')
      .map((draft) => narrowTable(chooser, draft.source, finishTable(draft, inventory))),
    ...rest,
  };
  refuseCollisions(contents);
  return contents;
}

function placementOf(names: ReadonlyMap<string, string>, choice: Choice, options: LoadOptions): Placement {
  const sourceOf = (encoded: string): string => names.get(encoded) ?? encoded;
  const sources = [...new Set(names.values())];
  const inScope = new Set(choice.databases(sources, `it has ${sources.join(', ')}`));
  return {
    sourceOf,
    targetOf: (encoded) => options.targetDatabase ?? sourceOf(encoded),
    isWanted: (encoded) => inScope.has(sourceOf(encoded)),
  };
}

/** Of the objects those that have such a file. */
function objectsWith(kind: 'view' | 'sequence', objects: readonly Draft[]): DumpObject[] {
  return objects.flatMap(({ database, name, files }) => {
    const file = files[kind];
    return file === undefined ? [] : [{ database, name, file }];
  });
}

function finishTable(draft: Draft, inventory: Inventory | undefined): DumpTable {
  const dataFiles = dataInOrder(draft);
  const key = longestStatementKey(draft.source, draft.files.encodedName);
  return {
    database: draft.database,
    name: draft.name,
    schemaFile: draft.files.schema,
    dataFiles,
    rows: draft.entry?.rows,
    storedBytes: sum(dataFiles.map(({ storedBytes }) => storedBytes)),
    longestStatementBytes: dataFiles.length === 0 ? 0 : inventory?.longestStatements.get(key),
  };
}

function refuseCollisions(contents: Pick<DumpContents, 'tables' | 'views'>): void {
  const seen = new Set<string>();
  for (const { database, name } of [...contents.tables, ...contents.views]) {
    const key = `${database}\0${name}`;
    if (seen.has(key)) {
      throw new ToolError('USAGE', `two tables of the dump would both become ${database}.${name}`, {
        hint: 'load one database at a time with --source-db',
      });
    }
    seen.add(key);
  }
}
