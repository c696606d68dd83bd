/**
 * Throttle: while a status variable of the server stands above a limit, one connection reads and the others wait.
 *
 * In: the variable, its limit, and a session that may ask. Out: a turn to take the next chunk. One connection always has its
 * turn, so the dump ends, and its snapshot with it. Nobody waits while tables without transactions are still locked.
 */
import { setTimeout } from 'node:timers/promises';

import { ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { connect } from '../mysql/connect.ts';
import { saying } from '../mysql/failure.ts';
import { textRow } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteString } from '../schema/names.ts';
import type { DumpOptions, ThrottleRule } from './options.ts';
import type { DumpSessions } from './sessions.ts';

/** The server is asked again after this: status counters of a busy server change within seconds. */
const PAUSE_MS = 1000;

interface ThrottleRun {
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** Undefined when none was asked for. @throws ToolError USAGE when the server has no such variable. */
export async function beginThrottle(
  { throttle: rule, connection }: DumpOptions,
  sessions: Pick<DumpSessions, 'adopt'>,
  run: ThrottleRun,
): Promise<Throttle | undefined> {
  if (rule === undefined) return undefined;
  const session = await connect(connection, run.signal);
  sessions.adopt(session);
  const throttle = new Throttle(rule, session, run);
  await throttle.value();
  return throttle;
}

export class Throttle {
  private readonly rule: ThrottleRule;
  private readonly session: Session;
  private readonly run: ThrottleRun;
  private reading = 0;
  private asked: Promise<number> | undefined;
  private isTold = false;
  private isSuspended = (): boolean => false;

  constructor(rule: ThrottleRule, session: Session, run: ThrottleRun) {
    this.rule = rule;
    this.session = session;
    this.run = run;
  }

  /** All have their turn as long as this is so: others wait for locks of the dump. */
  suspendWhile(isSo: () => boolean): void {
    this.isSuspended = isSo;
  }

  /** Resolves when the caller may read; {@link done} gives the turn back. */
  async turn(): Promise<void> {
    const { variable, limit } = this.rule;
    const { signal, emit } = this.run;
    while (this.reading > 0 && !this.isSuspended()) {
      const value = await this.current();
      if (value <= limit || this.reading === 0) break;
      if (!this.isTold) {
        this.isTold = true;
        const message = `${variable} is ${value} on the server, more than ${limit}: connections wait, but for one, until it is less`;
        emit({ type: 'note', message });
      }
      await setTimeout(PAUSE_MS, undefined, { signal });
    }
    this.reading++;
  }

  done(): void {
    this.reading--;
  }

  /** As it was a moment ago, at most; the session is asked one thing at a time. */
  private current(): Promise<number> {
    if (this.asked === undefined) {
      this.asked = this.value();
      const forget = (): void => void (this.asked = undefined);
      void this.asked.then(() => setTimeout(PAUSE_MS, undefined, { ref: false })).then(forget, forget);
    }
    return this.asked;
  }

  /** @throws ToolError USAGE when the server has no such variable, or it is no number. */
  async value(): Promise<number> {
    const { variable } = this.rule;
    const sql = `SHOW GLOBAL STATUS LIKE ${quoteString(variable.replaceAll('_', String.raw`\_`))}`;
    const [, text] = await saying(`asking for ${variable}`, () => textRow(this.session, sql));
    const value = Number(text);
    if (text !== undefined && text !== '' && Number.isFinite(value)) return value;
    throw new ToolError('USAGE', `--throttle: the server has no status variable ${variable} that is a number`, {
      hint: 'see SHOW GLOBAL STATUS, as Threads_running',
    });
  }
}
