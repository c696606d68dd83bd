/** What comes out of CREATE TABLE and what stays, byte for byte. Texts are as MySQL 9.7 and MariaDB 10.11 print them. */
import { describe, expect, test } from 'vitest';

import { addClauses } from '../../../src/schema/ddl.ts';
import { splitTable } from '../../../src/schema/table-keys.ts';

const text = (...lines: string[]): string => lines.join('\n');
const split = (statement: string): { create: string; foreignKeys: string[] } => {
  const { create, foreignKeys } = splitTable(Buffer.from(statement), { later: false });
  return { create: create.toString(), foreignKeys: foreignKeys.map((clause) => clause.toString()) };
};

const END = ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci';
const KEY = 'CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `p` (`id`)';

describe('foreign keys come out of CREATE TABLE', () => {
  test.each([
    ['the last clause', ['  `a` int,', '  KEY `a` (`a`),'], [`  ${KEY}`], []],
    ['the first clause', [], [`  ${KEY},`], ['  `a` int,', '  KEY `a` (`a`)']],
    ['in the middle', ['  `a` int,'], [`  ${KEY},`], ['  CONSTRAINT `k` CHECK ((`a` > 0))']],
    ['with actions', ['  `a` int,'], [`  ${KEY} ON DELETE SET NULL ON UPDATE CASCADE`], []],
    ['into another database', ['  `a` int,'], ['  CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `o`.`p` (`id`)'], []],
    ['without a name', ['  `a` int,'], ['  FOREIGN KEY (`a`) REFERENCES `p` (`id`)'], []],
    ['in ANSI quotes', ['  "a" int,'], ['  CONSTRAINT "c""d" FOREIGN KEY ("a") REFERENCES "p" ("id")'], []],
    [
      'several, apart from each other',
      ['  `a` int,'],
      [`  ${KEY},`, '  CONSTRAINT `d` FOREIGN KEY (`a`,`b`) REFERENCES `q` (`x`,`y`),'],
      ['  CONSTRAINT `k` CHECK ((`a` > 0))'],
    ],
    [
      'with names that hold what ends names',
      ['  `a` int,'],
      ['  CONSTRAINT `f``,( ) CHECK` FOREIGN KEY (`a,``)`) REFERENCES `p``(,` (`i,d`)'],
      [],
    ],
  ] as const)('%s', (_what, before, keys, after) => {
    const kept = [...before, ...after];
    const last = kept.at(-1)!.replace(/,$/, '');
    expect(split(text('CREATE TABLE `t` (', ...before, ...keys, ...after, END))).toEqual({
      create: text('CREATE TABLE `t` (', ...kept.slice(0, -1), last, END),
      foreignKeys: keys.map((line) => line.trim().replace(/,$/, '')),
    });
  });

  test('as the only clause', () => {
    expect(split(text('CREATE TABLE `t` (', `  ${KEY}`, END))).toEqual({
      create: text('CREATE TABLE `t` (', END),
      foreignKeys: [KEY],
    });
  });

  test.each([
    [
      'MySQL partitions',
      [
        '/*!50100 PARTITION BY RANGE (`a`)',
        '(PARTITION p0 VALUES LESS THAN (1) ENGINE = InnoDB,',
        ' PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */',
      ],
    ],
    ['MariaDB partitions', [' PARTITION BY LIST (`a`)', '(PARTITION `p0` VALUES IN (1,', ') ENGINE = InnoDB)']],
  ])('with %s behind', (_what, partitions) => {
    const { create, foreignKeys } = split(text('CREATE TABLE `t` (', '  `a` int,', `  ${KEY}`, END, ...partitions));
    expect(create).toBe(text('CREATE TABLE `t` (', '  `a` int', END, ...partitions));
    expect(foreignKeys).toEqual([KEY]);
  });

  test('with line ends of another system', () => {
    const { create, foreignKeys } = split(`CREATE TABLE \`t\` (\r\n  \`a\` int,\r\n  ${KEY}\r\n) ENGINE=InnoDB`);
    expect(create).toBe('CREATE TABLE `t` (\r\n  `a` int\r\n) ENGINE=InnoDB');
    expect(foreignKeys).toEqual([KEY]);
  });
});

describe('what only looks like a foreign key stays', () => {
  test.each([
    ['a comment', "  `a` int COMMENT 'x,\\n  FOREIGN KEY (`a`)',"],
    ['a comment with quotes', "  `a` int COMMENT 'it''s a FOREIGN KEY \\\\',"],
    ['a default', "  `a` varchar(40) DEFAULT 'CONSTRAINT `c` FOREIGN KEY (`a`)',"],
    ['a column', '  `FOREIGN KEY` int,'],
    ['a CHECK', "  CONSTRAINT `FOREIGN KEY` CHECK ((`a` <> _utf8mb4'FOREIGN KEY (')),"],
    ['a CHECK whose name goes over lines', '  CONSTRAINT `x`` \n  FOREIGN KEY (` CHECK ((`a` > 0)),'],
    ['a column whose name goes over lines', '  `we\n  FOREIGN KEY (x` int DEFAULT NULL,'],
    ['a column whose name has the end of the list in it', '  `)a\n) b` int DEFAULT NULL,'],
  ])('%s', (_what, line) => {
    const alone = text('CREATE TABLE `t` (', line, '  KEY `a` (`a`)', END);
    expect(split(alone)).toEqual({ create: alone, foreignKeys: [] });
    const beside = text('CREATE TABLE `t` (', line, `  ${KEY}`, END);
    expect(split(beside)).toEqual({
      create: text('CREATE TABLE `t` (', line.replace(/,$/, ''), END),
      foreignKeys: [KEY],
    });
  });

  test.each(['SET NAMES binary', 'CREATE TABLE `t` (a int, FOREIGN KEY (a) REFERENCES p (id))', `  ${KEY}`, ''])(
    'the statement %j, with its very bytes',
    (statement) => {
      const given = Buffer.from(statement);
      expect(splitTable(given, { later: false })).toEqual({ create: given, foreignKeys: [], keys: [] });
    },
  );
});

const wrap = (...parts: (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

test('bytes that are no UTF-8 are kept as they are', () => {
  const every = Buffer.from(
    Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !'`\'"\\\n'.includes(String.fromCharCode(byte))),
  );
  const key = wrap('CONSTRAINT `', every, '` FOREIGN KEY (`a`) REFERENCES `', every, '` (`id`)');
  const { create, foreignKeys } = splitTable(
    wrap("CREATE TABLE `t` (\n  `a` int COMMENT '", every, "',\n  ", key, "\n) COMMENT='", every, "'"),
    { later: false },
  );
  expect(create).toEqual(wrap("CREATE TABLE `t` (\n  `a` int COMMENT '", every, "'\n) COMMENT='", every, "'"));
  expect(foreignKeys).toEqual([key]);
  expect(addClauses('`d`.`t`', [key, key])).toEqual(wrap('ALTER TABLE `d`.`t`\nADD ', key, ',\nADD ', key));
});
