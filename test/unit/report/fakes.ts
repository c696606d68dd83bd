/** A clock that is moved by hand and a terminal that remembers. */

import type { Progress } from '../../../src/base/events.ts';
import type { Clock } from '../../../src/report/progress.ts';
import type { Terminal } from '../../../src/report/screen.ts';

export class FakeClock implements Clock {
  #now = 0;
  #waiting: { at: number; action: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): () => void {
    const entry = { at: this.#now + delayMs, action };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((each) => each !== entry);
    };
  }

  /** Time passes; what falls due happens in order, at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((each) => each !== next);
      this.#now = next.at;
      next.action();
    }
    this.#now = end;
  }

  get waiting(): number {
    return this.#waiting.length;
  }
}

/** Understands the three sequences the screen uses, without wrapping: what is on it is what a person would see. */
export class FakeTerminal implements Terminal {
  isTTY = true;
  columns = 100;
  rows = 24;
  writes = 0;
  raw = '';
  #lines: string[] = [''];
  #row = 0;

  write(text: string): boolean {
    this.writes++;
    this.raw += text;
    // oxlint-disable-next-line eslint/no-control-regex -- the sequences begin with one
    for (const [token] of text.matchAll(/\u001B\[\d*[A-Za-z]|[\r\n]|[^\u001B\r\n]+/g)) this.#take(token);
    return true;
  }

  /** Without the empty line the cursor stands on. */
  get shown(): string[] {
    return this.#lines.at(-1) === '' ? this.#lines.slice(0, -1) : [...this.#lines];
  }

  #take(token: string): void {
    // oxlint-disable-next-line eslint/no-control-regex -- see above
    const up = /^\u001B\[(\d+)A$/.exec(token);
    if (up !== null) this.#row -= Number(up[1]);
    else if (token === '\u001B[J') this.#lines = [...this.#lines.slice(0, this.#row), ''];
    else if (token === '\n') {
      this.#row++;
      this.#lines[this.#row] ??= '';
    } else if (token !== '\r' && !token.startsWith('\u001B')) this.#lines[this.#row] += token;
  }
}

export function progressOf(part: Partial<Progress>): Progress {
  return {
    tablesDone: 0,
    tablesTotal: 10,
    rowsDone: 0,
    rowsTotal: 1000,
    bytesDone: 0,
    storedBytes: 0,
    storedBytesTotal: 0,
    activities: [],
    ...part,
  };
}
