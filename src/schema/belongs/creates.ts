/** The head of a CREATE statement: what it creates, and for a table that nothing but its definition follows. */
import type { HeadToken, HeadTokens } from './tokens.ts';

export interface Created {
  readonly kind: string;
  readonly qualifier: HeadToken | undefined;
  readonly name: HeadToken;
}

const KINDS: ReadonlySet<string> = new Set(
  'DATABASE SCHEMA TABLE SEQUENCE VIEW TRIGGER PROCEDURE FUNCTION EVENT PACKAGE'.split(' '),
);
const CLAUSE_WORDS: ReadonlySet<string> = new Set(
  'OR REPLACE ALGORITHM UNDEFINED MERGE TEMPTABLE SQL SECURITY DEFINER INVOKER AGGREGATE JSON RELATIONAL DUALITY'.split(
    ' ',
  ),
);

const HOLDERS: ReadonlySet<string> = new Set('DATABASE SCHEMA TABLE SEQUENCE'.split(' '));

/** Reads behind CREATE. A string says what is wrong. */
export function readCreated(tokens: HeadTokens): Created | string {
  let kind = tokens.takeAny(KINDS);
  let replaces = false;
  for (let before = ''; kind === undefined; kind = tokens.takeAny(KINDS)) {
    const word = tokens.takeAny(CLAUSE_WORDS);
    replaces ||= word === 'REPLACE';
    // "SQL SECURITY DEFINER" says under whose rights it runs, not who the definer is.
    if (word === 'DEFINER' && before !== 'SECURITY') passAccount(tokens);
    else if (word === undefined && !tokens.take('=')) return 'it creates something that is no part of a dump';
    before = word ?? '=';
  }
  if (replaces && HOLDERS.has(kind)) return 'it drops what is there with all that is in it';
  if (kind === 'PACKAGE' && tokens.take('BODY')) kind = 'PACKAGE BODY';
  tokens.take('IF', 'NOT', 'EXISTS');
  const first = tokens.next();
  const second = tokens.take('.') ? tokens.next() : undefined;
  const name = second ?? first;
  if (name === undefined) return 'it does not say what it creates';
  const behind = tokens.peek();
  if (behind?.kind === 'unclear') return 'it holds what servers may read in several ways';
  // One of a shared library has no parameters; without them MariaDB's ORACLE mode has RETURN.
  if (kind === 'FUNCTION' && behind?.text !== '(' && behind?.text !== 'RETURN') return 'it is no stored function';
  return { kind, qualifier: second === undefined ? undefined : first, name };
}

function passAccount(tokens: HeadTokens): void {
  tokens.take('=');
  tokens.next();
  if (tokens.take('(')) tokens.take(')');
  // `user`@`host`, which reads as a variable when the host has no quotes.
  else if (tokens.peek()?.kind === 'variable' || (tokens.take('@') && tokens.peek() !== undefined)) tokens.next();
}

/** Without one of these no CREATE TABLE takes rows or columns from elsewhere, however it is read. */
const ELSEWHERE = /SELECT|TABLE|LIKE|VALUES/i;

/** Undefined: a list of columns and keys, and options. Rows of another table, or all of its definition, are none of these. */
export function refusesTable(tokens: HeadTokens, text: string): string | undefined {
  const opening = tokens.peek();
  if (!tokens.take('(') || opening === undefined) return 'no list of columns follows the name';
  if (!ELSEWHERE.test(text.slice(opening.end))) return undefined;
  const isOfOther = tokens.take('LIKE');
  for (let depth = 1, token = tokens.next(); token !== undefined; token = tokens.next()) {
    if (token.kind === 'unclear') return 'it holds what servers may read in several ways';
    if (token.kind === 'sign') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    const word = token.kind === 'word' ? token.text : '';
    const takesRows = word === 'SELECT' || word === 'TABLE' || (depth === 0 && (word === 'LIKE' || word === 'VALUES'));
    if (takesRows || isOfOther) return 'it takes its columns or rows from elsewhere';
  }
  return undefined;
}
