/**
 * The text of routines, triggers and events is kept in the character set of the client that sent it, but what SHOW CREATE
 * puts around it is UTF-8: which parts, differs (seen on MySQL 9.7 and MariaDB 10.11 and 11.8). Definers and the name of an event
 * everywhere, names of routines and triggers and of a trigger's table on MySQL, RETURNS and COMMENT everywhere. Parameters
 * and bodies are always the client's.
 */
import { isUtf8 } from 'node:buffer';

import { readTokens } from './tokens.ts';

export interface Part {
  readonly start: number;
  readonly end: number;
}

/**
 * The statement as it must stand to be read under NO_BACKSLASH_ESCAPES: servers print comments with backslashes as escapes
 * whatever the mode the rest is written in.
 */
export function withPlainComment(statement: Buffer): Buffer {
  const text = statement.toString('latin1');
  const place = candidates(text).findLast(({ start, end }) => COMMENT.test(text.slice(start, end)));
  if (place === undefined) return statement;
  const part = text.slice(place.start, place.end).replace(COMMENT, unescaped);
  return Buffer.concat([
    statement.subarray(0, place.start),
    Buffer.from(part, 'latin1'),
    statement.subarray(place.end),
  ]);
}

/** At the end of what servers print between a routine's parameters and its body, or an event's alone. */
const COMMENT = /'((?:[^'\\]|\\[^]|'')*)'\n?$/;
const ESCAPES = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['0', '\0'],
  ["'", "''"],
]);

function unescaped(comment: string): string {
  return comment.replaceAll(/\\([^])/g, (_, escaped: string) => ESCAPES.get(escaped) ?? escaped);
}

/** Parts of a CREATE statement that the server may have written and that are UTF-8 beyond ASCII, in order. */
export function serverSpelledParts(statement: Buffer): Part[] {
  const text = statement.toString('latin1');
  return candidates(text).filter(({ start, end }) => {
    const bytes = statement.subarray(start, end);
    return bytes.some((byte) => byte >= 0x80) && isUtf8(bytes);
  });
}

const KINDS: ReadonlySet<string> = new Set(['PROCEDURE', 'FUNCTION', 'PACKAGE', 'TRIGGER', 'EVENT']);
const QUOTED_OR_NOT_ASCII = /^[`"']|[\x80-\xFF]/;

/** What the server may have written, whatever its bytes. */
function candidates(text: string): Part[] {
  const tokens = readTokens(text);
  const parts: Part[] = [];
  let kind = '';
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) {
    const word = token.text.toUpperCase();
    if (kind === '' && KINDS.has(word)) {
      kind = word;
      continue;
    }
    if (kind === 'EVENT' && word === 'DO') return parts;
    if (kind === 'TRIGGER' && word === 'FOR') return parts;
    if (QUOTED_OR_NOT_ASCII.test(token.text)) parts.push(token);
    if (kind === 'PACKAGE' && word !== 'BODY') return parts;
    if (kind === 'PROCEDURE' || kind === 'FUNCTION') return [...parts, ...behindParameters(text, token.end)];
  }
  return [];
}

/** A type, and behind one-word characteristics a comment, as servers print them between parameters and body. */
const CHARACTERISTICS =
  /( RETURNS? (?:'(?:[^'\\]|\\[^]|'')*'|[^'\n])*)?\n(?: {4}[A-Z][A-Z ]*\n)*(?: {4}COMMENT '(?:[^'\\]|\\[^]|'')*'\n)?/y;

function behindParameters(text: string, at: number): Part[] {
  CHARACTERISTICS.lastIndex = endOfParameters(text, at);
  const found = CHARACTERISTICS.exec(text);
  return found === null ? [] : [{ start: found.index, end: found.index + found[0].length }];
}

/** Behind the parenthesis that closes; strings and comments among parameters may hold others. */
const PIECE = /'(?:[^'\\]|\\[^]|'')*'|"(?:[^"\\]|\\[^]|"")*"|`[^`]*`|\/\*[^]*?\*\/|[^]/y;

function endOfParameters(text: string, from: number): number {
  let depth = 0;
  for (PIECE.lastIndex = from; ;) {
    const piece = PIECE.exec(text)?.[0];
    if (piece === undefined) return text.length;
    if (piece === '(') depth++;
    if (piece === ')') depth--;
    if (depth === 0 && piece === ')') return PIECE.lastIndex;
  }
}
