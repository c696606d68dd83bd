/**
 * Schedule: the order of the work, and its division into jobs.
 *
 * In: the catalogue. Out: jobs, one at a time to whoever asks. The largest piece that cannot be divided goes first, then
 * large tables chunk by chunk, planned a few chunks ahead of the readers; small objects come last and many to a job, so
 * that they fill the gaps and no connection idles while rows remain.
 *
 * A table is done when nothing of it is left to plan and all its chunks are read. While one is read it may turn out to be
 * larger than it seemed, and so whoever asks is sent away only when nobody reads any more.
 */
import { must } from '../../base/errors.ts';
import { sum } from '../../base/numbers.ts';
import type { Table } from '../../schema/table.ts';
import { pieces, restOfChunk, restOfTable, tableChunks, wholeChunk } from '../chunk.ts';
import type { ChunkRules, DividedTable, Pieces } from '../chunk.ts';
import { wholeTable } from '../chunk/chunk.ts';
import type { Chunk } from '../chunk/chunk.ts';
import { RowsPerChunk } from '../chunk/size.ts';
import type { PlanningConnection } from '../planning.ts';
import { gather, SMALL_JOB_BYTES } from './small-jobs.ts';
import type { SmallJob } from './small-jobs.ts';
import type { TableWork } from './table-work.ts';
import type { DataTask, DefinitionTask, Task, TaskResult } from '../task.ts';

export interface ScheduleRules extends ChunkRules {
  /** Connections that read a table at the same time; undefined: all of them. */
  readonly maxReadersPerTable: number | undefined;
}

/** What is to be done before what comes after it is begun. */
export interface Work {
  readonly tables: readonly TableWork[];
  readonly others: readonly DefinitionTask[];
}

export type Job = readonly Task[];

/** More of them would be planned with an older idea of how long rows are. */
const CHUNKS_PLANNED_AHEAD = 4;

/** A table that is, or may be, more than one chunk. */
interface OpenTable extends DividedTable {
  readonly data: DataTask;
  readers: number;
  /** Streams that are not planned to their end. */
  streams: number;
  nextPart: number;
  rows: number;
}

/** Chunks of an open table in the order in which they are planned. */
interface Stream {
  readonly open: OpenTable;
  readonly chunks: AsyncGenerator<Chunk>;
  readonly ready: Chunk[];
  /** To be done with the first chunk. */
  definition: DefinitionTask | undefined;
  isPlanning: boolean;
  isPlanned: boolean;
}

/** Work that nobody has begun. */
interface Stage {
  /** The largest piece last. */
  readonly large: TableWork[];
  readonly small: SmallJob[];
}

/** A chunk that somebody reads. */
interface Reading {
  readonly chunk: Chunk;
  readonly open: OpenTable;
}

export class Schedule {
  /** Told of every table with data once all its rows are read. */
  onTableDone: (table: Table, rows: number) => void = () => undefined;
  private readonly planning: PlanningConnection;
  private readonly rules: ScheduleRules;
  private readonly stages: readonly Stage[];
  private readonly streams = new Set<Stream>();
  private readonly readings = new Map<Task, Reading>();
  private waiting: (() => void)[] = [];
  private failure: unknown;
  private isClosed = false;

  constructor(planning: PlanningConnection, rules: ScheduleRules, works: readonly Work[]) {
    this.planning = planning;
    this.rules = rules;
    this.stages = works.map((work) => this.stageOf(work));
  }

  private stageOf({ tables, others }: Work): Stage {
    const piecesOf = (work: TableWork): Pieces => pieces(work.table, this.rulesOf(work));
    const isLarge = (work: TableWork): boolean =>
      work.kept?.unread !== undefined ||
      (mayBeDivided(work.data) && (piecesOf(work).areMany || work.table.estimatedBytes > SMALL_JOB_BYTES));
    const small = tables.filter((work) => !isLarge(work));
    return {
      large: tables.filter(isLarge).sort((a, b) => piecesOf(a).bytes - piecesOf(b).bytes),
      small: gather(small, others),
    };
  }

  /** The first that has anything left to begin. */
  private get stage(): Stage | undefined {
    return this.stages.find(({ large, small }) => large.length + small.length > 0);
  }

  /**
   * The next job; undefined when there will be none any more.
   *
   * @throws what planning has failed with.
   */
  async next(): Promise<Job | undefined> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      const job = this.isClosed ? undefined : this.take();
      if (job !== undefined || this.isOver) return job;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** To be told of every data task that was done. */
  finished(task: DataTask, { files, next }: TaskResult): void {
    const { chunk, open } = must(this.readings.get(task), `a chunk of ${task.table} that is being read`);
    this.readings.delete(task);
    const rows = files.reduce((total, file) => total + file.rows, 0);
    const bytes = files.reduce((total, file) => total + file.bytes, 0);
    open.rowsPerChunk.learn(rows, bytes);
    open.rows += rows;
    open.readers--;
    if (next !== undefined) this.begin(open, restOfChunk(open, chunk, next));
    this.tellIfDone(open);
    this.wake();
  }

