/**
 * `tsdump-journal`: what a dump that is not finished has finished, so that another run can go on with it. One JSON value a line,
 * each behind a hash of its own: a line that a crash has cut, or that never reached the disk, ends what is believed.
 *
 * 1. A file is in it once it has its name, with the size and the hash of its bytes. Whoever goes on believes no file that
 *    does not have them, so a power cut can take files away and never put wrong ones in.
 * 2. A line `durable` is written when the files of so many items are on the disk, and their names.
 * 3. It goes when `metadata` is on the disk. A directory with both is a whole dump.
 */

import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { ToolError } from '../base/errors.ts';
import type { BinlogPosition } from '../base/events.ts';
import type { GivenOptions } from '../base/given-options.ts';
import { sum } from '../base/numbers.ts';
import { PARTIAL_SUFFIX, publishFile, writeSmallFile } from './files.ts';
import type { ManifestDataFile } from './manifest.ts';
import { JOURNAL_NAME } from './names.ts';
import { errnoOf, storageError } from './storage-error.ts';

const FORMAT = 'tsdump-journal';
/** Whoever writes something that an older reader would go on with wrongly counts on. */
const VERSION = 1;
const HASH_DIGITS = 16;

/** By what a further run knows whether it would be the same dump. */
export interface JournalHead {
  /** Of the source: the product, its version, and what tells it from others. */
  readonly server: { readonly product: string; readonly version: string; readonly id: string };
  /** Those that decide what is dumped, and how it is written. */
  readonly options: GivenOptions;
  /** As in the manifest. */
  readonly hashes: number;
}

/** A point in time that rows were read at: a run of the dump each. */
export interface JournalPoint {
  /** ISO 8601, in UTC. */
  readonly startedAt: string;
  readonly position: BinlogPosition;
  /** All rows of it are of one moment. */
  readonly isConsistent: boolean;
  /** A server whose position is the same has the same rows. */
  readonly isProvable: boolean;
}

/** A file as the manifest wants it, of whichever kind. */
export type JournalFile = ManifestDataFile & { readonly xxh3: string };

/** Where a chunk lies in the order of its table's key: between boundaries, none at an end, the higher rank further on. */
export interface Span {
  readonly rank: number;
  /** Literals, one for each part of the key. */
  readonly from?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
}

/** What one SELECT has read of a table. */
export interface JournalChunk {
  readonly part: number;
  readonly where?: string | undefined;
  readonly partition?: string | undefined;
  readonly index?: string | undefined;
  readonly window?: { readonly skip: number; readonly rows: number; readonly order: string; readonly key: string };
  readonly span?: Span | undefined;
  readonly files: readonly JournalFile[];
}

/** Something that is finished, of a table: its definition, a chunk, or all chunks, of which there are so many. */
export type JournalItem = { readonly database: string; readonly table: string; readonly mark: string } & (
  | { readonly definition: JournalFile }
  | { readonly chunk: JournalChunk }
  | { readonly chunks: number }
);

interface JournalLine {
  readonly point?: JournalPoint;
  readonly done?: readonly JournalItem[];
  readonly durable?: number;
}

/** What was finished at one point in time. */
export interface JournalRun {
  readonly point: JournalPoint;
  readonly items: readonly JournalItem[];
}

export interface Journal {
  readonly head: JournalHead;
  /** In order. */
  readonly runs: readonly JournalRun[];
  /** So many of the items, in the order of all runs, were on the disk for certain. */
  readonly durableItems: number;
}

/** One value as a line of a journal. */
export function journalLine(value: object): string {
  const text = JSON.stringify(value);
  return `${hashOf(text)} ${text}\n`;
}

/** A journal that begins like this. */
export function journalText({ head, runs }: Omit<Journal, 'durableItems'>): string {
  const lines: object[] = [{ format: FORMAT, version: VERSION, ...head }];
  for (const { point, items } of runs) {
    lines.push({ point });
    for (let at = 0; at < items.length; at += ITEMS_A_LINE) lines.push({ done: items.slice(at, at + ITEMS_A_LINE) });
  }
  return lines.map(journalLine).join('');
}

