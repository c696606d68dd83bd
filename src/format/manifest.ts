/**
 * `tsdump-manifest.jsonl`: what a dump consists of, file by file, so that a loader can tell before it begins that a
 * file is missing, too many or of a wrong size, and anybody that bytes or rows are others than those that were written. One JSON
 * value a line, written and read line by line.
 *
 * Readers pass over lines and keys they do not know: later versions may say more without a new version number. Other
 * tools ignore the file (myloader 1.0 with a warning).
 */

import { createHash } from 'node:crypto';

import { ToolError } from '../base/errors.ts';
import type { BinlogPosition } from '../base/events.ts';
import { textLines } from './lines.ts';

const FORMAT = 'tsdump-manifest';
const VERSION = 1;
/** Of the definitions of hashes in FORMAT.md. Whoever changes one of them counts on; a reader passes over hashes it does not know. */
export const HASHES_VERSION = 1;
const CHUNK_CHARACTERS = 64 * 1024;

export interface ManifestHead {
  /** Name and version of the program, e.g. "tsdump 0.1.0". */
  readonly tool: string;
  /** ISO 8601, in UTC. */
  readonly startedAt: string;
  readonly server: { readonly product: string; readonly version: string };
  /** Of all rows; empty where they are of several points, or the server keeps no binlog. */
  readonly position: BinlogPosition;
  /** In order; absent: all rows are of one point in time. */
  readonly points?: readonly ManifestPoint[] | undefined;
  /** The server's own, unchanged. */
  readonly sqlMode: string;
  /** The server's lower_case_table_names: 0 where upper and lower case make different tables. */
  readonly lowerCaseTableNames?: number | undefined;
  /** What the names of its files end in, where they went through a program of the operator's; absent: they did not. */
  readonly extension?: string | undefined;
  /** A statement with several rows is not longer than this. */
  readonly statementBytes?: number | undefined;
  /**
   * Kinds of objects of which the dump has all that its databases had, as "table", "view", "trigger", "procedure". Absent: of none,
   * or it is not known.
   */
  readonly complete?: readonly string[] | undefined;
  /** {@link HASHES_VERSION} of the writer: every file has its hashes, and so has the manifest. Absent: there are none. */
  readonly hashes?: number | undefined;
}

/** A point in time at which rows of the dump were read. */
export interface ManifestPoint {
  /** When the run began that read them; ISO 8601, in UTC. */
  readonly startedAt: string;
  readonly position: BinlogPosition;
  /** False: not even all rows of this point are of one moment (NO_LOCK). */
  readonly isConsistent: boolean;
}

export interface ManifestDatabase {
  readonly database: string;
  readonly encoded: string;
}

/** One data file. */
export interface ManifestDataFile {
  readonly name: string;
  /** Its size on disk, in bytes. */
  readonly storedBytes: number;
  readonly rows: number;
  /** Its text before compression, in bytes. */
  readonly bytes: number;
  /** No statement of it is longer, the semicolon not counted. One longer than `statementBytes` holds a single row. */
  readonly longestStatementBytes?: number | undefined;
  /** Of the stored bytes. */
  readonly xxh3?: string | undefined;
  /** The sum of the hashes of its rows; absent where there are none. */
  readonly rowHash?: string | undefined;
}

/** A column as the source knew it. */
export interface ManifestColumn {
  readonly name: string;
  /** "int unsigned", "enum('a','b')", … */
  readonly type: string;
  /** Its character set; absent: it is no text. */
  readonly charset?: string | undefined;
}

/** What a table was read in, a SELECT each; their rows are in the files with the same part number. */
export interface ManifestChunk {
  readonly part: number;
  /** What stands behind the table's name: " WHERE …"; empty: all rows. */
  readonly rest: string;
}

export interface ManifestTable {
  readonly table: string;
  /** Real names; `encoded` is the table's in file names. */
  readonly database: string;
  readonly encoded: string;
  readonly rows: number;
  /** The number of its point among the head's, counted from 0. Absent: the last, at which definitions were read too. */
  readonly point?: number | undefined;
  readonly columns?: readonly ManifestColumn[] | undefined;
  /** What stands between SELECT and FROM, an expression a value: what the rows' hashes are of. */
  readonly select?: readonly string[] | undefined;
  /** Absent: the rows of the table were not read. */
  readonly chunks?: readonly ManifestChunk[] | undefined;
  readonly files: readonly ManifestDataFile[];
}

