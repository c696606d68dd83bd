/**
 * Code: views, triggers, routines, packages and events, each under the settings it was written under.
 *
 * In: files of definitions, whose statements come in groups: settings, then the CREATE they are for. Out: every object
 * that the target can hold. What the target refuses is named and passed over, for all rows are there and one view of
 * hundreds is no reason to leave the others out; so is an object whose settings the target refuses, for under others its
 * text could mean something else. A definer that does not exist in the target is told once, with the objects it has.
 */
import { isUtf8 } from 'node:buffer';

import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { isConnectionLost, saying, ServerErrno, serverFailure } from '../mysql/failure.ts';
import type { OkPacket } from '../mysql/packets.ts';
import { ServerError } from '../mysql/packets.ts';
import type { Session } from '../mysql/session.ts';
import type { Owner } from '../schema/belongs/belongs.ts';
import { changeDefiner, createdObject } from '../schema/definer.ts';
import type { DefinerChange } from '../schema/definer.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import type { DumpContents, DumpFile } from './contents.ts';
import { readDefinitions } from './send/definitions.ts';
import type { LoadSessions } from './session.ts';

export interface CodeRun {
  readonly session: Session;
  readonly sessions: LoadSessions;
  readonly contents: DumpContents;
  readonly definer: DefinerChange | undefined;
  readonly emit: Emit;
}

const SEMICOLON = 0x3b;
/** A command that is not a query has one packet. No routine is as long. */
const MAX_PARSED_BYTES = 1024 * 1024;

/** An object that the target refused. */
export interface Refused {
  /** "view `shop`.`best`" */
  readonly what: string;
  readonly why: string;
  /** Undefined: it was not tried, because its settings are not to be had. */
  readonly errno: number | undefined;
}

/** What became of the objects of one file. */
export interface Created {
  readonly count: number;
  readonly refused: readonly Refused[];
}

export class CodeLoader {
  private readonly run: CodeRun;
  /** Definers that the target lacks, in its words, and what belongs to them. */
  private readonly dangling = new Map<string, Set<string>>();

  constructor(run: CodeRun) {
    this.run = run;
  }

  /** Runs the files of triggers and of other code. Returns how many objects were created. */
  async createCode(what: { readonly rest: boolean }): Promise<number> {
    const { triggerFiles, codeFiles } = this.run.contents;
    let count = 0;
    const files = [
      ...triggerFiles.map((each) => ({ ...each, holds: 'triggers' as const })),
      ...(what.rest ? codeFiles : []).map((each) => ({ ...each, holds: 'code' as const })),
    ];
    for (const { file, database, holds } of files) {
      const created = await this.createFrom(file, { holds, database });
      count += created.count;
      this.tellRefused(created.refused);
      await this.settle();
    }
    return count;
  }

  /** Gives the session its own settings back. */
  async settle(): Promise<void> {
    const { session, sessions } = this.run;
    await saying('preparing a session', () => sessions.prepare(session));
  }

  /** Creates the objects of one file, which may leave its settings behind. */
  async createFrom(file: DumpFile, owner: Owner, definer = this.run.definer): Promise<Created> {
    const { session, sessions } = this.run;
    const { database } = owner;
    const statements = await readDefinitions(file);
    await sessions.guard.admit(file, owner, statements);
    await saying(`selecting ${database}`, () => session.execute(`USE ${quoteName(database)}`));
    const refused: Refused[] = [];
    let count = 0;
    /** Why the next object cannot be created, and the error of which that is known. */
    let refusal: string | undefined;
    let failed: { readonly number: number; readonly error: unknown } | undefined;
    for (const { number, bytes } of statements) {
      const object = createdObject(bytes);
      try {
        if (object === undefined) {
          const { missing } = await sessions.modes.execute(session, bytes);
          if (missing.length > 0)
            refusal ??= `it was written under sql_mode ${missing.join(', ')}, unknown to the target`;
          continue;
        }
        const what = `${object.kind} ${quoteQualified(database, object.name)}`;
        if (refusal === undefined) {
          const ok = await this.create(definer === undefined ? bytes : changeDefiner(bytes, definer));
          if (await this.heed(what, ok)) count++;
        } else {
          refused.push({ what, why: refusal, errno: undefined });
        }
        refusal = failed = undefined;
      } catch (error) {
        if (!isRefusal(error)) throw serverFailure(`running ${file.name}, statement ${number}`, error);
        const why = this.explain(error);
        if (object === undefined) {
          refusal ??= why;
          failed ??= { number, error };
        } else {
          const what = `${object.kind} ${quoteQualified(database, object.name)}`;
          refused.push({ what, why, errno: error.errno });
          refusal = failed = undefined;
        }
      }
    }
    if (failed !== undefined) throw serverFailure(`running ${file.name}, statement ${failed.number}`, failed.error);
    return { count, refused };
  }

