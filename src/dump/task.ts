/**
 * What crosses the thread boundary in a dump: tasks out, results back. A job is a few tasks that one connection does in
 * turn: one chunk of a large table, or many small objects at once.
 */
import type { Skipped } from '../base/events.ts';
import type { Codec } from '../format/codec.ts';
import type { Duplicates, LoadDataColumn } from '../format/load-data.ts';
import type { ValueKind } from '../kernel/forms.ts';
import type { ConnectionOptions } from '../mysql/options.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { DefinerChange } from '../schema/definer.ts';
import type { Routine } from '../schema/table.ts';
import type { Chunk, KeyValues } from './chunk/chunk.ts';
import type { BareRows } from './options.ts';

/** Everything a worker thread needs that is the same for the whole dump. */
export interface WorkerSetup {
  readonly connection: ConnectionOptions;
  /** Connections that this worker serves. */
  readonly sessions: number;
  readonly directory: string;
  readonly codec: Codec;
  readonly compressLevel: number | undefined;
  /** How long a reader waits for a table that somebody else has locked. */
  readonly lockWaitSeconds: number;
  /** Files have their names when a job is done, and not only in the end. */
  readonly namesFilesAtOnce: boolean;
  readonly maxStatementBytes: number;
  readonly bareRows: BareRows | undefined;
  readonly duplicates: Duplicates | undefined;
  readonly definer: DefinerChange | undefined;
  readonly maxFileBytes: number | undefined;
  /** First statements of every SQL file. */
  readonly header: Uint8Array;
  /** The one that writes rows as this dump wants them. */
  readonly kernel: WebAssembly.Module;
  /** In memory shared with the main thread; see {@link Counter}. */
  readonly counters: Float64Array;
}

/** Slots of a worker's shared counters (Float64), read by the main thread whenever it likes. */
export const Counter = { ROWS: 0, BYTES: 1, STORED_BYTES: 2, SLOTS: 3 } as const;

export interface DumpColumn {
  readonly name: string;
  /** What the SELECT reads: the quoted name, or an expression where the value's own text would lose something. */
  readonly expression: string;
  readonly kind: ValueKind;
  /** How LOAD DATA puts the value into the column; undefined: as its bytes, or as characters if the kind is JSON. */
  readonly through?: LoadDataColumn['through'];
}

/** What the operator wants of a table's rows. */
export interface Extract {
  /** SQL; all of them have to hold. */
  readonly conditions: readonly string[];
  /** Only the rows of these. Undefined: of all, and so with a table that has none. */
  readonly partitions?: readonly string[] | undefined;
  /** No more rows than this; such a table is one chunk. */
  readonly limit?: number | undefined;
  /** Read in place of all that an INSERT takes. */
  readonly columns?: readonly DumpColumn[] | undefined;
}

/** Data of a table: all of it, or one chunk. */
export interface DataTask extends Chunk {
  readonly kind: 'data';
  readonly database: string;
  readonly table: string;
  /** Both names as they stand in file names. */
  readonly encodedDatabase: string;
  readonly encodedTable: string;
  readonly part: number;
  readonly columns: readonly DumpColumn[];
  /** The INSERT names its columns, because some are left out (generated) or reached by name only (invisible). */
  readonly namesColumns: boolean;
  /** Until its rows are read we hold a lock on it that no snapshot is. */
  readonly isLocked: boolean;
  /** Statements behind the usual header of the data files, without terminator. */
  readonly settings: readonly string[];
  /** Past rows of a system-versioned table too. */
  readonly withHistory: boolean;
  /** What the operator narrows the table to; undefined: all of it. */
  readonly extract: Extract | undefined;
}

/** The definition of an object, in the file of that name. */
export type DefinitionTask =
  | { readonly kind: 'database'; readonly database: string; readonly file: string }
  | { readonly kind: 'table'; readonly database: string; readonly name: string; readonly file: string }
  | { readonly kind: 'sequence'; readonly database: string; readonly name: string; readonly file: string }
  | {
      readonly kind: 'view';
      readonly database: string;
      readonly name: string;
      readonly columns: readonly string[];
      readonly placeholderFile: string;
      readonly file: string;
    }
  | { readonly kind: 'triggers'; readonly database: string; readonly names: readonly string[]; readonly file: string }
  | {
      readonly kind: 'code';
      readonly database: string;
      readonly routines: readonly Routine[];
      readonly events: readonly string[];
      readonly file: string;
    };

export type Task = DataTask | DefinitionTask;

export interface WrittenFile {
  readonly name: string;
  readonly storedBytes: number;
  /** Of the stored bytes; see kernel/stored-hash.ts. */
  readonly xxh3: string;
  /** Of a data file: the sum of the hashes of its rows; see kernel/assembly/row-hash.ts. */
  readonly rowHash?: string | undefined;
  /** Text before compression. */
  readonly bytes: number;
  /** Rows in a data file; 0 for definitions. */
  readonly rows: number;
  /** Views, triggers, routines and events that the file defines. */
  readonly codeObjects?: number;
  /** No statement of a data file is longer; absent for definitions and bare rows. */
  readonly longestStatementBytes?: number | undefined;
}

export interface TaskResult {
  /** A chunk without rows writes no file. */
  readonly files: readonly WrittenFile[];
  /** Objects whose definition could not be read; undefined: none. */
  readonly skipped?: readonly Skipped[] | undefined;
  /** The general tablespace that a defined table lies in. */
  readonly tablespace?: string | undefined;
  /** Why there is nothing to read any more, and none of these files is of use; see dump/loss.ts. */
  readonly lost?: string | undefined;
  /** The key of the row after the last that a chunk's window took in; undefined: there is none. */
  readonly next?: KeyValues | undefined;
}

/** What a worker thread can be asked to do. */
export interface DumpWorkerMethods {
  /** Opens all its connections and prepares them for the kind of server that it is. */
  open(server: ServerInfo): Promise<void>;
  /** Opens the snapshot on all of them, in place of the one before. Out: the rows of the query on each, as text. */
  beginSnapshot(query: string | undefined): Promise<readonly string[]>;
  /** Does tasks in turn on connection `session`. Their files may not have their names before `close` resolves. */
  run(argument: { readonly session: number; readonly tasks: readonly Task[] }): Promise<readonly TaskResult[]>;
  /** Resolves when the files of the job that session `session` has done last have their names. */
  named(session: number): Promise<void>;
  /** Waits for every file to have its name, and closes the connections. */
  close(argument: null): Promise<void>;
}

export function describeTask(task: Task): string {
  switch (task.kind) {
    case 'data':
      return `${task.database}.${task.table} part ${task.part}`;
    case 'table':
    case 'view':
    case 'sequence':
      return `${task.kind} ${task.database}.${task.name}`;
    case 'database':
      return `database ${task.database}`;
    case 'triggers':
      return `triggers of ${task.database}`;
    case 'code':
      return `routines and events of ${task.database}`;
  }
}

/** What a task is about, whichever part of it. */
export function describeObject(task: Task): string {
  return task.kind === 'data' ? `table ${task.database}.${task.table}` : describeTask(task);
}
