/**
 * Journal: a running dump keeps what it has finished, for a run that goes on with it.
 *
 * In: tasks and what became of them. Out: lines of the journal, each when its files have their names; every half a minute the
 * disk is flushed and the journal says so, so that a power cut costs no more than that. No file waits for it: small ones share
 * the flush, large ones have flushed themselves.
 */
import { performance } from 'node:perf_hooks';

import type { JournalItem, JournalWriter } from '../format/journal.ts';
import { flushDirectory } from '../format/directory.ts';
import { quoteQualified } from '../schema/names.ts';
import type { Table } from '../schema/table.ts';
import type { DataTask, Task, TaskResult } from './task.ts';

const FLUSH_EVERY_MS = 30_000;
/** A disk that is slow to flush is flushed less often: this is the share of the time that it may take. */
const FLUSH_SHARE = 0.02;

export interface JournalOptions {
  readonly directory: string;
  readonly writer: JournalWriter;
  /** By qualified and quoted name: what tells whether a table's definition is still the same; '' or absent: nothing does. */
  readonly markOf: (qualifiedName: string) => string;
  /** How many chunks of a table are there from earlier runs. */
  readonly chunksBefore: (qualifiedName: string) => number;
  readonly flushEveryMs?: number | undefined;
}

interface OpenTable {
  chunks: number;
  isLost: boolean;
}

export class DumpJournal {
  private readonly options: JournalOptions;
  private readonly timer: NodeJS.Timeout;
  /** Tables with chunks, until they are whole. */
  private readonly open = new Map<string, OpenTable>();
  private items: JournalItem[] = [];
  /** Since the last flush. */
  private unflushed: string[] = [];
  private flushing: Promise<void> | undefined;
  private nextFlushMs = 0;
  private failure: unknown;
  private isEnded = false;
  /** There is nothing left to go on with. */
  isWhole = false;

  constructor(options: JournalOptions) {
    const everyMs = options.flushEveryMs ?? FLUSH_EVERY_MS;
    this.options = options;
    this.timer = setInterval(() => void (this.flushing ??= this.flush()), everyMs).unref();
  }

  /**
   * Counts what came of tasks, to be called before {@link tableDone}, and writes it once `named` resolves: the files have their
   * names then. Where it rejects, the files are lost, which others tell.
   *
   * @throws what a flush or an earlier line has failed with.
   */
  done(tasks: readonly Task[], results: readonly TaskResult[], named?: Promise<unknown>): void {
    if (this.failure !== undefined) throw this.failure;
    const items = tasks.flatMap((task, index) => {
      const result = results[index];
      return result === undefined ? [] : this.itemsOf(task, result);
    });
    if (items.length === 0) return;
    if (named === undefined) this.add(items);
    else
      named.then(
        () => this.add(items),
        () => undefined,
      );
  }

  /** All chunks of the table are read. */
  tableDone({ database, name: table }: Table): void {
    const key = quoteQualified(database, table);
    const open = this.open.get(key);
    this.open.delete(key);
    const mark = this.options.markOf(key);
    if (open === undefined || open.isLost || mark === '') return;
    this.add([{ database, table, mark, chunks: open.chunks }]);
  }

  /** The dump is whole, or is given up; nothing is written any more. */
  async end(isWhole: boolean): Promise<void> {
    if (this.isEnded) return;
    this.isEnded = true;
    clearInterval(this.timer);
    await this.flushing;
    this.isWhole = isWhole;
    if (isWhole) this.options.writer.remove();
    else this.options.writer.close();
  }

  private itemsOf(task: Task, { files, lost, skipped, tablespace }: TaskResult): JournalItem[] {
    if (task.kind === 'table') {
      const mark = this.options.markOf(quoteQualified(task.database, task.name));
      const [file] = files;
      // What there is to tell of a definition would not be told again.
      if (file === undefined || mark === '' || skipped !== undefined || tablespace !== undefined) return [];
      return [{ database: task.database, table: task.name, mark, definition: file }];
    }
    if (task.kind !== 'data') return [];
    const { database, table } = task;
    const key = quoteQualified(database, table);
    const open = this.openTable(key);
    open.chunks++;
    if (lost !== undefined) open.isLost = true;
    const mark = this.options.markOf(key);
    if (open.isLost || mark === '') return [];
    return [{ database, table, mark, chunk: { ...chunkOf(task), files } }];
  }

  private openTable(key: string): OpenTable {
    const known = this.open.get(key);
    if (known !== undefined) return known;
    const open = { chunks: this.options.chunksBefore(key), isLost: false };
    this.open.set(key, open);
    return open;
  }

  /** What comes in one turn of the event loop makes one line. */
  private add(items: readonly JournalItem[]): void {
    if (this.items.length === 0) queueMicrotask(() => this.write());
    this.items.push(...items);
  }

  private write(): void {
    const { items } = this;
    this.items = [];
    if (this.isEnded || this.failure !== undefined) return;
    try {
      this.options.writer.add(items);
    } catch (error) {
      this.failure = error;
    }
    for (const item of items) {
      if ('definition' in item) this.unflushed.push(item.definition.name);
      if ('chunk' in item) for (const { name } of item.chunk.files) this.unflushed.push(name);
    }
  }

  private async flush(): Promise<void> {
    const startMs = performance.now();
    if (startMs >= this.nextFlushMs && this.unflushed.length > 0) {
      const { directory, writer } = this.options;
      const names = this.unflushed;
      const { items } = writer; // what is added while the disk works is none of them
      this.unflushed = [];
      try {
        await flushDirectory(directory, names);
        if (!this.isEnded) writer.markDurable(items);
      } catch (error) {
        this.failure ??= error;
      }
      const endMs = performance.now();
      this.nextFlushMs = endMs + (endMs - startMs) / FLUSH_SHARE;
    }
    this.flushing = undefined;
  }
}

function chunkOf({ part, where, partition, index, window, span }: DataTask) {
  return { part, where, partition, index, ...(window === undefined ? {} : { window }), span };
}
