/** What stands behind the list of a CREATE TABLE statement: options and partitions. */
import { unquoteAny } from '../names.ts';
import type { Token } from '../tokens.ts';
import { joined } from './columns.ts';
import type { PartDifference } from './columns.ts';
import { insteadOf, readable } from './likeness.ts';
import type { Likeness } from './likeness.ts';

/** What other servers of a kind print the same way. */
const COMMON: ReadonlySet<string> = new Set(['ENGINE', 'DEFAULT CHARSET', 'COLLATE', 'COMMENT']);

const LABELS: ReadonlyMap<string, string> = new Map([
  ['ENGINE', 'engine'],
  ['DEFAULT CHARSET', 'character set'],
  ['COLLATE', 'collation'],
  ['COMMENT', 'comment'],
]);

export function optionDifferences(was: readonly Token[], is: readonly Token[], likeness: Likeness): PartDifference[] {
  const [before, found] = [read(was), read(is)];
  const names = new Set([...before.values.keys(), ...found.values.keys()]);
  const differences = [...names].flatMap((name): PartDifference[] => {
    const [expected, value] = [before.values.get(name), found.values.get(name)];
    if (expected === value || !isCompared(name, expected, value, likeness)) return [];
    const label = LABELS.get(name) ?? name;
    return [{ what: `has ${label} ${shown(value)} instead of ${shown(expected)}` }];
  });
  return [...differences, ...partitionDifferences(before.partitions, found.partitions, likeness)];
}

/** The one that a table's text columns have unless they say otherwise; undefined: the table does not say. */
export function collationOf(options: readonly Token[]): string | undefined {
  const { values } = read(options);
  const charset = values.get('DEFAULT CHARSET');
  return values.get('COLLATE') ?? (charset === undefined ? undefined : `that of ${charset}`);
}

function shown(value: string | undefined): string {
  const text = value === undefined ? 'none' : readable(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function isCompared(name: string, was: string | undefined, is: string | undefined, likeness: Likeness): boolean {
  if (likeness === 'same series') return true;
  if (!COMMON.has(name)) return false;
  // Not all servers print the collation that a character set has by default, and products name theirs each as it likes.
  if (name === 'COLLATE' && (likeness === 'other product' || was === undefined || is === undefined)) return false;
  return spelledNow(was) !== spelledNow(is);
}

/** MariaDB up to 10.5 and MySQL up to 8.0 say utf8 for utf8mb3. */
const spelledNow = (text: string | undefined): string | undefined => text?.replace(/^utf8(?=_|$)/, 'utf8mb3');

interface Options {
  readonly values: ReadonlyMap<string, string>;
  /** From PARTITION BY on; empty: it has none. */
  readonly partitions: readonly Token[];
}

/** `NAME = value`, or words alone. */
function read(all: readonly Token[]): Options {
  const tokens = wherever(all);
  const behind = tokens.findIndex(({ text }, at) => text === 'PARTITION' && tokens[at + 1]?.text === 'BY');
  const own = behind === -1 ? tokens : tokens.slice(0, behind);
  const values = new Map<string, string>();
  let words: string[] = [];
  for (let at = 0; at < own.length; at++) {
    const { text } = own[at]!;
    if (text !== '=') words.push(unquoteAny(text));
    else {
      const from = ++at;
      if (own[at]?.text === '(') while (at < own.length && own[at]?.text !== ')') at++;
      values.set(words.join(' '), joined(own.slice(from, at + 1)));
      words = [];
    }
  }
  if (words.length > 0) values.set(words.join(' '), 'set');
  values.delete('AUTO_INCREMENT'); // it goes on with the rows, and is looked at by itself
  return { values, partitions: behind === -1 ? [] : tokens.slice(behind) };
}

function partitionDifferences(was: readonly Token[], is: readonly Token[], likeness: Likeness): PartDifference[] {
  if (was.length === 0 && is.length === 0) return [];
  if (is.length === 0) return [{ what: 'is not partitioned' }];
  if (was.length === 0) return [{ what: 'is partitioned, but was not when it was dumped' }];
  const [before, found] = [partitionNames(was), partitionNames(is)];
  const missing = before.filter((name) => !found.includes(name));
  const extra = found.filter((name) => !before.includes(name));
  if (missing.length + extra.length > 0) {
    return [
      ...missing.map((name) => ({ what: `partition ${name} is missing` })),
      ...extra.map((name) => ({ what: `partition ${name} is there, but was not dumped` })),
    ];
  }
  const [expected, text] = [joined(was), joined(is)];
  if (likeness !== 'same series' || expected === text) return [];
  return [{ what: `is partitioned otherwise: ${insteadOf(readable(text), readable(expected))}` }];
}

/** Subpartitions too. */
function partitionNames(tokens: readonly Token[]): string[] {
  return tokens.flatMap(({ text }, at) => {
    const name = tokens[at + 1]?.text ?? '';
    const isOne = (text === 'PARTITION' || text === 'SUBPARTITION') && name !== 'BY' && at > 0;
    return isOne ? [readable(unquoteAny(name))] : [];
  });
}

/** Where the rows lie is the server's affair: DATA DIRECTORY = '…', TABLESPACE = `…`, TABLESPACE `…`. */
function wherever(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const [first = '', second = ''] = [tokens[at]?.text, tokens[at + 1]?.text];
    if (second === 'DIRECTORY' && /^(?:DATA|INDEX)$/.test(first)) at += 3;
    else if (first === 'TABLESPACE') at += second === '=' ? 2 : 1;
    else kept.push(tokens[at]!);
  }
  return kept;
}
