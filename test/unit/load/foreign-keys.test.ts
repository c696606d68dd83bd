/** Tables whose foreign keys are added side by side have nothing in common, over however many steps. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { DumpTable } from '../../../src/load/contents.ts';
import { independentGroups } from '../../../src/load/foreign-keys.ts';
import type { ForeignKeys } from '../../../src/load/foreign-keys.ts';

const table = (database: string, name: string): DumpTable => ({
  database,
  name,
  schemaFile: undefined,
  dataFiles: [],
  rows: undefined,
  storedBytes: 0,
  longestStatementBytes: undefined,
});

/** "child" → "`parent`" or "`database`.`parent`". */
const keys = (name: string, parents: readonly string[], database = 'd'): ForeignKeys => ({
  table: table(database, name),
  clauses: parents.map((parent) => Buffer.from(`CONSTRAINT \`c\` FOREIGN KEY (\`a\`) REFERENCES ${parent} (\`id\`)`)),
});

const groups = (...of: ForeignKeys[]): string[][] =>
  independentGroups(of).map((group) => group.map((each) => `${each.table.database}.${each.table.name}`));

test('tables with a common parent are one group, though that has no key itself', () => {
  expect(groups(keys('a', ['`p`']), keys('x', ['`y`']), keys('b', ['`p`']))).toEqual([['d.x'], ['d.a', 'd.b']]);
});

test('chains and circles are one group', () => {
  expect(groups(keys('a', ['`b`']), keys('c', ['`d`']), keys('b', ['`c`']), keys('d', ['`a`']))).toHaveLength(1);
  expect(groups(keys('self', ['`self`']), keys('other', ['`other`']))).toHaveLength(2);
});

test('a table of another database is not its namesake, unless it is named in full', () => {
  expect(groups(keys('a', ['`p`'], 'd'), keys('a', ['`p`'], 'e'))).toHaveLength(2);
  expect(groups(keys('a', ['`p`'], 'd'), keys('a', ['`d`.`p`'], 'e'))).toHaveLength(1);
});

test('each table is in one group, and no table is touched by two groups', () => {
  const edges = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.array(fc.nat({ max: 30 }), { maxLength: 3 })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(edges, (tables) => {
      const all = new Map(tables.map(([child, parents]) => [child, parents]));
      const given = [...all].map(([child, parents]) =>
        keys(
          `t${child}`,
          parents.map((parent) => `\`t${parent}\``),
        ),
      );
      const result = independentGroups(given);
      expect(result.flat()).toHaveLength(given.length);
      expect(new Set(result.flat()).size).toBe(given.length);
      const touched = result.map(
        (group) =>
          new Set(
            group.flatMap((each) => [
              each.table.name,
              ...(all.get(Number(each.table.name.slice(1))) ?? []).map((p) => `t${p}`),
            ]),
          ),
      );
      const owners = touched.flatMap((names) => [...names]);
      expect(new Set(owners).size).toBe(owners.length);
      expect(result.map((group) => group.length)).toEqual(result.map((group) => group.length).sort((a, b) => a - b));
    }),
  );
});
