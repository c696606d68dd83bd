import type { Emit } from '../base/events.ts';
import { ServerErrno, serverErrno } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { retried } from './retried.ts';
import type { Attempts } from './retried.ts';
import type { LoadSessions } from './session.ts';

export interface PlaceRun {
  readonly sessions: LoadSessions;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

const RECONNECT_EVERY = 3;

/** A place for one connection in a load: opened when it is first needed, and anew when it was lost. */
export class Place {
  private readonly run: PlaceRun;
  private readonly name: string;
  private session: Session | undefined;
  private wasOpen = false;

  constructor(run: PlaceRun, name: string) {
    this.run = run;
    this.name = name;
  }

  async open(): Promise<Session> {
    const { sessions, signal } = this.run;
    signal.throwIfAborted();
    if (this.session?.isUsable === true) return this.session;
    this.session = undefined;
    this.session = await sessions.open(signal, this.name);
    if (this.wasOpen) await sessions.lookForRestart(this.session);
    this.wasOpen = true;
    return this.session;
  }

  /** Runs `action` until it succeeds, each time on a connection that can be relied on. The last failure is thrown. */
  async retried<T>(
    attempts: Omit<Attempts, 'emit' | 'signal'>,
    action: (session: Session, attempt: number) => Promise<T>,
  ): Promise<T> {
    const { emit, signal } = this.run;
    const onFailure = async (error: unknown, attempt: number): Promise<void> => {
      await attempts.onFailure?.(error, attempt);
      if (wantsNewConnection(error, attempt)) await this.close();
    };
    return retried({ ...attempts, emit, signal, onFailure }, async (attempt) => action(await this.open(), attempt));
  }

  /** Ends the connection; the next one is another. */
  async close(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.close();
  }

  /** Drops the connection at once. */
  destroy(reason: string): void {
    this.session?.destroy(reason);
  }
}

/** A deadlock leaves the connection as it was. What interrupts a statement may have left more behind. */
function wantsNewConnection(error: unknown, attempt: number): boolean {
  const errno = serverErrno(error);
  if (errno === ServerErrno.ER_NO_SUCH_TABLE) return attempt % RECONNECT_EVERY === 0;
  return errno !== ServerErrno.ER_LOCK_DEADLOCK && errno !== ServerErrno.ER_LOCK_WAIT_TIMEOUT;
}
