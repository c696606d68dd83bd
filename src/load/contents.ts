/** What a dump holds, as far as a load is concerned: plain values, made by discover.ts. */
import type { Codec } from '../format/codec.ts';

export interface DumpFile {
  readonly name: string;
  readonly path: string;
  readonly codec: Codec;
  /** With its bare rows. */
  readonly storedBytes: number;
  /** Of the stored bytes, without its bare rows; undefined when the dump does not say. */
  readonly xxh3?: string | undefined;
  /** Bare rows, for the LOAD DATA statement of this file. */
  readonly rows?: DumpFile | undefined;
  /** Of a file of code: what in it is not wanted, by the keys of send/without.ts. */
  readonly without?: ReadonlySet<string> | undefined;
}

/** Names here are those of the target: what --database says, else the real ones. */
export interface DumpContents {
  readonly sqlMode: string;
  /** The source's lower_case_table_names; undefined when the dump does not say. */
  readonly lowerCaseTableNames: number | undefined;
  /** No statement of several rows is longer; undefined when the dump does not say. */
  readonly statementBytes: number | undefined;
  readonly databases: readonly DumpDatabase[];
  readonly sequences: readonly DumpObject[];
  readonly tables: readonly DumpTable[];
  readonly views: readonly DumpObject[];
  readonly triggerFiles: readonly CodeFile[];
  readonly codeFiles: readonly CodeFile[];
  readonly accountsFile: DumpFile | undefined;
}

export interface DumpDatabase {
  readonly name: string;
  readonly schemaFile: DumpFile | undefined;
}

export interface DumpObject {
  readonly database: string;
  readonly name: string;
  readonly file: DumpFile;
}

export interface DumpTable {
  readonly database: string;
  readonly name: string;
  /**
   * What becomes of it when it exists in the target, whatever --drop-table says. LOAD: it must, and its definition stays.
   * SKIP: it is left as it is. Undefined: as --drop-table says.
   */
  readonly whenPresent?: 'LOAD' | 'SKIP' | undefined;
  readonly schemaFile: DumpFile | undefined;
  /**
   * In the order of the key, in which they are loaded. Connections spread over it instead gained nothing: a million rows in 16
   * files, 4 and 8 of them, with and without a secondary key, took 4 to 6 s either way on MySQL 9.7, 6 to 8 s on MariaDB 10.11.
   */
  readonly dataFiles: readonly DumpFile[];
  /** What the dump says it wrote; undefined when it does not say. */
  readonly rows: number | undefined;
  /** Of the data files. */
  readonly storedBytes: number;
  /** No statement with its rows is longer; undefined when the dump does not say. */
  readonly longestStatementBytes: number | undefined;
}

export interface CodeFile {
  readonly database: string;
  /** What the database is called in the dump. */
  readonly source: string;
  readonly file: DumpFile;
}
