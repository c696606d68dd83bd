/**
 * Planning: the connection that looks for boundaries of chunks while others read.
 *
 * It is opened with the first question, for most dumps need none. It is in no snapshot: whatever it finds divides the rows
 * of any snapshot, because the conditions made of it leave no row out.
 */
import pLimit from 'p-limit';

import { connect } from '../mysql/connect.ts';
import { saying, serverErrno, ServerErrno } from '../mysql/failure.ts';
import type { ConnectionOptions } from '../mysql/options.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Row, Session } from '../mysql/session.ts';
import { quoteQualified } from '../schema/names.ts';
import { whyLost } from './loss.ts';
import { prepareToRead } from '../mysql/reading.ts';
import { lockWaitSeconds } from './snapshot/options.ts';

export interface PlannedTable {
  readonly database: string;
  readonly name: string;
}

export class PlanningConnection {
  private readonly options: ConnectionOptions;
  private readonly server: ServerInfo;
  private readonly signal: AbortSignal;
  /** How long a table is waited for that somebody else has locked. */
  private readonly lockWaitSeconds: number;
  private readonly oneAtATime = pLimit(1);
  private session: Session | undefined;
  private isClosed = false;

  constructor(options: ConnectionOptions, server: ServerInfo, signal: AbortSignal, waitSeconds = lockWaitSeconds()) {
    this.lockWaitSeconds = waitSeconds;
    this.options = options;
    this.server = server;
    this.signal = signal;
  }

  /** The sessions that it has opened: one, or none. */
  get sessions(): readonly Session[] {
    return this.session === undefined ? [] : [this.session];
  }

  /**
   * The answer; no rows from a table that DDL has put out of reach, whose reader will say so.
   *
   * @throws ToolError that says which table was being planned.
   */
  async ask({ database, name }: PlannedTable, sql: string): Promise<readonly Row[]> {
    return this.oneAtATime(() =>
      saying(`planning ${quoteQualified(database, name)}`, async () => {
        const session = await this.open();
        try {
          return (await session.query(sql)).rows;
        } catch (error) {
          if (whyLost(error) !== undefined) return [];
          throw error;
        }
      }),
    );
  }

  /** Whether the server runs a statement without complaint; false when text in it is invalid in its character set. */
  async accepts({ database, name }: PlannedTable, sql: string): Promise<boolean> {
    return this.oneAtATime(() =>
      saying(`planning ${quoteQualified(database, name)}`, async () => {
        const session = await this.open();
        try {
          return (await session.execute(sql)).warnings === 0;
        } catch (error) {
          if (serverErrno(error) === ServerErrno.ER_INVALID_CHARACTER_STRING) return false;
          throw error;
        }
      }),
    );
  }

  /** Ends what it is doing at once. */
  destroy(reason: string): void {
    this.isClosed = true;
    this.session?.destroy(reason);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.session?.close();
  }

  private async open(): Promise<Session> {
    if (this.session !== undefined) return this.session;
    const session = await connect(this.options, this.signal);
    this.session = session;
    if (this.isClosed) session.destroy('the run has ended');
    await prepareToRead(session, this.server);
    await session.execute(`SET SESSION lock_wait_timeout = ${this.lockWaitSeconds}`);
    return session;
  }
}
