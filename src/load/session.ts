import { abortable } from '../base/abort.ts';
import type { Emit } from '../base/events.ts';
import { connect } from '../mysql/connect.ts';
import { saying, serverErrno } from '../mysql/failure.ts';
import { killAbandoned } from '../mysql/kill.ts';
import type { ConnectionOptions } from '../mysql/options.ts';
import { inspectServer } from '../mysql/server.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteString } from '../schema/names.ts';

/** What the settings depend on. */
export interface LoadSettings {
  readonly product: ServerInfo['product'];
  /** The mode under which the dump's rows are to be read. */
  readonly sqlMode: string;
}

export interface Begun {
  readonly server: ServerInfo;
  readonly sessions: LoadSessions;
  readonly session: Session;
}

/** Opens connections that are all set up alike, and says once, not once a connection, what the account may not set. */
export class LoadSessions {
  private readonly connection: ConnectionOptions;
  private readonly settings: LoadSettings;
  private readonly emit: Emit;
  private skipBinlog = true;
  private readonly opened: Session[] = [];

  private constructor(connection: ConnectionOptions, settings: LoadSettings, emit: Emit) {
    this.connection = connection;
    this.settings = settings;
    this.emit = emit;
  }

  /**
   * Opens the first session and asks it what the server is, which the settings of all sessions depend on.
   *
   * @throws ToolError CONNECT, AUTHENTICATION, …
   */
  static async begin(connection: ConnectionOptions, sqlMode: string, emit: Emit, signal: AbortSignal): Promise<Begun> {
    const session = await connect(connection, signal);
    const drop = (): void => session.destroy('the run was ended');
    const server = await abortable(signal, drop, () => saying('looking at the server', () => inspectServer(session)));
    const sessions = new LoadSessions(connection, { product: server.product, sqlMode }, emit);
    return { server, sessions, session: await sessions.adopt(session, signal) };
  }

  /** @throws ToolError CONNECT, AUTHENTICATION, … */
  async open(signal: AbortSignal): Promise<Session> {
    return this.adopt(await connect(this.connection, signal), signal);
  }

  private async adopt(session: Session, signal: AbortSignal): Promise<Session> {
    this.opened.push(session);
    const drop = (): void => session.destroy('the run was ended');
    await abortable(signal, drop, () => saying('preparing a session', () => this.prepare(session)));
    return session;
  }

  /** To be called when all sessions are closed or dropped: ends what the server still does for them. Never throws. */
  async killAbandoned(): Promise<void> {
    await killAbandoned(this.connection, this.opened, this.emit);
  }

  /** Also brings a session back to these settings after a file changed them. */
  async prepare(session: Session): Promise<void> {
    await session.execute('SET NAMES binary'); // what a dump holds are bytes of many character sets
    await session.execute(
      `SET SESSION ${[
        'foreign_key_checks = 0',
        // MariaDB takes 0 as leave to lock an empty table whole for a bulk insert: two connections that load one table
        // then deadlock (seen on 10.11). MySQL only defers the checks of secondary unique keys.
        `unique_checks = ${this.settings.product === 'MariaDB' ? 1 : 0}`,
        `sql_mode = ${quoteString(this.settings.sqlMode)}`,
        "time_zone = '+00:00'",
        'wait_timeout = 86400',
        'net_read_timeout = 3600',
        'net_write_timeout = 3600',
      ].join(', ')}`,
    );
    // No gap locks: loaders that insert side by side into one table would deadlock on them.
    await session.execute('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    if (this.skipBinlog) await this.leaveBinlogOut(session);
  }

  private async leaveBinlogOut(session: Session): Promise<void> {
    try {
      await session.execute('SET SESSION sql_log_bin = 0');
    } catch (error) {
      if (serverErrno(error) === undefined) throw error;
      if (!this.skipBinlog) return;
      this.skipBinlog = false;
      this.emit({
        type: 'warning',
        message: 'the account may not set sql_log_bin = 0: the load is written to the binary log',
      });
    }
  }
}
