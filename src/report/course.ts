/**
 * Where a run stands: events in, one readable state out. It is the memory of the live view and of the lines in a log,
 * so that both say the same.
 */

import type { Phase, Progress, RunEvent } from '../base/events.ts';
import { Pace } from './pace.ts';

/** Before this much is known of the pace, a remaining time would be a guess. */
const MIN_WATCHED_MS = 5_000;
const MIN_FRACTION = 0.01;
/** Nothing has moved for so long: what remains is not known any more. */
const MAX_STALL_MS = 10_000;
/** A longer one says only that the pace is not known. */
const MAX_REMAINING_SECONDS = 7 * 86_400;
/** Rates of shorter steps are noise. */
const MIN_STEP_MS = 150;

export class Course {
  phase: Phase | undefined;
  /** The lock that is being waited for. */
  lockWanted: string | undefined;
  progress: Progress | undefined;
  /** Tables the run is about, before the first progress says so. */
  private tables = 0;
  readonly startMs: number;
  private sampledMs = 0;
  private paces: { rows: Pace; bytes: Pace; fraction: Pace } | undefined;

  constructor(nowMs: number) {
    this.startMs = nowMs;
  }

  note(event: RunEvent, nowMs: number): void {
    switch (event.type) {
      case 'phase':
        this.phase = event.phase;
        break;
      case 'lock':
        this.lockWanted = event.state === 'wanted' ? event.kind : undefined;
        break;
      case 'totals':
        this.tables = event.tables;
        break;
      case 'progress':
        this.progress = event.progress;
        this.sample(event.progress, nowMs);
        break;
      default:
    }
  }

  get tablesTotal(): number {
    return this.progress?.tablesTotal ?? this.tables;
  }

  get rowsPerSecond(): number {
    return this.paces?.rows.perSecond ?? 0;
  }

  get bytesPerSecond(): number {
    return this.paces?.bytes.perSecond ?? 0;
  }

  /** 0 to 1; undefined when nothing is known to divide by. 1 only when every table is done. */
  get fraction(): number | undefined {
    return this.progress === undefined ? undefined : fractionOf(this.progress);
  }

  /** Undefined until it makes sense, and as soon as it no longer does. */
  remainingSeconds(nowMs: number): number | undefined {
    const pace = this.paces?.fraction;
    const fraction = this.fraction;
    if (pace === undefined || fraction === undefined || this.progress === undefined) return undefined;
    if (pace.watchedMs(nowMs) < MIN_WATCHED_MS || pace.stalledMs(nowMs) > MAX_STALL_MS) return undefined;
    if (fraction < MIN_FRACTION || fraction >= LAST_FRACTION) return undefined;
    const seconds = (1 - fraction) / pace.perSecond;
    return seconds <= MAX_REMAINING_SECONDS ? seconds : undefined;
  }

  private sample(progress: Progress, nowMs: number): void {
    const fraction = fractionOf(progress) ?? 0;
    this.paces ??= { rows: new Pace(nowMs), bytes: new Pace(nowMs), fraction: new Pace(nowMs, fraction) };
    if (nowMs - this.sampledMs < MIN_STEP_MS) return;
    this.sampledMs = nowMs;
    this.paces.rows.sample(nowMs, progress.rowsDone);
    this.paces.bytes.sample(nowMs, progress.bytesDone);
    this.paces.fraction.sample(nowMs, fraction);
  }
}

/** Totals of a dump are estimates: until the last table is done there is something left, however many rows have passed. */
const LAST_FRACTION = 0.99;

function fractionOf(progress: Progress): number | undefined {
  if (progress.tablesTotal > 0 && progress.tablesDone >= progress.tablesTotal) return 1;
  const { storedBytesTotal, rowsTotal, tablesTotal } = progress;
  const share =
    storedBytesTotal > 0
      ? progress.storedBytes / storedBytesTotal
      : rowsTotal > 0
        ? progress.rowsDone / rowsTotal
        : tablesTotal > 0
          ? progress.tablesDone / tablesTotal
          : undefined;
  return share === undefined ? undefined : Math.min(LAST_FRACTION, share);
}
