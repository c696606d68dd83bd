/** What of two definitions is told to differ, and what is one thing said in two ways. Texts are as servers print them. */
import { describe, expect, test } from 'vitest';

import { insteadOf, likenessOf } from '../../../../src/schema/compare/likeness.ts';
import type { Likeness } from '../../../../src/schema/compare/likeness.ts';
import { tableDifferences } from '../../../../src/schema/compare/table.ts';

const END = ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci';
const table = (items: readonly string[], end = END): string => `CREATE TABLE \`t\` (\n  ${items.join(',\n  ')}\n${end}`;

interface Sides {
  readonly likeness?: Likeness;
  readonly database?: string;
  readonly foldsNames?: boolean;
}

function told(was: string, is: string, { likeness = 'same series', database = 'shop', ...rest }: Sides = {}): string[] {
  const differences = tableDifferences(
    { database: 'shop', create: Buffer.from(was) },
    { database, create: Buffer.from(is) },
    { likeness, foldsNames: rest.foldsNames ?? false },
  );
  return differences.map(({ what }) => what);
}

describe('nothing is told of', () => {
  test.each<[string, string, string, Sides?]>([
    [
      'a counter that went on',
      table(['`a` int'], `${END} AUTO_INCREMENT=5`),
      table(['`a` int'], `${END} AUTO_INCREMENT=9`),
    ],
    [
      'a character set before its own collation',
      table(['`a` varchar(9) COLLATE utf8mb4_bin']),
      table(['`a` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin']),
    ],
    [
      'where rows lie',
      table(['`a` int'], `) /*!50100 TABLESPACE \`x\` */ ENGINE=InnoDB DATA DIRECTORY='/a/'`),
      table(['`a` int'], ') ENGINE=InnoDB'),
    ],
    [
      'the order of keys',
      table(['`a` int', 'KEY `x` (`a`)', 'KEY `y` (`a`)']),
      table(['`a` int', 'KEY `y` (`a`)', 'KEY `x` (`a`)']),
    ],
    [
      'a reference to its own database under another name',
      table(['`a` int', 'CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `other`.`p` (`a`)']),
      table(['`a` int', 'CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`a`)']),
      { database: 'other' },
    ],
    [
      'what foreign keys do unless told otherwise',
      table(['`a` int', 'CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `P` (`a`)']),
      table(['`a` int', 'CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`a`) ON DELETE NO ACTION']),
      { foldsNames: true },
    ],
    [
      'how another product spells it',
      table(["`a` int NOT NULL DEFAULT '0'", '`b` json DEFAULT NULL', 'KEY `x` (`a`) USING BTREE']),
      table(
        ['`a` int(11) NOT NULL DEFAULT 0', '`b` longtext CHECK (json_valid(`b`))', 'KEY `x` (`a`)'],
        ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci PAGE_CHECKSUM=1',
      ),
      { likeness: 'other product' },
    ],
  ])('%s', (_what, was, is, sides) => {
    expect(told(was, is, sides)).toEqual([]);
  });
});

describe('it is told', () => {
  test.each<[string, string, string[], Likeness?]>([
    [
      table(['`a` int', '`b` int']),
      table(['`b` int', '`a` int']),
      ['has its columns in another order: number 1 is b instead of a'],
    ],
    [table(['`a` int']), table(['`b` int']), ['column a is missing', 'column b is there, but was not dumped']],
    [
      table(['`a` varchar(9)']),
      table(['`a` varchar(9) COLLATE utf8mb4_bin']),
      [expect.stringContaining('utf8mb4_bin') as string],
    ],
    [table(['`a` int', 'PRIMARY KEY (`a`)']), table(['`a` int']), ['primary key is missing']],
    [
      table(['`a` int', 'KEY `x` (`a`)']),
      table(['`a` int', 'UNIQUE KEY `x` (`a`)']),
      ['key x is unique key (`a`) instead of (`a`)'],
    ],
    [
      table(['`a` int', 'CONSTRAINT `c` CHECK ((`a` > 1))']),
      table(['`a` int', 'CONSTRAINT `c` CHECK ((`a` > 2))']),
      ['check c is ((`a` > 2)) instead of ((`a` > 1))'],
    ],
    [table(['`a` int'], `${END} AUTO_INCREMENT=9`), table(['`a` int']), ['has AUTO_INCREMENT 1 instead of 9']],
    [
      table(['`a` int'], ') ENGINE=InnoDB'),
      table(['`a` int'], ') ENGINE=MyISAM'),
      ['has engine MyISAM instead of InnoDB'],
    ],
    [
      table(['`a` int'], `${END}\n/*!50100 PARTITION BY HASH (\`a\`)\nPARTITIONS 4 */`),
      table(['`a` int']),
      ['is not partitioned'],
    ],
    [
      table(['`a` int NOT NULL']),
      table(['`a` int(11) DEFAULT NULL']),
      ['column a is NULL instead of NOT NULL'],
      'other product',
    ],
  ])('%#', (was, is, expected, likeness) => {
    expect(told(was, is, likeness === undefined ? {} : { likeness })).toEqual(expected);
  });

  test('with the words around the first difference, where texts are long', () => {
    const text = (word: string): string =>
      `${'many words before '.repeat(9)}the ${word} ${'and many behind '.repeat(9)}`;
    expect(insteadOf(text('one'), text('other'))).toMatch(
      /^… the one and many .* … instead of … the other and many .* …$/,
    );
  });
});

test('servers of one series print alike', () => {
  const server = (product: string, version: string) => ({ product, version });
  expect(likenessOf(server('MySQL', '9.7.4'), server('MySQL', '9.7.0'))).toBe('same series');
  expect(likenessOf(server('MariaDB', '10.11.6-MariaDB'), server('MariaDB', '10.6.2'))).toBe('same product');
  expect(likenessOf(server('MySQL', '8.4.0'), server('MariaDB', '11.8.6'))).toBe('other product');
});
