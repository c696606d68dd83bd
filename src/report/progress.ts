/**
 * Shows the course of a run while it lasts: as a block on a terminal that is redrawn in place, or as a line now and then
 * where there is none. Both are driven by a clock that is passed in and cost the engines nothing but the event.
 */

import { figuresOf, phaseWords, renderBlock } from './block.ts';
import type { Course } from './course.ts';
import { formatElapsed, formatRoughSeconds } from './format.ts';
import type { Screen } from './screen.ts';

export interface Clock {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Calls `action` once, later; the function returned calls it off. */
  after(delayMs: number, action: () => void): () => void;
}

/** The clock of this process; what waits for it does not keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** Five times a second is as often as people can read. */
const REDRAW_MS = 200;
/** With nothing new, the elapsed time still moves. */
const IDLE_REDRAW_MS = 1_000;

const FIRST_LINE_MS = 10_000;
const NEXT_LINES_MS = 30_000;

/** Something that goes on until it is stopped. */
export interface Shown {
  /** There is something new to show. */
  touch(): void;
  stop(): void;
}

export interface Looks {
  readonly colour: boolean;
  readonly unicode: boolean;
}

export function showLive(course: Course, screen: Screen, clock: Clock, looks: Looks): Shown {
  let isStale = true;
  let drawnMs = Number.NEGATIVE_INFINITY;
  const tick = (): void => {
    cancel = clock.after(REDRAW_MS, tick);
    const now = clock.now();
    if (!isStale && now - drawnMs < IDLE_REDRAW_MS) return;
    isStale = false;
    drawnMs = now;
    screen.draw(renderBlock(course, now, { ...looks, columns: screen.columns, rows: screen.rows }));
  };
  let cancel = clock.after(REDRAW_MS, tick);
  return {
    touch: () => {
      isStale = true;
    },
    stop: () => {
      cancel();
      screen.clear();
    },
  };
}

/** A run shorter than the first interval says nothing: its summary is there by then. */
export function showLines(course: Course, print: (line: string) => void, clock: Clock): Shown {
  const tick = (): void => {
    cancel = clock.after(NEXT_LINES_MS, tick);
    print(progressLine(course, clock.now()));
  };
  let cancel = clock.after(FIRST_LINE_MS, tick);
  return { touch: () => undefined, stop: () => cancel() };
}

/** "43 %, rows, 1 min 2 s: tables 12/34, …, about 2 min left". */
export function progressLine(course: Course, nowMs: number): string {
  const { fraction } = course;
  const remaining = course.remainingSeconds(nowMs);
  const head = [
    ...(fraction === undefined ? [] : [`${Math.floor(fraction * 100)} %`]),
    phaseWords(course),
    formatElapsed((nowMs - course.startMs) / 1000),
  ].join(', ');
  const tail = [
    ...figuresOf(course),
    ...(remaining === undefined ? [] : [`about ${formatRoughSeconds(remaining)} left`]),
  ].join(', ');
  return tail === '' ? head : `${head}: ${tail}`;
}
