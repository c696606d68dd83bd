/**
 * Discover: what a dump directory holds, and whether it is whole.
 *
 * In: a directory. Out: databases, tables with their files, views and code, under their real names and, where the run
 * says so, under the target's. Nothing has been asked of a server yet: a dump that lacks a file, or has one of the wrong
 * size, is refused before the target is touched.
 */
import { join } from 'node:path';

import { ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { decodedChunks } from '../format/codec.ts';
import { listDump } from '../format/directory.ts';
import type { DumpListing } from '../format/directory.ts';
import { readInventory } from '../format/inventory.ts';
import type { Inventory } from '../format/inventory.ts';
import { textLines } from '../format/lines.ts';
import { readMetadata } from '../format/metadata-reader.ts';
import type { Metadata, TableEntry } from '../format/metadata-reader.ts';
import { NOT_UPDATED_NAME, databaseNameIn, parseFileName } from '../format/names.ts';
import { Choice } from '../schema/filter/choice.ts';
import { chooseRest, filtersOf, narrowTable } from './discover/choose.ts';
import type { CodeFile, DumpContents, DumpDatabase, DumpFile, DumpObject, DumpTable } from './contents.ts';
import type { LoadOptions } from './options.ts';
import { pairRows } from './discover/pair-rows.ts';
import type { FoundFile } from './discover/pair-rows.ts';
import { readDefinitions } from './send/definitions.ts';

/** @throws ToolError DUMP_INCOMPLETE or DUMP_DAMAGED naming the file, USAGE when the selection holds nothing. */
export async function discover(options: LoadOptions, emit: Emit): Promise<DumpContents> {
  refuseRenamedGrants(options);
  const listing = await listDump(options.directory);
  const metadata = await readMetadata(options.directory);
  const inventory = await readInventory(listing);
  const { files: all, accountsFile } = sortOut(listing);
  const files = pairRows(all, metadata.config.get('local-infile') === '1');
  const names = await databaseNames(files, metadata, inventory?.databases ?? new Map());
  const notUpdated = await readNotUpdated(listing);
  const found = await assemble(files, { metadata, inventory, notUpdated }, names, { options, emit });
  const contents = { ...found, accountsFile };
  refuseMissingData(contents);
  return contents;
}

/** Of tables that --updated-since passed over; absent in other dumps. */
async function readNotUpdated({ directory, files }: DumpListing): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  if (!files.has(NOT_UPDATED_NAME)) return names;
  for await (const line of textLines(decodedChunks(join(directory, NOT_UPDATED_NAME), 'none'))) names.add(line);
  return names;
}

interface Found {
  readonly files: readonly FoundFile[];
  readonly accountsFile: DumpFile | undefined;
}

function sortOut(listing: DumpListing): Found {
  const files: FoundFile[] = [];
  let accountsFile: DumpFile | undefined;
  for (const [name, storedBytes] of listing.files) {
    const meaning = parseFileName(name);
    if (!('codec' in meaning)) continue;
    const file = { name, path: join(listing.directory, name), codec: meaning.codec, storedBytes };
    if (meaning.kind === 'accounts') accountsFile = file;
    else files.push({ meaning, file });
  }
  return { files, accountsFile };
}

/** Encoded → real: as the manifest says, else as CREATE DATABASE says where the encoded name tells nothing. */
async function databaseNames(
  files: readonly FoundFile[],
  metadata: Metadata,
  fromManifest: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const encoded = new Set([
    ...files.map(({ meaning }) => meaning.database),
    ...metadata.tables.map(({ database }) => database),
  ]);
  for (const name of encoded) names.set(name, fromManifest.get(name) ?? name);
  for (const { meaning, file } of files) {
    const { database } = meaning;
    if (meaning.kind !== 'database-schema' || fromManifest.has(database) || !database.startsWith('mydumper_')) continue;
    for (const { bytes } of await readDefinitions(file)) {
      const real = databaseNameIn(bytes.toString('utf8'));
      if (real !== undefined) names.set(database, real);
    }
  }
  return names;
}

