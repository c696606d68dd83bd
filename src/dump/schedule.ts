/**
 * Schedule: the order of the work, and its division into jobs.
 *
 * In: the catalogue. Out: jobs, one at a time to whoever asks. The largest piece that cannot be divided goes first, then
 * large tables chunk by chunk, planned only when their turn comes; small objects come last and many to a job, so that
 * they fill the gaps and no connection idles while rows remain.
 */
import pLimit from 'p-limit';

import type { Session } from '../mysql/session.ts';
import type { Table } from '../schema/table.ts';
import { chunkCount, planChunks } from './chunk.ts';
import type { ChunkSize } from './chunk.ts';
import type { Chunk } from './chunk/chunk.ts';
import { whyLost } from './loss.ts';
import type { DataTask, DefinitionTask, Task } from './task.ts';

export interface TableWork {
  readonly table: Table;
  /** Undefined with --no-schemas. */
  readonly definition: DefinitionTask | undefined;
  /** The task of the whole table; undefined with --no-data. */
  readonly data: DataTask | undefined;
  /** Rows a chunk of this table aims at, where that is not as for all. */
  readonly rowsPerChunk?: number | undefined;
}

export type Job = readonly Task[];

/** A job of small objects is full at this many tasks or estimated bytes: short enough to balance, long enough to matter. */
const SMALL_JOB_TASKS = 32;
const SMALL_JOB_BYTES = 4 * 1024 * 1024;

export class Schedule {
  private readonly session: Session;
  private readonly size: ChunkSize;
  /** The largest piece last. */
  private readonly large: TableWork[];
  private readonly small: Job[];
  private ready: Job[] = [];
  /** The planning session is one: whoever comes while a table is being planned waits for that plan. */
  private readonly planning = pLimit(1);

  constructor(session: Session, size: ChunkSize, tables: readonly TableWork[], others: readonly DefinitionTask[]) {
    this.session = session;
    this.size = size;
    const isLarge = ({ table, data, rowsPerChunk }: TableWork): boolean =>
      data !== undefined &&
      data.extract?.limit === undefined &&
      (chunkCount(table, sizeOf(size, rowsPerChunk)) > 1 || table.estimatedBytes > SMALL_JOB_BYTES);
    this.large = tables.filter(isLarge).sort((a, b) => pieceBytes(a, size) - pieceBytes(b, size));
    this.small = gather(
      tables.filter((work) => !isLarge(work)),
      others,
    );
  }

  /** The next job; undefined when all work is handed out. */
  async next(): Promise<Job | undefined> {
    return this.planning(async () => {
      const ready = this.ready.pop();
      if (ready !== undefined) return ready;
      const work = this.large.pop();
      if (work === undefined) return this.small.pop();
      const { data, definition } = work;
      if (data === undefined) throw new Error('a table without data was scheduled as large');
      const chunks = await planOrLeave(this.session, work.table, sizeOf(this.size, work.rowsPerChunk));
      const jobs = chunks.map((chunk, part): Job => [{ ...data, ...chunk, part, chunks: chunks.length }]);
      const [first = [], ...rest] = jobs;
      this.ready = rest.reverse();
      return definition === undefined ? first : [definition, ...first];
    });
  }
}

function sizeOf(size: ChunkSize, rowsPerChunk: number | undefined): ChunkSize {
  return rowsPerChunk === undefined ? size : { ...size, rows: rowsPerChunk };
}

/** A table that DDL has put out of reach is one chunk, whose reader will say so. */
async function planOrLeave(session: Session, table: Table, size: ChunkSize): Promise<readonly Chunk[]> {
  try {
    return await planChunks(session, table, size);
  } catch (error) {
    if (whyLost(error) === undefined) throw error;
    return [{ where: undefined, partition: undefined }];
  }
}

function pieceBytes({ table, rowsPerChunk }: TableWork, size: ChunkSize): number {
  return table.estimatedBytes / chunkCount(table, sizeOf(size, rowsPerChunk));
}

/** Popped from the end: the tables with the most bytes stand there. */
function gather(tables: readonly TableWork[], others: readonly DefinitionTask[]): Job[] {
  const jobs: Task[][] = others.map((task) => [task]);
  const ascending = [...tables].sort((a, b) => a.table.estimatedBytes - b.table.estimatedBytes);
  let job: Task[] = [];
  let bytes = 0;
  for (const { table, definition, data } of ascending) {
    const tasks = [definition, data].filter((task) => task !== undefined);
    if (tasks.length === 0) continue;
    bytes += table.estimatedBytes;
    if (job.length === 0 || bytes > SMALL_JOB_BYTES || job.length >= SMALL_JOB_TASKS) {
      jobs.push((job = []));
      bytes = table.estimatedBytes;
    }
    job.push(...tasks);
  }
  return jobs;
}
