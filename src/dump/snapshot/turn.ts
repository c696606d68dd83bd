/**
 * Turn: dumps of one server take their locks one after the other.
 *
 * FLUSH TABLES WITH READ LOCK waits for tables that a session has locked, and on MySQL whoever reads these waits for the
 * flush: of two dumps, one of which holds tables apart, both would stand until a wait ends. So whoever wants a lock waits
 * until nobody else is about to have one, or holds tables apart. These are named locks, which a server forgets with the
 * session; one that has none, as clusters of several writers may not, knows no turns.
 */
import { ToolError } from '../../base/errors.ts';
import { saying, serverErrno } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import type { Scene } from './scene.ts';

/** From before a lock is asked for until it is let go. */
const LOCKING = 'tsdump.locking';
/** While tables are held apart. Only who has the turn asks for it, or takes no lock. */
const APART = 'tsdump.apart';

/** @throws ToolError LOCK when another dump does not let go within the time that a lock is waited for. */
export async function takeTurn(scene: Scene): Promise<void> {
  await take(scene, scene.session, LOCKING);
  await take(scene, scene.session, APART);
  await letOthersIn(scene.session);
}

export async function endTurn(session: Session): Promise<void> {
  await release(session, LOCKING);
}

/** Says to others that `session` holds tables apart, until it ends. @throws ToolError as {@link takeTurn}. */
export async function keepOthersOut(scene: Scene, session: Session): Promise<void> {
  await take(scene, session, APART);
}

/** To be called when tables are not held apart after all. */
export async function letOthersIn(session: Session): Promise<void> {
  await release(session, APART);
}

async function take({ options }: Scene, session: Session, name: string): Promise<void> {
  const seconds = Math.max(1, options.maxWaitSeconds) * (options.waitRetries + 1);
  if ((await ask(session, `SELECT GET_LOCK('${name}', ${seconds})`)) !== '0') return;
  const holder = await ask(session, `SELECT IS_USED_LOCK('${name}')`);
  throw new ToolError(
    'LOCK',
    `another dump of this server did not let go of its locks within ${seconds} s: connection ${holder ?? 'unknown'}`,
    { hint: 'wait until it has read the tables that no snapshot covers, or try again with --ftwrl-max-wait-time' },
  );
}

async function release(session: Session, name: string): Promise<void> {
  await ask(session, `SELECT RELEASE_LOCK('${name}')`);
}

/** The server's answer; undefined where it knows no named locks. */
async function ask(session: Session, sql: string): Promise<string | undefined> {
  return saying('taking turns with other dumps', async () => {
    try {
      const [answer] = await textRow(session, sql);
      return answer;
    } catch (error) {
      if (serverErrno(error) === undefined) throw error;
      return undefined;
    }
  });
}
