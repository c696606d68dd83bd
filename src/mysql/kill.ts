import { describeError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { connect } from './connect.ts';
import { serverErrno, ServerErrno } from './failure.ts';
import type { ConnectionOptions } from './options.ts';
import type { Session } from './session.ts';

/** A run that was told to stop must not be held up for long by tidying. */
const KILL_TIMEOUT_MS = 2000;

/**
 * Ends on the server what sessions were doing when they were dropped. A server looks after its client when it has
 * something to send to it: a statement that waits for a lock would wait on, and then be done, after we said that we
 * stopped (seen with DROP TABLE on MySQL 9.7 and with DELETE on both).
 *
 * Never throws: what could not be ended is told as a warning. A connection id that is busy with something else, as behind
 * a proxy that spreads connections over servers, is left alone.
 */
export async function killAbandoned(
  options: ConnectionOptions,
  sessions: readonly Session[],
  emit: Emit,
): Promise<void> {
  const statements = new Map<number, string>();
  for (const { connectionId, abandoned } of sessions) {
    if (abandoned !== undefined) statements.set(connectionId, abandoned);
  }
  if (statements.size === 0) return;
  try {
    await kill(options, statements);
  } catch (error) {
    const ids = [...statements.keys()].join(', ');
    emit({
      type: 'warning',
      message: `statements may still run on the server: see SHOW PROCESSLIST, connections ${ids} (${describeError(error)})`,
    });
  }
}

async function kill(options: ConnectionOptions, statements: ReadonlyMap<number, string>): Promise<void> {
  const deadline = AbortSignal.timeout(KILL_TIMEOUT_MS);
  const session = await connect(options, deadline);
  const onDeadline = (): void => session.destroy('the server did not answer');
  deadline.addEventListener('abort', onDeadline);
  try {
    for (const [id, running] of await processes(session)) {
      const statement = statements.get(id);
      if (statement !== undefined && running.startsWith(statement)) await killOne(session, id);
    }
  } finally {
    deadline.removeEventListener('abort', onDeadline);
    await session.close();
  }
}

/** What each connection that the account may see is busy with, by its id. */
async function processes(session: Session): Promise<Map<number, string>> {
  const { columns, rows } = await session.query('SHOW FULL PROCESSLIST');
  const names = columns.map(({ name }) => name.toLowerCase());
  const [id, info] = [names.indexOf('id'), names.indexOf('info')];
  return new Map(rows.map((row) => [Number(row[id]?.toString()), row[info]?.toString('utf8') ?? '']));
}

async function killOne(session: Session, id: number): Promise<void> {
  try {
    await session.execute(`KILL ${id}`);
  } catch (error) {
    if (serverErrno(error) !== ServerErrno.ER_NO_SUCH_THREAD) throw error; // it ended by itself
  }
}
