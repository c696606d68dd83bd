/**
 * File names of a dump and what they mean, in both directions, and the names of databases and tables as they stand in
 * file names. Pure: nothing is opened here.
 *
 * A name that would leave the directory is neither made nor accepted.
 */

import { ToolError } from '../base/errors.ts';
import { codecOfName, codecSuffix } from './codec.ts';
import type { Codec } from './codec.ts';
import type { ProgramCodec } from './program-codec.ts';

export const METADATA_NAME = 'metadata';
/** mydumper's note of the tables that --updated-since passed over: a line "database.table" each, real names. */
export const NOT_UPDATED_NAME = 'not_updated_tables';
export const MANIFEST_NAME = 'tsdump-manifest.jsonl';
/** Of a dump that is not finished: what it has finished. */
export const JOURNAL_NAME = 'tsdump-journal';
/** myloader 1.0 takes every name that ends with `.sql` for rows, and ends with a signal; this one it passes over. */
const ACCOUNTS_NAME = 'tsdump-users';

/** What a file of a dump holds. Names of databases and tables are encoded ones, see {@link EncodedNames}. */
export type DumpFile = DatabaseFile | TableFile | DataFile;

export interface DatabaseFile {
  /** The database itself; triggers of all its tables; its routines, packages and events. */
  readonly kind: 'database-schema' | 'database-triggers' | 'database-code';
  readonly database: string;
  readonly codec: Codec;
}

export interface TableFile {
  /** A table, or the placeholder table of a view; the view; a sequence; triggers of one table. */
  readonly kind: 'table-schema' | 'view-schema' | 'sequence-schema' | 'table-triggers';
  readonly database: string;
  readonly table: string;
  readonly codec: Codec;
}

export interface DataFile {
  readonly kind: 'data';
  readonly database: string;
  readonly table: string;
  /** Tells files of a table apart; neither dense nor in the order of the key. */
  readonly part: number;
  /** 0 for the first file of a part, whose name has no such field. */
  readonly subPart: number;
  /** 'sql': statements. 'dat': bare rows, read by the LOAD DATA statement in the 'sql' file of the same name. */
  readonly form: 'sql' | 'dat';
  readonly codec: Codec;
}

/** Users, roles and grants of the server. */
export interface AccountsFile {
  readonly kind: 'accounts';
  readonly codec: Codec;
}

export type NameMeaning =
  | DumpFile
  | AccountsFile
  | { readonly kind: 'metadata' | 'manifest' | 'journal' }
  /** Left behind by a dump that was interrupted. */
  | { readonly kind: 'partial' }
  /** Written by mydumper or myloader of some version; a restore needs nothing from it. */
  | { readonly kind: 'note' }
  | { readonly kind: 'unknown' };

const DATABASE_ENDS = new Map<DatabaseFile['kind'], string>([
  ['database-schema', '-schema-create.sql'],
  ['database-triggers', '-schema-triggers.sql'],
  ['database-code', '-schema-post.sql'],
]);
const TABLE_ENDS = new Map<TableFile['kind'], string>([
  ['table-schema', '-schema.sql'],
  ['view-schema', '-schema-view.sql'],
  ['sequence-schema', '-schema-sequence.sql'],
  ['table-triggers', '-schema-triggers.sql'],
]);
const NOTES = /^(resume|not_updated_tables|all-schema-create-tablespace\.sql|.*-checksum|.*-metadata)$/s;

/** The name of a file, of its parts: `shop.orders.00003.00001.sql.zst`. */
export function fileName(file: DumpFile): string {
  const owner = file.kind.startsWith('database-')
    ? file.database
    : `${file.database}.${'table' in file ? file.table : ''}`;
  const name = owner + nameEnd(file) + codecSuffix(file.codec);
  if (!staysInside(name)) throw new ToolError('INTERNAL', `no name for a file: ${JSON.stringify(name)}`);
  return name;
}

/** `tsdump-users.zst`. */
export function accountsFileName(codec: Codec): string {
  return ACCOUNTS_NAME + codecSuffix(codec);
}

function nameEnd(file: DumpFile): string {
  switch (file.kind) {
    case 'data':
      return `.${padded(file.part)}${file.subPart === 0 ? '' : `.${padded(file.subPart)}`}.${file.form}`;
    case 'database-schema':
    case 'database-triggers':
    case 'database-code':
      return DATABASE_ENDS.get(file.kind) ?? '';
    case 'table-schema':
    case 'view-schema':
    case 'sequence-schema':
    case 'table-triggers':
      return TABLE_ENDS.get(file.kind) ?? '';
  }
}

