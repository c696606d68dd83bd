/** What a load that stands still is said to wait for, in one line. */
import { someOf } from '../../base/some-of.ts';
import type { LockView, LockWait } from '../../mysql/lock-waits.ts';
import type { ServerProcess } from '../../mysql/processes.ts';

/** What one of our connections works on. */
export interface Activity {
  readonly what: string;
  readonly seconds: number;
}

export interface Standstill {
  readonly seconds: number;
  /** What our connections say that they do. */
  readonly activities: readonly Activity[];
  /** "3 tables loading", … */
  readonly states: readonly string[];
  /** What the server says; a text where it could not be asked. */
  readonly view: LockView | string;
}

/** The worst first: whoever waits for somebody else, then what just takes long, then what cannot be told. */
export type Verdict = 'waits' | 'works' | 'idle' | 'unknown';

const MOST_WAITS = 3;

/** `quietSeconds`: a statement that began later than that is a sign of life, and undefined comes back. */
export function verdictOn({ view }: Standstill, quietSeconds: number): Verdict | undefined {
  if (typeof view === 'string') return 'unknown';
  if (view.waits.length > 0) return 'waits';
  const atWork = view.ours.filter(({ command }) => command !== 'Sleep' && command !== 'Killed');
  if (atWork.length === 0) return 'idle';
  if (atWork.some(({ seconds }) => seconds < quietSeconds)) return undefined;
  return view.unseen.length > 0 ? 'unknown' : 'works';
}

export function describeStandstill(standstill: Standstill, verdict: Verdict): string {
  const { seconds, activities, states } = standstill;
  const work = someOf(
    activities.map(({ what, seconds: since }) => `${what} (${Math.floor(since)} s)`),
    8,
  );
  const parts = [reasonFor(standstill, verdict), work === '' ? '' : `under way: ${work}`, states.join(', ')];
  return `nothing was finished for ${Math.floor(seconds)} s: ${parts.filter((part) => part !== '').join('; ')}`;
}

function reasonFor({ view }: Standstill, verdict: Verdict): string {
  if (typeof view === 'string') return `the server could not be asked why (${view})`;
  if (verdict === 'waits') return someOf(view.waits.map(describeWait), MOST_WAITS);
  if (verdict === 'idle') return 'no statement of the load runs on the server: it waits for the load, or for its files';
  const running = someOf(view.ours.filter(({ command }) => command !== 'Sleep').map(describeWork));
  if (verdict === 'works') return `the server is at work on ${running}`;
  return `the server runs ${running}; whether it waits for a lock cannot be seen (${someOf(view.unseen)})`;
}

function describeWork({ id, seconds, state, statement }: ServerProcess): string {
  return `connection ${id} (${[statement, state].filter((each) => each !== '').join(', ')}, ${seconds} s)`;
}

function describeWait({ waiter, holders, mayHold, on }: LockWait): string {
  const what = on === '' ? waiter.state.replace(/^waiting for /i, 'a ') : `a lock on ${on}`;
  const waits = `connection ${waiter.id} (${waiter.statement}) has waited ${waiter.seconds} s for ${what}`;
  if (holders.length > 0) return `${waits}, held by ${someOf(holders.map(describeHolder))}`;
  if (mayHold.length === 0) return `${waits}; the server does not say who holds it`;
  return `${waits}; the server does not say who holds it, it may be ${someOf(mayHold.map(describeHolder))}`;
}

/** Who it is, and how to end it. */
function describeHolder({ id, user, host, command, seconds, statement }: ServerProcess): string {
  if (user === '') return `connection ${id} (KILL ${id} ends it)`;
  const does = command === 'Sleep' ? `idle for ${seconds} s` : `${seconds} s in ${statement || command}`;
  return `connection ${id}, ${user}@${host}, ${does} (KILL ${id} ends it)`;
}
