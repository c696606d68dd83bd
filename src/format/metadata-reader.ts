/**
 * Reading `metadata`, whichever version of mydumper or tsdump wrote it.
 *
 * What a restore depends on is read strictly: a line that is no line of an ini file, a row count that is no number and
 * a file without its last line are DUMP_DAMAGED, with the line's number. Groups and keys that are not known are kept.
 */

import { join } from 'node:path';
import { ToolError } from '../base/errors.ts';
import type { BinlogPosition } from '../base/events.ts';
import { decodedChunks } from './codec.ts';
import { textLines } from './lines.ts';
import { NEWLINE_STAND_IN } from './metadata.ts';
import { METADATA_NAME } from './names.ts';

/** What `metadata` says of one table, view or sequence. */
export interface TableEntry {
  /** Encoded names, exactly as in the file names. */
  readonly database: string;
  readonly table: string;
  /** Undefined in dumps of old versions. */
  readonly realName: string | undefined;
  readonly rows: number | undefined;
  readonly isView: boolean;
  readonly isSequence: boolean;
  /** Every other key, e.g. `schema_checksum`. */
  readonly others: ReadonlyMap<string, string>;
}

export interface Metadata {
  /** As written: "2026-05-04 10:00:00", in the local time of the machine that dumped. */
  readonly startedAt: string | undefined;
  readonly finishedAt: string;
  readonly quoteCharacter: '`' | '"';
  readonly position: BinlogPosition;
  /** What is between the quotes of the SQL_MODE line. */
  readonly sqlMode: string | undefined;
  readonly tables: readonly TableEntry[];
  /** Groups of databases (mydumper's checksums), by the name in the header. */
  readonly databases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Keys of `[config]`. */
  readonly config: ReadonlyMap<string, string>;
}

/**
 * Reads the `metadata` of a dump. Throws DUMP_INCOMPLETE when there is none, DUMP_DAMAGED with the line's number when
 * it is not what a dump tool writes.
 */
export async function readMetadata(directory: string): Promise<Metadata> {
  const path = join(directory, METADATA_NAME);
  const reading = new Reading(path);
  let bytes = 0;
  const onRead = (read: number): void => {
    bytes += read;
    if (bytes > MAX_BYTES)
      throw new ToolError('DUMP_DAMAGED', `${path} is longer than ${MAX_BYTES} bytes, as none of a dump is`);
  };
  for await (const line of textLines(decodedChunks(path, 'none', { onRead }), { path, maxLineBytes: MAX_LINE_BYTES }))
    reading.line(line);
  return reading.finished();
}

/** It is held in memory. A quarter of a million tables take 30 MB. */
const MAX_BYTES = 512 * 1024 * 1024;
/** A set of GTIDs may be long. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

type Keys = Map<string, string>;

interface OpenTable {
  readonly database: string;
  readonly table: string;
  readonly keys: Keys;
}

/** The state between two lines: which group is open, and what has been read. */
class Reading {
  private readonly path: string;
  private lineNumber = 0;
  private startedAt: string | undefined;
  private finishedAt: string | undefined;
  /** Where the keys of the open group go; undefined before the first group. */
  private keys: Keys | undefined;
  private isSource = false;
  private readonly source: Keys = new Map();
  private readonly config: Keys = new Map();
  private readonly session: Keys = new Map();
  private readonly databases = new Map<string, Keys>();
  private readonly tables = new Map<string, OpenTable>();

  constructor(path: string) {
    this.path = path;
  }

  line(line: string): void {
    this.lineNumber += 1;
    const text = line.trim();
    if (text === '') return;
    if (text.startsWith('#')) this.comment(text.slice(1).trim());
    else if (text.startsWith('[')) this.group(text);
    else if (this.keys === undefined && this.finishedAt === undefined) this.beforeGroups(text);
    else this.key(line);
  }

