/** Which objects a run is about, by their names: the table at the head of src/schema/filter/filter.ts, line by line. */
import { describe, expect, test } from 'vitest';

import { Filter } from '../../../../src/schema/filter/filter.ts';
import type { FilterOptions, LeftOutBy } from '../../../../src/schema/filter/filter.ts';

const ALL_BUT_TWO = String.raw`^(?!(mysql\.|test\.))`;

describe('a table', () => {
  test.each<[FilterOptions, string, string, LeftOutBy]>([
    [{}, 'shop', 'orders', undefined],
    [{ tables: ['shop.orders'] }, 'shop', 'orders', undefined],
    [{ tables: ['shop.orders'] }, 'shop', 'lines', '--tables-list'],
    [{ regex: ['orders'] }, 'shop', 'old_ORDERS_2', undefined],
    [{ regex: ['^orders'] }, 'shop', 'orders', '--regex'],
    [{ regex: [String.raw`^shop\.orders$`] }, 'Shop', 'Orders', undefined],
    [{ regex: [String.raw`^shop\.`, String.raw`^crm\.`] }, 'crm', 'people', undefined],
    [{ regex: [String.raw`^shop\.`, String.raw`^crm\.`] }, 'bank', 'people', '--regex'],
    [{ regex: [ALL_BUT_TWO] }, 'shop', 'test.orders', undefined],
    [{ regex: [ALL_BUT_TWO] }, 'test', 'orders', '--regex'],
    [{ regex: [ALL_BUT_TWO] }, 'testing', 'orders', undefined],
    [{ regex: [String.raw`^(?!.*_(log|tmp)$)`] }, 'shop', 'orders_LOG', '--regex'],
    [{ omit: ['shop.orders'] }, 'shop', 'orders', '--omit-from-file'],
    [{ omit: ['shop.orders'] }, 'shop', 'Orders', undefined],
    [{ omit: ['shop.order%'] }, 'shop', 'orders', undefined],
    [{ tables: ['shop.%'], regex: ['orders'], omit: ['shop.old_orders'] }, 'shop', 'old_orders', '--omit-from-file'],
    [{ tables: ['shop.%'], regex: ['orders'], omit: ['shop.old_orders'] }, 'shop', 'orders', undefined],
  ])('under %j `%s`.`%s` is left out by %s', (options, database, name, by) => {
    expect(new Filter(options).table(database, name)).toBe(by);
  });

  test('goes by its engine, a view has none', () => {
    const filter = new Filter({ ignoreEngines: ['MyISAM', 'memory'] });
    expect(filter.table('shop', 'orders', 'MYISAM')).toBe('--ignore-engines');
    expect(filter.table('shop', 'orders', 'MEMORY')).toBe('--ignore-engines');
    expect(filter.table('shop', 'orders', 'InnoDB')).toBeUndefined();
    expect(filter.table('shop', 'a_view', '')).toBeUndefined();
  });
});

describe('a routine or an event', () => {
  test.each<[FilterOptions, string, string, LeftOutBy]>([
    [{}, 'shop', 'close_day', undefined],
    [{ tables: ['shop.orders'] }, 'shop', 'close_day', undefined],
    [{ regex: [String.raw`^shop\.`] }, 'shop', 'close_day', undefined],
    [{ regex: [String.raw`^shop\.orders`] }, 'shop', 'close_day', '--regex'],
    [{ omit: ['shop.close_day'] }, 'shop', 'close_day', '--omit-from-file'],
    [{ ignoreEngines: ['InnoDB'] }, 'shop', 'close_day', undefined],
  ])('under %j `%s`.`%s` is left out by %s', (options, database, name, by) => {
    expect(new Filter(options).code(database, name)).toBe(by);
  });
});

describe('a database', () => {
  test.each<[FilterOptions, string, LeftOutBy]>([
    [{}, 'shop', undefined],
    [{}, 'mysql', 'the server'],
    [{}, 'INFORMATION_SCHEMA', 'the server'],
    [{ databases: ['mysql'] }, 'mysql', undefined],
    [{ databases: ['shop'] }, 'crm', '--database'],
    [{ databases: ['shop'] }, 'Shop', '--database'],
    [{ tables: ['shop.orders'] }, 'crm', '--tables-list'],
    [{ tables: ['SHOP.orders'] }, 'shop', undefined],
    [{ tables: ['%.orders'] }, 'shop', undefined],
    [{ tables: ['%.user'] }, 'mysql', 'the server'],
    [{ tables: ['mysql.user'] }, 'mysql', undefined],
    [{ tables: ['my_shop.t'] }, 'my-shop', undefined],
    [{ regex: [String.raw`^crm\.`] }, 'shop', undefined],
    [{ omit: ['shop'] }, 'shop', '--omit-from-file'],
    [{ omit: ['shop.orders'] }, 'shop', undefined],
  ])('under %j `%s` as a whole is left out by %s', (options, name, by) => {
    expect(new Filter(options).database(name)).toBe(by);
  });

  test.each<[FilterOptions, string, boolean, LeftOutBy]>([
    [{}, 'shop', true, undefined],
    [{ omit: ['shop.orders'] }, 'shop', false, undefined],
    [{ ignoreEngines: ['InnoDB'] }, 'shop', false, undefined],
    [{ tables: ['shop.%'] }, 'shop', true, '--tables-list'],
    [{ regex: ['^shop$'] }, 'shop', true, undefined],
    [{ regex: ['^shop$'] }, 'shop', false, '--regex'],
    [{ regex: [ALL_BUT_TWO] }, 'test', false, '--regex'],
    [{ regex: [ALL_BUT_TWO] }, 'shop', true, undefined],
    [{ regex: [String.raw`^shop\.`] }, 'shop', true, '--regex'],
  ])(
    'under %j `%s`, nothing of which passed (there was nothing: %s), is left out by %s',
    (options, name, isEmpty, by) => {
      expect(new Filter(options).bareDatabase(name, isEmpty)).toBe(by);
    },
  );
});

test('what has matched nothing is told, entry by entry, whatever else matched', () => {
  const filter = new Filter({
    tables: ['shop.orders', 'shop.missing', 'other.%', 'sh%.O_ders', '%.orders'],
    regex: ['orders', '^shop', 'missing'],
    omit: ['shop.lines', 'shop.orders', 'bank'],
  });
  for (const name of ['orders', 'lines']) filter.table('shop', name);
  expect(filter.unused()).toEqual({
    tables: ['shop.missing', 'other.%'],
    regex: ['missing'],
    omit: ['shop.lines', 'bank'], // the tables list had left out shop.lines before
  });
  expect(new Filter({}).unused()).toEqual({ tables: [], regex: [], omit: [] });
});
