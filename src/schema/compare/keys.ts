/** Keys, foreign keys, CHECK constraints and periods of CREATE TABLE statements, by their names. */
import { nameOfKey } from '../create-table.ts';
import type { TableItem } from '../create-table.ts';
import { parseForeignKey } from '../foreign-key.ts';
import { quoteName, quoteQualified } from '../names.ts';
import type { Token } from '../tokens.ts';
import { joined } from './columns.ts';
import type { PartDifference } from './columns.ts';
import { insteadOf, readable } from './likeness.ts';
import type { Likeness } from './likeness.ts';

/** One of the two tables. */
export interface Side {
  /** The database that it is in: where references without one point. */
  readonly database: string;
  /** What that database is called on the server. */
  readonly place: string;
  readonly items: readonly TableItem[];
}

export interface KeysCompared {
  readonly likeness: Likeness;
  /** Names of tables that differ in case only are one. */
  readonly foldsNames: boolean;
}

export function keyDifferences(was: Side, is: Side, compared: KeysCompared): PartDifference[] {
  const left = keysOf(is, compared);
  const differences = [...keysOf(was, compared)].flatMap(([key, { label, text }]): PartDifference[] => {
    const other = left.get(key);
    left.delete(key);
    if (other === undefined) return [{ what: `${label} is missing` }];
    return other.text === text ? [] : [{ what: `${label} is ${insteadOf(readable(other.text), readable(text))}` }];
  });
  return [
    ...differences,
    ...[...left.values()].map(({ label }) => ({ what: `${label} is there, but was not dumped` })),
  ];
}

interface Key {
  /** "unique key sku" */
  readonly label: string;
  /** What it says, without its name. */
  readonly text: string;
}

function keysOf(side: Side, compared: KeysCompared): Map<string, Key> {
  const keys = new Map<string, Key>();
  for (const item of side.items) {
    if (item.kind === 'column') continue;
    const name = nameOfKey(item);
    const text = textOf(item, side, compared);
    const word = wordFor(item);
    // A key may be called as a constraint is. One without a name is known by what it says.
    const family = item.kind === 'foreign-key' || item.kind === 'rest' ? word : 'key';
    const isNamed = name !== undefined || item.kind === 'primary';
    keys.set(isNamed ? `${family} ${name?.toLowerCase() ?? ''}` : `${word}: ${text}`, {
      label: isNamed ? `${word}${name === undefined ? '' : ` ${name}`}` : `${word} ${readable(text)}`,
      text: item.kind === 'foreign-key' || item.kind === 'rest' || item.kind === 'key' ? text : `${word} ${text}`,
    });
  }
  return keys;
}

function wordFor({ kind, tokens }: TableItem): string {
  switch (kind) {
    case 'primary':
    case 'unique':
    case 'fulltext':
    case 'spatial':
    case 'vector':
      return `${kind} key`;
    case 'foreign-key':
      return 'foreign key';
    case 'rest':
      return tokens[0]?.text === 'PERIOD' ? 'period' : 'check';
    default:
      return kind;
  }
}

function textOf(item: TableItem, side: Side, { likeness, foldsNames }: KeysCompared): string {
  const opens = item.tokens.findIndex(({ text }) => text === '(');
  const content = item.tokens.slice(opens);
  if (item.kind === 'foreign-key') return foreignKeyText(item, side, foldsNames);
  if (likeness === 'same series') return joined(content);
  // The expression of a check is spelled otherwise by every server, and so are attributes of keys.
  return item.kind === 'rest' ? '' : joined(content.slice(0, closing(content)));
}

function closing(tokens: readonly Token[]): number {
  let depth = 0;
  for (const [at, { text }] of tokens.entries()) {
    depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}

/** What happens when it is not said is printed by some servers and left out by others. */
const IMPLIED = / ON (?:DELETE|UPDATE) (?:RESTRICT|NO ACTION)/g;

function foreignKeyText({ text, tokens }: TableItem, { database, place }: Side, foldsNames: boolean): string {
  const key = parseForeignKey(Buffer.from(text, 'latin1'));
  if (key === undefined) return joined(tokens);
  const { parentDatabase = database, parentTable } = key;
  const isOwn = parentDatabase === database || parentDatabase === place;
  const parent = isOwn ? quoteName(parentTable) : quoteQualified(parentDatabase, parentTable);
  const names = (list: readonly string[]): string => list.map(quoteName).join(',');
  const actions = joined(tokens.slice(tokens.findLastIndex((token) => token.text === ')') + 1));
  const said = `(${names(key.columns)}) to ${foldsNames ? parent.toLowerCase() : parent} (${names(key.parentColumns)})`;
  return Buffer.from(`${said} ${actions}`.replaceAll(IMPLIED, '').trimEnd()).toString('latin1');
}
