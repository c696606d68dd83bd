/** Key: which of a table's keys divides it, and how its values are read and said. */
import { quoteName } from '../../schema/names.ts';
import { isInteger } from '../../schema/table.ts';
import type { Table, UniqueKey } from '../../schema/table.ts';
import { literalsOf } from './literal.ts';
import type { Literals } from './literal.ts';

export interface Key {
  readonly name: string;
  readonly parts: readonly KeyPart[];
  /** The rows lie in its order, so that reading by it costs no more than reading them all. */
  readonly isClustered: boolean;
  /** One integer column. */
  readonly isInteger: boolean;
}

export interface KeyPart extends Pick<Literals, 'literal' | 'greatest'> {
  /** The column, quoted. */
  readonly column: string;
  readonly expression: string;
  readonly isDescending: boolean;
}

interface Known {
  readonly columns: Table['columns'];
  readonly key: Key | undefined;
}

/** By the list of keys, which tables that are alike share, as they do the list of columns. */
const known = new WeakMap<Table['uniqueKeys'], Known>();

/** The primary key, or the unique one that the server takes in its place, or else any; undefined: none is fit. */
export function dividingKey(table: Table): Key | undefined {
  const { columns, uniqueKeys } = table;
  const before = known.get(uniqueKeys);
  if (before?.columns === columns) return before.key;
  const key = findDividingKey(table);
  known.set(uniqueKeys, { columns, key });
  return key;
}

function findDividingKey(table: Table): Key | undefined {
  const keys = table.uniqueKeys.map((key) => usableKey(table, key)).filter((key) => key !== undefined);
  return keys.find(({ isClustered }) => isClustered) ?? keys[0];
}

function usableKey(table: Table, { name, columns }: UniqueKey): Key | undefined {
  const parts: KeyPart[] = [];
  for (const { name: columnName, isDescending } of columns) {
    const column = table.columns.find((each) => each.name === columnName);
    const literals = column && literalsOf(column);
    if (literals === undefined) return undefined;
    const quoted = quoteName(columnName);
    const { read, literal, greatest } = literals;
    parts.push({ column: quoted, expression: read(quoted), isDescending, literal, greatest });
  }
  const primary = table.columns.filter(({ isPrimary }) => isPrimary);
  const isClustered =
    primary.length === columns.length && primary.every((column) => columns.some((each) => each.name === column.name));
  const [only, ...others] = primary;
  return {
    name,
    parts,
    isClustered,
    isInteger: isClustered && others.length === 0 && only !== undefined && isInteger(only),
  };
}

export const keyOrder = ({ parts }: Key): string =>
  parts.map(({ column, isDescending }) => (isDescending ? `${column} DESC` : column)).join(', ');

export const keyExpressions = ({ parts }: Key): string => parts.map(({ expression }) => expression).join(', ');
