/**
 * Columns: what a SELECT reads of each, and how the kernel writes it, so that the INSERT stores the very value again.
 */
import { ValueKind } from '../../kernel/forms.ts';
import { quoteName, quoteString } from '../../schema/names.ts';
import { enumMembers, isBinary, isInteger, isNumber, wantsCharacters } from '../../schema/table.ts';
import type { Column } from '../../schema/table.ts';
import type { DumpColumn } from '../task.ts';

/** `isBare`: for bare rows, not for an INSERT. */
export function dumpColumn(column: Column, isBare: boolean): DumpColumn {
  const read = { name: column.name, expression: expression(column) };
  if (!isBare) return { ...read, kind: valueKind(column) };
  const kind = bareKind(column);
  return column.isCounter === true ? { ...read, kind, through: 'counter' } : { ...read, kind };
}

function expression(column: Column): string {
  const quoted = quoteName(column.name);
  switch (column.dataType) {
    case 'float':
      // Its own text has six digits, too few to come back the same; as a DOUBLE it has all it needs. A product, because
      // a sum makes 0 of -0.
      return `${quoted}*1e0`;
    case 'enum':
      return `IF(${quoted}+0=0,${quoteString(zeroIndex(enumMembers(column)))},${quoted})`;
    default:
      return quoted;
  }
}

/**
 * The text that stores an ENUM's error value, the one with index 0. It reads as '', which may be a member as well; a
 * numeral is taken for the index, unless a member is called so. The server takes no numeral beyond five digits.
 */
function zeroIndex(members: readonly string[]): string {
  const taken = new Set(members.map((member) => member.normalize('NFKC')));
  return ['0', '00', '000', '0000', '00000'].find((numeral) => !taken.has(numeral)) ?? '';
}

function valueKind(column: Column): ValueKind {
  if (isNumber(column)) return ValueKind.NUMBER;
  if (wantsCharacters(column)) return ValueKind.JSON;
  return isBinary(column) ? ValueKind.BINARY : ValueKind.TEXT;
}

/** As mydumper: whole numbers of two bytes and more stand without quotes; LOAD DATA reads all values as text. */
function bareKind(column: Column): ValueKind {
  if (isInteger(column) && column.dataType !== 'tinyint') return ValueKind.NUMBER;
  if (wantsCharacters(column)) return ValueKind.JSON;
  return isBinary(column) ? ValueKind.BINARY : ValueKind.TEXT;
}
