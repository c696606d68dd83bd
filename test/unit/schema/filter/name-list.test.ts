import { describe, expect, test } from 'vitest';

import { TableList, compileRegex } from '../../../../src/schema/filter/name-list.ts';

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
    ['t', 'shop', 't', false],
  ])('%s, asked for `%s`.`%s`: %s', (entry, database, table, expected) => {
    expect(new TableList([entry]).matches(database, table)).toBe(expected);
  });
});

describe('a regular expression', () => {
  test.each([
    [String.raw`^(?!(mysql\.|test\.))`, 'shop.orders', true],
    [String.raw`^(?!(mysql\.|test\.))`, 'TEST.orders', false],
    [String.raw`\bo\w+s$`, 'shop.orders', true],
    [String.raw`^shop\.[\w\-]+$`, 'shop.a-b', true],
    [String.raw`[\]]`, 'shop.a]', true],
    [String.raw`^shop\.a\x2eb$`, 'shop.a.b', true],
    [String.raw`(?<=shop\.)orders`, 'shop.orders', true],
    [String.raw`(s)hop\.\1ales`, 'shop.sales', true],
    ['^b$', 'shop.a\nb', true],
    [String.raw`ÄRA`, 'shop.ära', true],
    [String.raw`\\d`, String.raw`shop.a\d`, true],
  ])('%s, searched for in %j: %s', (pattern, text, expected) => {
    expect(compileRegex(pattern).test(text)).toBe(expected);
  });

  test.each([
    '(shop',
    'shop)',
    '*',
    '(?i)shop',
    '(?>shop)',
    'shop++',
    '(?P<name>shop)',
    String.raw`\Ashop`,
    String.raw`shop\z`,
    String.raw`\Qshop.orders\E`,
    String.raw`\h+`,
    String.raw`\p{L}+`,
    String.raw`\x{e9}`,
    String.raw`shop\.[[:alpha:]]+`,
    '[]ab]',
    '[^]ab]',
    'shop\\',
  ])('%s is refused: JavaScript cannot read it, or would read it otherwise than PCRE2', (pattern) => {
    expect(() => compileRegex(pattern)).toThrow(SyntaxError);
  });
});
