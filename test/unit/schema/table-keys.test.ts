/** Which keys come out of CREATE TABLE to be added later. Texts are as MySQL 9.7 and MariaDB 10.11 and 11.8 print them. */
import { describe, expect, test } from 'vitest';

import { counterOf, keysOf, splitTable } from '../../../src/schema/table-keys.ts';

const END = ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4';
const ID = '`id` int NOT NULL';
const define = (items: readonly string[], end = END): Buffer =>
  Buffer.from(`CREATE TABLE \`t\` (\n  ${items.join(',\n  ')}\n${end}`);

/** What comes out; all else must stay as it is. */
function later(items: readonly string[], end = END): string[] {
  const { create, keys, foreignKeys } = splitTable(define(items, end), { later: true });
  const clauses = [...keys.map(({ clause }) => clause.toString()), ...foreignKeys.map((clause) => clause.toString())];
  expect(create.toString()).toBe(
    define(
      items.filter((item) => !clauses.includes(item)),
      end,
    ).toString(),
  );
  return keys.map(({ clause }) => clause.toString());
}

const PRIMARY = 'PRIMARY KEY (`id`)';
const SIMPLE = ['`a` int', PRIMARY, 'UNIQUE KEY `u` (`a`)', 'KEY `k` (`a`)'];

describe('keys come out', () => {
  test.each([
    ['plain ones', "KEY `k` (`a`,`b`(10),`c` DESC) USING BTREE COMMENT 'it''s, ) \"x\" \\\\'"],
    ['unique ones', 'UNIQUE KEY `k``,(` (`a``)`)'],
    ['fulltext ones', 'FULLTEXT KEY `k` (`t`) /*!50100 WITH PARSER `ngram` */ '],
    ['fulltext ones without a name', 'FULLTEXT KEY (`t`)'],
    ['spatial ones', 'SPATIAL KEY `k` (`p`)'],
    ['invisible ones', 'KEY `k` (`a`) /*!80000 INVISIBLE */'],
    ['ignored ones', 'KEY `k` (`a`) IGNORED'],
    ['functional ones', "KEY `k` (((cast(json_extract(`j`,_utf8mb4'$.x') as unsigned array))),`a`)"],
    ['those with attributes', 'KEY `k` (`a`) /*!80021 SECONDARY_ENGINE_ATTRIBUTE \'{"a": "), KEY"}\' */'],
  ])('%s', (_what, key) => {
    expect(later([ID, PRIMARY, key.trim()])).toEqual([key.trim()]);
    const [found] = splitTable(define([ID, PRIMARY, key.trim(), 'KEY `x` (`id`)']), { later: true }).keys;
    expect(found?.isFulltext).toBe(key.startsWith('FULLTEXT'));
    expect(found?.name).toBe(key.includes('KEY `k`') ? (key.includes('``') ? 'k`,(' : 'k') : undefined);
  });

  test('and foreign keys with them, CHECK constraints stay', () => {
    const check = 'CONSTRAINT `c` CHECK ((`a` > 0))';
    const foreign = 'CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`id`)';
    expect(later([ID, PRIMARY, 'KEY `k` (`a`)', foreign, check])).toEqual(['KEY `k` (`a`)']);
  });

  test('of partitioned tables too', () => {
    const end = `${END}\n/*!50100 PARTITION BY HASH (\`id\`)\nPARTITIONS 4 */`;
    expect(later(SIMPLE, end)).toEqual(SIMPLE.slice(2));
  });
});

describe('keys stay', () => {
  test.each([
    ['of other engines', SIMPLE, ") ENGINE=MyISAM COMMENT='ENGINE=InnoDB'"],
    ['of a table that does not say its engine', SIMPLE, ') DEFAULT CHARSET=utf8mb4'],
    ['of an engine in quotes', SIMPLE, ") ENGINE='InnoDB'"],
    ['of versioned tables', SIMPLE, `${END} WITH SYSTEM VERSIONING`],
    ['that are primary', [ID, PRIMARY], END],
    ['by hash', [ID, PRIMARY, 'UNIQUE KEY `h` (`t`) USING HASH'], END],
    ['over periods', [ID, PRIMARY, 'UNIQUE KEY `h` (`id`,`p` WITHOUT OVERLAPS)'], END],
    ['of vectors', [ID, PRIMARY, 'VECTOR KEY `v` (`v`) `M`=8'], END],
    ['of a kind that nobody knows', [ID, PRIMARY, 'KEY `a` (`a`)', 'CURIOUS KEY `v` (`v`)'], END],
    ['of a table in a text that ends too soon', [ID, PRIMARY, 'KEY `a` (`a`)', "KEY `b` (`b`) COMMENT 'x"], END],
    ['that begin within a comment', [ID, PRIMARY, '/*!99999 KEY `a` (`a`) */'], END],
    ['of a table whose columns are not in quotes', ['id int', PRIMARY, 'KEY `a` (`a`)'], END],
  ])('%s', (_what, items, end) => expect(later(items, end)).toEqual([]));

  test('where a counter needs them, and those in front', () => {
    const counter = ['`id` int NOT NULL AUTO_INCREMENT', "`AUTO_INCREMENT` int COMMENT 'AUTO_INCREMENT'"];
    const keys = ['KEY `a` (`a`)', 'KEY `b` (`b`,`id`)', 'KEY `c` (`id`)', 'KEY `d` (`id`,`b`)'];
    expect(later([...counter, 'PRIMARY KEY (`b`,`id`)', ...keys])).toEqual(['KEY `d` (`id`,`b`)']);
    expect(later([...counter, PRIMARY, ...keys])).toEqual(keys);
    expect(later([...counter, 'PRIMARY KEY (`b`)', 'KEY `a` (`b`)'])).toEqual([]);
  });

  test('where InnoDB may keep the rows in them: the first unique one of a table without a primary key', () => {
    const keys = ['UNIQUE KEY `a` (`a`)', 'UNIQUE KEY `b` (`b`)', 'KEY `c` (`c`)'];
    expect(later([ID, ...keys])).toEqual(keys.slice(1));
    expect(later([ID, 'KEY `c` (`c`)'])).toEqual(['KEY `c` (`c`)']);
  });

  test.each([
    'SET NAMES binary',
    'CREATE VIEW `v` AS SELECT 1',
    'CREATE TABLE `t` LIKE `u`',
    'CREATE TABLE `t` AS (SELECT 1)',
    '',
  ])('out of what is no definition of a table: %j', (sql) => {
    const given = Buffer.from(sql);
    expect(splitTable(given, { later: true })).toEqual({ create: given, keys: [], foreignKeys: [] });
  });
});

test('all keys but the primary are known by their names', () => {
  const keys = keysOf(define([ID, ...SIMPLE, 'VECTOR KEY `v``é` (`v`)']));
  expect(keys?.map(({ name }) => name)).toEqual(['u', 'k', 'v`é']);
  expect(keysOf(Buffer.from('SELECT 1'))).toBeUndefined();
});

test('the counter is the one behind the list', () => {
  const items = ["`id` int NOT NULL COMMENT ') AUTO_INCREMENT=7'", PRIMARY];
  expect(
    counterOf(define(items, ") ENGINE=InnoDB AUTO_INCREMENT=18446744073709551615 COMMENT='AUTO_INCREMENT=5'")),
  ).toBe(18446744073709551615n);
  expect(counterOf(define(items, ") ENGINE=InnoDB COMMENT='AUTO_INCREMENT=5'"))).toBeUndefined();
});