  /**
   * MySQL cuts a `;` off the end of what it is sent, and keeps that of a body which another statement follows. The other
   * one here leaves the warnings as they are.
   */
  private async create(statement: Buffer): Promise<OkPacket> {
    const { session, sessions } = this.run;
    const isCut = sessions.server.product === 'MySQL' && statement.at(-1) === SEMICOLON;
    if (!isCut || statement.length > MAX_PARSED_BYTES) return session.execute(statement);
    await session.parse(statement); // of several it is told here, before any is run
    await session.allowSeveralStatements(true);
    try {
      return await session.execute(Buffer.concat([statement, Buffer.from('\nSHOW WARNINGS')]));
    } finally {
      if (session.isUsable) await session.allowSeveralStatements(false);
    }
  }

  tellRefused(refused: readonly Refused[]): void {
    for (const { what, why } of refused) this.run.emit({ type: 'skipped', what, why });
  }

  /** Tells of definers that the target lacks; to be called at the end. */
  tellDangling(): void {
    for (const [definer, objects] of this.dangling) {
      this.run.emit({
        type: 'warning',
        message:
          `${definer}: ${someOf([...objects], 1)} cannot be used until the account is there ` +
          '(create it, or load with --replace-definer or --skip-definer)',
      });
    }
  }

  /** Whether the object is there: some of what a server does otherwise than it was told is only a warning. */
  private async heed(what: string, ok: OkPacket): Promise<boolean> {
    if (ok.warnings === 0) return true;
    let isThere = true;
    const { emit, session } = this.run;
    const { rows } = await session.query('SHOW WARNINGS');
    for (const row of rows) {
      const errno = Number(row[1]?.toString('latin1'));
      const text = row[2] ?? Buffer.alloc(0);
      const message = text.toString(isUtf8(text) ? 'utf8' : 'latin1'); // it comes in the object's character set
      if (errno === ServerErrno.ER_NO_SUCH_USER) {
        this.dangling.set(message, (this.dangling.get(message) ?? new Set()).add(what));
      } else if (errno === ServerErrno.ER_EVENT_CANNOT_CREATE_IN_THE_PAST) {
        emit({ type: 'skipped', what, why: 'its time has passed, and it was not to be kept afterwards' });
        isThere = false;
      } else if (errno === ServerErrno.ER_EVENT_EXEC_TIME_IN_THE_PAST) {
        emit({ type: 'warning', message: `${what}: its time has passed, so the target has disabled it` });
      }
    }
    return isThere;
  }

  private explain(error: ServerError): string {
    const advice = ADVICE.get(error.errno);
    if (error.errno === ServerErrno.ER_SP_DOES_NOT_EXIST && this.run.contents.codeFiles.length === 0) {
      return `${error.message}; the dump holds no routines: dump with --routines, or create the function first`;
    }
    return advice === undefined ? error.message : `${error.message}; ${advice}`;
  }
}

const ADVICE: ReadonlyMap<number, string> = new Map([
  [
    ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR,
    'load with --skip-definer or --replace-definer, or GRANT SET_ANY_DEFINER (MySQL) or SET USER (MariaDB) to the account',
  ],
  [ServerErrno.ER_BINLOG_UNSAFE_ROUTINE, 'set log_bin_trust_function_creators = 1 on the target for the load'],
  [
    ServerErrno.ER_BINLOG_CREATE_ROUTINE_NEED_SUPER,
    'set log_bin_trust_function_creators = 1 on the target for the load',
  ],
  [ServerErrno.ER_UNKNOWN_TIME_ZONE, "load the target's time zone tables with mysql_tzinfo_to_sql"],
  [ServerErrno.ER_UNKNOWN_COLLATION, 'only a server that has this collation can hold it'],
  [ServerErrno.ER_UNKNOWN_CHARACTER_SET, 'only a server that has this character set can hold it'],
]);

/** Refusals that speak of the server's or the session's state: they would meet every object that follows. */
const STATE_ERRORS: ReadonlySet<number> = new Set([
  ServerErrno.ER_LOCK_WAIT_TIMEOUT,
  ServerErrno.ER_QUERY_INTERRUPTED,
  ServerErrno.ER_OPTION_PREVENTS_STATEMENT,
  ServerErrno.ER_DISK_FULL,
]);

function isRefusal(error: unknown): error is ServerError {
  return error instanceof ServerError && !isConnectionLost(error) && !STATE_ERRORS.has(error.errno);
}
