/**
 * Sessions of the main thread: the one that asks all questions, those that hold locks of their own, and the one that
 * looks for boundaries of chunks. Those that read rows belong to the crew.
 */
import type { Emit } from '../base/events.ts';
import { connect } from '../mysql/connect.ts';
import { killAbandoned } from '../mysql/kill.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import type { DumpOptions } from './options.ts';
import { PlanningConnection } from './planning.ts';
import { lockWaitSeconds } from './snapshot/options.ts';

export class DumpSessions {
  readonly main: Session;
  private readonly options: DumpOptions;
  private readonly opened: Session[];
  private planning: PlanningConnection | undefined;

  private constructor(main: Session, options: DumpOptions) {
    this.main = main;
    this.opened = [main];
    this.options = options;
  }

  /** @throws ToolError CONNECT, AUTHENTICATION, … */
  static async begin(options: DumpOptions, signal: AbortSignal): Promise<DumpSessions> {
    return new DumpSessions(await connect(options.connection, signal), options);
  }

  /** Takes over a session that was opened elsewhere. */
  readonly adopt = (session: Session): void => void this.opened.push(session);

  /** Once a dump. The connection is opened when it is first asked something. */
  forPlanning(server: ServerInfo, signal: AbortSignal): PlanningConnection {
    this.planning = new PlanningConnection(this.options.connection, server, signal, lockWaitSeconds(this.options.lock));
    return this.planning;
  }

  /** Drops all of them; whatever waits for one of them fails. */
  readonly stop = (): void => {
    for (const session of this.opened) session.destroy('the run was interrupted');
    this.planning?.destroy('the run was interrupted');
  };

  /** Closes all of them, and ends what the server still does for those that were dropped. Nothing is left to a second call. */
  async close(emit: Emit): Promise<void> {
    const { planning } = this;
    this.planning = undefined;
    const opened = this.opened.splice(0);
    await planning?.close();
    for (const session of opened) await session.close();
    await killAbandoned(this.options.connection, [...opened, ...(planning?.sessions ?? [])], emit);
  }
}