const ITEMS_A_LINE = 32;

/**
 * What a journal says, up to the first line that is not whole. Undefined: not even its head is.
 *
 * @throws ToolError RESUME_REFUSED when another version of tsdump has written it.
 */
export function parseJournal(bytes: Buffer): Journal | undefined {
  let head: JournalHead | undefined;
  const runs: { point: JournalPoint; items: JournalItem[] }[] = [];
  let durableItems = 0;
  for (let at = 0, end = bytes.indexOf(NEWLINE); end !== -1; at = end + 1, end = bytes.indexOf(NEWLINE, at)) {
    const value = valueOf(bytes.toString('utf8', at, end));
    if (value === undefined) break;
    if (head === undefined) head = headOf(value);
    if (head === undefined) return undefined;
    const { point, done, durable } = value as JournalLine;
    durableItems = durable ?? durableItems;
    if (point !== undefined) runs.push({ point, items: [] });
    for (const item of done ?? []) runs.at(-1)?.items.push(item);
  }
  return head && { head, runs, durableItems };
}

const NEWLINE = 10;

function headOf(value: unknown): JournalHead | undefined {
  const { format, version, ...head } = value as JournalHead & { format: unknown; version: unknown };
  if (format !== FORMAT) return undefined;
  if (version === VERSION) return head;
  throw new ToolError('RESUME_REFUSED', `the journal of the dump has version ${String(version)}, not ${VERSION}`, {
    hint: 'go on with it by the version of tsdump that has begun it, or begin anew: --clear',
  });
}

/** Undefined: not as it was written. */
function valueOf(line: string): unknown {
  const text = line.slice(HASH_DIGITS + 1);
  return line.slice(0, HASH_DIGITS + 1) === `${hashOf(text)} ` ? JSON.parse(text) : undefined;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);
}

/** Undefined: there is none, or nothing in it can be believed. @throws ToolError RESUME_REFUSED, STORAGE. */
export function readJournal(directory: string): Journal | undefined {
  const path = join(directory, JOURNAL_NAME);
  try {
    return parseJournal(readFileSync(path));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw storageError(error, 'reading', path);
  }
}

/** Writes what is finished, in the order in which it is told. */
export class JournalWriter {
  /** So far, those that it began with among them. */
  items: number;
  private readonly path: string;
  private readonly descriptor: number;

  private constructor(directory: string, { runs }: Pick<Journal, 'runs'>) {
    this.path = join(directory, JOURNAL_NAME);
    this.descriptor = openSync(this.path, 'a');
    this.items = sum(runs.map(({ items }) => items.length));
  }

  /** @throws ToolError STORAGE. */
  static begin(directory: string, begin: Omit<Journal, 'durableItems'>): JournalWriter {
    writeSmallFile(directory, JOURNAL_NAME, Buffer.from(journalText(begin)));
    return new JournalWriter(directory, begin);
  }

  /** In place of the one that there is; on the disk when this resolves. @throws ToolError STORAGE. */
  static async replace(directory: string, begin: Omit<Journal, 'durableItems'>): Promise<JournalWriter> {
    // Of a run that was killed at this very step.
    rmSync(join(directory, JOURNAL_NAME + PARTIAL_SUFFIX), { force: true });
    await publishFile(directory, JOURNAL_NAME, [Buffer.from(journalText(begin))]);
    return new JournalWriter(directory, begin);
  }

  /** These have their names. @throws ToolError STORAGE. */
  add(done: readonly JournalItem[]): void {
    this.write({ done });
    this.items += done.length;
  }

  /** The files of so many items are on the disk, with their names. @throws ToolError STORAGE. */
  markDurable(items: number): void {
    this.write({ durable: items });
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** The dump is whole: `metadata` is on the disk. @throws ToolError STORAGE. */
  remove(): void {
    this.close();
    try {
      rmSync(this.path, { force: true });
    } catch (error) {
      throw storageError(error, 'removing', this.path);
    }
  }

  private write(value: object): void {
    const bytes = Buffer.from(journalLine(value));
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at);
    } catch (error) {
      throw storageError(error, 'writing', this.path);
    }
  }
}
