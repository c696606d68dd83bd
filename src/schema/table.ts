/** What the catalogue knows of a server's objects: plain values, filled by dump/catalog.ts. */

export interface Column {
  readonly name: string;
  /** DATA_TYPE in lower case, without length: "int", "varchar", "json", … */
  readonly dataType: string;
  /** COLUMN_TYPE: "int unsigned", "enum('a','b')", … */
  readonly columnType: string;
  /** Virtual and stored generated columns are not inserted. */
  readonly isGenerated: boolean;
  /** MariaDB: when a row of a system-versioned table began or ceased to be valid. */
  readonly rowPeriod: 'start' | 'end' | undefined;
  /** An INSERT reaches it by name only. */
  readonly isInvisible: boolean;
  /** AUTO_INCREMENT. */
  readonly isCounter?: boolean | undefined;
  /** CHARACTER_SET_NAME; undefined: not text. */
  readonly charset: string | undefined;
  /** Part of the primary key or, without one, of the unique key that the server takes in its place (COLUMN_KEY). */
  readonly isPrimary: boolean;
}

export interface UniqueKey {
  readonly name: string;
  /** In key order; keys with nullable or prefix columns, without order or hidden from the optimizer are not listed. */
  readonly columns: readonly KeyColumn[];
}

export interface KeyColumn {
  readonly name: string;
  readonly isDescending: boolean;
}

export interface Table {
  readonly database: string;
  readonly name: string;
  readonly engine: string;
  /** The server's estimates. */
  readonly estimatedRows: number;
  readonly estimatedBytes: number;
  readonly columns: readonly Column[];
  /** PRIMARY first. */
  readonly uniqueKeys: readonly UniqueKey[];
  /** In order; subpartitions are not listed. Empty: not partitioned, or by the past. */
  readonly partitions: readonly string[];
  /** MariaDB, by the past (SYSTEM_TIME): one that is read by its name shows its past rows. */
  readonly pastPartitions: readonly string[];
  /** By LIST COLUMNS or RANGE COLUMNS, of values that are not ASCII. */
  readonly hasPartitionsBeyondAscii: boolean;
  /** MariaDB: the table keeps its past rows. */
  readonly versioning: Versioning | undefined;
  /** When its definition was made or changed last, as the server says; empty: it does not. */
  readonly createdAt: string;
  /**
   * Of its columns, partitions and options, and with transactions of its keys, as the catalogue has them: equal where these are. Of
   * foreign keys and CHECKs only what the catalogue tells elsewhere: the index and the columns.
   */
  readonly definitionHash: string;
  /** By --updated-since: its definition is dumped, its rows are not. */
  readonly isUnchanged?: boolean | undefined;
}

/** How a system-versioned table tells since when, and until when, a row was valid. */
export interface Versioning {
  /** Columns; the server's own are not listed among the table's. */
  readonly start: string;
  readonly end: string;
  /** By transaction numbers instead of timestamps. */
  readonly isByTransaction: boolean;
}

export interface View {
  readonly database: string;
  readonly name: string;
  readonly columns: readonly Column[];
}

export interface Sequence {
  readonly database: string;
  readonly name: string;
}

export type RoutineKind = 'FUNCTION' | 'PROCEDURE' | 'PACKAGE' | 'PACKAGE BODY';

export interface Routine {
  readonly kind: RoutineKind;
  readonly name: string;
}

export interface Trigger {
  readonly table: string;
  readonly name: string;
}

export interface Database {
  readonly name: string;
  readonly tables: readonly Table[];
  readonly views: readonly View[];
  readonly sequences: readonly Sequence[];
  readonly routines: readonly Routine[];
  readonly events: readonly string[];
  /** In the order in which they fire. */
  readonly triggers: readonly Trigger[];
}

const INTEGER_TYPES: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const NUMBER_TYPES: ReadonlySet<string> = new Set([...INTEGER_TYPES, 'decimal', 'year']);
const BINARY_TYPES: ReadonlySet<string> = new Set(
  (
    'binary varbinary tinyblob blob mediumblob longblob bit vector geometry point linestring polygon ' +
    'multipoint multilinestring multipolygon geometrycollection geomcollection'
  ).split(' '),
);
const CHARACTER_TYPES: ReadonlySet<string> = new Set(['json', 'uuid', 'inet4', 'inet6']);

export const isInteger = (column: Column): boolean => INTEGER_TYPES.has(column.dataType);
/**
 * Exact numbers are written as the server prints them, without quotes. Floating point numbers want quotes: the literal -0
 * is the integer 0, and one of more than 65 digits, as DOUBLE(255,30) prints, is cut to the longest DECIMAL.
 */
export const isNumber = (column: Column): boolean => NUMBER_TYPES.has(column.dataType);
/** Binary strings are marked as such, so that no character set is applied to them on the way in. */
export const isBinary = (column: Column): boolean => BINARY_TYPES.has(column.dataType);
/** Text that must come in as text: of a binary string these types take the bytes for the value itself, or refuse it. */
export const wantsCharacters = (column: Column): boolean => CHARACTER_TYPES.has(column.dataType);

/** The members of an ENUM, in order. */
export function enumMembers({ columnType }: Column): string[] {
  return Array.from(columnType.matchAll(/'((?:[^']|'')*)'/g), ([, text = '']) => text.replaceAll("''", "'"));
}

const TRANSACTIONAL_ENGINES: ReadonlySet<string> = new Set(['innodb', 'rocksdb', 'tokudb']);
/** What their tables show lies on other servers or in files and sources outside of the server. */
const ENGINES_OF_ELSEWHERE: ReadonlySet<string> = new Set(['federated', 'spider', 'connect', 'sphinx', 'vp']);
/** Engines without rows of their own: what they show are rows of other tables, or there are none. */
const ENGINES_WITHOUT_ROWS: ReadonlySet<string> = new Set(['mrg_myisam', 'blackhole', 'oqgraph']);

export const isTransactional = (engine: string): boolean => TRANSACTIONAL_ENGINES.has(engine.toLowerCase());
export const hasRowsElsewhere = (engine: string): boolean => ENGINES_OF_ELSEWHERE.has(engine.toLowerCase());
/** Whether the rows that a table shows are its own: of others the definition is all there is to carry. */
export const hasRows = (engine: string): boolean =>
  !ENGINES_WITHOUT_ROWS.has(engine.toLowerCase()) && !hasRowsElsewhere(engine);
