/**
 * Condition: the rows on either side of a boundary in the order of a key.
 *
 * For every row and boundary exactly one of the two conditions holds, under the columns' own collations, and neither
 * needs the boundary to be a row: so chunks are disjoint and together hold every row, whatever happens to the table while
 * it is planned. Rows are compared column by column, `a > 1 OR (a = 1 AND b > 2)`: `(a, b) > (1, 2)` reads the whole
 * table on MySQL 9.7 and MariaDB 10.11, while this is one range of the index that reads no row too many, on both.
 */
import type { KeyPart } from './key.ts';

/** Literals, one for each part of the key. */
export type Boundary = readonly string[];

type Part = Pick<KeyPart, 'column' | 'isDescending' | 'greatest'>;

/** The rows from the boundary on. */
export function fromOn(parts: readonly Part[], boundary: Boundary): string {
  const last = parts.length - 1;
  return anyOf(
    parts.map((part, index) => step(parts, boundary, index, compare(part, boundary[index]!, 'behind', index === last))),
  );
}

/** The rows before the boundary. */
export function before(parts: readonly Part[], boundary: Boundary): string {
  return anyOf(
    parts.map((part, index) => step(parts, boundary, index, compare(part, boundary[index]!, 'before', false))),
  );
}

/** The rows from one boundary on and before another; undefined: no boundary on that side. */
export function between(
  parts: readonly Part[],
  from: Boundary | undefined,
  to: Boundary | undefined,
): string | undefined {
  const sides = [from && fromOn(parts, from), to && before(parts, to)].filter((side) => side !== undefined);
  if (sides.length < 2) return sides[0];
  return sides.map((side) => (side.includes(' OR ') ? `(${side})` : side)).join(' AND ');
}

/** All parts before `index` are equal to the boundary's, and then the comparison decides. */
function step(
  parts: readonly Part[],
  boundary: Boundary,
  index: number,
  comparison: string | undefined,
): string | undefined {
  if (comparison === undefined) return undefined;
  const equal = parts.slice(0, index).map(({ column }, each) => `${column} = ${boundary[each]}`);
  return equal.length === 0 ? comparison : `(${[...equal, comparison].join(' AND ')})`;
}

/** Undefined: no value is on that side. */
function compare(part: Part, literal: string, side: 'behind' | 'before', orEqual: boolean): string | undefined {
  const isGreater = (side === 'behind') !== part.isDescending;
  if (part.greatest === undefined) return `${part.column} ${isGreater ? '>' : '<'}${orEqual ? '=' : ''} ${literal}`;
  const value = Number(literal);
  const [least, greatest] = isGreater ? [value + (orEqual ? 0 : 1), part.greatest] : [0, value - (orEqual ? 0 : 1)];
  const values = Array.from({ length: Math.max(0, greatest - least + 1) }, (_, index) => least + index);
  return values.length === 0 ? undefined : `${part.column} IN (${values.join(',')})`;
}

function anyOf(terms: readonly (string | undefined)[]): string {
  return terms.filter((term) => term !== undefined).join(' OR ') || 'FALSE';
}
