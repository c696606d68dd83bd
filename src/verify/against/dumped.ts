/**
 * Dumped: what a manifest says of the rows of each table, as far as another server can be asked the same.
 *
 * In: the manifest. Out: tables with their columns, and the chunks in which their rows were read, each with the hash of its rows.
 */
import { join } from 'node:path';

import { ToolError } from '../../base/errors.ts';
import { decodedChunks } from '../../format/codec.ts';
import { HASHES_VERSION, readManifest } from '../../format/manifest.ts';
import type { ManifestColumn, ManifestFile, ManifestTable } from '../../format/manifest.ts';
import { MANIFEST_NAME, parseFileName } from '../../format/names.ts';
import { PointCounts } from '../../format/points.ts';
import type { Product } from '../../schema/compare/likeness.ts';

export interface DumpedChunk {
  readonly part: number;
  /** What stands behind the table's name in its SELECT. */
  readonly rest: string;
  readonly rows: number;
  /** The sum of the hashes of its rows, modulo 2^64. */
  readonly hash: bigint;
  /** Names of the files that hold the rows. */
  readonly files: readonly string[];
}

export interface DumpedTable {
  readonly database: string;
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly ManifestColumn[];
  /** What the SELECT reads, an expression a value; nothing where its rows are not in the dump. */
  readonly select: readonly string[];
  readonly chunks: readonly DumpedChunk[];
}

export interface Dumped {
  readonly server: Product;
  readonly tables: readonly DumpedTable[];
  /** Real names by encoded ones. */
  readonly databases: ReadonlyMap<string, string>;
  /** Real names of tables by "database.table", encoded. */
  readonly encodedTables: ReadonlyMap<string, string>;
  /** Those without rows. */
  readonly files: readonly ManifestFile[];
  /** Kinds of objects of which the dump has all that its databases had. */
  readonly complete: ReadonlySet<string>;
  /** What it was to have and does not: "procedure `shop`.`p`". */
  readonly skipped: readonly string[];
  /** What whoever compares is to be told of the dump. */
  readonly warning: string | undefined;
}

/** @throws ToolError USAGE when the dump does not tell hashes of rows, DUMP_INCOMPLETE or DUMP_DAMAGED. */
export async function readDumped(directory: string): Promise<Dumped> {
  const path = join(directory, MANIFEST_NAME);
  const { head, entries } = await readManifest(decodedChunks(path, 'none'), path).catch((error: unknown) => {
    if (error instanceof ToolError && error.code === 'DUMP_INCOMPLETE') throw withoutHashes(directory);
    throw error;
  });
  const tables: DumpedTable[] = [];
  const points = new PointCounts(head);
  const databases = new Map<string, string>();
  const encoded: (readonly [database: string, encoded: string, table: string])[] = [];
  const files: ManifestFile[] = [];
  const skipped: string[] = [];
  for await (const entry of entries) {
    points.add(entry);
    if ('skipped' in entry) skipped.push(entry.skipped);
    else if ('file' in entry) files.push(entry);
    else if (!('table' in entry)) databases.set(entry.encoded, entry.database);
    else {
      const { select = [] } = entry;
      refuseOtherThanRows(entry, select, path);
      tables.push(dumpedTable(entry, select, { path, extension: head.extension }));
      encoded.push([entry.database, entry.encoded, entry.table]);
    }
  }
  if (head.hashes !== HASHES_VERSION) throw withoutHashes(directory);
  const encodedDatabases = new Map([...databases].map(([name, real]) => [real, name]));
  const encodedTables = new Map(
    encoded.map(([database, name, table]) => [`${encodedDatabases.get(database) ?? database}.${name}`, table]),
  );
  const complete = new Set(head.complete);
  return { server: head.server, tables, databases, encodedTables, files, complete, skipped, warning: points.warning };
}

function withoutHashes(directory: string): ToolError {
  return new ToolError('USAGE', `${directory} says nothing of its rows that a server could be asked for`, {
    hint: 'only dumps that this version of tsdump has taken can be compared with a server',
  });
}

const QUOTED = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`/gs;

/** A dump is data from somebody: its SELECTs may give rows and do nothing else, such as write a file on the server. */
function refuseOtherThanRows(
  { database, table, chunks = [] }: ManifestTable,
  select: readonly string[],
  path: string,
): void {
  const texts = [...select, ...chunks.map(({ rest }) => rest)];
  if (!texts.some((text) => /\bINTO\b|\bFOR\s+(?:UPDATE|SHARE)\b|\/\*|--|#|;/i.test(text.replaceAll(QUOTED, "''"))))
    return;
  throw new ToolError('DUMP_DAMAGED', `${path} wants to read ${database}.${table} by more than a plain SELECT`);
}

function dumpedTable(
  { database, table, rows, columns, ...entry }: ManifestTable,
  select: readonly string[],
  { path, extension }: { readonly path: string; readonly extension: string | undefined },
): DumpedTable {
  const chunks = new Map(
    (entry.chunks ?? []).map(({ part, rest }) => [part, { part, rest, rows: 0, hash: 0n, files: [] as string[] }]),
  );
  for (const file of entry.files) {
    // Only the name is read here, whatever program wrote the file.
    const meaning = parseFileName(file.name, extension === undefined ? undefined : { program: [], extension });
    if (meaning.kind !== 'data') continue;
    const chunk = chunks.get(meaning.part);
    if (chunk === undefined) throw new ToolError('DUMP_DAMAGED', `${path} does not say how ${file.name} was read`);
    chunk.rows += file.rows;
    chunk.hash = BigInt.asUintN(64, chunk.hash + BigInt(`0x${file.rowHash ?? '0'}`));
    if (file.rows > 0) chunk.files.push(file.name);
  }
  return { database, table, rows, columns: columns ?? [], select, chunks: [...chunks.values()] };
}
