/**
 * Accounts: the users, roles and grants of a dump, in two steps, because definers must be there before the code that runs
 * as them, and objects before the privileges on them.
 *
 * In: the dump's accounts file and the load's session. Out: accounts that were not there, with everything they had. An
 * account that the target has already is left as it is, grants included. What the target refuses is told by name, with
 * its words, and the rest goes on. No message holds the hash of a password.
 */
import { ToolError } from '../base/errors.ts';
import type { AccountsLoaded, Emit } from '../base/events.ts';
import type { SchemaStatement } from '../format/code.ts';
import { isConnectionLost, saying, serverErrno, serverWords } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { hasHexHashes, textRow } from '../mysql/server.ts';
import type { ServerInfo } from '../mysql/server.ts';
import { createAccount, isPublic, quoteAccount, readAccountStatement, singlePrivileges } from '../schema/account.ts';
import type { AccountName, AccountStatement } from '../schema/account.ts';
import type { DumpContents, DumpFile } from './contents.ts';
import type { LoadOptions } from './options.ts';
import type { Guard } from './guard.ts';
import { readDefinitions } from './send/definitions.ts';
import type { LoadRecord } from './resume/record.ts';
import type { LoadSessions } from './session.ts';

interface AccountsRun {
  readonly session: Session;
  readonly sessions: LoadSessions;
  readonly server: ServerInfo;
  readonly emit: Emit;
  /** Keeps the names of the accounts that are created, which are to get their privileges whatever comes between. */
  readonly record: LoadRecord;
}

interface Statement extends AccountStatement {
  readonly sql: string;
}

interface Outcome {
  /** The server's words; undefined when it did as it was told. */
  readonly refused: string | undefined;
  readonly warnings: number;
}

/** The accounts of a dump on their way: created first, given their privileges when everything else is there. */
export class Accounts {
  private readonly run: Omit<AccountsRun, 'session'>;
  private session: Session;
  /** The name that the load has logged in with. */
  private readonly loginName: string;
  private readonly settings: readonly string[];
  private readonly statements: readonly Statement[];
  private created = 0;
  private readonly toBeGranted = new Set<string>();
  private readonly existing = new Set<string>();
  /** Created by earlier runs of this load. */
  private readonly earlier: ReadonlySet<string>;

  private constructor(run: AccountsRun, loginName: string, text: AccountsText, earlier: ReadonlySet<string>) {
    this.run = run;
    this.session = run.session;
    this.loginName = loginName;
    this.settings = text.settings;
    this.statements = text.statements;
    this.earlier = earlier;
  }

  /** Creates the accounts; undefined when there are none to load. */
  static async create(run: AccountsRun, contents: DumpContents, options: LoadOptions): Promise<Accounts | undefined> {
    const file = fileToLoad(contents, options, run.emit);
    if (file === undefined) return undefined;
    const earlier = await run.record.keptOf(run.session, 'accounts');
    const accounts = new Accounts(
      run,
      options.connection.user,
      await readAccountsFile(file, run.sessions.guard),
      earlier,
    );
    await accounts.inOwnSettings('creating users and roles', () =>
      accounts.createAll((account) => !accounts.isRival(account)),
    );
    return accounts;
  }

  /**
   * Creates what may have come into the load's way, and gives all accounts that were created what they may do. The session
   * may be another than the first one.
   */
  async grant(session: Session): Promise<AccountsLoaded> {
    this.session = session;
    await this.inOwnSettings('granting privileges', async () => {
      await this.createAll((account) => this.isRival(account));
      this.tellExisting();
      await this.grantAll();
    });
    return { created: this.created, existing: [...this.existing] };
  }

  /**
   * An account of the load's own name, or of no name, may be the one that the load's later connections are taken for, with
   * another password and no privileges yet.
   */
  private isRival({ user, host }: AccountName): boolean {
    return host !== undefined && (user === '' || user === this.loginName);
  }

  private async createAll(isWanted: (account: AccountName) => boolean): Promise<void> {
    for (const { kind, account, sql } of this.statements) {
      if (kind !== 'create' || !isWanted(account)) continue;
      const name = quoteAccount(account);
      const { refused, warnings } = await this.send(sql);
      if (refused !== undefined) {
        this.skip(`account ${name}`, refused);
      } else if (warnings === 0 || !(await this.wasThere())) {
        this.created++;
        this.toBeGranted.add(name);
      } else if (this.earlier.has(name)) {
        this.created++;
        this.toBeGranted.add(name);
      } else if (await this.isUnfinished(account, sql)) {
        this.toBeGranted.add(name);
      } else {
        this.existing.add(name);
      }
    }
    await this.run.record.keep(this.session, 'accounts', this.toBeGranted);
    await this.withholdUnlimited();
  }

  private tellExisting(): void {
    if (this.existing.size === 0) return;
    const message = `in the target already, and left as they are with their grants: ${[...this.existing].join(', ')}`;
    this.run.emit({ type: 'warning', message });
  }

  /**
   * Whether the CREATE … IF NOT EXISTS that was sent last did nothing. To be asked only when it gave a warning: MariaDB keeps
   * those of earlier statements until then.
   */
  private async wasThere(): Promise<boolean> {
    const { rows } = await this.session.query('SHOW WARNINGS');
    return rows.some(([, code]) => ALREADY_THERE.has(Number(code)));
  }

