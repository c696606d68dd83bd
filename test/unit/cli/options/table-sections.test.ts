/** A defaults file → what holds for single tables. */
import { expect, test } from 'vitest';

import { readOptionFile } from '../../../../src/cli/options/file.ts';
import { items, tableRules } from '../../../../src/cli/options/table-sections.ts';
import { PLAIN } from '../surroundings.ts';

const rules = (text: string) => tableRules(readOptionFile('f.cnf', text, PLAIN));

test('sections name a table, all of a database, or a table in any database', () => {
  const found = rules('[`a`.`b`]\n[`a`.``]\n[``.`b`]\n[`we``ird.`.`[x]`]\n[mysqld]\nport=1\n');
  expect(found.map(({ database, table }) => [database, table])).toEqual([
    ['a', 'b'],
    ['a', ''],
    ['', 'b'],
    ['we`ird.', '[x]'],
  ]);
  expect(found[1]?.origin).toBe('[`a`.``] in f.cnf, line 2');
});

test('values are taken as they stand, comments and blank lines are not', () => {
  const [rule] = rules(`# a comment
[\`shop\`.\`orders\`]
; another
where = name = 'it''s; # no comment' and x <> "y"
limit=10
rows = 5000
num_threads = 2

columns_on_select = id, \`odd,name\`, concat(a, ',', b)
columns_on_insert = \`id\`, \`odd,name\`, \`ab\`
columns_on_select_replace = \`mail\`:concat(id, '@example.org'), phone:'' 
columns_on_select_replace_name = 'x'
object_to_export = SCHEMA,data
object_to_import = NONE
partition_regex = ^p20
`);
  expect(rule?.settings).toEqual({
    where: `name = 'it''s; # no comment' and x <> "y"`,
    limit: 10,
    rows: 5000,
    columnsOnSelect: ['id', '`odd,name`', "concat(a, ',', b)"],
    columnsOnInsert: ['id', 'odd,name', 'ab'],
    replacements: new Map([
      ['mail', "concat(id, '@example.org')"],
      ['phone', "''"],
      ['name', "'x'"],
    ]),
    exported: { schema: true, data: true, triggers: false },
    imported: { schema: false, data: false, triggers: false },
    partitionRegex: '^p20',
  });
});

test.each([
  ['[`a`.`b`]\nwehre = 1', 'f.cnf, line 2: wehre is unknown (did you mean where?)'],
  ['[`a`.`b`]\n\n`mail` = random_string 5', 'f.cnf, line 3: `mail`: masking functions are not known here'],
  ['[`a`.`b`]\nlimit = many', 'f.cnf, line 2: limit: "many" is not allowed'],
  ['[`a`.`b`]\nwhere', 'f.cnf, line 2: where needs a value'],
  ['[`a`.`b`]\nobject_to_export = ROWS', 'f.cnf, line 2: objects: "ROWS" is not allowed'],
  ['[`a`.`b`]\npartition_regex = (', 'f.cnf, line 2: partition_regex: cannot take "("'],
  ['[`a`]\nwhere = 1', 'f.cnf, line 1: [`a`] is not [`database`.`table`]'],
  ['[`a`.`b`\nwhere = 1', 'f.cnf, line 1: the group [`a`.`b` does not end with ]'],
  ['where = 1', 'f.cnf, line 1: where = 1 stands before the first [group]'],
])('%j is refused with file and line', (text, message) => {
  expect(() => rules(text)).toThrow(message);
});

test.each([
  ['a', ['a']],
  ['a, b', ['a', 'b']],
  ["concat(a, ','), 'x,y', \"p,q\", `c,d`", ["concat(a, ',')", "'x,y'", '"p,q"', '`c,d`']],
  [String.raw`'a\',b', c`, [String.raw`'a\',b'`, 'c']],
])('%s are the items %j', (text, expected) => {
  expect(items(text)).toEqual(expected);
});

test('a list with an empty item is refused', () => {
  expect(() => items('a,,b')).toThrow(/commas/);
});
