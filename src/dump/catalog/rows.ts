/**
 * Rows of information_schema as what they say of a table's columns, keys and partitions. The statements that ask for them stand
 * in catalog.ts; what is read here is what they select behind the names of database and table, in this order.
 */
import type { PayloadReader } from '../../mysql/packets.ts';
import type { Column, KeyColumn, Table, UniqueKey } from '../../schema/table.ts';

/** NULL as ''. */
export const textOf = (row: PayloadReader): string => row.text() ?? '';

/** Those behind GENERATION_EXPRESSION tell only whether a definition is still the same. */
export const COLUMN_VALUES =
  'COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, EXTRA, CHARACTER_SET_NAME, COLUMN_KEY, GENERATION_EXPRESSION, ' +
  'COLLATION_NAME, IS_NULLABLE, COLUMN_DEFAULT, COLUMN_COMMENT';

const ROW_PERIODS: ReadonlyMap<string, Column['rowPeriod']> = new Map([
  ['ROW START', 'start'],
  ['ROW END', 'end'],
]);

export function readColumn(row: PayloadReader): Column {
  const name = textOf(row);
  const dataType = textOf(row).toLowerCase();
  const columnType = textOf(row);
  const extra = textOf(row);
  const charset = textOf(row);
  const isPrimary = textOf(row) === 'PRI';
  return {
    name,
    dataType,
    columnType,
    // DEFAULT_GENERATED is a column with an expression as its default, which is inserted like any other.
    isGenerated: /\b(VIRTUAL|STORED|PERSISTENT)\b/i.test(extra),
    isCounter: /\bauto_increment\b/i.test(extra),
    isInvisible: /\bINVISIBLE\b/i.test(extra),
    rowPeriod: ROW_PERIODS.get(textOf(row)),
    charset: charset === '' ? undefined : charset,
    isPrimary,
  };
}

interface KeyPart {
  readonly key: string;
  /** Undefined: it makes its key unfit to divide a table. */
  readonly column: KeyColumn | undefined;
}

/** The fourth value says whether the index can be used. */
export function readKeyPart(row: PayloadReader): KeyPart {
  const key = textOf(row);
  const name = textOf(row);
  const isDescending = textOf(row) === 'D';
  const isUsable = textOf(row) === '1';
  // An expression has no column.
  return { key, column: name !== '' && isUsable ? { name, isDescending } : undefined };
}

/** Those keys of which all parts are fit. */
export function uniqueKeys(parts: readonly KeyPart[]): UniqueKey[] {
  const names = new Set(parts.map(({ key }) => key));
  return [...names].flatMap((name) => {
    const own = parts.filter(({ key }) => key === name);
    const columns = own.map(({ column }) => column).filter((column) => column !== undefined);
    return columns.length === own.length ? [{ name, columns }] : [];
  });
}

interface Partition {
  readonly name: string;
  /** Error 4142: one of the past cannot be named and searched for past rows at the same time. */
  readonly isPast: boolean;
  readonly isBeyondAscii: boolean;
}

export function readPartition(row: PayloadReader): Partition {
  return { name: textOf(row), isPast: textOf(row) === 'SYSTEM_TIME', isBeyondAscii: textOf(row) === '1' };
}

export type Partitions = Pick<Table, 'partitions' | 'pastPartitions' | 'hasPartitionsBeyondAscii'>;

export function partitionsOf(list: readonly Partition[]): Partitions {
  const names = (isWanted: (partition: Partition) => boolean): string[] =>
    list.filter(isWanted).map(({ name }) => name);
  return {
    partitions: names(({ isPast }) => !isPast),
    pastPartitions: names(({ isPast }) => isPast),
    hasPartitionsBeyondAscii: list.some(({ isBeyondAscii }) => isBeyondAscii),
  };
}

export const NO_PARTITIONS = partitionsOf([]);
