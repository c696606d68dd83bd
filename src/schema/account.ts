/**
 * Accounts and roles: their names, and surgery on what servers print of them. Text in, text out.
 *
 * Servers print more than can be sent back: grants of roles reached through other roles, passwords within GRANT, default
 * roles that do not exist yet, and some strings without escapes. What comes out of here can be sent.
 */
import { quoteName } from './names.ts';

export interface AccountName {
  readonly user: string;
  /** Undefined: a role of MariaDB, or its PUBLIC. */
  readonly host: string | undefined;
}

/** Everybody, on MariaDB: has grants, is never created. */
const PUBLIC: AccountName = { user: 'PUBLIC', host: undefined };

/** The server's own accounts, which every server has already. */
const SERVERS_OWN: ReadonlySet<string> = new Set(['mysql.sys', 'mysql.session', 'mysql.infoschema', 'mariadb.sys']);

export function isServersOwn({ user, host }: AccountName): boolean {
  return host === 'localhost' && SERVERS_OWN.has(user);
}

export function isPublic(account: AccountName): boolean {
  return isSameAccount(account, PUBLIC);
}

export function isSameAccount(a: AccountName, b: AccountName): boolean {
  return a.user === b.user && a.host === b.host;
}

/** As it stands in SQL: `user`@`host`, `role`, or PUBLIC. */
export function quoteAccount(account: AccountName): string {
  if (isPublic(account)) return 'PUBLIC';
  const user = quoteName(account.user);
  return account.host === undefined ? user : `${user}@${quoteName(account.host)}`;
}

const QUOTED = "(?:`(?:[^`]|``)*`|'(?:[^'\\\\]|''|\\\\.)*')";
const ACCOUNT = new RegExp(`^(?:(PUBLIC)\\b|(${QUOTED})(?:@(${QUOTED}))?)`, 's');

/** The account that a text begins with, and what follows it. */
export function leadingAccount(text: string): { readonly account: AccountName; readonly rest: string } | undefined {
  const [whole, everybody, user, host] = ACCOUNT.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const rest = text.slice(whole.length);
  if (everybody !== undefined) return { account: PUBLIC, rest };
  return { account: { user: unquoted(user ?? ''), host: host === undefined ? undefined : unquoted(host) }, rest };
}

function unquoted(text: string): string {
  const quote = text.charAt(0);
  const inner = text.slice(1, -1).replaceAll(quote + quote, quote);
  return quote === '`' ? inner : inner.replaceAll(/\\(.)/gs, '$1');
}

/** Quotes of any kind, or what stands between them. The last, unclosed quote is a piece of its own. */
const PIECE = /`(?:[^`]|``)*`|'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|[^`'"]+|[`'"]/gs;