interface Draft {
  readonly database: string;
  /** What the database is called in the dump. */
  readonly source: string;
  readonly encodedName: string;
  schemaFile: DumpFile | undefined;
  viewFile: DumpFile | undefined;
  sequenceFile: DumpFile | undefined;
  readonly dataFiles: { readonly order: readonly number[]; readonly file: DumpFile }[];
}

interface Notes {
  readonly metadata: Metadata;
  readonly inventory: Inventory | undefined;
  /** "database.table", real names. */
  readonly notUpdated: ReadonlySet<string>;
}

async function assemble(
  files: readonly FoundFile[],
  { metadata, inventory, notUpdated }: Notes,
  names: ReadonlyMap<string, string>,
  { options, emit }: { readonly options: LoadOptions; readonly emit: Emit },
): Promise<Omit<DumpContents, 'accountsFile'>> {
  const choice = new Choice({ ...filtersOf(options), takesSystem: true, partsKey: 'object_to_import' }, emit);
  const sourceOf = (encoded: string): string => names.get(encoded) ?? encoded;
  const sources = [...new Set(names.values())];
  const inScope = new Set(choice.databases(sources, `it has ${sources.join(', ')}`));
  const wanted = (encoded: string): boolean => inScope.has(sourceOf(encoded));
  const targetOf = (encoded: string): string => options.targetDatabase ?? names.get(encoded) ?? encoded;
  const databases = new Map<string, DumpDatabase>();
  const drafts = new Map<string, Draft>();
  const triggerFiles: CodeFile[] = [];
  const codeFiles: CodeFile[] = [];
  const draftOf = (database: string, table: string): Draft => {
    const key = `${database}.${table}`;
    const draft = drafts.get(key) ?? emptyDraft(targetOf(database), sourceOf(database), table);
    drafts.set(key, draft);
    return draft;
  };

  for (const { meaning, file } of files) {
    if (!wanted(meaning.database)) continue;
    const database = targetOf(meaning.database);
    const source = sourceOf(meaning.database);
    if (!databases.has(source)) databases.set(source, { name: database, schemaFile: undefined });
    switch (meaning.kind) {
      case 'database-schema':
        databases.set(source, { name: database, schemaFile: file });
        break;
      case 'database-triggers':
      case 'table-triggers':
        triggerFiles.push({ database, source, file });
        break;
      case 'database-code':
        codeFiles.push({ database, source, file });
        break;
      case 'table-schema':
        draftOf(meaning.database, meaning.table).schemaFile = file;
        break;
      case 'view-schema':
        draftOf(meaning.database, meaning.table).viewFile = file;
        break;
      case 'sequence-schema':
        draftOf(meaning.database, meaning.table).sequenceFile = file;
        break;
      case 'data':
        draftOf(meaning.database, meaning.table).dataFiles.push({ order: [meaning.part, meaning.subPart], file });
        break;
    }
  }
  const entries = new Map(metadata.tables.map((entry) => [`${entry.database}.${entry.table}`, entry]));
  // A table of which there is an entry with rows but no file at all must not be passed over in silence.
  for (const entry of metadata.tables) {
    if (wanted(entry.database) && (entry.rows ?? 0) > 0) draftOf(entry.database, entry.table);
  }
  const longest = longestStatements(inventory);
  const found = [...drafts].map(([key, draft]): FoundObject => ({ draft, entry: entries.get(key) }));
  const objects = found.filter(({ draft, entry }) =>
    choice.takesTable(kindOf({ draft, entry }), draft.source, realName(draft, entry), ''),
  );
  const taken = objects.map(({ draft, entry }) => ({
    kind: kindOf({ draft, entry }),
    source: draft.source,
    name: realName(draft, entry),
  }));
  const inhabited = new Set([...found.map(({ draft }) => draft.source), ...codeFiles.map(({ source }) => source)]);
  const chooser = { choice, options, notUpdated };
  const rest = await chooseRest(chooser, { databases, triggerFiles, codeFiles, inhabited }, taken);
  choice.refuseUnused();
  const named = (kind: 'viewFile' | 'sequenceFile'): DumpObject[] =>
    objects.flatMap(({ draft, entry }) => {
      const file = draft[kind];
      return file === undefined ? [] : [{ database: draft.database, name: realName(draft, entry), file }];
    });
  const contents = {
    sqlMode: metadata.sqlMode ?? 'NO_AUTO_VALUE_ON_ZERO',
    lowerCaseTableNames: inventory?.head.lowerCaseTableNames,
    statementBytes: inventory?.head.statementBytes,
    sequences: named('sequenceFile'),
    views: named('viewFile'),
    tables: objects
      .filter((object) => kindOf(object) === 'table')
      .map(({ draft, entry }) => narrowTable(chooser, draft.source, finishTable(draft, entry, longest))),
    ...rest,
  };
  refuseCollisions(contents);
  return contents;
}

