/** Definers, wherever they stand and however they are spelt, and nothing else. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { accountToSql, changeDefiner, createdObject } from '../../../src/schema/definer.ts';

const skip = (sql: string): string => changeDefiner(Buffer.from(sql), { kind: 'skip' }).toString();
const replace = (sql: string): string =>
  changeDefiner(Buffer.from(sql), { kind: 'replace', definer: '`new`@`%`' }).toString();

describe('a definer', () => {
  test('of a JSON duality view, of which kind and name are read all the same', () => {
    const view = (definer: string): string =>
      `CREATE ALGORITHM=UNDEFINED ${definer}SQL SECURITY DEFINER JSON RELATIONAL DUALITY VIEW \`a;\` AS select 1`;
    expect(skip(view('DEFINER=`a`@`%` '))).toBe(view(''));
    expect(createdObject(Buffer.from(view('DEFINER=`a`@`%` ')))).toEqual({ kind: 'view', name: 'a;' });
  });

  test.each([
    [
      'CREATE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY DEFINER VIEW `v` AS select 1',
      'CREATE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW `v` AS select 1',
    ],
    ['CREATE DEFINER=`a`@`%` TRIGGER t BEFORE INSERT ON x', 'CREATE TRIGGER t BEFORE INSERT ON x'],
    ['CREATE OR REPLACE DEFINER=`a` PACKAGE BODY p AS END', 'CREATE OR REPLACE PACKAGE BODY p AS END'],
    ['CREATE DEFINER="a""b"@"%" AGGREGATE FUNCTION f()', 'CREATE AGGREGATE FUNCTION f()'],
    ['create definer = root@localhost event e', 'create event e'],
    ['CREATE DEFINER=CURRENT_USER() PROCEDURE p()', 'CREATE PROCEDURE p()'],
    ['CREATE DEFINER=current_user PROCEDURE p()', 'CREATE PROCEDURE p()'],
    [
      '/*!50001 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER t',
      '/*!50001 CREATE*/ /*!50017 */ /*!50003 TRIGGER t',
    ],
    ["CREATE /* DEFINER='no'! */ DEFINER = 'a' @ '%'\n FUNCTION f()", "CREATE /* DEFINER='no'! */ FUNCTION f()"],
    ['CREATE DEFINER=`x``@``y`@`h``` VIEW v', 'CREATE VIEW v'],
  ])('is taken out of %s', (sql, without) => {
    expect(skip(sql)).toBe(without);
  });

  test.each([
    'CREATE SQL SECURITY DEFINER VIEW v AS select 1',
    'CREATE PROCEDURE p() SELECT "CREATE DEFINER=`a`@`%` VIEW"',
    'CREATE TABLE `t` (`DEFINER` int)',
    'CREATE FUNCTION f RETURNS INT SONAME "udf.so"',
    'DROP VIEW IF EXISTS `DEFINER`',
    'SET @definer = 1',
    '',
  ])('is not seen in %s', (sql) => {
    expect(skip(sql)).toBe(sql);
    expect(replace(sql)).toBe(sql);
  });

  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  const quoted = fc
    .tuple(name, fc.constantFrom('`', '"', "'"))
    .map(
      ([text, quote]) =>
        quote + (quote === "'" ? text.replaceAll('\\', '\\\\') : text).replaceAll(quote, quote + quote) + quote,
    );
  const bare = fc.stringMatching(/^[A-Za-z_$][\w$]{0,8}$/).filter((text) => !/^current_/i.test(text));
  const account = fc.oneof(
    fc.tuple(fc.oneof(quoted, bare), fc.oneof(quoted, bare)).map(([user, host]) => `${user}@${host}`),
    quoted,
    fc.constantFrom('CURRENT_USER', 'CURRENT_USER()', 'current_role'),
  );
  const before = fc.constantFrom(
    'CREATE ',
    'create\n',
    'CREATE OR REPLACE ',
    'CREATE OR REPLACE ALGORITHM=TEMPTABLE ',
    'CREATE/**/',
  );
  const behind = fc.constantFrom(
    'SQL SECURITY DEFINER VIEW',
    'TRIGGER',
    'AGGREGATE FUNCTION',
    'PROCEDURE',
    'EVENT',
    'PACKAGE BODY',
  );

  test('is found behind and before anything, and every other byte stays', () => {
    fc.assert(
      fc.property(before, account, behind, fc.uint8Array(), (head, user, tail, body) => {
        const rest = Buffer.concat([Buffer.from(`${tail} x `), body]);
        const sql = Buffer.concat([Buffer.from(`${head}DEFINER=${user} `), rest]);
        const without = Buffer.concat([Buffer.from(head), rest]);
        expect(changeDefiner(sql, { kind: 'skip' }).equals(without)).toBe(true);
        expect(changeDefiner(without, { kind: 'skip' }).equals(without)).toBe(true);
        const other = Buffer.concat([Buffer.from(`${head}DEFINER=\`é\`@\`%\` `), rest]);
        expect(changeDefiner(sql, { kind: 'replace', definer: '`é`@`%`' }).equals(other)).toBe(true);
      }),
    );
  });
});

describe('an account as it is typed', () => {
  test.each([
    ['app@%', '`app`@`%`'],
    ["'app'@'10.0.%'", '`app`@`10.0.%`'],
    ['`a``b`@localhost', '`a``b`@`localhost`'],
    ['me@corp@%', '`me@corp`@`%`'],
    ['writers', '`writers`'],
    ['current_user()', 'CURRENT_USER()'],
  ])('%s is %s in SQL', (typed, sql) => {
    expect(accountToSql(typed)).toBe(sql);
  });

  test.each(['', '@', '@%', 'a@', "'a", "a@'b"])('%s is none', (typed) => {
    expect(accountToSql(typed)).toBeUndefined();
  });
});
