/**
 * SET statements of a dump: those of settings that a session may have while definitions are created and rows are stored, and
 * of variables of its own. Nothing of the server, of accounts, of transactions or of replication.
 */
import type { HeadToken, HeadTokens } from './tokens.ts';

const SETTINGS: ReadonlySet<string> = new Set(
  (
    'SQL_MODE TIME_ZONE TIMESTAMP FOREIGN_KEY_CHECKS UNIQUE_CHECKS CHECK_CONSTRAINT_CHECKS SQL_NOTES NOTE_VERBOSITY ' +
    'CHARACTER_SET_CLIENT CHARACTER_SET_RESULTS CHARACTER_SET_CONNECTION CHARACTER_SET_DATABASE COLLATION_CONNECTION ' +
    'COLLATION_DATABASE DEFAULT_COLLATION_FOR_UTF8MB4 SQL_QUOTE_SHOW_CREATE SYSTEM_VERSIONING_INSERT_HISTORY ' +
    'SYSTEM_VERSIONING_ALTER_HISTORY EXPLICIT_DEFAULTS_FOR_TIMESTAMP INNODB_STRICT_MODE INNODB_LOCK_WAIT_TIMEOUT ' +
    'LOCK_WAIT_TIMEOUT DEFAULT_STORAGE_ENGINE OLD_MODE SQL_REQUIRE_PRIMARY_KEY SQL_GENERATE_INVISIBLE_PRIMARY_KEY'
  ).split(' '),
);
/** Those that no table, file or function of somebody's can stand behind. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  'LEAST GREATEST UNIX_TIMESTAMP IFNULL COALESCE NULLIF CONCAT CONCAT_WS REPLACE'.split(' '),
);
const SCOPES: ReadonlySet<string> = new Set(['SESSION', 'LOCAL']);
const SIGNS: ReadonlySet<string> = new Set(['(', ')', ',', '+', '-', '.']);

/** What a SET statement sets: upper case, without scope, and the text where that is one string, number or word. */
export interface Setting {
  readonly name: string;
  readonly value: string | undefined;
}

/** Reads behind SET, to the end of the text. A string says why the statement is none of a dump. */
export function readSettings(tokens: HeadTokens): Setting[] | string {
  const settings: Setting[] = [];
  do {
    const setting = readNames(tokens) ?? readSetting(tokens);
    if (typeof setting === 'string') return setting;
    settings.push(setting);
  } while (tokens.take(','));
  return tokens.peek() === undefined ? settings : 'it goes on where a SET statement of a dump ends';
}

/** Sets the three character sets at once. */
function readNames(tokens: HeadTokens): Setting | undefined {
  if (!tokens.take('NAMES') && !tokens.take('CHARACTER', 'SET') && !tokens.take('CHARSET')) return undefined;
  const value = tokens.next()?.text;
  if (tokens.take('COLLATE')) tokens.next();
  return { name: 'NAMES', value };
}

function readSetting(tokens: HeadTokens): Setting | string {
  const first = tokens.next();
  const isScope = first?.kind === 'word' && SCOPES.has(first.text);
  const target = isScope ? tokens.next() : first;
  const name = target === undefined ? undefined : nameOf(target);
  if (name === undefined) return 'it sets something else than a variable of the session';
  if (!name.startsWith('@') && !SETTINGS.has(name)) return `no dump needs to set ${name}`;
  tokens.take(':');
  if (!tokens.take('=')) return `no value of ${name} follows`;
  return readValue(tokens, name);
}

/** "SQL_MODE" for what a session has of the server, "@NAME" for its own. */
function nameOf({ kind, text }: HeadToken): string | undefined {
  const upper = text.toUpperCase();
  if (kind === 'word') return upper;
  if (kind === 'name') return upper;
  if (kind !== 'variable') return undefined;
  if (!upper.startsWith('@@')) return upper;
  const [scope = '', ...rest] = upper.slice(2).split('.');
  if (rest.length === 0) return scope;
  return SCOPES.has(scope) && rest.length === 1 ? rest[0] : undefined;
}

/** Up to the comma or the end behind it. */
function readValue(tokens: HeadTokens, name: string): Setting | string {
  const value: HeadToken[] = [];
  for (let depth = 0, token = tokens.next(); token !== undefined; token = tokens.next()) {
    const behind = tokens.peek();
    const isOnly = value.length === 0 && (behind === undefined || isSign(behind, ','));
    if (!isOfValue(token, behind, isOnly)) return `its value of ${name} is more than a value`;
    if (isSign(token, '(')) depth++;
    if (isSign(token, ')')) depth--;
    if (depth < 0) return `its value of ${name} is more than a value`;
    value.push(token);
    if (depth === 0 && behind !== undefined && isSign(behind, ',')) break;
  }
  const [only] = value;
  if (only === undefined) return `no value of ${name} follows`;
  return { name, value: value.length === 1 && only.kind !== 'variable' ? only.text : undefined };
}

/** Strings, numbers, variables, calls of a few functions; a word by itself, as `utf8mb4` or `DEFAULT`. */
function isOfValue(token: HeadToken, behind: HeadToken | undefined, isOnly: boolean): boolean {
  const isCalled = behind !== undefined && isSign(behind, '(');
  switch (token.kind) {
    case 'unclear':
    case 'name':
      return false;
    case 'sign':
      return SIGNS.has(token.text);
    case 'word':
      return isCalled ? FUNCTIONS.has(token.text) : isOnly || /^(?:\d+|NULL|TRUE|FALSE)$/.test(token.text);
    case 'string':
    case 'variable':
      return !isCalled;
  }
}

const isSign = ({ kind, text }: HeadToken, sign: string): boolean => kind === 'sign' && text === sign;