  finished(): Metadata {
    if (this.finishedAt === undefined) {
      throw this.damaged('ends without "Finished dump at": the file was cut, or the dump was interrupted');
    }
    const quote = this.quoteCharacter();
    return {
      startedAt: this.startedAt,
      finishedAt: this.finishedAt,
      quoteCharacter: quote,
      position: this.position(),
      sqlMode: /^'([^']*)'/.exec(this.session.get('SQL_MODE') ?? '')?.[1],
      tables: Array.from(this.tables.values(), (table) => tableEntry(table, quote)),
      databases: this.databases,
      config: this.config,
    };
  }

  /** Comments carry the times, and in `[source]` the position. */
  private comment(text: string): void {
    if (this.timeLine(text) || !this.isSource) return;
    const [, key, value] = /^(\w+)\s*=\s*(.*)$/.exec(text) ?? [];
    if (key !== undefined && value !== undefined) setIfAbsent(this.source, key.toLowerCase(), value);
  }

  private timeLine(text: string): boolean {
    const [, word, time = ''] = /^(Started|Finished) dump at: (.*)$/.exec(text) ?? [];
    if (word === 'Started') this.startedAt = time;
    if (word === 'Finished') this.finishedAt = time;
    return word !== undefined;
  }

  private group(text: string): void {
    if (!text.endsWith(']')) throw this.damaged(`begins a group that does not end: ${text}`);
    const name = text.slice(1, -1);
    this.isSource = /^(source|master)\b/i.test(name);
    if (name.startsWith('`') || name.startsWith('"')) this.keys = this.objectKeys(name);
    else if (name === 'config') this.keys = this.config;
    else if (name.startsWith('myloader_session_variables')) this.keys = this.session;
    else this.keys = this.isSource ? this.source : new Map();
  }

  /** The names stand as in the file names, without any escape, so the first separator is the right one. */
  private objectKeys(name: string): Keys {
    const quote = name.charAt(0);
    if (name.length < 3 || !name.endsWith(quote)) throw this.damaged(`has a group with an open quote: [${name}]`);
    const separator = name.indexOf(`${quote}.${quote}`);
    if (separator === -1) return entryOf(this.databases, name.slice(1, -1), () => new Map<string, string>());
    const database = name.slice(1, separator);
    const table = name.slice(separator + 3, -1);
    return entryOf(this.tables, name, () => ({ database, table, keys: new Map<string, string>() })).keys;
  }

  private key(line: string): void {
    const equals = line.indexOf('=');
    if (equals === -1) throw this.damaged(`is neither a group, a key nor a comment: ${line}`);
    const key = line.slice(0, equals);
    // Written without blanks around the sign: whatever follows it belongs to the name, blanks too.
    if (key === 'real_table_name') this.keys?.set(key, line.slice(equals + 1));
    else this.setChecked(key.trim(), line.slice(equals + 1).trim());
  }

  private setChecked(key: string, value: string): void {
    if (key === 'rows' && !/^\d{1,15}$/.test(value)) throw this.damaged(`has a row count that is no number: ${value}`);
    this.keys?.set(this.isSource ? key.toLowerCase() : key, value);
  }

  /** Versions before 0.12 wrote no ini file but a few lines of text: times and `Log: …`, `Pos: …`, `GTID: …`. */
  private beforeGroups(text: string): void {
    if (this.timeLine(text)) return;
    const [, key, value] = /^(Log|Pos|GTID):\s*(.*)$/.exec(text) ?? [];
    if (key !== undefined && value !== undefined) setIfAbsent(this.source, key.toLowerCase(), value);
    else if (!/^SHOW (MASTER|SLAVE) STATUS:|^Host:|^Connection name:/.test(text)) {
      throw this.damaged(`is no line of a metadata file: ${text}`);
    }
  }

  private position(): BinlogPosition {
    const first = (...keys: string[]): string | undefined => {
      const value = keys
        .map((key) => this.source.get(key))
        .find((found) => found !== undefined && unquoted(found) !== '');
      return value === undefined ? undefined : unquoted(value);
    };
    const at = first('source_log_pos', 'position', 'pos');
    return {
      file: first('source_log_file', 'file', 'log'),
      position: at !== undefined && /^\d+$/.test(at) ? Number(at) : undefined,
      gtidSet: first('executed_gtid_set', 'gtid_slave_pos', 'gtid'),
    };
  }

  private quoteCharacter(): '`' | '"' {
    const value = this.config.get('quote-character') ?? 'BACKTICK';
    if (value === 'BACKTICK' || value === '`') return '`';
    if (value === 'DOUBLE_QUOTE' || value === '"') return '"';
    throw this.damaged(`has an unknown quote-character: ${value}`);
  }

  private damaged(what: string): ToolError {
    return new ToolError('DUMP_DAMAGED', `${this.path}, line ${this.lineNumber}, ${what}`);
  }
}

function tableEntry({ database, table, keys }: OpenTable, quote: string): TableEntry {
  const realName = keys
    .get('real_table_name')
    ?.replaceAll(NEWLINE_STAND_IN, '\n')
    .replaceAll(quote + quote, () => quote);
  const rows = keys.get('rows');
  const isView = keys.get('is_view') === '1';
  const isSequence = keys.get('is_sequence') === '1';
  for (const key of ['real_table_name', 'rows', 'is_view', 'is_sequence']) keys.delete(key);
  return {
    database,
    table,
    realName,
    rows: rows === undefined ? undefined : Number(rows),
    isView,
    isSequence,
    others: keys,
  };
}

function entryOf<T>(map: Map<string, T>, key: string, make: () => T): T {
  let entry = map.get(key);
  if (entry === undefined) map.set(key, (entry = make()));
  return entry;
}

function setIfAbsent(keys: Keys, key: string, value: string): void {
  if (!keys.has(key)) keys.set(key, value);
}

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/s, (_, __, inner: string) => inner);
}
