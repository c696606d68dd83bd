import { performance } from 'node:perf_hooks';

import { abortable } from '../base/abort.ts';
import type { Emit } from '../base/events.ts';
import { connect } from '../mysql/connect.ts';
import { isConnectionLost, saying, serverErrno, serverFailure } from '../mysql/failure.ts';
import { killAbandoned } from '../mysql/kill.ts';
import type { ConnectionOptions } from '../mysql/options.ts';
import { inspectServer, textRow } from '../mysql/server.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { COMMON_SETTINGS, pinSettings, tryToPin } from '../mysql/settings.ts';
import type { GuardedSetting, Setting } from '../mysql/settings.ts';
import { quoteString } from '../schema/names.ts';
import { Guard } from './guard.ts';
import type { LoadOptions } from './options.ts';
import { retried } from './retried.ts';
import type { Ledger } from './ledger.ts';
import { SqlModes } from './sql-modes.ts';

/**
 * What loading sessions rely on beside {@link COMMON_SETTINGS}. What the source held was once allowed: the target's
 * settings for new data and new tables are no reason to refuse it.
 */
function loadSettings({ product }: ServerInfo): readonly Setting[] {
  return [
    ...COMMON_SETTINGS,
    { name: 'foreign_key_checks', value: '0' },
    // MariaDB takes 0 as leave to lock an empty table whole for a bulk insert: two connections that load one table
    // then deadlock (seen on 10.11). MySQL only defers the checks of secondary unique keys.
    { name: 'unique_checks', value: product === 'MariaDB' ? '1' : '0' },
    // OFF gives a TIMESTAMP NOT NULL without a default one of its own.
    { name: 'explicit_defaults_for_timestamp', value: '1' },
    // MySQL: functions print a collation only where it is not this one.
    { name: 'default_collation_for_utf8mb4', value: 'utf8mb4_0900_ai_ci' },
    // MySQL 8.4 and later: foreign keys to keys that are not unique.
    { name: 'restrict_fk_on_non_standard_key', value: '0' },
    // MariaDB: rows that violate a CHECK that was added, or switched off, when they were there.
    { name: 'check_constraint_checks', value: '0' },
    // MariaDB: INSTANT or NOCOPY refuse most of ALTER TABLE.
    { name: 'alter_algorithm', value: 'DEFAULT' },
    // MariaDB: without it `utf8`, as old servers print it, is utf8mb4 and so another type.
    { name: 'old_mode', value: "'UTF8_IS_UTF8MB3'" },
    // Each warning is read and judged (send/warnings.ts), so none may be dropped, nor told in another language.
    { name: 'sql_notes', value: '1' },
    { name: 'lc_messages', value: "'en_US'" },
    // A limit meant for applications: who loads can wait for a row or a table, but not for ever.
    { name: 'innodb_lock_wait_timeout', value: '300' },
  ];
}

/** Those that take a privilege where the server's default is another. */
const GUARDED_SETTINGS: readonly GuardedSetting[] = [
  { name: 'sql_require_primary_key', value: '0', shown: 'OFF' },
  { name: 'sql_generate_invisible_primary_key', value: '0', shown: 'OFF' },
  // Row formats and key block sizes that a server without it has let pass.
  { name: 'innodb_strict_mode', value: '0', shown: 'OFF' },
  // Each warning is read and judged (send/warnings.ts), so none may be dropped. MySQL wants a privilege for more.
  { name: 'max_error_count', value: '65535', shown: '65535' },
  // MariaDB: every table gets this engine, or none.
  { name: 'enforce_storage_engine', value: 'NULL', shown: '' },
];

type SessionOptions = Pick<LoadOptions, 'connection' | 'trustDump' | 'writesBinlog'>;

export interface Begun {
  readonly server: ServerInfo;
  readonly sessions: LoadSessions;
  readonly session: Session;
}

/** Opens connections that are all set up alike, and says once, not once a connection, what the account may not set. */
export class LoadSessions {
  /** Runs statements that set an sql_mode, on any of the sessions. */
  readonly modes: SqlModes;
  /** Judges what a dump wants to be run on them. */
  readonly guard: Guard;
  private readonly connection: ConnectionOptions;
  readonly server: ServerInfo;
  /** The mode under which the dump's rows are to be read. */
  private readonly sqlMode: string;
  private readonly emit: Emit;
  private skipBinlog: boolean;
  private progress: Ledger | undefined;
  private readonly begunMs = performance.now();
  /** The server was started since the load began. */
  wasRestarted = false;
  /** Settings that the account may not change, though they differ: not tried again; preflight.ts knows what follows. */
  readonly refused = new Set<string>();
  private readonly opened: Session[] = [];

