/**
 * Expected: what a dump should consist of, by what it says of itself.
 *
 * In: the list of its files. Out: what each of them should be, as far as the dump says: a manifest of ours knows sizes and hashes,
 * the metadata of mydumper the rows of each table. What these two files have wrong themselves is told as a finding.
 */
import { join } from 'node:path';

import { ToolError } from '../base/errors.ts';
import { decodedChunks } from '../format/codec.ts';
import type { DumpListing } from '../format/directory.ts';
import { requireProgramOf } from '../format/inventory.ts';
import { HASHES_VERSION, readManifest } from '../format/manifest.ts';
import type { ManifestEntry, ManifestHead } from '../format/manifest.ts';
import { readMetadata } from '../format/metadata-reader.ts';
import type { Metadata } from '../format/metadata-reader.ts';
import { MANIFEST_NAME, METADATA_NAME, parseFileName } from '../format/names.ts';
import { PointCounts } from '../format/points.ts';
import type { ProgramCodec } from '../format/program-codec.ts';
import type { CheckJob } from './job.ts';
import type { RealNames } from './owners.ts';
import type { Finding } from '../base/events.ts';

/** Keys that are absent are not known. */
export interface ExpectedFile {
  readonly storedBytes?: number | undefined;
  readonly xxh3?: string | undefined;
  readonly bytes?: number | undefined;
  readonly rows?: number | undefined;
}

export interface ExpectedTable {
  /** "shop.orders" */
  readonly label: string;
  readonly rows: number;
  /** Encoded names, as in the names of its files. */
  readonly encodedDatabase: string;
  readonly encodedTable: string;
}

export interface Expected {
  /** What the dump says of each of its files; undefined: it does not say which there are. */
  readonly files: ReadonlyMap<string, ExpectedFile> | undefined;
  readonly areHashed: boolean;
  readonly tables: readonly ExpectedTable[];
  readonly backslashEscapes: boolean;
  readonly names: RealNames;
  /** On the source, names of tables that differ in case only were one. */
  readonly foldsNames: boolean;
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
}

interface Manifest {
  readonly head: ManifestHead;
  readonly entries: readonly ManifestEntry[];
  readonly warning: string | undefined;
}

/** @throws ToolError STORAGE when the system does not let the files be read. */
export async function readExpected(listing: DumpListing, program?: ProgramCodec): Promise<Expected> {
  const findings: Finding[] = [];
  const manifest = await unlessDamaged(MANIFEST_NAME, findings, () => readOwnManifest(listing));
  if (manifest !== undefined) requireProgramOf(manifest.head, listing.directory, program);
  const metadata = await unlessDamaged(METADATA_NAME, findings, () => readMetadata(listing.directory));
  const isKnown = manifest?.head.hashes === HASHES_VERSION;
  const isStrange = manifest?.head.hashes !== undefined && !isKnown;
  if (manifest !== undefined && metadata !== undefined) findings.push(...contradictions(manifest, metadata));
  return {
    files: manifest && filesOf(manifest, isKnown),
    areHashed: isKnown,
    tables: manifest === undefined ? tablesOf(metadata) : tablesInManifest(manifest),
    backslashEscapes: metadata?.sqlMode?.includes('NO_BACKSLASH_ESCAPES') !== true,
    names: { databases: databasesIn(manifest), tables: tableNames(metadata) },
    foldsNames: (manifest?.head.lowerCaseTableNames ?? 0) !== 0,
    findings,
    warnings: [
      ...(isStrange ? [`${MANIFEST_NAME} has hashes of another version, which were not looked at`] : []),
      ...(manifest?.warning === undefined ? [] : [manifest.warning]),
    ],
  };
}

async function unlessDamaged<T>(file: string, findings: Finding[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'DUMP_DAMAGED') throw error;
    findings.push({ file, what: error.message });
    return undefined;
  }
}

