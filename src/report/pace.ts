/**
 * How fast a number that only grows is growing: samples in, a smoothed rate out. Told the time, never asks for it.
 */

/** Rates forget what is older than about this; shorter ones jump about with every file that is finished. */
const MEMORY_MS = 15_000;

export class Pace {
  private startMs: number;
  private lastMs: number;
  private last: number;
  private smoothedPerSecond = 0;
  private grewAtMs: number;

  constructor(nowMs: number, start = 0) {
    this.startMs = nowMs;
    this.lastMs = nowMs;
    this.grewAtMs = nowMs;
    this.last = start;
  }

  sample(nowMs: number, value: number): void {
    const stepMs = nowMs - this.lastMs;
    if (stepMs <= 0) return;
    const perSecond = (Math.max(0, value - this.last) / stepMs) * 1000;
    // While there is less history than memory this is the plain average since the start.
    const weight = Math.max(1 - Math.exp(-stepMs / MEMORY_MS), stepMs / (nowMs - this.startMs));
    this.smoothedPerSecond += weight * (perSecond - this.smoothedPerSecond);
    if (value > this.last) this.grewAtMs = nowMs;
    this.last = Math.max(value, this.last);
    this.lastMs = nowMs;
  }

  get perSecond(): number {
    return this.smoothedPerSecond;
  }

  /** How long it has not grown. */
  stalledMs(nowMs: number): number {
    return nowMs - this.grewAtMs;
  }

  /** Time it has been watched. */
  watchedMs(nowMs: number): number {
    return nowMs - this.startMs;
  }
}
