import type { TableWork } from './table-work.ts';
import type { DefinitionTask } from '../task.ts';

/** Small objects that one connection does in turn. */
export type SmallJob = readonly (TableWork | DefinitionTask)[];

/** A job of small objects is full at this many tables or estimated bytes: short enough to balance, long enough to matter. */
const SMALL_JOB_TABLES = 16;
export const SMALL_JOB_BYTES = 4 * 1024 * 1024;

/** Popped from the end: the tables with the most bytes stand there. */
export function gather(tables: readonly TableWork[], others: readonly DefinitionTask[]): SmallJob[] {
  const jobs: (TableWork | DefinitionTask)[][] = others.map((task) => [task]);
  const ascending = [...tables].sort((a, b) => a.table.estimatedBytes - b.table.estimatedBytes);
  let job: TableWork[] = [];
  let bytes = 0;
  for (const work of ascending) {
    if (work.definition === undefined && work.data === undefined) continue;
    bytes += work.table.estimatedBytes;
    if (job.length === 0 || bytes > SMALL_JOB_BYTES || job.length >= SMALL_JOB_TABLES) {
      jobs.push((job = []));
      bytes = work.table.estimatedBytes;
    }
    job.push(work);
  }
  return jobs;
}