  /** Sends everybody away, also those who wait. */
  close(): void {
    this.isClosed = true;
    this.wake();
  }

  private get isOver(): boolean {
    if (this.isClosed) return true;
    return this.stage === undefined && this.streams.size + this.readings.size === 0;
  }

  private take(): Job | undefined {
    const hasRoom = ({ open }: Stream): boolean => open.readers < (this.rules.maxReadersPerTable ?? Infinity);
    const open = [...this.streams].filter(hasRoom);
    const stream = open.find(({ ready }) => ready.length > 0);
    if (stream !== undefined) return this.takeChunk(stream);
    // While the next chunk of a table is looked for, small objects are at hand, but no further large table is begun.
    const work = open.length === 0 ? this.stage?.large.pop() : undefined;
    if (work !== undefined) {
      const opened = this.open(work);
      const spans = work.kept?.unread?.spans;
      this.begin(opened, spans === undefined ? tableChunks(opened) : restOfTable(opened, spans), work.definition);
    }
    const job = this.stage?.small.pop();
    return job?.flatMap((item) => ('kind' in item ? [item] : this.takeWhole(item)));
  }

  private takeChunk(stream: Stream): Job {
    const chunk = must(stream.ready.shift(), 'a chunk that is ready');
    const { definition } = stream;
    stream.definition = undefined;
    const task = this.read(stream.open, chunk);
    void this.plan(stream);
    return definition === undefined ? [task] : [definition, task];
  }

  private takeWhole(work: TableWork): Task[] {
    const definition = work.definition === undefined ? [] : [work.definition];
    if (work.data === undefined) return definition;
    const open = this.open(work);
    const chunk = mayBeDivided(work.data) ? wholeChunk(work.table, open.rowsPerChunk) : wholeTable;
    return [...definition, this.read(open, chunk)];
  }

  private read(open: OpenTable, chunk: Chunk): DataTask {
    const task = { ...open.data, ...chunk, part: open.nextPart++ };
    open.readers++;
    this.readings.set(task, { chunk, open });
    return task;
  }

  private rulesOf({ rowsPerChunk }: TableWork): ChunkRules {
    const { size } = this.rules;
    return rowsPerChunk === undefined ? this.rules : { ...this.rules, size: { ...size, rows: rowsPerChunk } };
  }

  private open(work: TableWork): OpenTable {
    const { planning } = this;
    const { table } = work;
    const rules = this.rulesOf(work);
    const rowsPerChunk = new RowsPerChunk(table, rules.size);
    const task = must(work.data, `the data task of ${table.name}`);
    const { kept } = work;
    const nextPart = kept?.unread?.nextPart ?? 0;
    const rows = sum((kept?.chunks ?? []).flatMap(({ files }) => files).map((file) => file.rows));
    return { table, planning, rules, rowsPerChunk, data: task, readers: 0, streams: 0, nextPart, rows };
  }

  private begin(open: OpenTable, chunks: AsyncGenerator<Chunk>, definition?: DefinitionTask): void {
    const stream: Stream = { open, chunks, ready: [], definition, isPlanning: false, isPlanned: false };
    this.streams.add(stream);
    open.streams++;
    void this.plan(stream);
  }

  /** Plans ahead as far as it may; to be called again when a chunk was taken. Never rejects: `next` tells the failure. */
  private async plan(stream: Stream): Promise<void> {
    const { open, chunks, ready } = stream;
    if (stream.isPlanning) return;
    stream.isPlanning = true;
    try {
      while (!stream.isPlanned && ready.length < CHUNKS_PLANNED_AHEAD && !this.isClosed) {
        const { value, done } = await chunks.next();
        if (done === true) stream.isPlanned = true;
        else ready.push(value);
        this.wake();
      }
    } catch (error) {
      this.failure ??= error;
    }
    stream.isPlanning = false;
    if (stream.isPlanned && ready.length === 0 && this.streams.delete(stream)) {
      open.streams--;
      this.tellIfDone(open);
    }
    this.wake();
  }

  private tellIfDone(open: OpenTable): void {
    if (open.readers + open.streams === 0) this.onTableDone(open.table, open.rows);
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resume of waiting) resume();
  }
}

/** With a limit of the operator's, the rows are those that one SELECT gives. */
function mayBeDivided(data: DataTask | undefined): boolean {
  return data !== undefined && data.extract?.limit === undefined;
}