interface FoundObject {
  readonly draft: Draft;
  readonly entry: TableEntry | undefined;
}

function kindOf({ draft, entry }: FoundObject): 'table' | 'view' | 'sequence' {
  if (draft.viewFile !== undefined || entry?.isView === true) return 'view';
  return draft.sequenceFile === undefined ? 'table' : 'sequence';
}

function emptyDraft(database: string, source: string, encodedName: string): Draft {
  const noFiles = { schemaFile: undefined, viewFile: undefined, sequenceFile: undefined };
  return { database, source, encodedName, ...noFiles, dataFiles: [] };
}

function realName(draft: Draft, entry: TableEntry | undefined): string {
  const name = entry?.realName ?? draft.encodedName;
  if (entry?.realName === undefined && /^mydumper_\d+$/.test(name)) {
    throw new ToolError('DUMP_DAMAGED', `metadata does not say which table of ${draft.database} is ${name}`);
  }
  return name;
}

/** By the names of data files. */
function longestStatements(inventory: Inventory | undefined): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const { files } of inventory?.tables ?? []) {
    for (const { name, longestStatementBytes } of files) {
      if (longestStatementBytes !== undefined) lengths.set(name, longestStatementBytes);
    }
  }
  return lengths;
}

function finishTable(
  draft: Draft,
  entry: TableEntry | undefined,
  longestStatementOf: ReadonlyMap<string, number>,
): DumpTable {
  const inOrder = [...draft.dataFiles].sort(
    (a, b) => a.order[0]! - b.order[0]! || a.order[1]! - b.order[1]! || (a.file.name < b.file.name ? -1 : 1),
  );
  const dataFiles = inOrder.map(({ file }) => file);
  return {
    database: draft.database,
    name: realName(draft, entry),
    schemaFile: draft.schemaFile,
    dataFiles,
    rows: entry?.rows,
    storedBytes: dataFiles.reduce((total, { storedBytes }) => total + storedBytes, 0),
    longestStatementBytes: dataFiles.every(({ name }) => longestStatementOf.has(name))
      ? dataFiles.reduce((longest, { name }) => Math.max(longest, longestStatementOf.get(name) ?? 0), 0)
      : undefined,
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

/** Without a manifest, a table that has rows by its metadata and no file is the loss that can be seen beforehand. */
function refuseMissingData(contents: DumpContents): void {
  for (const { database, name, rows, dataFiles } of contents.tables) {
    if ((rows ?? 0) === 0 || dataFiles.length > 0) continue;
    throw new ToolError(
      'DUMP_INCOMPLETE',
      `${database}.${name} has ${rows} rows by the metadata, but no data file is there`,
    );
  }
}

/** Grants name databases: under other names they would open the wrong ones. */
function refuseRenamedGrants({ withUsers, sourceDatabase, targetDatabase }: LoadOptions): void {
  if (withUsers !== true || targetDatabase === undefined || targetDatabase === sourceDatabase) return;
  throw new ToolError(
    'USAGE',
    '--users cannot go with --database: grants name the databases by their names in the dump',
  );
}
