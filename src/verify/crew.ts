/**
 * Crew: the threads that check files. Large files go one by one, the largest first, small ones many at a time; no job is given before
 * somebody is free for it.
 */
import { abortable } from '../base/abort.ts';
import type { Emit } from '../base/events.ts';
import { WorkerThread } from '../threads/worker-thread.ts';
import { Counter } from './job.ts';
import type { CheckJob, CheckMethods, CheckSetup, FileReport } from './job.ts';

/** A thread reads so many files at a time, so that it has work while one of them waits for the disk or the decoder. */
const FILES_AT_A_TIME = 3;
/** Small files are given together up to this size: handing one over costs as much as checking 100 kB. */
const BATCH_BYTES = 2 * 1024 * 1024;
const INTERVAL_MS = 200;

export interface SizedJob {
  readonly job: CheckJob;
  readonly storedBytes: number;
}

export interface Checking {
  readonly directory: string;
  readonly threads: number;
  readonly backslashEscapes: boolean;
  readonly foldsNames: boolean;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** All reports, in no particular order. @throws the first failure, after the threads have ended. */
export async function checkFiles(jobs: readonly SizedJob[], checking: Checking): Promise<readonly FileReport[]> {
  const batches = batched(jobs);
  const { directory, backslashEscapes, foldsNames, signal } = checking;
  const members = Array.from({ length: Math.max(1, Math.min(checking.threads, batches.length)) }, () => {
    const counters = new Float64Array(new SharedArrayBuffer(Counter.SLOTS * Float64Array.BYTES_PER_ELEMENT));
    const setup: CheckSetup = { directory, backslashEscapes, foldsNames, counters };
    return { counters, thread: new WorkerThread<CheckMethods>(new URL('./check-worker.js', import.meta.url), setup) };
  });
  const stop = (): Promise<unknown> => Promise.all(members.map(({ thread }) => thread.stop()));
  const totalBytes = jobs.reduce((total, { storedBytes }) => total + storedBytes, 0);
  const allCounters = members.map(({ counters }) => counters);
  const timer = setInterval(() => tell(allCounters, totalBytes, checking.emit), INTERVAL_MS);
  const reports: FileReport[] = [];
  const work = async (thread: WorkerThread<CheckMethods>): Promise<void> => {
    for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
      reports.push(...(await thread.call('check', batch)));
    }
  };
  const lanes = members.flatMap(({ thread }) => Array.from({ length: FILES_AT_A_TIME }, () => thread));
  try {
    await abortable(
      signal,
      () => void stop(),
      () => Promise.all(lanes.map(work)),
    );
    return reports;
  } finally {
    clearInterval(timer);
    await stop();
  }
}

/** The largest last, where it is taken first. */
function batched(jobs: readonly SizedJob[]): CheckJob[][] {
  const batches: CheckJob[][] = [];
  let room = 0;
  for (const { job, storedBytes } of jobs.toSorted((a, b) => a.storedBytes - b.storedBytes)) {
    const batch = storedBytes <= room ? batches.at(-1) : undefined;
    if (batch === undefined) {
      batches.push([job]);
      room = BATCH_BYTES - storedBytes;
    } else {
      batch.push(job);
      room -= storedBytes;
    }
  }
  return batches;
}

function tell(counters: readonly Float64Array[], storedBytesTotal: number, emit: Emit): void {
  const sum = (slot: number): number => counters.reduce((total, each) => total + (each[slot] ?? 0), 0);
  emit({
    type: 'progress',
    progress: {
      tablesDone: 0,
      tablesTotal: 0,
      rowsDone: sum(Counter.ROWS),
      rowsTotal: 0,
      bytesDone: sum(Counter.BYTES),
      storedBytes: sum(Counter.STORED_BYTES),
      storedBytesTotal,
      activities: [],
    },
  });
}
