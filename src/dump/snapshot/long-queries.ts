/**
 * Long queries: statements that have run for so long that a lock would wait behind them, and everybody else behind the
 * lock. They are looked for before the lock is asked for.
 */
import { setTimeout as wait } from 'node:timers/promises';

import { ToolError } from '../../base/errors.ts';
import { saying, serverErrno, ServerErrno } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import { isRunning, nameProcesses, otherProcesses } from './processes.ts';
import type { Process } from './processes.ts';
import type { Scene } from './scene.ts';

/** @throws ToolError LOCK, naming the statements, when there still are any after the last look. */
export async function passLongQueries(scene: Scene): Promise<void> {
  const { longQuerySeconds, longQueryRetries, longQueryIntervalSeconds, killsLongQueries } = scene.options;
  if (longQuerySeconds === 0) return;
  for (let attempt = 1; ; attempt++) {
    const found = await longQueries(scene);
    const left = killsLongQueries ? await killAll(scene, found) : found;
    if (left.length === 0) return;
    const reason = `running for more than ${longQuerySeconds} s: ${nameProcesses(left)}`;
    if (attempt > longQueryRetries) {
      throw new ToolError('LOCK', `statements are in the way of the lock, ${reason}`, {
        hint: 'wait for them (--long-query-retries), end them (--kill-long-queries), or allow for more with --long-query-guard',
      });
    }
    const waitMs = longQueryIntervalSeconds * 1000;
    scene.emit({ type: 'retry', what: 'looking for long statements', attempt, waitMs, reason });
    await wait(waitMs, undefined, { signal: scene.signal });
  }
}

async function longQueries({ session, options }: Scene): Promise<Process[]> {
  const processes = await saying('looking for long statements', () => otherProcesses(session));
  return processes.filter((process) => isRunning(process) && process.seconds > options.longQuerySeconds);
}

/** Out: those that could not be ended. */
async function killAll({ session, emit }: Scene, found: readonly Process[]): Promise<Process[]> {
  const left: Process[] = [];
  for (const process of found) {
    if (await killQuery(session, process.id)) {
      emit({ type: 'warning', message: `killed the statement of ${nameProcesses([process])}` });
    } else left.push(process);
  }
  return left;
}

async function killQuery(session: Session, id: number): Promise<boolean> {
  try {
    await session.execute(`KILL QUERY ${id}`);
    return true;
  } catch (error) {
    const errno = serverErrno(error);
    if (errno === ServerErrno.ER_NO_SUCH_THREAD) return true; // it ended by itself
    if (errno === ServerErrno.ER_KILL_DENIED_ERROR) return false;
    throw error;
  }
}
