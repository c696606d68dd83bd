/**
 * CREATE TABLE as servers print it, taken apart: columns, keys and constraints, each with its bytes. Text that is not of
 * that form for certain is not taken apart at all.
 */
import { unquoteAny } from './names.ts';
import { readTokens } from './tokens.ts';
import type { Token } from './tokens.ts';

/** 'rest' are CHECK constraints and periods. */
export type ItemKind =
  | 'column'
  | 'primary'
  | 'unique'
  | 'key'
  | 'fulltext'
  | 'spatial'
  | 'vector'
  | 'foreign-key'
  | 'rest'
  | 'unknown';

export interface TableItem {
  readonly kind: ItemKind;
  /** What stands between it and what is before it: blanks and line ends. */
  readonly gap: string;
  /** Without the comma behind it. */
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** All texts are latin1: a character a byte, and nothing is decoded. */
export interface CreateTable {
  /** Up to and with the parenthesis that opens the list. */
  readonly head: string;
  readonly items: readonly TableItem[];
  /** From behind the last item on. */
  readonly tail: string;
  /** What stands behind the list: options and partitions. */
  readonly options: readonly Token[];
}

/** Undefined: not the definition of a table, or not certainly of the form that servers print. */
export function parseCreateTable(statement: Buffer): CreateTable | undefined {
  if (!/^CREATE\s/i.test(statement.toString('latin1', 0, 7))) return undefined;
  const text = statement.toString('latin1');
  const tokens = allTokens(text);
  const opens = tokens.findIndex((token) => token.text === '(');
  if (opens === -1 || !isTableHead(tokens.slice(0, opens))) return undefined;
  const list = readList(text, tokens, opens);
  if (list === undefined || list.items.some(({ kind, gap }) => kind === 'unknown' || gap.trim() !== ''))
    return undefined;
  const closing = tokens[list.closes];
  const last = list.end;
  if (closing === undefined || text.slice(last, closing.start).trim() !== '') return undefined;
  return {
    head: text.slice(0, tokens[opens]?.end),
    items: list.items,
    tail: text.slice(last),
    options: tokens.slice(list.closes + 1),
  };
}

/** The same statement with these of its items. */
export function withItems({ head, tail }: CreateTable, items: readonly TableItem[]): Buffer {
  return Buffer.from(`${head}${items.map(({ gap, text }) => gap + text).join(',')}${tail}`, 'latin1');
}

/** Without quotes, decoded; undefined where no name stands, as in a FULLTEXT KEY (`a`). */
export function nameOfKey({ tokens }: TableItem): string | undefined {
  const name = tokens.find((token) => isName(token) || token.text === '(');
  return name === undefined || name.text === '(' ? undefined : decoded(name);
}

/** The first column of a key as it stands in the text; undefined for an expression. */
export function firstColumnOf({ tokens }: TableItem): string | undefined {
  const column = tokens[tokens.findIndex(({ text }) => text === '(') + 1];
  return column !== undefined && isName(column) ? column.text : undefined;
}

/** Whether a word stands among them, outside of quotes. */
export function hasWord(tokens: readonly Token[], word: string): boolean {
  return tokens.some(({ text }) => text.toUpperCase() === word);
}

export const isName = ({ text }: Token): boolean => /^[`"]./s.test(text);

function decoded({ text }: Token): string {
  return unquoteAny(Buffer.from(text, 'latin1').toString('utf8'));
}

function allTokens(text: string): Token[] {
  const reader = readTokens(text);
  const tokens: Token[] = [];
  for (let token = reader.next(); token !== undefined; token = reader.next()) tokens.push(token);
  return tokens;
}

/** CREATE [OR REPLACE] [TEMPORARY] TABLE [IF NOT EXISTS] [`database`.]`table`. */
function isTableHead(tokens: readonly Token[]): boolean {
  const words = tokens.map((token) => (isName(token) ? 'name' : token.text.toUpperCase())).join(' ');
  return /^CREATE (OR REPLACE )?(TEMPORARY )?TABLE (IF NOT EXISTS )?(name \. )?name$/.test(words);
}

interface ItemList {
  readonly items: readonly TableItem[];
  /** Index of the token that closes the list. */
  readonly closes: number;
  /** Where the text of the last item ends. */
  readonly end: number;
}

function readList(text: string, tokens: readonly Token[], opens: number): ItemList | undefined {
  const items: TableItem[] = [];
  let depth = 0;
  let first = opens + 1;
  let from = tokens[opens]?.end ?? 0;
  for (let index = opens; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined || isBroken(token)) return undefined;
    if (token.text === '(') depth++;
    if (token.text === ')') depth--;
    const isEnd = depth === 0;
    if (!isEnd && (depth > 1 || token.text !== ',')) continue;
    const own = tokens.slice(first, index);
    const start = own[0]?.start ?? from;
    const item = text.slice(start, token.start).trimEnd();
    items.push({ kind: kindOf(own), gap: text.slice(from, start), text: item, tokens: own });
    if (isEnd) return { items, closes: index, end: start + item.length };
    first = index + 1;
    from = token.end;
  }
  return undefined;
}

/** A quote that nothing closes. */
const isBroken = ({ text }: Token): boolean => /^[`"']$/.test(text);

/** Names of keys are printed in quotes, or not at all where a key has none, as in FULLTEXT KEY (`a`). */
const KINDS: readonly (readonly [pattern: RegExp, kind: ItemKind])[] = [
  [/^name /, 'column'],
  [/^PRIMARY KEY \(/, 'primary'],
  [/^UNIQUE KEY (name )?\(/, 'unique'],
  [/^KEY (name )?\(/, 'key'],
  [/^FULLTEXT KEY (name )?\(/, 'fulltext'],
  [/^SPATIAL KEY (name )?\(/, 'spatial'],
  [/^VECTOR KEY (name )?\(/, 'vector'],
  [/^(CONSTRAINT (name )?)?FOREIGN KEY \(/, 'foreign-key'],
  [/^(CONSTRAINT (name )?)?CHECK \(/, 'rest'],
  [/^PERIOD FOR /, 'rest'],
];

function kindOf(tokens: readonly Token[]): ItemKind {
  const words = tokens.slice(0, 5).map((token) => (isName(token) ? 'name' : token.text.toUpperCase()));
  const text = `${words.join(' ')} `;
  return KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown';
}

const BEFORE_ENGINE = Buffer.from('\n) ENGINE=');

/** The engine that a CREATE TABLE statement names, as servers print it; undefined: none, or not where they print it. */
export function engineOf(statement: Buffer): string | undefined {
  const at = statement.lastIndexOf(BEFORE_ENGINE);
  if (at === -1) return undefined;
  const start = at + BEFORE_ENGINE.length;
  return /^\w+/.exec(statement.toString('latin1', start, start + 64))?.[0];
}
