import { describe, expect, test } from 'vitest';

import { readInsert, stringBytes } from '../../../src/format/insert-values.ts';

function read(text: string): { columns: readonly string[] | undefined; rows: string[][] } {
  const { columns, rows } = readInsert(Buffer.from(text, 'latin1'), true);
  return { columns, rows: [...rows].map((values) => values.map((value) => value.toString('latin1'))) };
}

describe('an INSERT is taken apart', () => {
  test('with several rows of numbers, strings, NULL and expressions', () => {
    expect(read('INSERT INTO `t` VALUES(1,"a",NULL)\n,(-2.5e3,_binary "x",CONVERT("[1,2]" USING UTF8MB4))\n')).toEqual({
      columns: undefined,
      rows: [
        ['1', '"a"', 'NULL'],
        ['-2.5e3', '_binary "x"', 'CONVERT("[1,2]" USING UTF8MB4)'],
      ],
    });
  });

  test('whatever its strings hold', () => {
    expect(read(`INSERT INTO t VALUES ("),(\\",'", 'it''s', "", '\\\\'), (1,2,3,4)`).rows).toEqual([
      [`"),(\\",'"`, ` 'it''s'`, ' ""', ` '\\\\'`],
      ['1', '2', '3', '4'],
    ]);
  });

  test('with a column list, whatever the names', () => {
    expect(read('INSERT IGNORE INTO `a (b` (`x`,`VALUES(1)`, `y``\\` , "z""") VALUES (1,2,3,4)')).toEqual({
      columns: ['x', 'VALUES(1)', 'y`\\', 'z"'],
      rows: [['1', '2', '3', '4']],
    });
  });

  test('of a table called values', () => {
    expect(read('REPLACE INTO `values` VALUES (1)')).toEqual({ columns: undefined, rows: [['1']] });
  });

  test('whose backslashes are letters', () => {
    const { rows } = readInsert(Buffer.from(`INSERT INTO t VALUES ('a\\','b'),("\\",2)`), false);
    expect([...rows].map((values) => values.map(String))).toEqual([
      [`'a\\'`, `'b'`],
      [`"\\"`, '2'],
    ]);
    expect(stringBytes(Buffer.from(`'a\\'`), false)?.toString()).toBe('a\\');
  });

  test('without a row that is cut off', () => {
    expect(read('INSERT INTO t VALUES (1),(2,"abc').rows).toEqual([['1']]);
  });

  test.each(['SET x = 1', 'INSERT INTO t SELECT 1', '', 'INSERT INTO t (', '('])('%j has no rows', (text) => {
    expect(read(text).rows).toEqual([]);
  });
});

describe('a string literal means', () => {
  test.each([
    ['""', ''],
    [`'it''s'`, `it's`],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['"\\0\\n\\r\\t\\Z\\x\\%"', '\0\n\r\t\x1ax%'],
    [' _binary "\\00"', '\x000'],
  ])('%j → %j', (literal, bytes) => {
    expect(stringBytes(Buffer.from(literal, 'latin1'), true)?.toString('latin1')).toBe(bytes);
  });

  test.each(['NULL', '0', 'CONVERT("a" USING utf8mb4)'])('%j is none', (literal) => {
    expect(stringBytes(Buffer.from(literal), true)).toBeUndefined();
  });
});
