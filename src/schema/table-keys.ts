/**
 * Keys out of CREATE TABLE: foreign keys, which can only be added when all rows of all tables are there, and keys that are
 * cheaper to build at once than row by row.
 */
import { firstColumnOf, hasWord, isName, nameOfKey, parseCreateTable, withItems } from './create-table.ts';
import type { CreateTable, TableItem } from './create-table.ts';

export interface SplitTable {
  /** CREATE TABLE without what is added later. */
  readonly create: Buffer;
  /** "CONSTRAINT `x` FOREIGN KEY (…) REFERENCES …", in their order. */
  readonly foreignKeys: readonly Buffer[];
  /** In their order. */
  readonly keys: readonly TableKey[];
}

export interface TableKey {
  /** Undefined: the server is to find one. */
  readonly name: string | undefined;
  readonly isFulltext: boolean;
  /** As it stood in CREATE TABLE, and can be added: "UNIQUE KEY `x` (`a`,`b`)". */
  readonly clause: Buffer;
}

/**
 * Takes the foreign keys out of a CREATE TABLE statement and, where they are to come `later`, the keys that
 * {@link keysForLater} names. Any other statement, and one that cannot be taken apart for certain, comes back unchanged.
 */
export function splitTable(statement: Buffer, { later }: { readonly later: boolean }): SplitTable {
  const unchanged = { create: statement, foreignKeys: [], keys: [] };
  if (!later && !statement.includes('FOREIGN KEY')) return unchanged;
  const table = parseCreateTable(statement);
  if (table === undefined) return unchanged;
  const foreignKeys = table.items.filter(({ kind }) => kind === 'foreign-key');
  const keys = later ? keysForLater(table) : [];
  if (foreignKeys.length + keys.length === 0) return unchanged;
  const out = new Set([...foreignKeys, ...keys]);
  return {
    create: withItems(
      table,
      table.items.filter((item) => !out.has(item)),
    ),
    foreignKeys: foreignKeys.map(clauseOf),
    keys: keys.map(toKey),
  };
}

/** All keys of a CREATE TABLE statement but the primary; undefined when it cannot be taken apart for certain. */
export function keysOf(statement: Buffer): readonly TableKey[] | undefined {
  const items = parseCreateTable(statement)?.items;
  return items?.filter(({ kind }) => kind === 'vector' || LATER.has(kind)).map(toKey);
}

/** AUTO_INCREMENT=n behind the list of a CREATE TABLE statement: the next value. */
export function counterOf(statement: Buffer): bigint | undefined {
  if (!statement.includes('AUTO_INCREMENT=')) return undefined;
  const options = parseCreateTable(statement)?.options ?? [];
  const at = options.findIndex(({ text }) => text === 'AUTO_INCREMENT');
  const [equals, value] = options.slice(at + 1);
  return at !== -1 && equals?.text === '=' && /^\d+$/.test(value?.text ?? '') ? BigInt(value?.text ?? 0) : undefined;
}

const toKey = (item: TableItem): TableKey => ({
  name: nameOfKey(item),
  isFulltext: item.kind === 'fulltext',
  clause: clauseOf(item),
});

const clauseOf = ({ text }: TableItem): Buffer => Buffer.from(text, 'latin1');

const LATER: ReadonlySet<string> = new Set(['unique', 'key', 'fulltext', 'spatial']);

/**
 * The keys that can be added to the finished table so that SHOW CREATE TABLE gives what it gave before.
 *
 * Servers print keys in an order of their own, kind by kind, and within a kind as they were added: what was in CREATE TABLE
 * comes before what is added. So once a key has to stay, those in front of it stay too.
 */
function keysForLater({ items, options }: CreateTable): readonly TableItem[] {
  if (!isInnoDb(options) || hasWord(options, 'VERSIONING')) return [];
  const keys = items.filter(({ kind }) => kind === 'primary' || kind === 'vector' || LATER.has(kind));
  const staying = [
    keys.findLastIndex(hasToStay),
    // Without a primary key the first unique one may be what InnoDB keeps the rows in: added, it would move them all.
    keys.some(({ kind }) => kind === 'primary') ? -1 : keys.findIndex(({ kind }) => kind === 'unique'),
    ...items.filter(isCounter).map((column) => keyOfCounter(column, keys)),
  ];
  return keys.slice(Math.max(...staying) + 1);
}

/**
 * Primary keys; vectors and, on MariaDB, unique keys by hash and over periods, for which the server would copy the table.
 */
function hasToStay({ kind, tokens }: TableItem): boolean {
  if (kind === 'primary' || kind === 'vector') return true;
  return kind === 'unique' && (hasWord(tokens, 'HASH') || hasWord(tokens, 'OVERLAPS'));
}

/** AUTO_INCREMENT is refused to a column that no key begins with. Of several keys the first will do. */
function keyOfCounter({ tokens }: TableItem, keys: readonly TableItem[]): number {
  const column = tokens[0]?.text;
  const index = keys.findIndex((key) => firstColumnOf(key) === column);
  return index === -1 ? keys.length : index;
}

const isCounter = ({ kind, tokens }: TableItem): boolean => kind === 'column' && hasWord(tokens, 'AUTO_INCREMENT');

function isInnoDb(options: CreateTable['options']): boolean {
  const engine = options.findIndex(({ text }) => text.toUpperCase() === 'ENGINE');
  const [equals, name] = options.slice(engine + 1);
  return engine !== -1 && equals?.text === '=' && name !== undefined && !isName(name) && /^InnoDB$/i.test(name.text);
}
