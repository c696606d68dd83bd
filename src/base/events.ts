/**
 * What a run tells the outside. The engines emit these; report/ (and any user of the library) listens. An engine never
 * waits for a listener and never learns whether there is one.
 */

export type Emit = (event: RunEvent) => void;

export type RunEvent =
  | { readonly type: 'phase'; readonly phase: Phase }
  /** The server a run works with, once the first session is open. */
  | { readonly type: 'server'; readonly product: 'MySQL' | 'MariaDB'; readonly version: string; readonly where: string }
  | { readonly type: 'lock'; readonly state: 'wanted' | 'held'; readonly kind: string }
  | { readonly type: 'lock'; readonly state: 'released'; readonly kind: string; readonly heldMs: number }
  /** The binlog position and GTID set of the snapshot; absent fields mean that the server keeps none. */
  | { readonly type: 'position'; readonly position: BinlogPosition }
  /** What lies ahead. `rows` and `bytes` are estimates while dumping, counts while loading. */
  | { readonly type: 'totals'; readonly tables: number; readonly rows: number; readonly bytes: number }
  /** A few times a second while data moves. */
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'table-done'; readonly table: string; readonly rows: number }
  /** Something was tried again; `attempt` counts from 1. */
  | {
      readonly type: 'retry';
      readonly what: string;
      readonly attempt: number;
      readonly waitMs: number;
      readonly reason: string;
    }
  /** A filter of the operator's keeps an object out of the run; `by` is the option. */
  | { readonly type: 'left-out'; readonly kind: ObjectKind; readonly name: string; readonly by: string }
  /** Something that was asked for could not be carried: the run goes on, and ends with exit code 3 instead of 0. */
  | ({ readonly type: 'skipped' } & Skipped)
  /** Something that takes long, and what it is: nothing is wrong. */
  | { readonly type: 'note'; readonly message: string }
  /** Something the operator should know that does not end the run. */
  | { readonly type: 'warning'; readonly message: string };

/** What a run left behind, by name, and the reason. What a filter leaves out on request is not among it. */
export interface Skipped {
  /** "table `shop`.`orders`", "account `app`@`%`", … */
  readonly what: string;
  readonly why: string;
}

/** 'rows' are those of a table whose definition is not left out. */
export type ObjectKind = 'database' | 'table' | 'rows' | 'view' | 'sequence' | 'trigger' | 'routine' | 'event';

/** How many objects the operator's own filters have kept out of a run; kinds without any are absent. */
export type LeftOut = Readonly<Partial<Record<ObjectKind, number>>>;

export type Phase =
  | 'connect'
  | 'lock'
  | 'catalog'
  | 'schema'
  | 'data'
  | 'constraints'
  | 'code'
  | 'views'
  | 'verify'
  | 'finish';

export interface BinlogPosition {
  readonly file?: string | undefined;
  readonly position?: number | undefined;
  /** MySQL: executed GTID set; MariaDB: binlog GTID position. Newlines removed. */
  readonly gtidSet?: string | undefined;
}

export interface Progress {
  readonly tablesDone: number;
  readonly tablesTotal: number;
  /** Loading: those that exist in the target, whose rows may still be to come. */
  readonly tablesCreated?: number | undefined;
  readonly rowsDone: number;
  /** An estimate while dumping; what the dump's metadata says while loading; 0 when unknown. */
  readonly rowsTotal: number;
  /** SQL text written or sent, before compression. */
  readonly bytesDone: number;
  /** Bytes on disk: written so far while dumping, read so far while loading. */
  readonly storedBytes: number;
  /** Bytes on disk that there are to read (loading); 0 while dumping. */
  readonly storedBytesTotal: number;
  /** One entry a connection: what it works on, e.g. "`shop`.`orders` part 3", or '' when idle. */
  readonly activities: readonly string[];
}

/** What became of the server's users and roles in a dump. Names are quoted: `app`@`%`. */
export interface AccountsDumped {
  readonly written: number;
  /** The server's own, which every server has. */
  readonly excluded: readonly string[];
}

/** What became of the users and roles of a dump in a load. */
export interface AccountsLoaded {
  readonly created: number;
  /** In the target already, and left as they are. */
  readonly existing: readonly string[];
}