async function readOwnManifest({ directory, files }: DumpListing): Promise<Manifest | undefined> {
  if (!files.has(MANIFEST_NAME)) return undefined;
  const path = join(directory, MANIFEST_NAME);
  const { head, entries } = await readManifest(decodedChunks(path, 'none'), path);
  const all: ManifestEntry[] = [];
  const points = new PointCounts(head);
  for await (const entry of entries) {
    all.push(entry);
    points.add(entry);
  }
  return { head, entries: all, warning: points.warning };
}

function filesOf({ entries }: Manifest, areHashed: boolean): Map<string, ExpectedFile> {
  const files = new Map<string, ExpectedFile>();
  const xxh3 = (hash: string | undefined): Pick<ExpectedFile, 'xxh3'> => (areHashed ? { xxh3: hash ?? 'none' } : {});
  for (const entry of entries) {
    if ('file' in entry) files.set(entry.file, { storedBytes: entry.storedBytes, ...xxh3(entry.xxh3) });
    else if ('files' in entry) {
      for (const { name, storedBytes, bytes, rows, ...file } of entry.files) {
        files.set(name, { storedBytes, bytes, rows, ...xxh3(file.xxh3) });
      }
    }
  }
  return files;
}

function tablesInManifest(manifest: Manifest): ExpectedTable[] {
  const encoded = new Map([...databasesIn(manifest)].map(([name, real]) => [real, name]));
  return manifest.entries.flatMap((entry) => {
    if (!('table' in entry)) return [];
    const { database, table, rows } = entry;
    const label = `${database}.${table}`;
    return [{ label, rows, encodedDatabase: encoded.get(database) ?? database, encodedTable: entry.encoded }];
  });
}

function databasesIn(manifest: Manifest | undefined): Map<string, string> {
  const all = manifest?.entries ?? [];
  return new Map(
    all.flatMap((entry) =>
      'encoded' in entry && !('table' in entry) ? [[entry.encoded, entry.database] as const] : [],
    ),
  );
}

function tableNames(metadata: Metadata | undefined): Map<string, string> {
  return new Map(
    (metadata?.tables ?? []).flatMap(({ database, table, realName }) =>
      realName === undefined ? [] : [[`${database}.${table}`, realName] as const],
    ),
  );
}

/** Versions of mydumper that did not say how many rows there are leave nothing to be compared. */
function tablesOf(metadata: Metadata | undefined): ExpectedTable[] {
  return (metadata?.tables ?? []).flatMap(({ database, table, realName, rows, isView, isSequence }) =>
    rows === undefined || isView || isSequence
      ? []
      : [{ label: `${database}.${realName ?? table}`, rows, encodedDatabase: database, encodedTable: table }],
  );
}

/** What one of the two says of a table and the other does not. */
function contradictions(manifest: Manifest, { tables }: Metadata): Finding[] {
  const said = new Map(tables.map(({ database, table, rows }) => [`${database}.${table}`, rows]));
  return tablesInManifest(manifest).flatMap(({ label, rows, encodedDatabase, encodedTable }) => {
    const other = said.get(`${encodedDatabase}.${encodedTable}`);
    if (other === rows) return [];
    const what =
      other === undefined
        ? `says nothing of ${label}`
        : `says that ${label} has ${other} rows, the manifest says ${rows}`;
    return [{ file: METADATA_NAME, what }];
  });
}

/** How a file is to be read; undefined: no other program would have written it for a dump. */
export function jobFor(name: string, program?: ProgramCodec): CheckJob | undefined {
  const meaning = parseFileName(name, program);
  if (meaning.kind === 'metadata' || meaning.kind === 'note') return { name, codec: 'none', text: 'bytes' };
  if (!('codec' in meaning)) return undefined;
  const { kind, codec } = meaning;
  if (kind !== 'data') return { name, codec, text: 'definitions' };
  return { name, codec, text: meaning.form === 'dat' ? 'bare-rows' : 'rows' };
}
