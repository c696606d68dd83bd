/** Which tables a run is about, by --database and --tables-list. */
import { describe, expect, test } from 'vitest';

import { select } from '../../../src/schema/filter.ts';

const includes = (entry: string, database: string, table: string): boolean =>
  select([], [entry]).includesTable(database, table);

describe('an entry of the tables list', () => {
  test.each([
    ['shop.orders', 'shop', 'orders', true],
    ['shop.orders', 'shop', 'orders2', false],
    ['shop.orders', 'myshop', 'orders', false],
    ['shop.orders', 'SHOP', 'Orders', true],
    ['Shop.ÄRA', 'shop', 'ära', true],
    ['shop.%', 'shop', 'anything at all', true],
    ['shop.%', 'shop', '', true],
    ['shop.%', 'shop2', 'orders', false],
    ['%.orders', 'any', 'orders', true],
    ['%.orders', 'any', 'xorders', false],
    ['sh%.ord%s', 'shop', 'orders', true],
    ['shop.order_', 'shop', 'orders', true],
    ['shop.order_', 'shop', 'order', false],
    ['shop.order_', 'shop', 'orders1', false],
    ['shop.%', 'shop', 'line\nbreak', true],
    ['shop.a.b', 'shop', 'a.b', true],
    ['shop.a.b', 'shop', 'axb', false],
    ['shop.a+(b)[c]{2}^$|?*', 'shop', 'a+(b)[c]{2}^$|?*', true],
    ['shop.a|b', 'shop', 'a', false],
    ['shop.[a-z]', 'shop', 'q', false],
    [String.raw`shop.a\b`, 'shop', String.raw`a\b`, true],
    ['shop.a-b c', 'shop', 'a-b c', true],
  ])('%s, asked for `%s`.`%s`: %s', (entry, database, table, expected) => {
    expect(includes(entry, database, table)).toBe(expected);
  });

  test('takes in what any of them names', () => {
    const selection = select([], ['shop.orders', 'shop.c%']);
    expect(['orders', 'customers', 'lines'].filter((table) => selection.includesTable('shop', table))).toEqual([
      'orders',
      'customers',
    ]);
  });

  test('without any, every table is meant', () => {
    expect(select([], []).includesTable('shop', 'orders')).toBe(true);
  });
});

describe('the databases of a run', () => {
  test.each([
    [[], [], []],
    [['a', 'b'], [], ['a', 'b']],
    [['a'], ['b.t'], ['a']],
    [[], ['a.t', 'b.t', 'a.u'], ['a', 'b']],
    [[], ['a.t%', 'b._'], ['a', 'b']],
    [[], ['a.t', '%.t'], []],
    [[], ['my_shop.t'], []], // _ is a wildcard: any database may match
    [[], ['t'], []],
  ])('named %j with tables %j are %j', (databases, tables, expected) => {
    expect(select(databases, tables).databases).toEqual(expected);
  });
});

test('entries that match nothing are told, those that match anything are not', () => {
  const selection = select([], ['shop.orders', 'shop.missing', 'other.%', 'sh%.O_ders']);
  const existing = [
    { database: 'shop', table: 'orders' },
    { database: 'shop', table: 'lines' },
  ];
  expect(selection.unmatchedTables(existing)).toEqual(['shop.missing', 'other.%']);
  expect(select(['shop'], []).unmatchedTables([])).toEqual([]);
});