/** What a finished dump was; the same numbers go to the terminal, the log and the library's caller. */
export interface DumpSummary {
  readonly directory: string;
  readonly databases: number;
  readonly tables: number;
  readonly views: number;
  /** Routines, triggers and events. */
  readonly codeObjects: number;
  /** Undefined when none were asked for. */
  readonly accounts?: AccountsDumped | undefined;
  readonly rows: number;
  /** Of `rows`, what earlier runs of the dump had read; 0 unless it was resumed. */
  readonly earlierRows: number;
  readonly files: number;
  /** SQL text before compression, in bytes. */
  readonly bytes: number;
  /** Bytes on disk. */
  readonly storedBytes: number;
  readonly seconds: number;
  /** How long writes to the server were held up by our lock; undefined when no lock was taken. */
  readonly lockHeldMs: number | undefined;
  /** How long writers of non-transactional tables were held up until those were read; undefined when there were none. */
  readonly tableLocksHeldMs: number | undefined;
  /** All rows are of one point in time, and the position is that point. */
  readonly isConsistent: boolean;
  /** Points in time that rows are of: more than one only in a dump that was resumed after something was written. */
  readonly points: number;
  readonly position: BinlogPosition;
  readonly leftOut: LeftOut;
  readonly warnings: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** Something in a dump that is not as it was written. */
export interface Finding {
  /** Undefined: no single file has it. */
  readonly file: string | undefined;
  /** What is wrong: behind the file's name it makes a sentence. */
  readonly what: string;
  /** It is as it was written, for all that is known, and holds what a load does not run. */
  readonly isForeign?: true | undefined;
}

/** What a dump was found to be. */
export interface VerifySummary {
  readonly directory: string;
  /** That were read, from their first byte to their last. */
  readonly files: number;
  readonly tables: number;
  readonly rows: number;
  /** Text before compression. */
  readonly bytes: number;
  readonly storedBytes: number;
  /** What the dump says of itself: the hash of each file, the size of each, or no more than how many rows its tables have. */
  readonly basis: 'hashes' | 'sizes' | 'rows';
  /** Empty: all is as it was written, as far as the basis goes. */
  readonly findings: readonly Finding[];
  readonly seconds: number;
  readonly warnings: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** Something that a server has otherwise than the dump. */
export interface Difference {
  /** A table by its name on the server, qualified and quoted; of others with the kind before it: "view `shop`.`best`". */
  readonly object: string;
  /** Behind that it makes a sentence. */
  readonly what: string;
  /** Of the first rows that differ, where they are known. */
  readonly keys?: readonly string[] | undefined;
}

/** When a server's rows were read, all but those of tables without transactions. */
export interface ComparedMoment {
  /** All connections read at the same point in time. */
  readonly isOne: boolean;
  /** In which time the connections opened their snapshots, in ms. */
  readonly withinMs: number;
  /** Where the point lies in the binlog; undefined: the server keeps none, the account may not know, or there is no one point. */
  readonly position: BinlogPosition | undefined;
}

/** What a server was found to have of a dump. */
export interface AgainstSummary {
  readonly directory: string;
  /** "user@host:port" */
  readonly where: string;
  readonly tables: number;
  /** Tables, views, triggers, … whose definitions were looked at; 0: the dump has none, or none that could be read. */
  readonly definitions: number;
  /** SELECTs whose rows were hashed. */
  readonly chunks: number;
  /** That the server has in them. */
  readonly rows: number;
  /** Undefined: there was nothing to read. */
  readonly moment: ComparedMoment | undefined;
  readonly differences: readonly Difference[];
  readonly seconds: number;
  readonly warnings: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** What a finished load was. */
export interface LoadSummary {
  readonly directory: string;
  readonly databases: number;
  readonly tables: number;
  readonly views: number;
  readonly codeObjects: number;
  /** Undefined when none were asked for. */
  readonly accounts?: AccountsLoaded | undefined;
  readonly rows: number;
  /** Of `rows`, what earlier runs of the load had committed; 0 unless it was resumed. */
  readonly earlierRows: number;
  /** SQL text sent, in bytes. */
  readonly bytes: number;
  /** Bytes read from disk. */
  readonly storedBytes: number;
  readonly seconds: number;
  readonly retries: number;
  readonly leftOut: LeftOut;
  readonly warnings: readonly string[];
  readonly skipped: readonly Skipped[];
}
