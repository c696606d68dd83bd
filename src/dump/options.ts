import type { Separators } from '../base/separators.ts';
import type { Command } from '../base/program.ts';
import type { Codec } from '../format/codec.ts';
import type { Duplicates } from '../format/load-data.ts';
import type { ConnectionOptions } from '../mysql/options.ts';
import type { DefinerChange } from '../schema/definer.ts';
import type { TableRule } from '../schema/filter/table-rules.ts';
import type { LockOptions } from './snapshot/options.ts';

/** Rows in files of their own, each beside a LOAD DATA statement that reads it. */
export interface BareRows {
  readonly separators: Separators;
  /** The first line of a file holds the names of the columns. */
  readonly withHeader: boolean;
}

/** A program that is run for each file of the dump. */
export interface FileHook {
  /** Wherever FILENAME stands in it, the path of the file is put. */
  readonly command: Command;
  /** How many of them may run at the same time. */
  readonly parallel: number;
}

/** While a status variable of the server stands above the limit, only one connection reads. */
export interface ThrottleRule {
  /** As SHOW GLOBAL STATUS has it; a number. */
  readonly variable: string;
  readonly limit: number;
}

/** Everything a dump can be told. The command line and the library's callers make one of these. */
export interface DumpOptions {
  readonly connection: ConnectionOptions;
  /** Created if absent; refused unless empty. */
  readonly directory: string;
  /** A dump that it holds is removed first. */
  readonly clearsDirectory?: boolean | undefined;
  /** Goes on with the interrupted dump that the directory holds. */
  readonly resume?: boolean | undefined;
  /** Connections that read data at the same time. */
  readonly threads: number;
  /** Names of databases; empty = all but the server's own. */
  readonly databases: readonly string[];
  /** "database.table" entries; empty = all tables of the databases chosen. */
  readonly tables: readonly string[];
  /** Patterns searched for in "database.table"; any of them will do. See src/schema/filter for what they bear on. */
  readonly regex?: readonly string[] | undefined;
  /** "database.table" or "database", exact names: to be left out. */
  readonly omit?: readonly string[] | undefined;
  /** Engines whose tables are left out. */
  readonly ignoreEngines?: readonly string[] | undefined;
  /** SQL condition on the rows of every table. */
  readonly where?: string | undefined;
  /** What holds for single tables. */
  readonly tableRules?: readonly TableRule[] | undefined;
  /** Of partitioned tables, only the rows in partitions whose names this pattern is found in. */
  readonly partitionRegex?: string | undefined;
  /** No rows of tables that the server knows to be unchanged for so many days. */
  readonly updatedSinceDays?: number | undefined;
  readonly codec: Codec;
  /** Undefined: the codec's default level. */
  readonly compressLevel?: number | undefined;
  readonly withSchemas: boolean;
  readonly withData: boolean;
  readonly withTriggers: boolean;
  readonly withRoutines: boolean;
  readonly withEvents: boolean;
  readonly withViews: boolean;
  /** Users, roles and grants of the whole server, whatever databases are dumped. */
  readonly withUsers?: boolean | undefined;
  /** What becomes of the definers of views and code; undefined: they are kept. */
  readonly definer?: DefinerChange | undefined;
  /** Rows a chunk aims at; undefined: chunks are sized by bytes. */
  readonly rowsPerChunk?: number | undefined;
  /** Undefined: all connections read, whatever else the server has to do. */
  readonly throttle?: ThrottleRule | undefined;
  /** Connections that read one table at the same time; undefined: all of them. */
  readonly maxThreadsPerTable?: number | undefined;
  /** Each partition is read on its own, also where a key could divide the table. */
  readonly splitPartitions?: boolean | undefined;
  /** A data file is ended at the next row once its SQL text is longer; undefined: never. */
  readonly maxFileBytes?: number | undefined;
  /** How all connections come to one point in time; undefined: DEFAULT_LOCK. */
  readonly lock?: LockOptions | undefined;
  /** Undefined: rows stand in INSERT statements. */
  readonly bareRows?: BareRows | undefined;
  /** What the statements say of rows whose keys are there already; undefined: nothing, so the load ends with an error. */
  readonly duplicates?: Duplicates | undefined;
  /** INSERT statements name their columns, for tables that got more of them. */
  readonly completeInsert?: boolean | undefined;
  /** Run for every file that has its final name, `metadata` last, and that only when it succeeded for all others. */
  readonly hook?: FileHook | undefined;
  /** An INSERT statement is ended before it gets longer than this. */
  readonly maxStatementBytes: number;
}

/** mydumper's default for --statement-size. */
export const DEFAULT_STATEMENT_BYTES = 1_000_000;
