/**
 * Literal: a value of a key as SQL that compares with its column as the value itself does, by the index.
 *
 * In: a column, and values as a session under `SET NAMES binary` reads them. Out: literals whose type, character set and
 * collation are the column's, so that the server converts the literal once and never the column.
 */
import type { Column } from '../../schema/table.ts';

export interface Literals {
  /** What is to be selected of the column; its values are what `literal` takes. */
  readonly read: (quotedColumn: string) => string;
  readonly literal: (value: Buffer) => string;
  /** Set where only equality uses the index: the greatest value, all from 0 to which are whole numbers. */
  readonly greatest?: number | undefined;
}

const NUMBERS: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal']);
/** Compared as what they are with a string that is a constant. A YEAR of 0 is `0000`: as a number it would be 2000. */
const WORDS: ReadonlySet<string> = new Set('date time datetime timestamp year uuid inet4 inet6'.split(' '));

/** Naming these in a query is a warning on MySQL 9.7, and warnings of a data SELECT are errors to us. */
const DEPRECATED_CHARSETS: ReadonlySet<string> = new Set(['macroman', 'macce', 'dec8', 'hp8']);
/** Deprecated as well, but there is a larger one that has the same bytes for the same characters. */
const LARGER_CHARSET: ReadonlyMap<string, string> = new Map([
  ['utf8', 'utf8mb4'],
  ['utf8mb3', 'utf8mb4'],
  ['ucs2', 'utf16'],
]);

/** A list of all values behind one is part of every condition: longer ones are not worth it. */
const MAX_ORDINALS = 1024;

/** Undefined: boundaries of such a column cannot be said. FLOAT and DOUBLE are among them, whose text may be inexact. */
export function literalsOf(column: Column): Literals | undefined {
  const { dataType } = column;
  if (NUMBERS.has(dataType)) return { read: asIs, literal: (value) => value.toString('latin1') };
  if (WORDS.has(dataType)) return { read: asIs, literal: (value) => `'${value.toString('latin1')}'` };
  if (dataType === 'bit') return { read: asIs, literal: (value) => BigInt(`0x${value.toString('hex')}`).toString() };
  if (dataType === 'binary' || dataType === 'varbinary') return { read: asIs, literal: bytes };
  if (dataType === 'enum' || dataType === 'set') return ordinals(column);
  if (dataType === 'char' || dataType === 'varchar') return text(column);
  return undefined;
}

const asIs = (quotedColumn: string): string => quotedColumn;
const bytes = (value: Buffer): string => `X'${value.toString('hex')}'`;

/** The literal's collation is its charset's default, but that of a column prevails over that of a literal. */
function text({ charset }: Column): Literals | undefined {
  if (charset === undefined || DEPRECATED_CHARSETS.has(charset)) return undefined;
  const introducer = `_${LARGER_CHARSET.get(charset) ?? charset} `;
  return { read: asIs, literal: (value) => introducer + bytes(value) };
}

/**
 * ENUM and SET are sorted by number and compared as text; with numbers they are compared as numbers, but `>` then uses no
 * index. Equality does (MySQL 9.7, MariaDB 10.11).
 */
function ordinals({ dataType, columnType }: Column): Literals | undefined {
  const members = columnType.match(/'(?:[^']|'')*'/g)?.length ?? 0;
  const greatest = dataType === 'enum' ? members : 2 ** members - 1;
  if (greatest > MAX_ORDINALS) return undefined;
  return { read: (quotedColumn) => `${quotedColumn}+0`, literal: (value) => value.toString('latin1'), greatest };
}
