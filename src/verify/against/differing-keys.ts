/**
 * Differing keys: which rows of a chunk the server and the dump do not have in common.
 *
 * In: a chunk that differs. Out: the keys of the first rows that are missing, too many or other. The rows are read once more, from the
 * server and from the dump's files, value by value: slow, for one chunk that is known to differ. Both are held as keys with hashes.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { codecOfName, decodedChunks } from '../../format/codec.ts';
import type { Codec } from '../../format/codec.ts';
import { readBareRows } from '../../format/bare-rows.ts';
import { readInsert, stringBytes } from '../../format/insert-values.ts';
import { parseFileName } from '../../format/names.ts';
import type { ProgramCodec } from '../../format/program-codec.ts';
import { readStatements, statementKind } from '../../format/statements.ts';
import type { Session } from '../../mysql/session.ts';
import { quoteName, quoteString } from '../../schema/names.ts';
import { statementBeside } from '../statement-beside.ts';
import type { DumpedChunk, DumpedTable } from './dumped.ts';

/** More of them would not help. */
const KEYS_TOLD = 10;
/** Keys of more rows than this are not held in memory. */
const MAX_ROWS = 2_000_000;

export interface DifferingChunk {
  readonly session: Session;
  /** Reads the chunk's rows. */
  readonly sql: string;
  /** The table on the server, quoted. */
  readonly place: string;
  readonly table: DumpedTable;
  readonly chunk: DumpedChunk;
  readonly directory: string;
  /** What files with its extension are read through. */
  readonly program: ProgramCodec | undefined;
}

export interface DifferingKeys {
  /** "5 rows: missing id=3, id=4; other id=7, …" */
  readonly summary: string;
  readonly keys: readonly string[];
}

type Value = Buffer | null;

/** Undefined where rows cannot be told apart by a key, or are too many. */
export async function differingKeys(differing: DifferingChunk): Promise<DifferingKeys | undefined> {
  const { chunk, table } = differing;
  if (chunk.rows > MAX_ROWS) return undefined;
  // They went through a program, which was not named.
  if (chunk.files.some((name) => parseFileName(name, differing.program).kind !== 'data')) return undefined;
  const key = await keyColumns(differing);
  const at = key.map((name) => table.select.indexOf(quoteName(name)));
  if (key.length === 0 || at.includes(-1)) return undefined;
  const keyOf = (row: readonly Value[]): string =>
    key.map((name, index) => `${name}=${printable(row[at[index] ?? 0] ?? null)}`).join(', ');

  const dumped = new Map<string, string>();
  for await (const row of dumpedRows(differing)) dumped.set(keyOf(row), hashOf(row));
  const tooMany: string[] = [];
  const others: string[] = [];
  await differing.session.queryEach(differing.sql, (row) => {
    const name = keyOf(row);
    const hash = dumped.get(name);
    if (hash === undefined) tooMany.push(name);
    else if (hash !== hashOf(row)) others.push(name);
    dumped.delete(name);
  });
  for (const name of others) dumped.delete(name);
  const kinds = [
    ['missing', [...dumped.keys()]],
    ['too many', tooMany],
    ['other values', others],
  ] as const;
  const all = kinds.flatMap(([, keys]) => keys);
  const told = kinds
    .filter(([, keys]) => keys.length > 0)
    .map(([word, keys]) => `${keys.length} ${word} (${shown(keys)})`);
  return { summary: told.join('; '), keys: all.slice(0, KEYS_TOLD) };
}

function shown(keys: readonly string[]): string {
  const first = keys.slice(0, KEYS_TOLD).join('; ');
  return keys.length > KEYS_TOLD ? `${first}; …` : first;
}

/** Of the primary key, or of a unique one without NULLs; none: rows have no key. */
async function keyColumns({ session, place, table }: DifferingChunk): Promise<string[]> {
  const { rows } = await session.query(`SHOW INDEX FROM ${place} WHERE Non_unique = 0`);
  const byKey = new Map<string, string[]>();
  for (const row of rows) {
    const [, , key = '', , column = '', , , subPart, , nullable] = row.map((value) => value?.toString('utf8'));
    const isUsable = subPart === undefined && nullable !== 'YES' && column !== '';
    const columns = byKey.get(key) ?? [];
    byKey.set(key, [...columns, isUsable ? column : '']);
  }
  const usable = [...byKey].filter(([, columns]) => columns.every((name) => table.select.includes(quoteName(name))));
  return (usable.find(([name]) => name === 'PRIMARY') ?? usable[0])?.[1] ?? [];
}

async function* dumpedRows({ chunk, directory, program }: DifferingChunk): AsyncGenerator<readonly Value[]> {
  for (const name of chunk.files) {
    const meaning = parseFileName(name, program);
    const codec = codecOfName(name, program);
    const isBare = meaning.kind === 'data' && meaning.form === 'dat';
    yield* isBare ? bareRows(directory, name, codec) : insertedRows(join(directory, name), codec);
  }
}

async function* insertedRows(path: string, codec: Codec): AsyncGenerator<readonly Value[]> {
  const statements = readStatements(decodedChunks(path, codec), { path, maxBufferedBytes: Infinity });
  for await (const { bytes } of statements) {
    if (statementKind(bytes) !== 'insert') continue;
    for (const literals of readInsert(bytes, true).rows) yield literals.map(valueOf);
  }
}

async function* bareRows(directory: string, name: string, codec: Codec): AsyncGenerator<readonly Value[]> {
  const { separators, headerLines } = await statementBeside(directory, name, codec);
  const chunks = decodedChunks(join(directory, name), codec);
  for await (const row of readBareRows(chunks, separators, headerLines, Infinity)) {
    yield row.map((value) => value ?? null);
  }
}

const CONVERTED = /^CONVERT\((.*) USING UTF8MB4\)$/s;

/** What the server had sent, of how it is written. */
function valueOf(literal: Buffer): Value {
  const text = literal.toString('latin1').trim();
  if (text === 'NULL') return null;
  const inner = CONVERTED.exec(text)?.[1] ?? text;
  return stringBytes(Buffer.from(inner, 'latin1'), true) ?? Buffer.from(text, 'latin1');
}

function hashOf(row: readonly Value[]): string {
  const hash = createHash('md5');
  for (const value of row) {
    hash.update(value === null ? 'N' : `${value.length}:`);
    if (value !== null) hash.update(value);
  }
  return hash.digest('base64');
}

function printable(value: Value): string {
  if (value === null) return 'NULL';
  const text = value.toString('utf8');
  return /^[-\d.]+$/.test(text) ? text : text.includes('\uFFFD') ? `X'${value.toString('hex')}'` : quoteString(text);
}