  private constructor(options: SessionOptions, server: ServerInfo, sqlMode: string, modes: SqlModes, emit: Emit) {
    this.connection = options.connection;
    this.skipBinlog = options.writesBinlog !== true;
    this.guard = new Guard(server, options.trustDump === true);
    this.server = server;
    this.sqlMode = sqlMode;
    this.modes = modes;
    this.emit = emit;
  }

  /**
   * Opens the first session and asks it what the server is, which the settings of all sessions depend on.
   *
   * @throws ToolError CONNECT, AUTHENTICATION, …
   */
  static async begin(options: SessionOptions, sqlMode: string, emit: Emit, signal: AbortSignal): Promise<Begun> {
    const session = await connect(options.connection, signal);
    const drop = (): void => session.destroy('the run was ended');
    const server = await abortable(signal, drop, () => saying('looking at the server', () => inspectServer(session)));
    const modes = new SqlModes(emit);
    const known = await abortable(signal, drop, () =>
      saying('setting the sql_mode', () => modes.fit(session, sqlMode)),
    );
    const sessions = new LoadSessions(options, server, known, modes, emit);
    return { server, sessions, session: await sessions.adopt(session, signal) };
  }

  /** Where the load's progress is recorded; undefined before it can be, and where it cannot. */
  get ledger(): Ledger | undefined {
    return this.progress;
  }

  useLedger(ledger: Ledger | undefined): void {
    this.progress = ledger;
  }

  /**
   * Opens a session for a place in the load, say 'rows.3'. What an earlier session of that place still does on the server
   * is ended, and has ended.
   *
   * @throws ToolError CONNECT, AUTHENTICATION, …
   */
  async open(signal: AbortSignal, place: string): Promise<Session> {
    const session = await this.adopt(await connect(this.connection, signal), signal);
    const { ledger } = this;
    if (ledger !== undefined) {
      const drop = (): void => session.destroy('the run was ended');
      await abortable(signal, drop, () => saying('preparing a session', () => ledger.locks.takePlace(session, place)));
    }
    return session;
  }

  /** To be called when a connection was lost and there is another. */
  async lookForRestart(session: Session): Promise<void> {
    const [, seconds] = await saying('looking at the server', () =>
      textRow(session, "SHOW GLOBAL STATUS LIKE 'Uptime'"),
    );
    this.wasRestarted ||= Number(seconds) < Math.floor((performance.now() - this.begunMs) / 1000) - 1;
  }

  /** A session that was idle for long; another in its place when it was lost, with the load's lock. */
  async revive(session: Session, signal: AbortSignal): Promise<Session> {
    const renew = async (): Promise<Session> => {
      const another = await this.adopt(await connect(this.connection, signal), signal);
      await saying('preparing a session', async () => this.progress?.locks.takeLoad(another));
      return another;
    };
    const isAlive = await session.execute('DO 0').then(
      () => true,
      (error: unknown) => {
        if (isConnectionLost(error)) return false;
        throw serverFailure('looking after an idle session', error);
      },
    );
    return isAlive ? session : retried({ what: 'the first connection', emit: this.emit, signal }, renew);
  }

  private async adopt(session: Session, signal: AbortSignal): Promise<Session> {
    this.opened.push(session);
    const drop = (): void => session.destroy('the run was ended');
    await abortable(signal, drop, () => saying('preparing a session', () => this.prepare(session)));
    return session;
  }

  /** Of all that were opened, as the server knows them. */
  get connectionIds(): number[] {
    return this.opened.map(({ connectionId }) => connectionId);
  }

  /** To be called when all sessions are closed or dropped: ends what the server still does for them. Never throws. */
  async killAbandoned(): Promise<void> {
    await killAbandoned(this.connection, this.opened, this.emit);
  }

  /** Also brings a session back to these settings after a file changed them. */
  async prepare(session: Session): Promise<void> {
    await session.execute('SET NAMES binary'); // what a dump holds are bytes of many character sets
    const mode = this.sqlMode === '' ? '0' : quoteString(this.sqlMode);
    await pinSettings(session, this.server, mode, loadSettings(this.server));
    const guarded = GUARDED_SETTINGS.filter(({ name }) => !this.refused.has(name));
    for (const { name } of await tryToPin(session, this.server, guarded)) this.refused.add(name);
    // No gap locks: loaders that insert side by side into one table would deadlock on them.
    await session.execute('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE');
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
