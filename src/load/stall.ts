/**
 * Stall: says who waits for what when a load stands still.
 *
 * In: the run's own events, of which those that tell of something done are signs of life. Out: when there was none for so
 * long, an event that names what each connection does, what the server says of it, and whose lock is in the way, again
 * with growing pauses. Whoever only works long, an index build above all, is told of as a note and not as a warning. It
 * ends nobody, and no worker waits for it: it is a timer with a connection of its own for as long as it looks.
 */
import { abortable } from '../base/abort.ts';
import { describeError } from '../base/errors.ts';
import type { Emit, Progress, RunEvent } from '../base/events.ts';
import { readLockWaits } from '../mysql/lock-waits.ts';
import type { LockView } from '../mysql/lock-waits.ts';
import type { LoadSessions } from './session.ts';
import { describeStandstill, verdictOn } from './stall/words.ts';
import type { Activity } from './stall/words.ts';

/** Half of the minute within which a standstill is to be told: looking takes time too. */
const DEFAULT_QUIET_MS = 30_000;
const MAX_PAUSE_MS = 600_000;
/** A server that is stuck itself does not answer either. */
const LOOK_TIMEOUT_MS = 20_000;

export class StallWatch {
  /** Passes every event on. */
  readonly emit: Emit;
  /** What the tables are at, when there are any. */
  states: () => readonly string[] = () => [];
  private readonly quietMs: number;
  private readonly stopping = new AbortController();
  private sessions: LoadSessions | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private lastSignMs = performance.now();
  /** How long it must have been quiet to be told, growing with each time. */
  private dueMs: number;
  private figures = '';
  private readonly activities: { what: string; sinceMs: number }[] = [];

  constructor(emit: Emit, quietMs = DEFAULT_QUIET_MS) {
    this.quietMs = quietMs;
    this.dueMs = quietMs;
    this.emit = (event) => {
      if (this.isSign(event)) this.live();
      emit(event);
    };
  }

  start(sessions: LoadSessions): void {
    this.sessions = sessions;
    this.live();
    this.wait();
  }

  /** Nothing is told any more once it resolves. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.stopping.abort();
    await this.looking;
  }

  private live(): void {
    this.lastSignMs = performance.now();
    this.dueMs = this.quietMs;
  }

  private isSign(event: RunEvent): boolean {
    if (event.type === 'warning' || event.type === 'note') return false;
    return event.type === 'progress' ? this.hasMoved(event.progress) : true;
  }

  private hasMoved({ activities, ...progress }: Progress): boolean {
    const now = performance.now();
    for (const [lane, what] of activities.entries()) {
      if (this.activities[lane]?.what !== what) this.activities[lane] = { what, sinceMs: now };
    }
    const { rowsDone, bytesDone, tablesDone, tablesCreated, storedBytes } = progress;
    const figures = `${rowsDone} ${bytesDone} ${tablesDone} ${tablesCreated} ${storedBytes}`;
    const hasMoved = figures !== this.figures;
    this.figures = figures;
    return hasMoved;
  }

  private wait(): void {
    if (this.stopping.signal.aborted) return;
    const leftMs = this.lastSignMs + this.dueMs - performance.now();
    this.timer = setTimeout(
      () => {
        this.looking = this.check().finally(() => this.wait());
      },
      Math.max(leftMs, 1),
    ).unref();
  }

  private async check(): Promise<void> {
    const { sessions, lastSignMs } = this;
    if (sessions === undefined || performance.now() < lastSignMs + this.dueMs) return;
    const view = await this.look(sessions);
    if (this.stopping.signal.aborted || this.lastSignMs !== lastSignMs) return;
    const seconds = (performance.now() - lastSignMs) / 1000;
    const standstill = { seconds, activities: this.underWay(), states: this.states(), view };
    const verdict = verdictOn(standstill, this.quietMs / 1000);
    if (verdict === undefined) return this.live();
    this.dueMs = performance.now() - lastSignMs + Math.min(this.dueMs, MAX_PAUSE_MS);
    this.emit({ type: verdict === 'works' ? 'note' : 'warning', message: describeStandstill(standstill, verdict) });
  }

  private underWay(): Activity[] {
    const now = performance.now();
    return this.activities
      .filter(({ what }) => what !== '')
      .map(({ what, sinceMs }) => ({ what, seconds: (now - sinceMs) / 1000 }));
  }

  /** A text where the server cannot be asked. */
  private async look(sessions: LoadSessions): Promise<LockView | string> {
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)]);
    try {
      const own = new Set(sessions.connectionIds);
      const session = await sessions.open(signal, 'stalls');
      const drop = (): void => session.destroy('the server did not say what it does');
      const view = await abortable(signal, drop, () => readLockWaits(session, sessions.server, own));
      await session.close();
      return view;
    } catch (error) {
      return describeError(error);
    }
  }
}
