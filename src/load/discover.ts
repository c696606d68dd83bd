/**
 * Discover: what a dump directory holds, and whether it is whole.
 *
 * In: a directory. Out: databases, tables with their files, views and code, under their real names and, where the run
 * says so, under the target's. Nothing has been asked of a server yet: a dump that lacks a file, or has one of the wrong
 * size, is refused before the target is touched.
 */
import { join, sep } from 'node:path';

import { ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { decodedChunks } from '../format/codec.ts';
import { listDump } from '../format/directory.ts';
import type { DumpListing } from '../format/directory.ts';
import { readInventory } from '../format/inventory.ts';
import { textLines } from '../format/lines.ts';
import { readMetadata } from '../format/metadata-reader.ts';
import type { Metadata } from '../format/metadata-reader.ts';
import { METADATA_NAME, NOT_UPDATED_NAME, databaseNameIn, parseFileName } from '../format/names.ts';
import type { ProgramCodec } from '../format/program-codec.ts';
import { SYSTEM_DATABASES } from '../schema/names.ts';
import type { DumpContents, DumpFile } from './contents.ts';
import { assemble } from './discover/assemble.ts';
import { pairRows } from './discover/pair-rows.ts';
import type { FoundFile } from './discover/pair-rows.ts';
import type { LoadOptions } from './options.ts';
import { readDefinitions } from './send/definitions.ts';
import { refuseAltered } from './stored-text.ts';

/** @throws ToolError DUMP_INCOMPLETE or DUMP_DAMAGED naming the file, USAGE when the selection holds nothing. */
export async function discover(options: LoadOptions, emit: Emit): Promise<DumpContents> {
  refuseRenamedGrants(options);
  const listing = await listDump(options.directory);
  const metadata = await readMetadata(options.directory);
  const { program } = options;
  const hashes = new Map<string, string>();
  const inventory = await readInventory(listing, (name, xxh3) => void hashes.set(name, xxh3), program);
  if (inventory?.warning !== undefined) emit({ type: 'warning', message: inventory.warning });
  for (const name of [METADATA_NAME, NOT_UPDATED_NAME]) {
    await refuseAltered({ name, path: join(options.directory, name), codec: 'none', xxh3: hashes.get(name) });
  }
  const { files: all, accountsFile } = sortOut(listing, program, hashes);
  const files = pairRows(all, metadata.config.get('local-infile') === '1');
  const names = await databaseNames(files, metadata, inventory?.databases ?? new Map());
  const notUpdated = await readNotUpdated(listing);
  const found = await assemble(files, { metadata, inventory, notUpdated, names }, options, emit);
  const contents = { ...found, accountsFile };
  refuseSystemDatabases(contents, options);
  refuseMissingData(contents);
  return contents;
}

/** Of tables that --updated-since passed over; absent in other dumps. */
async function readNotUpdated({ directory, files }: DumpListing): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  if (!files.has(NOT_UPDATED_NAME)) return names;
  const path = join(directory, NOT_UPDATED_NAME);
  for await (const line of textLines(decodedChunks(path, 'none'), { path })) names.add(line);
  return names;
}

interface Found {
  readonly files: readonly FoundFile[];
  readonly accountsFile: DumpFile | undefined;
}

function sortOut(listing: DumpListing, program: ProgramCodec | undefined, hashes: ReadonlyMap<string, string>): Found {
  const files: FoundFile[] = [];
  const prefix = join(listing.directory, sep);
  let accountsFile: DumpFile | undefined;
  for (const [name, storedBytes] of listing.files) {
    const meaning = parseFileName(name, program);
    if (!('codec' in meaning)) continue;
    const file = { name, path: prefix + name, codec: meaning.codec, storedBytes, xxh3: hashes.get(name) };
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

/** What is in them is the server's: its accounts, its time zones. Who wants that names the database, or trusts the dump. */
function refuseSystemDatabases(contents: DumpContents, { targetDatabase, trustDump }: LoadOptions): void {
  if (targetDatabase !== undefined || trustDump === true) return;
  const { databases, tables, views, sequences, triggerFiles, codeFiles } = contents;
  const names = [...tables, ...views, ...sequences, ...triggerFiles, ...codeFiles].map(({ database }) => database);
  const own = [...databases.map(({ name }) => name), ...names].find((name) =>
    SYSTEM_DATABASES.includes(name.toLowerCase()),
  );
  if (own === undefined) return;
  throw new ToolError(
    'FOREIGN_STATEMENT',
    `the dump is to go into ${own}, which is the server's own; nothing was changed`,
    {
      hint: `leave it out with --regex '^(?!${own}\\.)', give another name with --database, or load with --trust-dump`,
    },
  );
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
