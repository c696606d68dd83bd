/**
 * The content of a table as one short text: the number of rows, and the sums of two 64-bit parts of a SHA-256 over each
 * row. Sums do not know the order of rows and do know how often each occurs. Only the sums leave the server.
 *
 * Invariants
 * 1. Every column counts, generated and invisible ones too, by the bytes the server stores or computes for it.
 * 2. NULL is `-`; any value is hexadecimal or a number; values are joined by commas: no two rows spell alike.
 * 3. No row outgrows max_allowed_packet: types that can be long are hashed before they are joined.
 * 4. A warning is an error: servers turn what they cannot hold into NULL with only a warning.
 */

import { qualified } from './definitions.ts';
import { quoteName } from './session.ts';
import type { Session } from './session.ts';
import type { Column, Table } from './objects.ts';

export async function tableContent(session: Session, table: Table): Promise<string> {
  return content(session, table, table.columns, '');
}

/** As {@link tableContent}, of all rows that a system-versioned table ever had, and when each was valid. */
export async function tableHistory(
  session: Session,
  table: Table,
  { from, until }: NonNullable<Table['history']>,
): Promise<string> {
  const moments = [from, until].map((name) => ({ name, type: 'timestamp', isTransaction: false }));
  return content(session, table, [...table.columns, ...moments], ' FOR SYSTEM_TIME ALL');
}

async function content(session: Session, table: Table, columns: readonly Column[], time: string): Promise<string> {
  // The number of a transaction has a meaning on one server only.
  const counted = columns.filter(({ isTransaction }) => !isTransaction);
  const hash = `SHA2(CONCAT_WS(',', ${counted.map(spell).join(', ')}), 256)`;
  const rows = await session.rows(
    `SELECT COUNT(*), ${sumOfPart(hash, 1)}, ${sumOfPart(hash, 17)} FROM ${qualified(table)}${time}`,
  );
  const warnings = await session.rows('SHOW WARNINGS');
  if (warnings.length > 0) throw new Error(`warning while hashing ${qualified(table)}: ${warnings[0]?.join(' ')}`);
  const [count, high, low] = rows[0] ?? [];
  return `${count} rows, hashes add up to ${high ?? 0} and ${low ?? 0}`;
}

/** Sixteen hexadecimal digits are one BIGINT UNSIGNED; its SUM is an exact DECIMAL. */
function sumOfPart(hash: string, start: number): string {
  return `SUM(CAST(CONV(SUBSTR(${hash}, ${start}, 16), 16, 10) AS UNSIGNED))`;
}

function spell(column: Column): string {
  return `IFNULL(${spellValue(quoteName(column.name), column.type)}, '-')`;
}

function spellValue(name: string, type: string): string {
  switch (type) {
    case 'float':
    case 'double':
      // A FLOAT's text has too few digits; the well-known bytes of a point carry its number bit for bit.
      return `HEX(ST_AsBinary(POINT(${name}, 0)))`;
    case 'bit':
    case 'enum':
    case 'set':
      // By number: an ENUM's empty error value and an empty member have the same text.
      return `HEX(${name} + 0)`;
    case 'tinyint':
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'bigint':
    case 'decimal':
    case 'year':
      return name;
    default:
      return SHORT_TYPES.has(type) ? `HEX(CAST(${name} AS BINARY))` : `SHA2(CAST(${name} AS BINARY), 256)`;
  }
}

/** Values of these types fit a row of 65,535 bytes all together. */
const SHORT_TYPES = new Set([
  'char',
  'varchar',
  'binary',
  'varbinary',
  'date',
  'time',
  'datetime',
  'timestamp',
  'inet4',
  'inet6',
  'uuid',
]);