  /**
   * Whether an account that exists is what an interrupted load has left: the same, the password's salt included, and
   * nothing granted to it yet.
   */
  private async isUnfinished(account: AccountName, sql: string): Promise<boolean> {
    try {
      const name = quoteAccount(account);
      const grants = await this.column(`SHOW GRANTS FOR ${name}`);
      if (!grants.every((line) => line.startsWith('GRANT USAGE ON *.* TO '))) return false;
      if (account.host === undefined) return true;
      const [shown = ''] = await this.column(`SHOW CREATE USER ${name}`);
      const demands = { subject: '', issuer: '', cipher: '' };
      const escapesBackslashes = this.run.server.product === 'MySQL';
      return createAccount({ account, shown, demands, escapesBackslashes }) === sql;
    } catch (error) {
      if (serverErrno(error) === undefined || isConnectionLost(error)) throw error;
      return false;
    }
  }

  private async column(sql: string): Promise<string[]> {
    const { rows } = await this.session.query(sql);
    return rows.map(([text]) => text?.toString('utf8') ?? '');
  }

  private async grantAll(): Promise<void> {
    const kept = this.statements.filter(
      ({ kind, account }) => kind !== 'create' && (isPublic(account) || this.toBeGranted.has(quoteAccount(account))),
    );
    for (const { sql } of kept) await this.sendGrant(sql);
  }

  /**
   * An account of which some privileges are revoked in part (MySQL's partial revokes) gets nothing where the target does not
   * know that: it would have more than it had.
   */
  private async withholdUnlimited(): Promise<void> {
    const limited = this.statements
      .filter(({ kind }) => kind === 'revoke')
      .map(({ account }) => quoteAccount(account))
      .filter((name) => this.toBeGranted.has(name));
    if (limited.length === 0) return;
    const rows = await textRow(this.session, "SHOW GLOBAL VARIABLES LIKE 'partial_revokes'");
    if (rows[1] === 'ON') return;
    for (const name of limited) {
      if (!this.toBeGranted.delete(name)) continue;
      this.skip(`grants to ${name}`, 'some of its privileges are revoked in part, which needs partial_revokes = ON');
    }
  }

  /** A list of privileges of which the target does not know one is granted one by one. */
  private async sendGrant(sql: string): Promise<void> {
    const { refused } = await this.send(sql);
    if (refused === undefined) return;
    const singles = singlePrivileges(sql);
    if (singles === undefined) return this.skip(sql, refused);
    for (const single of singles) {
      const outcome = await this.send(single);
      if (outcome.refused !== undefined) this.skip(single, outcome.refused);
    }
  }

  private async send(sql: string): Promise<Outcome> {
    try {
      const { warnings } = await this.session.execute(sql);
      return { refused: undefined, warnings };
    } catch (error) {
      if (serverErrno(error) === undefined || isConnectionLost(error)) throw error;
      return { refused: serverWords(error), warnings: 0 };
    }
  }

  private skip(what: string, why: string): void {
    this.run.emit({ type: 'skipped', what, why });
  }

  private async inOwnSettings(doing: string, action: () => Promise<void>): Promise<void> {
    const { session } = this;
    const { sessions, server } = this.run;
    await saying(doing, async () => {
      for (const sql of this.settings) await session.execute(sql);
      // What exists is compared in the form in which it is dumped.
      if (hasHexHashes(server)) await session.execute('SET SESSION print_identified_with_as_hex = ON');
      await action();
      await sessions.prepare(session);
    });
  }
}

/** "… already exists", of MySQL, and of MariaDB for users and for roles. */
const ALREADY_THERE: ReadonlySet<number> = new Set([3163, 1973, 1975]);

function fileToLoad({ accountsFile }: DumpContents, options: LoadOptions, emit: Emit): DumpFile | undefined {
  if (options.withUsers === true) {
    const why = 'the dump holds none: it was made without --users';
    if (accountsFile === undefined) emit({ type: 'skipped', what: 'users, roles and grants', why });
    return accountsFile;
  }
  const message = 'the dump holds users, roles and grants, which are not loaded without --users';
  if (accountsFile !== undefined) emit({ type: 'warning', message });
  return undefined;
}

interface AccountsText {
  readonly settings: readonly string[];
  readonly statements: readonly Statement[];
}

/** @throws ToolError DUMP_DAMAGED or FOREIGN_STATEMENT for a statement that is none of such a file. */
async function readAccountsFile(file: DumpFile, guard: Guard): Promise<AccountsText> {
  const settings: string[] = [];
  const statements: Statement[] = [];
  const others: SchemaStatement[] = [];
  for (const statement of await readDefinitions(file)) {
    const { number, bytes } = statement;
    const sql = bytes.toString('utf8');
    const read = readAccountStatement(sql);
    if (read !== undefined) statements.push({ ...read, sql });
    else if (/^SET (NAMES|SESSION) /.test(sql)) others.push(statement);
    else throw new ToolError('DUMP_DAMAGED', `${file.name}, statement ${number}, is about no user or role`);
  }
  await guard.admit(file, { holds: 'accounts', database: '' }, others);
  settings.push(...others.map(({ bytes }) => bytes.toString('utf8')));
  return { settings, statements };
}