/** Splits at the first place where the words stand outside of quotes, with blanks around them. */
function splitAt(text: string, words: string): { readonly before: string; readonly after: string } | undefined {
  const wanted = ` ${words} `;
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    if (/^[`'"]/.test(piece)) continue;
    const at = piece.indexOf(wanted);
    if (at === -1) continue;
    const start = index + at;
    return { before: text.slice(0, start), after: text.slice(start + wanted.length) };
  }
  return undefined;
}

/**
 * A line of SHOW GRANTS as the statement to send: the privileges of this account itself. Undefined for what it has by way
 * of a role, for the grants of roles and proxies, and for USAGE, which is none.
 */
export function ownPrivileges(line: string, account: AccountName): string | undefined {
  const [, verb] = /^(GRANT|REVOKE) /.exec(line) ?? [];
  const preposition = verb === 'GRANT' ? 'TO' : 'FROM';
  const parts = verb === undefined ? undefined : splitAt(line, preposition);
  if (parts === undefined || parts.before.startsWith('GRANT PROXY ') || splitAt(parts.before, 'ON') === undefined) {
    return undefined;
  }
  const grantee = leadingAccount(parts.after);
  if (grantee === undefined || !isSameAccount(grantee.account, account)) return undefined;
  // MariaDB repeats the account's password, demands and limits here, as far as it has any.
  const option = / WITH GRANT OPTION(?: MAX_[A-Z_]+ [\d.]+)*$/.test(grantee.rest) ? ' WITH GRANT OPTION' : '';
  if (parts.before === 'GRANT USAGE ON *.*' && option === '') return undefined;
  return `${parts.before} ${preposition} ${quoteAccount(account)}${option}`;
}

/** What an account demands of a connection, as mysql.user has it. */
export interface TlsDemands {
  readonly subject: string;
  readonly issuer: string;
  readonly cipher: string;
}

export interface CreatingAccount {
  readonly account: AccountName;
  /** What SHOW CREATE USER printed. */
  readonly shown: string;
  readonly demands: TlsDemands;
  /** The server writes a backslash in a string twice, and the session that reads it back takes it so. */
  readonly escapesBackslashes: boolean;
}

/** What MySQL prints of an account that CREATE ROLE made, behind its plugin. */
const ROLE_OPTIONS =
  ' REQUIRE NONE PASSWORD EXPIRE ACCOUNT LOCK PASSWORD HISTORY DEFAULT PASSWORD REUSE INTERVAL DEFAULT PASSWORD REQUIRE CURRENT DEFAULT';

/**
 * SHOW CREATE USER as the statement to send, without default roles, which come when there are roles. Undefined when a
 * string in it holds a quote that the server did not escape.
 */
export function createAccount(made: CreatingAccount): string | undefined {
  const { account, shown, demands, escapesBackslashes } = made;
  const name = leadingAccount(shown.replace(/^CREATE USER /, ''));
  if (name === undefined) return undefined;
  const rest = withoutDefaultRoles(withQuotedDemands(name.rest, demands, escapesBackslashes));
  if (!isWellQuoted(rest)) return undefined;
  // As a user it would be refused where passwords have a policy, for it has none.
  const isRole = new RegExp(`^ IDENTIFIED WITH '\\w+'${ROLE_OPTIONS}$`).test(rest);
  return isRole ? createRole(account) : `CREATE USER IF NOT EXISTS ${quoteAccount(account)}${rest}`;
}

export function createRole(account: AccountName): string {
  return `CREATE ROLE IF NOT EXISTS ${quoteAccount(account)}`;
}

/** Both servers print the strings of REQUIRE as they are, quotes and backslashes too. */
function withQuotedDemands(text: string, demands: TlsDemands, escapesBackslashes: boolean): string {
  const parts = splitAt(text, 'REQUIRE');
  if (parts === undefined) return text;
  const { subject, issuer, cipher } = demands;
  const clauses = [
    ['SUBJECT', subject],
    ['ISSUER', issuer],
    ['CIPHER', cipher],
  ] as const;
  let left = parts.after;
  const quoted: string[] = [];
  // MySQL begins with the subject, MariaDB with the issuer.
  for (;;) {
    const next = clauses.find(([word, value]) => value !== '' && left.startsWith(`${word} '${value}'`));
    if (next === undefined) break;
    const [word, value] = next;
    left = left.slice(`${word} '${value}'`.length).trimStart();
    quoted.push(`${word} ${quoteText(value, escapesBackslashes)}`);
  }
  return quoted.length === 0 ? text : `${parts.before} REQUIRE ${[...quoted, left].join(' ')}`.trimEnd();
}

function quoteText(text: string, escapesBackslashes: boolean): string {
  const doubled = text.replaceAll("'", "''");
  return `'${escapesBackslashes ? doubled.replaceAll('\\', '\\\\') : doubled}'`;
}

function withoutDefaultRoles(text: string): string {
  const parts = splitAt(text, 'DEFAULT ROLE');
  if (parts === undefined) return text;
  let rest = `,${parts.after}`;
  while (rest.startsWith(',')) rest = leadingAccount(rest.slice(1).trimStart())?.rest ?? rest.slice(1);
  return parts.before + rest;
}

/** Every quote is closed, and what follows it is no part of a string that a quote has cut. */
function isWellQuoted(text: string): boolean {
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    if (!/^[`'"]/.test(piece)) continue;
    if (piece.length === 1 || !/[\s,@)]|^$/.test(text.charAt(index + piece.length))) return false;
  }
  return true;
}

/** What a statement of an accounts file does, and to whom. */
export interface AccountStatement {
  readonly kind: 'create' | 'grant' | 'revoke' | 'default-role';
  readonly account: AccountName;
}

const STATEMENTS = [
  ['create', /^CREATE (?:USER|ROLE) IF NOT EXISTS /, undefined],
  ['grant', /^GRANT /, 'TO'],
  ['revoke', /^REVOKE /, 'FROM'],
  ['default-role', /^SET DEFAULT ROLE /, 'TO'],
  ['default-role', /^SET DEFAULT ROLE /, 'FOR'],
] as const;

/** Undefined for a statement about no account. */
export function readAccountStatement(sql: string): AccountStatement | undefined {
  for (const [kind, beginning, preposition] of STATEMENTS) {
    const [begun] = beginning.exec(sql) ?? [];
    if (begun === undefined) continue;
    const name = preposition === undefined ? sql.slice(begun.length) : splitAt(sql, preposition)?.after;
    const account = leadingAccount(name ?? '')?.account;
    if (account !== undefined) return { kind, account };
  }
  return undefined;
}

/** A grant of several global privileges as one grant each; undefined when it is no such grant. */
export function singlePrivileges(sql: string): string[] | undefined {
  const [, list, rest] =
    /^GRANT ([A-Z_]+(?: [A-Z_]+)*(?:, ?[A-Z_]+(?: [A-Z_]+)*)+)( ON \*\.\* TO .*)$/s.exec(sql) ?? [];
  return list?.split(/, ?/).map((privilege) => `GRANT ${privilege}${rest ?? ''}`);
}
