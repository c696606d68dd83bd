/**
 * The files of a dump against its manifest: in goes a listing, out comes what the dump consists of, once every file is
 * there with the size it was written with. Dumps of other tools have no manifest and cannot be checked so.
 */

import { join } from 'node:path';
import { ToolError } from '../base/errors.ts';
import { someOf } from '../base/some-of.ts';
import { codecOfName, decodedChunks } from './codec.ts';
import type { DumpListing } from './directory.ts';
import { HASHES_VERSION, readManifest } from './manifest.ts';
import type { ManifestEntry, ManifestHead, ManifestTable } from './manifest.ts';
import { MANIFEST_NAME, parseFileName } from './names.ts';
import { PointCounts } from './points.ts';
import type { ProgramCodec } from './program-codec.ts';

export interface Inventory {
  readonly head: ManifestHead;
  /** Real names of databases by the encoded ones. */
  readonly databases: ReadonlyMap<string, string>;
  /**
   * The longest statement with rows of each table of which that is known, in bytes: by `longestStatementKey`. Not a number a
   * file: there are a million files where there are a quarter of a million tables.
   */
  readonly longestStatements: ReadonlyMap<string, number>;
  /** What whoever loads the dump is to be told of it. */
  readonly warning: string | undefined;
}

/** @param database real; @param table encoded */
export const longestStatementKey = (database: string, table: string): string => `${database}.${table}`;

/**
 * Reads the manifest of a dump and compares; undefined when there is none. `onHash` hears of the hash of each file, if it is one
 * that we know how to make. Throws DUMP_INCOMPLETE when files are
 * missing, DUMP_DAMAGED when one has another size, when there are schema or data files of no known origin, or when the
 * manifest itself is damaged.
 */
export async function readInventory(
  listing: DumpListing,
  onHash: (name: string, xxh3: string) => void,
  program?: ProgramCodec,
): Promise<Inventory | undefined> {
  if (!listing.files.has(MANIFEST_NAME)) return undefined;
  const path = join(listing.directory, MANIFEST_NAME);
  const { head, entries } = await readManifest(decodedChunks(path, 'none'), path);
  const databases = new Map<string, string>();
  const longestStatements = new Map<string, number>();
  const checking = new Checking(listing, program);
  const areKnown = head.hashes === HASHES_VERSION;
  const points = new PointCounts(head);
  for await (const entry of entries) {
    checking.add(entry);
    points.add(entry);
    if (areKnown) for (const [name, xxh3] of hashesOf(entry)) if (xxh3 !== undefined) onHash(name, xxh3);
    if ('table' in entry) {
      const longest = longestStatementIn(entry);
      if (longest !== undefined) longestStatements.set(longestStatementKey(entry.database, entry.encoded), longest);
    } else if ('database' in entry) databases.set(entry.encoded, entry.database);
  }
  checking.finish();
  requireProgramOf(head, listing.directory, program);
  return { head, databases, longestStatements, warning: points.warning };
}

function hashesOf(entry: ManifestEntry): (readonly [name: string, xxh3: string | undefined])[] {
  if ('file' in entry) return [[entry.file, entry.xxh3]];
  return 'files' in entry ? entry.files.map(({ name, xxh3 }) => [name, xxh3]) : [];
}

const BARE_ROWS = /\.dat(?:\.|$)/;

/** 0 for a table without rows. */
function longestStatementIn({ files }: ManifestTable): number | undefined {
  let longest = 0;
  for (const { name, longestStatementBytes } of files) {
    if (BARE_ROWS.test(name)) continue; // the statement that reads them stands beside them
    if (longestStatementBytes === undefined) return undefined;
    longest = Math.max(longest, longestStatementBytes);
  }
  return longest;
}

class Checking {
  private readonly listing: DumpListing;
  private readonly program: ProgramCodec | undefined;
  private readonly unknown: Set<string>;
  private readonly missing: string[] = [];
  private readonly differing: string[] = [];

  constructor(listing: DumpListing, program: ProgramCodec | undefined) {
    this.listing = listing;
    this.program = program;
    this.unknown = new Set(listing.files.keys());
  }

  add(entry: ManifestEntry): void {
    if ('file' in entry) this.file(entry.file, entry.storedBytes);
    else if ('files' in entry) for (const file of entry.files) this.file(file.name, file.storedBytes);
  }

  finish(): void {
    const { directory } = this.listing;
    if (this.missing.length > 0) {
      throw new ToolError(
        'DUMP_INCOMPLETE',
        `${directory} lacks ${counted(this.missing)} of its dump: ${someOf(this.missing)}`,
      );
    }
    if (this.differing.length > 0) {
      const changed = `${counted(this.differing)} changed since the dump: ${someOf(this.differing)}`;
      throw new ToolError('DUMP_DAMAGED', `${directory} holds ${changed}`);
    }
    const strange = [...this.unknown].filter((name) => 'codec' in parseFileName(name, this.program));
    if (strange.length === 0) return;
    const hint = 'move them elsewhere, or take another copy of the dump';
    const message = `${directory} holds ${counted(strange)} that its dump did not write: ${someOf(strange)}`;
    throw new ToolError('DUMP_DAMAGED', message, { hint });
  }

  private file(name: string, storedBytes: number): void {
    this.unknown.delete(name);
    const found = this.listing.files.get(name);
    if (found === undefined) this.missing.push(name);
    else if (found !== storedBytes) this.differing.push(`${name} (${found} bytes instead of ${storedBytes})`);
  }
}

/** @throws ToolError USAGE when its files cannot be read without a program that nobody has named. */
export function requireProgramOf({ extension }: ManifestHead, directory: string, program?: ProgramCodec): void {
  if (extension === undefined || codecOfName(extension) !== 'none' || extension === program?.extension) return;
  const message = `the files in ${directory} end in ${extension}: they were written through a program`;
  const hint = `name the one that reads them: --exec-per-thread=PROGRAM --exec-per-thread-extension=${extension}`;
  throw new ToolError('USAGE', message, { hint });
}

function counted(names: readonly string[]): string {
  return names.length === 1 ? '1 file' : `${names.length} files`;
}
