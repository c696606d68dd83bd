import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { quoteName, quoteQualified, quoteString } from '../../../src/schema/names.ts';

test.each([
  ['orders', '`orders`'],
  ['a`b', '`a``b`'],
  ['`', '````'],
  ['a.b', '`a.b`'],
  ['', '``'],
  ['$& $1 \\', '`$& $1 \\`'],
])('the name %s is quoted as %s', (name, quoted) => {
  expect(quoteName(name)).toBe(quoted);
});

test('a qualified name quotes its parts, not its dot', () => {
  expect(quoteQualified('my.shop', 'or`ders')).toBe('`my.shop`.`or``ders`');
});

test.each([
  ["it's", "'it''s'"],
  ['a\\', "'a\\\\'"],
  ["\\'", "'\\\\'''"],
  ['', "''"],
])('the text %s is quoted as %s', (text, quoted) => {
  expect(quoteString(text)).toBe(quoted);
});

test('nothing leaves the quotes, whatever it is', () => {
  const texts = fc.string({ unit: fc.constantFrom('`', "'", '\\', '"', 'a', '\n') });
  fc.assert(
    fc.property(texts, (text) => {
      expect(quoteName(text)).toMatch(/^`(?:[^`]|``)*`$/);
      expect(quoteName(text).slice(1, -1).replaceAll('``', '`')).toBe(text);
      expect(quoteString(text)).toMatch(/^'(?:[^'\\]|\\\\|'')*'$/);
      expect(quoteString(text).slice(1, -1).replaceAll("''", "'").replaceAll('\\\\', '\\')).toBe(text);
    }),
  );
});
