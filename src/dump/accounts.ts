/**
 * Accounts: users and roles with what they may do, into one file of the dump. Not from the tables of the mysql database:
 * as the statements that make them.
 *
 * In: a session that is prepared to dump. Out: the file, and what is in it and what is not. Accounts belong to the server,
 * not to a database, so all of them are written whatever else is dumped; and to no transaction, so they are read once,
 * after the snapshot. Asked are a fixed number of queries and two statements for each account.
 *
 * Not carried, because no server tells or takes it: when a password was set, and the passwords before it.
 */
import type { AccountsDumped, Emit } from '../base/events.ts';
import { schemaFile } from '../format/code.ts';
import { packFile } from '../format/codec.ts';
import { writeSmallFile } from '../format/files.ts';
import { accountsFileName } from '../format/names.ts';
import { storedHashOf } from '../kernel/stored-hash.ts';
import { isConnectionLost, saying, ServerErrno, serverErrno, serverWords } from '../mysql/failure.ts';
import { hasHexHashes, textRow } from '../mysql/server.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { createAccount, createRole, isPublic, ownPrivileges, quoteAccount } from '../schema/account.ts';
import { listAccounts, texts } from './accounts/list.ts';
import type { Account, Listed, Relation } from './accounts/list.ts';
import type { DumpOptions } from './options.ts';
import type { WrittenFile } from './task.ts';

export interface DumpedAccounts {
  /** Undefined when the accounts could not be read at all. */
  readonly file: WrittenFile | undefined;
  readonly accounts: AccountsDumped;
}

/** Undefined without --users. @throws ToolError STORAGE, SERVER_GONE. */
export async function writeAccounts(
  session: Session,
  server: ServerInfo,
  options: DumpOptions,
  emit: Emit,
): Promise<DumpedAccounts | undefined> {
  if (options.withUsers !== true) return undefined;
  return saying('reading users and grants', async () => {
    const listed = await unlessRefused(
      () => listAccounts(session, server),
      (why) => emit({ type: 'skipped', what: 'users, roles and grants', why }),
    );
    if (listed === undefined) return { file: undefined, accounts: { written: 0, excluded: [] } };
    const { statements, written } = await define(session, server, listed, emit);
    const text = schemaFile(
      header(server),
      statements.map((statement) => Buffer.from(statement)),
    );
    const name = accountsFileName(options.codec);
    const stored = await packFile(text, name, options);
    writeSmallFile(options.directory, name, stored);
    return {
      file: { name, storedBytes: stored.length, xxh3: storedHashOf(stored), bytes: text.length, rows: 0 },
      accounts: { written, excluded: listed.excluded.map(quoteAccount) },
    };
  });
}

/**
 * The strings of SHOW CREATE USER are printed with backslash escapes on MySQL and without any on MariaDB, and so they are
 * read back. On MariaDB a GRANT to an account that is not there would make it, without a password.
 */
function header({ product }: ServerInfo): Buffer {
  const mode = product === 'MariaDB' ? "'NO_BACKSLASH_ESCAPES'" : 'NULL';
  return Buffer.from(
    [
      'SET NAMES utf8mb4;',
      `SET SESSION sql_mode = CONCAT_WS(',', ${mode} /*M!100000 , 'NO_AUTO_CREATE_USER' */);`,
      '',
    ].join('\n'),
  );
}

/** All accounts first, then what they may, then which roles they begin with: each statement finds what it names. */
async function define(
  session: Session,
  server: ServerInfo,
  listed: Listed,
  emit: Emit,
): Promise<{ readonly statements: readonly string[]; readonly written: number }> {
  const isMySQL = server.product === 'MySQL';
  if (hasHexHashes(server)) await session.execute('SET SESSION print_identified_with_as_hex = ON');
  const creations: string[] = [];
  const grants: string[] = [];
  const written = new Set<string>();
  for (const account of listed.accounts) {
    const name = quoteAccount(account);
    const skip = (what: string, why: string): void => emit({ type: 'skipped', what: `${what} ${name}`, why });
    const shown = await unlessRefused(
      () => show(session, account),
      (why) => skip('account', why),
    );
    if (shown === undefined) continue;
    const creation = creationOf(account, shown.definition, isMySQL);
    if (creation === undefined) {
      skip('account', 'the server prints it with a quote that it does not escape');
      continue;
    }
    creations.push(...creation);
    grants.push(...shown.grants.flatMap((line) => ownPrivileges(line, account) ?? []));
    written.add(name);
    if (account.hasSecondPassword) skip('the second password of account', 'the server does not print it');
  }
  const isWritten = ({ account }: Relation): boolean => written.has(quoteAccount(account));
  const relations = [...listed.relations.filter(isWritten), ...listed.defaultRoles.filter(isWritten)];
  if (isMySQL) await warnOfMandatoryRoles(session, server, emit);
  return { statements: [...creations, ...grants, ...relations.map(({ sql }) => sql)], written: written.size };
}

interface Shown {
  readonly definition: string;
  readonly grants: readonly string[];
}

async function show(session: Session, account: Account): Promise<Shown> {
  const name = quoteAccount(account);
  const [definition = ''] = account.isRole ? [] : await column(session, `SHOW CREATE USER ${name}`);
  return { definition, grants: await column(session, `SHOW GRANTS FOR ${name}`) };
}

/** None for PUBLIC, which is there without; undefined when what the server printed cannot be sent. */
function creationOf(account: Account, shown: string, escapesBackslashes: boolean): string[] | undefined {
  if (isPublic(account)) return [];
  if (account.isRole) return [createRole(account)];
  const creation = createAccount({ account, shown, demands: account.demands, escapesBackslashes });
  return creation === undefined ? undefined : [creation];
}

async function warnOfMandatoryRoles(session: Session, server: ServerInfo, emit: Emit): Promise<void> {
  if (server.version < 80_000) return;
  const [mandatory = ''] = await textRow(session, 'SELECT @@GLOBAL.mandatory_roles');
  if (mandatory === '') return;
  const message = `roles are granted to everybody by a setting, which is not part of a dump: mandatory_roles = ${mandatory}`;
  emit({ type: 'warning', message });
}

/** How servers say that there is no such account: it was dropped since it was listed. */
const GONE: ReadonlySet<number | undefined> = new Set([
  ServerErrno.ER_CANNOT_USER,
  ServerErrno.ER_NONEXISTING_GRANT,
  ServerErrno.ER_PASSWORD_NO_MATCH,
]);

/** Runs `read`; when the server refuses, tells why, unless what was to be read is gone meanwhile. */
async function unlessRefused<T>(read: () => Promise<T>, tell: (why: string) => void): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const errno = serverErrno(error);
    if (errno === undefined || isConnectionLost(error)) throw error;
    if (!GONE.has(errno)) tell(serverWords(error));
    return undefined;
  }
}

async function column(session: Session, sql: string): Promise<string[]> {
  return (await texts(session, sql)).map(([text = '']) => text);
}