/** A file that holds no rows: schema or code. */
export interface ManifestFile {
  readonly file: string;
  readonly storedBytes: number;
  /** Of the stored bytes. */
  readonly xxh3?: string | undefined;
}

/** Something that was asked for and is not in the dump. */
export interface ManifestSkipped {
  readonly skipped: string;
  readonly why: string;
}

export type ManifestEntry = ManifestDatabase | ManifestTable | ManifestFile | ManifestSkipped;

/** The manifest as bytes, in chunks of about 64 KiB. Counts files, tables and rows for its last line, and hashes all before it. */
export function* manifestChunks(head: ManifestHead, entries: Iterable<ManifestEntry>): Generator<Buffer> {
  let text = line({ format: FORMAT, version: VERSION, ...head });
  const counts = new Counts();
  const hash = createHash('sha256');
  for (const entry of entries) {
    counts.add(entry);
    text += line(entry);
    if (text.length < CHUNK_CHARACTERS) continue;
    const chunk = Buffer.from(text);
    hash.update(chunk);
    yield chunk;
    text = '';
  }
  hash.update(text);
  yield Buffer.from(text + line({ end: true, ...counts.total(), sha256: hash.digest('hex') }));
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

class Counts {
  private files = 0;
  private tables = 0;
  private rows = 0;

  add(entry: ManifestEntry): void {
    if ('file' in entry) this.files += 1;
    if (!('table' in entry)) return;
    this.tables += 1;
    this.rows += entry.rows;
    this.files += entry.files.length;
  }

  total(): { files: number; tables: number; rows: number } {
    return { files: this.files, tables: this.tables, rows: this.rows };
  }
}

/** What a manifest says: its head, then its entries; the iteration ends well only when its last line agrees. */
export interface ManifestReader {
  readonly head: ManifestHead;
  readonly entries: AsyncGenerator<ManifestEntry>;
}

/**
 * Reads the first line of a manifest; the others are read as `entries` is iterated, to its end. Throws DUMP_DAMAGED,
 * now or while iterating, with the line's number when one is not what the format says, and when the last line is absent
 * or counts otherwise.
 */
export async function readManifest(chunks: AsyncIterable<Buffer>, path: string): Promise<ManifestReader> {
  const lines = textLines(chunks, { path });
  try {
    const first = await lines.next();
    if (first.done === true) throw damaged(path, 1, 'is empty');
    return { head: headOf(first.value, path), entries: entriesOf(first.value, lines, path) };
  } catch (error) {
    await lines.return(undefined); // nobody will read on, and the file is open
    throw error;
  }
}

function headOf(text: string, path: string): ManifestHead {
  const head = parsed(text, path, 1);
  if (head['format'] !== FORMAT) throw damaged(path, 1, 'is no head of a manifest');
  if (head['version'] !== VERSION) {
    const hint = 'use the version of tsload that belongs to the tsdump which wrote it, or a later one';
    throw new ToolError('DUMP_DAMAGED', `${path} has version ${String(head['version'])}, not ${VERSION}`, { hint });
  }
  if (!isSoundHead(head)) throw damaged(path, 1, 'is not whole');
  return head as unknown as ManifestHead;
}

async function* entriesOf(head: string, lines: AsyncIterable<string>, path: string): AsyncGenerator<ManifestEntry> {
  const counts = new Counts();
  const hash = createHash('sha256').update(`${head}\n`);
  let number = 1;
  let end: Record<string, unknown> | undefined;
  for await (const text of lines) {
    number += 1;
    if (end !== undefined) throw damaged(path, number, 'follows the last line');
    const value = parsed(text, path, number);
    if (value['end'] === true) end = value;
    else hash.update(`${text}\n`);
    const entry = entryOf(value);
    if (entry === undefined) continue;
    if (!isSound(entry)) throw damaged(path, number, `is not whole: ${text.slice(0, 100)}`);
    counts.add(entry);
    yield entry;
  }
  if (end === undefined) throw damaged(path, number, 'is not the last one: the file was cut');
  const total = counts.total();
  const agrees = end['files'] === total.files && end['tables'] === total.tables && end['rows'] === total.rows;
  if (!agrees)
    throw damaged(path, number, `counts ${JSON.stringify(end)}, but the lines hold ${JSON.stringify(total)}`);
  const isHashed = (JSON.parse(head) as ManifestHead).hashes !== undefined || end['sha256'] !== undefined;
  if (isHashed && end['sha256'] !== hash.digest('hex'))
    throw damaged(path, number, 'does not have the hash of the lines before it: one of them was changed');
}

function parsed(text: string, path: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw damaged(path, number, 'is no JSON', error);
  }
  throw damaged(path, number, 'is no JSON object');
}

