/**
 * Session locks: a named lock of the server for each session of a load.
 *
 * A server that has lost its client may not know it for hours, and goes on with what it was told meanwhile. The lock says
 * which of its connections that was: whoever comes next in its place ends it, and has the lock when it has ended.
 */
import type { Emit } from '../../base/events.ts';
import { describeError, ToolError } from '../../base/errors.ts';
import { ServerErrno, serverErrno, saying } from '../../mysql/failure.ts';
import { ServerError } from '../../mysql/packets.ts';
import { textRow } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';

/** What a connection that was ended takes to roll back what it had done. */
const ENDING_SECONDS = 300;

export class SessionLocks {
  private readonly id: string;
  private readonly emit: Emit;
  /** False where the server has no such locks, as clusters of several writers may. */
  private areKnown = true;

  constructor(id: string, emit: Emit) {
    this.id = id;
    this.emit = emit;
  }

  /** The load's own lock. False: another run has it, and has not ended within `seconds`. */
  async takeLoad(session: Session, seconds = 0): Promise<boolean> {
    return this.take(session, this.nameOf(), seconds);
  }

  /** The connection of a run that is under way. */
  async holderOfLoad(session: Session): Promise<string | undefined> {
    return this.holderOf(session, this.nameOf());
  }

  /**
   * The lock of a place in the load, say 'rows.3'. Who has held it is ended first.
   *
   * @throws ToolError SERVER_GONE when it does not end.
   */
  async takePlace(session: Session, place: string): Promise<void> {
    const name = this.nameOf(place);
    if (await this.take(session, name, 0)) return;
    await this.endHolder(session, name);
    if (await this.take(session, name, ENDING_SECONDS)) return;
    throw new ToolError('SERVER_GONE', `a lost connection of this load did not end within ${ENDING_SECONDS} s`, {
      hint: `see SHOW PROCESSLIST and IS_USED_LOCK('${name}') on the server`,
    });
  }

  /** Ends whoever is left of a former run in these places, and waits until they have. */
  async endPlaces(session: Session, places: readonly string[]): Promise<void> {
    for (const place of places) {
      await this.takePlace(session, place);
      await this.release(session, this.nameOf(place));
    }
  }

  private nameOf(place?: string): string {
    return place === undefined ? `tsload.${this.id}` : `tsload.${this.id}.${place}`;
  }

  /** True as well where there are no such locks. */
  private async take(session: Session, name: string, seconds: number): Promise<boolean> {
    const outcome = await this.ask(session, `SELECT GET_LOCK('${name}', ${seconds})`);
    return outcome !== '0';
  }

  private async release(session: Session, name: string): Promise<void> {
    await this.ask(session, `SELECT RELEASE_LOCK('${name}')`);
  }

  private async holderOf(session: Session, name: string): Promise<string | undefined> {
    return this.ask(session, `SELECT IS_USED_LOCK('${name}')`);
  }

  private async endHolder(session: Session, name: string): Promise<void> {
    const holder = await this.holderOf(session, name);
    if (holder === undefined) return;
    await saying('ending a lost connection', async () => {
      try {
        await session.execute(`KILL ${holder}`);
      } catch (error) {
        if (serverErrno(error) !== ServerErrno.ER_NO_SUCH_THREAD) throw error; // it ended by itself
      }
    });
  }

  private async ask(session: Session, sql: string): Promise<string | undefined> {
    if (!this.areKnown) return undefined;
    try {
      const [value] = await textRow(session, sql);
      return value;
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      this.areKnown = false;
      this.emit({
        type: 'warning',
        message: `the target has no named locks: a second load of the same dump is not noticed (${describeError(error)})`,
      });
      return undefined;
    }
  }
}
