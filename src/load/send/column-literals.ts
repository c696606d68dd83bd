/**
 * Which literals of an INSERT a column stores alike when LOAD DATA reads their text.
 *
 * A string is the same either way: under SET NAMES binary both hand the column its bytes. A number is handed over as a
 * number by INSERT and as text by LOAD DATA; where these may part, the kind of literal is not listed: 0 and '0' in a YEAR,
 * 2 and '2' in an ENUM, 1.5 in an integer, 007 in a VARCHAR. So it is with 0x41 in a BIT or a number.
 */
import { Literal } from '../../kernel/rows-from-insert.ts';
import type { TargetColumn } from './target-columns.ts';

const { NULL, STRING, BINARY_STRING, UTF8_STRING, CONVERTED_STRING, HEX, INTEGER, DECIMAL, FLOAT, YEAR } = Literal;
const BYTES = STRING | BINARY_STRING;

const BY_TYPES: readonly (readonly [types: string, literals: number])[] = [
  ['tinyint smallint mediumint int bigint', BYTES | INTEGER],
  ['decimal', BYTES | INTEGER | DECIMAL],
  ['float double', BYTES | INTEGER | DECIMAL | FLOAT],
  ['year', BYTES | YEAR],
  ['date time datetime timestamp bit enum set', BYTES],
  ['binary varbinary tinyblob blob mediumblob longblob vector', BYTES | HEX],
  ['geometry point linestring polygon multipoint multilinestring multipolygon', BYTES | HEX],
  ['geometrycollection geomcollection', BYTES | HEX],
  ['char varchar tinytext text mediumtext longtext', BYTES | HEX],
  // Of a binary string they take the bytes for the value itself, or refuse it: what LOAD DATA reads is converted too.
  ['json uuid inet4 inet6', UTF8_STRING | CONVERTED_STRING],
];
const LITERALS: ReadonlyMap<string, number> = new Map(
  BY_TYPES.flatMap(([types, literals]) => types.split(' ').map((type) => [type, literals] as const)),
);

/** A sum of {@link Literal}; undefined for a type of which nothing is known. */
export function literalsFor({ dataType, charset, isNullable }: TargetColumn): number | undefined {
  const literals = LITERALS.get(dataType);
  if (literals === undefined) return undefined;
  const isUtf8 = charset === 'utf8mb4' && dataType !== 'enum' && dataType !== 'set';
  // Of a NULL where there can be none each makes something else, TIMESTAMP the current time.
  return literals | (isUtf8 ? UTF8_STRING | CONVERTED_STRING : 0) | (isNullable ? NULL : 0);
}

/** Whether what LOAD DATA reads for it goes through CONVERT. */
export function wantsConversion({ dataType }: TargetColumn): boolean {
  return ((LITERALS.get(dataType) ?? 0) & BYTES) === 0;
}