/** Undefined for a line of a later version. */
function entryOf(value: Record<string, unknown>): ManifestEntry | undefined {
  const isKnown = 'database' in value || 'table' in value || 'file' in value || 'skipped' in value;
  return isKnown ? (value as unknown as ManifestEntry) : undefined;
}

function isSoundHead(head: Record<string, unknown>): boolean {
  const { tool, startedAt, server, position, points, sqlMode, extension, complete, ...numbers } = head;
  const { lowerCaseTableNames, statementBytes, hashes } = numbers;
  return (
    isObject(server) &&
    [tool, startedAt, sqlMode, server['product'], server['version']].every(isText) &&
    isSoundPosition(position) &&
    maybe((list) => isListOf(list, isSoundPoint))(points) &&
    maybe(isText)(extension) &&
    maybe((list) => isListOf(list, isText))(complete) &&
    [lowerCaseTableNames, statementBytes, hashes].every(maybe(isCount))
  );
}

function isSoundPoint(point: unknown): boolean {
  if (!isObject(point)) return false;
  return isText(point['startedAt']) && isSoundPosition(point['position']) && typeof point['isConsistent'] === 'boolean';
}

function isSoundPosition(position: unknown): boolean {
  if (!isObject(position)) return false;
  return maybe(isText)(position['file']) && maybe(isCount)(position['position']) && maybe(isText)(position['gtidSet']);
}

/** What is read of it; of what else there may be nothing is known. */
function isSound(entry: ManifestEntry): boolean {
  if ('skipped' in entry) return isText(entry.skipped) && isText(entry.why);
  if ('file' in entry) return isText(entry.file) && isCount(entry.storedBytes) && maybe(isText)(entry.xxh3);
  if (!isText(entry.database) || !isText(entry.encoded)) return false;
  if (!('table' in entry)) return true;
  if (!isText(entry.table) || !isCount(entry.rows) || !isListOf(entry.files, isSoundFile)) return false;
  const { point, columns, select, chunks } = entry;
  return (
    maybe(isCount)(point) &&
    (columns === undefined || isListOf(columns, isSoundColumn)) &&
    (select === undefined || isListOf(select, isText)) &&
    (chunks === undefined ||
      isListOf(chunks, (chunk) => isObject(chunk) && isCount(chunk['part']) && isText(chunk['rest'])))
  );
}

function isSoundFile(file: unknown): boolean {
  if (!isObject(file) || !isText(file['name'])) return false;
  const { storedBytes, rows, bytes, longestStatementBytes, xxh3, rowHash } = file;
  const isHash = rowHash === undefined || (typeof rowHash === 'string' && /^[0-9a-f]{1,16}$/.test(rowHash));
  return (
    [storedBytes, rows, bytes].every(isCount) && maybe(isCount)(longestStatementBytes) && maybe(isText)(xxh3) && isHash
  );
}

function isSoundColumn(column: unknown): boolean {
  return isObject(column) && isText(column['name']) && isText(column['type']) && maybe(isText)(column['charset']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

const maybe =
  (isValue: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || isValue(value);

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function damaged(path: string, number: number, what: string, cause?: unknown): ToolError {
  return new ToolError('DUMP_DAMAGED', `${path}, line ${number}, ${what}`, { cause });
}