function padded(number: number): string {
  return String(number).padStart(5, '0');
}

/**
 * What a file of this name holds, whichever version of mydumper or tsdump wrote it, and `program` the bytes of some. Never
 * throws.
 */
export function parseFileName(name: string, program?: ProgramCodec): NameMeaning {
  if (!staysInside(name)) return { kind: 'unknown' };
  if (name === METADATA_NAME) return { kind: 'metadata' };
  if (name === MANIFEST_NAME) return { kind: 'manifest' };
  if (name === JOURNAL_NAME) return { kind: 'journal' };
  if (name.endsWith('.partial')) return { kind: 'partial' };
  const codec = codecOfName(name, program);
  const bare = name.slice(0, name.length - codecSuffix(codec).length);
  if (bare === ACCOUNTS_NAME) return { kind: 'accounts', codec };
  if (NOTES.test(bare)) return { kind: 'note' };
  return schemaFile(bare, codec) ?? dataFile(bare, codec) ?? { kind: 'unknown' };
}

function schemaFile(bare: string, codec: Codec): DumpFile | undefined {
  for (const [kind, end] of TABLE_ENDS) {
    if (!bare.endsWith(end)) continue;
    const [database = '', table = '', ...rest] = bare.slice(0, -end.length).split('.');
    if (database !== '' && table !== '' && rest.length === 0) return { kind, database, table, codec };
  }
  for (const [kind, end] of DATABASE_ENDS) {
    if (!bare.endsWith(end)) continue;
    const database = bare.slice(0, -end.length);
    if (database !== '' && !database.includes('.')) return { kind, database, codec };
  }
  return undefined;
}

function dataFile(bare: string, codec: Codec): DataFile | undefined {
  const fields = bare.split('.');
  const form = fields.pop();
  if (form !== 'sql' && form !== 'dat') return undefined;
  const [database = '', table = '', ...numbers] = fields;
  if (database === '' || table === '' || numbers.length > 2) return undefined;
  if (!numbers.every((number) => /^\d{1,20}$/.test(number))) return undefined;
  // Versions before 0.10 wrote one file a table, without a number.
  const [part = 0, subPart = 0] = numbers.map(Number);
  return { kind: 'data', database, table, part, subPart, form, codec };
}

function staysInside(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[/\\\0]/.test(name);
}

/**
 * Names of databases and tables as they stand in file names. A plain name stands for itself; every other gets
 * `mydumper_<n>`, each its own n, in the order in which they are asked for, so the same questions give the same
 * answers. Real names come from `metadata`, the manifest and the CREATE statements.
 */
export class EncodedNames {
  private next = 0;
  private readonly databases = new Scope();
  private readonly tables = new Map<string, Scope>();

  database(name: string): string {
    return this.encoded(this.databases, name);
  }

  /** `database` is the real name. */
  table(database: string, name: string): string {
    let scope = this.tables.get(database);
    if (scope === undefined) {
      scope = new Scope();
      this.tables.set(database, scope);
    }
    return this.encoded(scope, name);
  }

  private encoded(scope: Scope, name: string): string {
    const known = scope.encoded.get(name);
    if (known !== undefined) return known;
    const encoded = isPlain(name) && scope.claim(name) ? name : `mydumper_${this.next++}`;
    scope.encoded.set(name, encoded);
    return encoded;
  }
}

class Scope {
  readonly encoded = new Map<string, string>();
  private readonly folded = new Set<string>();

  /** False when a name differs only in case: the two would be one file on some file systems. */
  claim(name: string): boolean {
    const folded = name.toLowerCase();
    if (this.folded.has(folded)) return false;
    this.folded.add(folded);
    return true;
  }
}

/**
 * Plain: letters, digits, `_`, `-` and blanks of ASCII, neither beginning with `-` or a blank nor ending with one.
 * `-schema` inside, a name of the encoded kind and `metadata` would be taken for something else by readers.
 */
function isPlain(name: string): boolean {
  return /^\w(?:[\w -]*[\w-])?$/.test(name) && !name.includes('-schema') && !/^(?:mydumper_.*|metadata)$/i.test(name);
}

/** The real name in the text of a CREATE DATABASE statement, quoted either way; undefined when it has none. */
export function databaseNameIn(createStatement: string): string | undefined {
  const match = /^\s*CREATE\s[^`"]*(?:`((?:[^`]|``)+)`|"((?:[^"]|"")+)")/i.exec(createStatement);
  return match?.[1]?.replaceAll('``', '`') ?? match?.[2]?.replaceAll('""', '"');
}
