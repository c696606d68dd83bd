/** What crosses the thread boundary while files are checked: jobs out, reports back. */
import type { Codec } from '../format/codec.ts';
import type { Owner } from '../schema/belongs/belongs.ts';

/** A file to be read from its first byte to its last. */
export interface CheckJob {
  readonly name: string;
  readonly codec: Codec;
  /** What its text is; 'bytes': nothing that could be told without knowing them. */
  readonly text: 'rows' | 'bare-rows' | 'definitions' | 'bytes';
  /** What its statements are judged by; undefined: nothing is. */
  readonly owner?: Owner | undefined;
}

export interface FileReport {
  readonly name: string;
  /** Of the stored bytes; undefined when they were not read to the end. */
  readonly xxh3?: string | undefined;
  /** Of the text. */
  readonly bytes: number;
  readonly rows: number;
  /** What is wrong with it by itself: the first thing, and where. */
  readonly problem?: string | undefined;
  /** The first statement that a load would not run, where it is and why. */
  readonly foreign?: string | undefined;
}

export interface CheckSetup {
  readonly directory: string;
  /** What the dump's metadata says; data files may say otherwise. */
  readonly backslashEscapes: boolean;
  /** Names of tables that differ in case only are one. */
  readonly foldsNames: boolean;
  /** In memory shared with the main thread; see {@link Counter}. */
  readonly counters: Float64Array;
}

/** Slots of a thread's shared counters (Float64). */
export const Counter = { ROWS: 0, BYTES: 1, STORED_BYTES: 2, SLOTS: 3 } as const;

export interface CheckMethods {
  check(jobs: readonly CheckJob[]): Promise<readonly FileReport[]>;
}
