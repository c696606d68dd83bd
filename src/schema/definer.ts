/**
 * The DEFINER clause of a view, trigger, routine, event or package: taken out, or another put in its place.
 *
 * In: a CREATE statement as bytes. Out: the same bytes but for that clause. Only the head of the statement is read, token
 * by token, from CREATE to the word that says what is created; whatever follows is never looked at. Any of these is
 * understood before, between and behind the words: blanks, comments, version comments (whose content counts, as other
 * tools wrap clauses in them), names in backticks, quotes or none, CURRENT_USER with and without parentheses, and roles,
 * which have no host.
 */
import { isUtf8 } from 'node:buffer';

import { quoteName, unquoteAny } from './names.ts';
import { readTokens } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** What to do with every definer: leave it out, so that it becomes whoever loads, or replace it by this text. */
export type DefinerChange = { readonly kind: 'skip' } | { readonly kind: 'replace'; readonly definer: string };

/** The statement with its definer changed; one that has none, or creates nothing that could have one, is unchanged. */
export function changeDefiner(statement: Buffer, change: DefinerChange): Buffer {
  // latin1 maps each byte to one character and back: nothing is decoded.
  const head = statement.toString('latin1', 0, MAX_HEAD_BYTES);
  const found = findDefiner(head);
  if (found === undefined) return statement;
  const rest = statement.subarray(found.end);
  const [put, blanks] =
    change.kind === 'skip'
      ? ['', /^[ \t\r\n]*/.exec(head.slice(found.end))![0].length]
      : [`DEFINER=${change.definer}`, 0];
  return Buffer.concat([statement.subarray(0, found.start), Buffer.from(put), rest.subarray(blanks)]);
}

/** "DEFINER=`app`@`%`" as it stands; undefined: there is none. */
export function definerClause(statement: Buffer): string | undefined {
  const head = statement.toString('latin1', 0, MAX_HEAD_BYTES);
  const found = findDefiner(head);
  return found && Buffer.from(head.slice(found.start, found.end), 'latin1').toString();
}

/** Where the clause stands: its first character, and the one behind it. */
interface DefinerPlace {
  readonly start: number;
  readonly end: number;
}

/** Two names of 256 characters, each of four bytes and doubled as a quote, and every other clause, stay far below. */
const MAX_HEAD_BYTES = 16_384;

/** What may stand between CREATE and the kind of an object that has a definer. */
const CLAUSE_WORDS: ReadonlySet<string> = new Set(
  'CREATE OR REPLACE ALGORITHM UNDEFINED MERGE TEMPTABLE SQL SECURITY DEFINER INVOKER AGGREGATE JSON RELATIONAL DUALITY'.split(
    ' ',
  ),
);

/** Finds the clause in the beginning of a CREATE statement, whose characters are bytes. */
function findDefiner(head: string): DefinerPlace | undefined {
  const tokens = readTokens(head);
  let before = '';
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) {
    const word = token.text.toUpperCase();
    if (before === '' && word !== 'CREATE') return undefined;
    // "SQL SECURITY DEFINER" says under whose rights it runs, not who the definer is.
    if (word === 'DEFINER' && before !== 'SECURITY') return placeOf(token.start, tokens);
    if (word !== '=' && !CLAUSE_WORDS.has(word)) return undefined;
    before = word;
  }
  return undefined;
}

function placeOf(start: number, tokens: Tokens): DefinerPlace | undefined {
  if (tokens.peek()?.text === '=') tokens.next();
  let last = tokens.next();
  if (last === undefined) return undefined;
  if (/^CURRENT_(?:USER|ROLE)$/i.test(last.text)) {
    if (tokens.peek()?.text === '(') {
      tokens.next();
      last = tokens.next() ?? last;
    }
  } else if (tokens.peek()?.text === '@') {
    tokens.next();
    last = tokens.next() ?? last;
  }
  return { start, end: last.end };
}

const NAME = '`(?:[^`]|``)+`|"(?:[^"]|"")+"|\'(?:[^\']|\'\')+\'';
/** Quoted, or as it stands; what is unquoted may hold an @, the last of which parts name and host. */
const ACCOUNT = new RegExp(`^(${NAME}|[^@'"\`][^'"\`]*?|)(?:@(${NAME}|[^@'"\`]*))?$`, 's');

/**
 * An account as a person types it (app@10.0.%, 'app'@'%', CURRENT_USER, a role's name) as it stands in SQL; undefined when
 * it is none. Without a host it is a role on MariaDB, and an account of any host where no such role is.
 */
export function accountToSql(text: string): string | undefined {
  if (/^CURRENT_(?:USER|ROLE)(?:\(\))?$/i.test(text)) return text.toUpperCase();
  const [, user, host] = ACCOUNT.exec(text.trim()) ?? [];
  if (user === undefined || user === '' || host === '') return undefined;
  const quoted = quoteName(unquoteAny(user));
  return host === undefined ? quoted : `${quoted}@${quoteName(unquoteAny(host))}`;
}

/** What a CREATE statement of a view or of code creates. */
export interface CreatedObject {
  /** "view", "package body", … */
  readonly kind: string;
  readonly name: string;
}

const KINDS: ReadonlySet<string> = new Set('VIEW TRIGGER PROCEDURE FUNCTION EVENT PACKAGE'.split(' '));

/** Reads kind and name off the head of a statement; undefined when it creates something else, or nothing. */
export function createdObject(statement: Buffer): CreatedObject | undefined {
  const head = statement.toString('latin1', 0, MAX_HEAD_BYTES);
  const clause = findDefiner(head);
  const tokens = readTokens(clause === undefined ? head : head.slice(0, clause.start) + head.slice(clause.end));
  let word = tokens.next()?.text.toUpperCase();
  if (word !== 'CREATE') return undefined;
  while (word !== undefined && (word === '=' || CLAUSE_WORDS.has(word))) word = tokens.next()?.text.toUpperCase();
  if (word === undefined || !KINDS.has(word)) return undefined;
  const isBody = word === 'PACKAGE' && tokens.peek()?.text.toUpperCase() === 'BODY';
  if (isBody) tokens.next();
  let name = tokens.next()?.text ?? '';
  if (/^if$/i.test(name)) {
    tokens.next();
    tokens.next();
    name = tokens.next()?.text ?? '';
  }
  const bytes = Buffer.from(unquoteAny(name), 'latin1');
  return {
    kind: isBody ? 'package body' : word.toLowerCase(),
    name: bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1'),
  };
}
