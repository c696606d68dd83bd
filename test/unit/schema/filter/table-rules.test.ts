import { expect, test } from 'vitest';

import { TableRules } from '../../../../src/schema/filter/table-rules.ts';
import type { TableRule, TableSettings } from '../../../../src/schema/filter/table-rules.ts';

const rule = (database: string, table: string, settings: TableSettings): TableRule => ({
  database,
  table,
  settings,
  origin: `[${database}.${table}]`,
});

test('the exact section wins over one of the table in any database, that over one of its database, key by key', () => {
  const rules = new TableRules([
    rule('shop', 'orders', { limit: 1 }),
    rule('', 'orders', { limit: 2, rows: 2 }),
    rule('shop', '', { limit: 3, rows: 3, where: 'id > 3' }),
  ]);
  expect(rules.of('shop', 'orders')).toEqual({ limit: 1, rows: 2, where: 'id > 3' });
  expect(rules.of('shop', 'lines')).toEqual({ limit: 3, rows: 3, where: 'id > 3' });
  expect(rules.of('crm', 'orders')).toEqual({ limit: 2, rows: 2 });
  expect(rules.of('crm', 'people')).toEqual({});
  expect(rules.of('Shop', 'Orders')).toEqual({});
});

test('of two sections for the same table the later one wins, key by key', () => {
  const rules = new TableRules([
    rule('shop', 'orders', { limit: 1, where: 'a' }),
    rule('shop', 'orders', { limit: 2 }),
  ]);
  expect(rules.of('shop', 'orders')).toEqual({ limit: 2, where: 'a' });
});

test('a section that no table was looked up in is told', () => {
  const rules = new TableRules([rule('shop', 'orders', {}), rule('shop', 'ordesr', {}), rule('', 'log', {})]);
  rules.of('shop', 'orders');
  rules.of('crm', 'log');
  expect(rules.unused()).toEqual(['[shop.ordesr]']);
});
