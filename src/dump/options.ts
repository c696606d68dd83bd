import type { CodecName } from '../format/codec.ts';
import type { ConnectionOptions } from '../mysql/options.ts';

/** Everything a dump can be told. The command line and the library's callers make one of these. */
export interface DumpOptions {
  readonly connection: ConnectionOptions;
  /** Created if absent; refused unless empty. */
  readonly directory: string;
  /** Connections that read data at the same time. */
  readonly threads: number;
  /** Names of databases; empty = all but the server's own. */
  readonly databases: readonly string[];
  /** "database.table" entries; empty = all tables of the databases chosen. */
  readonly tables: readonly string[];
  readonly codec: CodecName;
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
  /** Rows a chunk aims at; undefined: chunks are sized by bytes. */
  readonly rowsPerChunk?: number | undefined;
  /** A data file is ended at the next row once its SQL text is longer; undefined: never. */
  readonly maxFileBytes?: number | undefined;
  /** An INSERT statement is ended before it gets longer than this. */
  readonly maxStatementBytes: number;
}

/** mydumper's default for --statement-size. */
export const DEFAULT_STATEMENT_BYTES = 1_000_000;
