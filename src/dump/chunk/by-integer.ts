import { saying } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import { quoteName, quoteQualified } from '../../schema/names.ts';
import type { Table } from '../../schema/table.ts';
import type { Chunk } from './chunk.ts';

/** Divides the range of an integer column evenly: two index look-ups, no matter how large the table is. */
export async function integerChunks(session: Session, table: Table, column: string, count: number): Promise<Chunk[]> {
  const quoted = quoteName(column);
  const [min, max] = await saying(`planning ${table.database}.${table.name}`, () =>
    textRow(session, `SELECT MIN(${quoted}), MAX(${quoted}) FROM ${quoteQualified(table.database, table.name)}`),
  );
  if (min === undefined || max === undefined) return [{ where: undefined, partition: undefined }];
  const bounds = evenBounds(BigInt(min), BigInt(max), count);
  return rangeConditions(quoted, bounds).map((where) => ({ where, partition: undefined }));
}

/** Inner bounds of `count` even parts of [min, max]: strictly ascending, at most count - 1 of them. */
export function evenBounds(min: bigint, max: bigint, count: number): bigint[] {
  const values = max - min + 1n;
  const parts = values < BigInt(count) ? values : BigInt(count);
  const bounds: bigint[] = [];
  for (let part = 1n; part < parts; part++) bounds.push(min + (values * part) / parts);
  return bounds;
}

/** Conditions that send every value, also below the first and above the last bound, to exactly one part. */
export function rangeConditions(quotedColumn: string, bounds: readonly bigint[]): (string | undefined)[] {
  if (bounds.length === 0) return [undefined];
  return Array.from({ length: bounds.length + 1 }, (_, part) => {
    const from = bounds[part - 1];
    const below = bounds[part];
    return [
      ...(from === undefined ? [] : [`${quotedColumn} >= ${from}`]),
      ...(below === undefined ? [] : [`${quotedColumn} < ${below}`]),
    ].join(' AND ');
  });
}
