/** Values of keys as SQL: whatever bytes a value has, the literal is nothing but a literal. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { literalsOf } from '../../../src/dump/chunk/literal.ts';
import type { Column } from '../../../src/schema/table.ts';

const column = (columnType: string, charset?: string): Column => ({
  name: 'k',
  dataType: columnType.replace(/[ (].*/, ''),
  columnType,
  charset,
  isGenerated: false,
  isInvisible: false,
  rowPeriod: undefined,
  isPrimary: true,
});

const say = (columnType: string, value: string, charset?: string): string | undefined =>
  literalsOf(column(columnType, charset))?.literal(Buffer.from(value, 'latin1'));

describe('a value', () => {
  test.each([
    ['bigint unsigned', '18446744073709551615', undefined, '18446744073709551615'],
    ['decimal(9,3)', '-1.500', undefined, '-1.500'],
    ['bit(16)', '\u0001\u0002', undefined, '258'],
    ['date', '0000-00-00', undefined, "'0000-00-00'"],
    ['year', '0000', undefined, "'0000'"],
    ['binary(2)', "'\\", undefined, "X'275c'"],
    ['varbinary(9)', '', undefined, "X''"],
    ['varchar(9)', "a'\u00e9", 'latin1', "_latin1 X'6127e9'"],
    ['varchar(9)', 'ab', 'utf8mb3', "_utf8mb4 X'6162'"],
    ['char(9)', '\u0000a', 'ucs2', "_utf16 X'0061'"],
    ["enum('a,b','c''d')", '2', undefined, '2'],
  ])('of %s is said exactly', (columnType, value, charset, literal) => {
    expect(say(columnType, value, charset)).toBe(literal);
  });

  test.each(['float', 'double', 'text', 'blob', 'json', 'geometry', `set(${"'x',".repeat(20)}'y')`])(
    'of %s makes no boundary',
    (columnType) => {
      expect(literalsOf(column(columnType, 'utf8mb4'))).toBeUndefined();
    },
  );

  test('of text cannot leave its literal', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const literal = literalsOf(column('varchar(99)', 'gbk'))?.literal(Buffer.from(bytes));
        expect(literal).toMatch(/^_gbk X'([0-9a-f]{2})*'$/);
      }),
    );
  });
});

test('numbers of an ENUM and of a SET go up to all its members', () => {
  expect(literalsOf(column("enum('a,b','c''d','')"))?.greatest).toBe(3);
  expect(literalsOf(column("set('a','b','c')"))?.greatest).toBe(7);
});
