import type { ProgramCodec } from '../format/program-codec.ts';
import type { ConnectionOptions } from '../mysql/options.ts';
import type { DefinerChange } from '../schema/definer.ts';
import type { TableRule } from '../schema/filter/table-rules.ts';

/** What to do with a table that already exists in the target; the words are myloader's. */
export type DropTableMode = 'FAIL' | 'NONE' | 'DROP' | 'TRUNCATE' | 'DELETE' | 'SKIP';

/**
 * When keys other than the primary are built; the words are myloader's, but for AUTO: with the rows for small tables, after
 * them for big ones (src/load/keys.ts). AFTER_…: after the rows of the table, or of all tables. SKIP: with the rows.
 */
export type KeyTime = 'AUTO' | 'AFTER_IMPORT_PER_TABLE' | 'AFTER_IMPORT_ALL_TABLES' | 'SKIP';

/** 'routines' are events too. */
export type LoadStep = 'databases' | 'tables' | 'foreign keys' | 'triggers' | 'routines';

/**
 * How the rows of INSERT statements are sent. 'load-data': as LOAD DATA LOCAL reads them, where that stores the same; 'auto':
 * so where the target takes files from clients, and to a MySQL that does not, long statements as several short ones; 'insert':
 * as they stand.
 */
export type LoadMethod = 'auto' | 'insert' | 'load-data';

/** Everything a load can be told. The command line and the library's callers make one of these. */
export interface LoadOptions {
  readonly connection: ConnectionOptions;
  /** A finished dump. */
  readonly directory: string;
  /** What files with its extension are read through. */
  readonly program?: ProgramCodec | undefined;
  /** Connections that load data at the same time. */
  readonly threads: number;
  /** How many of them may load one table at the same time; undefined: all. */
  readonly maxThreadsPerTable?: number | undefined;
  /** Load only this database of the dump. */
  readonly sourceDatabase?: string | undefined;
  /** Load into this database, whatever the dump's databases are called. */
  readonly targetDatabase?: string | undefined;
  /** "database.table" entries in which % and _ are wildcards; the names are the dump's. */
  readonly tables?: readonly string[] | undefined;
  /** Patterns searched for in "database.table"; any of them will do. See src/schema/filter for what they bear on. */
  readonly regex?: readonly string[] | undefined;
  /** "database.table" or "database", exact names: to be left out. */
  readonly omit?: readonly string[] | undefined;
  /** What holds for single tables. */
  readonly tableRules?: readonly TableRule[] | undefined;
  /** Definitions that are not wanted, although the others are. Rows of tables that are not created need them to exist. */
  readonly without?: ReadonlySet<LoadStep> | undefined;
  readonly dropTable: DropTableMode;
  /** The databases of the dump are dropped first, with all that is in them; wants `dropTable` to be DROP. Default: false. */
  readonly dropsDatabases?: boolean | undefined;
  /** False with --no-schema: tables exist already. */
  readonly withSchemas: boolean;
  /** False with --no-data. */
  readonly withData: boolean;
  /** The dump's users, roles and grants too. */
  readonly withUsers?: boolean | undefined;
  /** What becomes of the definers of views and code; undefined: they are kept. */
  readonly definer?: DefinerChange | undefined;
  /** Undefined: AUTO. */
  readonly optimizeKeys?: KeyTime | undefined;
  /** Default: 'auto'. */
  readonly loadMethod?: LoadMethod | undefined;
  /** Error numbers of the server: rows that it refuses with one of these are left out, counted and named. */
  readonly ignoreErrors?: readonly number[] | undefined;
  /** After so long without anything done, who waits for what is told, in ms. Default: 30,000. */
  readonly stallMs?: number | undefined;
  /** Go on with this load where an earlier run of it has stopped. Default: false. */
  readonly resume?: boolean | undefined;
  /** What is loaded is written to the target's binary log, for its replicas. Default: it is not, where the account may choose. */
  readonly writesBinlog?: boolean | undefined;
  /** Statements are run that a dump has no need of, too. Default: false. */
  readonly trustDump?: boolean | undefined;
  /** INSERT statements in one transaction. */
  readonly statementsPerTransaction: number;
}

/** myloader's default for --queries-per-transaction. */
export const DEFAULT_STATEMENTS_PER_TRANSACTION = 1000;
