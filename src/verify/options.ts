import type { ProgramCodec } from '../format/program-codec.ts';
import type { ConnectionOptions } from '../mysql/options.ts';
import type { DefinerChange } from '../schema/definer.ts';
import type { TableRule } from '../schema/filter/table-rules.ts';

export interface AgainstOptions {
  /** That of a finished dump of ours. */
  readonly directory: string;
  readonly connection: ConnectionOptions;
  /** What files with its extension are read through. */
  readonly program?: ProgramCodec | undefined;
  /** Connections that read at the same time. */
  readonly threads: number;
  /** Only this database of the dump. */
  readonly sourceDatabase?: string | undefined;
  /** Only these tables: qualified and quoted, as on the server. Undefined: all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Where the tables are looked for, whatever their database was called. */
  readonly targetDatabase?: string | undefined;
  /** Of views and code only what a load with these filters takes; see LoadOptions. */
  readonly tables?: readonly string[] | undefined;
  readonly regex?: readonly string[] | undefined;
  readonly omit?: readonly string[] | undefined;
  readonly tableRules?: readonly TableRule[] | undefined;
  /** Definers are not compared where a load has changed them. */
  readonly definer?: DefinerChange | undefined;
}

export interface VerifyOptions {
  /** That of a finished dump. */
  readonly directory: string;
  /** What files with its extension are read through. */
  readonly program?: ProgramCodec | undefined;
  /** Threads that read files at the same time. */
  readonly threads: number;
  /** Statements that a load would not run are not named. Default: false. */
  readonly trustDump?: boolean | undefined;
}
