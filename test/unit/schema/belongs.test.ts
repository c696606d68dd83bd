/** What belongs into a file of a dump, and what does not, however it hides. */
import { describe, expect, test } from 'vitest';

import { FileJudge } from '../../../src/schema/belongs/belongs.ts';
import type { Owner } from '../../../src/schema/belongs/belongs.ts';
import { executesOf } from '../../../src/schema/belongs/tokens.ts';

const MYSQL = executesOf('MySQL', 90_704);
const MARIADB = executesOf('MariaDB', 101_118);
/** A file of ours begins with these. */
const HEADER = ['/*!40101 SET NAMES binary*/', "/*!40101 SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO'*/"];
const SERVERS = { MYSQL, MARIADB };

const TABLE: Owner = { holds: 'table', database: 'shop', name: 't' };
const ROWS: Owner = { holds: 'rows', database: 'shop', name: 't' };
const VIEW: Owner = { holds: 'view', database: 'shop', name: 'v' };
const SEQUENCE: Owner = { holds: 'sequence', database: 'shop', name: 's' };
const DATABASE: Owner = { holds: 'database', database: 'shop' };
const TRIGGERS: Owner = { holds: 'triggers', database: 'shop' };
const CODE: Owner = { holds: 'code', database: 'shop' };

type Executes = typeof MYSQL;

function judged(owner: Owner, executes: Executes, ...statements: readonly (string | Buffer)[]): (string | undefined)[] {
  const judge = new FileJudge(owner, { executes, foldsNames: false });
  for (const setting of HEADER) expect(judge.whyNot(Buffer.from(setting))).toBeUndefined();
  return statements.map((statement) =>
    judge.whyNot(typeof statement === 'string' ? Buffer.from(statement) : statement),
  );
}

describe.each(Object.entries(SERVERS))('for %s', (_, executes) => {
  test.each<[Owner, string]>([
    [ROWS, '/*!40101 SET NAMES binary*/'],
    [ROWS, '/*!40014 SET FOREIGN_KEY_CHECKS=0*/'],
    [ROWS, "/*!40101 SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO'*/"],
    [ROWS, "/*!40103 SET TIME_ZONE='+00:00' */"],
    [ROWS, '/*!101100 SET SYSTEM_VERSIONING_INSERT_HISTORY=1*/'],
    [ROWS, "/*!40101 SET @tsdump_names='disguised'*/"],
    [ROWS, '/*M!999999\\- enable the sandbox mode */ \n/*!40101 SET NAMES utf8mb4 */'],
    [ROWS, 'SET SESSION innodb_lock_wait_timeout = 1'],
    [ROWS, 'SET @saved_cs_client = @@character_set_client'],
    [ROWS, "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */"],
    [ROWS, 'INSERT INTO `t` VALUES(1,"; DROP DATABASE shop")\n,(2,NULL)\n'],
    [ROWS, 'INSERT INTO t (`a`, b,"c") VALUES (1,2,3)'],
    [ROWS, 'INSERT /* of rows */ IGNORE INTO `shop`.`t` VALUES (1)'],
    [ROWS, '# rows\n-- of t\nREPLACE INTO `t` VALUE (1)'],
    [ROWS, "LOAD DATA LOCAL INFILE 'shop.t.00000.dat' REPLACE INTO TABLE `t` CHARACTER SET binary"],
    [
      TABLE,
      "CREATE TABLE `t` (\n `select` int, c varchar(9) COMMENT 'a select' CHECK (`c` like 'x%')\n) ENGINE=InnoDB",
    ],
    [TABLE, "CREATE TABLE IF NOT EXISTS `shop`.`t`(`a` int) /*!80016 ENCRYPTION='N' */"],
    [TABLE, 'CREATE TABLE `t` (`a` int) /*!50100 PARTITION BY RANGE (`a`) (PARTITION `p` VALUES LESS THAN (9)) */'],
    [TABLE, String.raw`CREATE TABLE t (a int COMMENT 'it\'s; a \\ select', table_id int) UNION=(x,y)`],
    [VIEW, 'DROP TABLE IF EXISTS `v`'],
    [VIEW, 'DROP VIEW IF EXISTS `v`'],
    [VIEW, 'CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`%` SQL SECURITY DEFINER VIEW `v` AS select 1 INTO'],
    [
      VIEW,
      '/*!50001 CREATE ALGORITHM=MERGE */\n/*!50013 DEFINER=`a`@`b` SQL SECURITY INVOKER */\n/*!50001 VIEW `v` AS select 1 */',
    ],
    [VIEW, 'CREATE OR REPLACE VIEW `shop`.`v` AS select 1'],
    [SEQUENCE, 'CREATE SEQUENCE `s` start with 1'],
    [SEQUENCE, 'DO SETVAL(`s`, -5, 0, 1)'],
    [SEQUENCE, 'SELECT SETVAL(`shop`.`s`, 5, 0)'],
    [
      DATABASE,
      "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop` /*!40100 DEFAULT CHARACTER SET utf8mb4 */ /*!80016 DEFAULT ENCRYPTION='N' */",
    ],
    [TRIGGERS, 'CREATE DEFINER=`a`@`b` TRIGGER plain_ai AFTER INSERT ON plain FOR EACH ROW BEGIN DROP DATABASE x; END'],
    [
      TRIGGERS,
      '/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER `x` BEFORE INSERT ON `t` FOR EACH ROW SET @a = 1 */',
    ],
    [TRIGGERS, "CREATE DEFINER='a'@localhost /* why */ TRIGGER shop.x BEFORE INSERT ON t FOR EACH ROW SET @a = 1"],
    [CODE, 'ALTER DATABASE COLLATE = utf8mb4_bin'],
    [CODE, 'ALTER DATABASE `shop` CHARACTER SET latin1 COLLATE latin1_bin'],
    [CODE, 'USE `shop`'],
    [CODE, "SET SESSION timestamp = LEAST(UNIX_TIMESTAMP(), UNIX_TIMESTAMP('2001-02-03 04:05:06') - 1)"],
    [CODE, 'SET SESSION sql_mode = @tsdump_sql_mode, SESSION time_zone = @tsdump_time_zone'],
    [CODE, 'CREATE DEFINER=CURRENT_USER() FUNCTION IF NOT EXISTS `f`() RETURNS int RETURN 1'],
    [CODE, 'CREATE DEFINER=`role` AGGREGATE FUNCTION f(x INT) RETURNS INT BEGIN RETURN 1; END'],
    [CODE, 'CREATE OR REPLACE PACKAGE BODY p AS END'],
    [CODE, 'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET GLOBAL x = 1'],
  ])('in a file of %j belongs: %s', (owner, statement) => {
    expect(judged(owner, executes, statement)).toEqual([undefined]);
  });

  const everywhere = [
    'DROP DATABASE shop',
    'drop\tdatabase shop',
    '/**/DROP/**/DATABASE/**/shop',
    '/*!DROP DATABASE shop*/',
    '/*!50000 DROP*/ /*!50000 DATABASE shop*/',
    '/*!99999 SET @a = 1 # */\n/*!50000 DROP DATABASE shop */',
    '/*!99999 CREATE TABLE t (a int) # */\n/*!50000 DROP DATABASE shop */',
    '/*!99999 /* */ SET @a=1 -- */ DROP DATABASE shop',
    '/*!50000 /*!99999 */ DROP DATABASE shop */',
    '-- \0\nDROP DATABASE shop',
    '--\nDROP DATABASE shop',
    '#\nDROP DATABASE shop',
    '-- x\r\nDROP DATABASE shop',
    '--\u00a0SET @a=1\nDROP DATABASE shop',
    '\u00a0DROP DATABASE shop',
    '\0SET @a=1',
    'GRANT ALL ON *.* TO root',
    'CREATE USER x',
    'SET GLOBAL general_log = 1',
    'SET @@GLOBAL.general_log = 1',
    'SET @a = 1, GLOBAL general_log = 1',
    'SET SESSION sql_mode = @@GLOBAL.sql_mode, @@GLOBAL.x = 1',
    'SET PERSIST general_log = 1',
    "SET PASSWORD = 'x'",
    'SET ROLE ALL',
    'SET DEFAULT ROLE ALL TO x',
    'SET STATEMENT sql_mode = 0 FOR DROP DATABASE shop',
    'SET sql_log_bin = 0',
    'SET TRANSACTION READ ONLY',
    'SET autocommit = 1',
    'SET @a = (SELECT 1 FROM mysql.user)',
    'SET @a = LOAD_FILE(@b)',
    'SET @a = steal(1)',
    'SET @a = `steal`(1)',
    'SET NAMES utf8 DROP DATABASE shop',
    `SET @a = '${'x'.repeat(5000)}'`,
    "SELECT 'x' INTO OUTFILE '/tmp/x'",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE u",
    'CALL p()',
    'DO SLEEP(1000)',
    'BEGIN NOT ATOMIC DROP DATABASE shop; END',
    "PREPARE s FROM 'DROP DATABASE shop'",
    "INSTALL PLUGIN x SONAME 'x.so'",
    "CREATE FUNCTION f RETURNS STRING SONAME 'x.so'",
    "CREATE /**/ FUNCTION shop.f RETURNS INTEGER SONAME 'x.so'",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'x')",
    'CREATE TEMPORARY TABLE t (a int)',
    'CREATE /*!99999 TABLE t (a int) # */ DATABASE evil',
    'USE mysql',
    'HANDLER t OPEN',
    '(SELECT 1)',
    'ALTER TABLE u DROP COLUMN a',
    'DROP TABLE u',
    'DROP TABLE IF EXISTS t, u',
    'RENAME TABLE t TO mysql.t',
    'DELETE FROM u',
    'UPDATE u SET a = 1',
    "BINLOG 'x'",
    'SHUTDOWN',
    'SET SESSION default_storage_engine = InnoDB /*!50000 , GLOBAL general_log = 1 */',
  ];
  const owners: readonly Owner[] = [TABLE, ROWS, VIEW, SEQUENCE, DATABASE, TRIGGERS, CODE];

  test.each(everywhere)('in no file belongs: %s', (statement) => {
    const isLoad = statement.startsWith('LOAD');
    for (const owner of owners)
      if (!isLoad || owner !== ROWS)
        expect(judged(owner, executes, statement)[0], JSON.stringify(owner)).toBeTypeOf('string');
  });

  test.each<[Owner, string]>([
    [ROWS, 'INSERT INTO u VALUES (1)'],
    [ROWS, 'INSERT INTO T VALUES (1)'],
    [ROWS, 'INSERT INTO mysql.t VALUES (1)'],
    [ROWS, 'INSERT INTO `t`.`shop` VALUES (1)'],
    [ROWS, 'INSERT INTO t SELECT * FROM mysql.user'],
    [ROWS, 'INSERT INTO t (a) (SELECT 1)'],
    [ROWS, 'INSERT INTO t TABLE u'],
    [ROWS, 'INSERT INTO t SET a = 1'],
    [ROWS, 'INSERT /*+ SET_VAR(foreign_key_checks=1) */ INTO t VALUES (1)'],
    [ROWS, 'INSERT INTO /*!99999 t VALUES (1) -- */ u VALUES (1)'],
    [ROWS, 'INSERT INTO `t\u0000` VALUES (1)'],
    [ROWS, 'INSERT INTO t (a) VALUES'],
    [ROWS, "LOAD DATA LOCAL INFILE 'shop.t.00000.dat' INTO TABLE `u` CHARACTER SET binary"],
    [ROWS, "LOAD DATA LOCAL INFILE 'shop.t.00000.dat' INTO TABLE `mysql`.`t` CHARACTER SET binary"],
    [ROWS, 'CREATE TABLE `t` (a int)'],
    [TABLE, 'CREATE TABLE u (a int)'],
    [TABLE, 'CREATE TABLE mysql.t (a int)'],
    [TABLE, 'CREATE TABLE t LIKE mysql.user'],
    [TABLE, 'CREATE TABLE t (LIKE mysql.user)'],
    [TABLE, 'CREATE TABLE t SELECT * FROM mysql.user'],
    [TABLE, 'CREATE TABLE t (a int) AS SELECT * FROM mysql.user'],
    [TABLE, 'CREATE TABLE t (a int) /*!50000 sElEcT * FROM mysql.user */'],
    [TABLE, 'CREATE TABLE t (a int) TABLE mysql.user'],
    [TABLE, 'CREATE TABLE t (a int) VALUES ROW(1)'],
    [TABLE, 'CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1'],
    [TABLE, 'INSERT INTO t VALUES (1)'],
    [VIEW, 'CREATE VIEW w AS select 1'],
    [VIEW, 'CREATE VIEW mysql.v AS select 1'],
    [VIEW, 'CREATE TABLE v (a int)'],
    [VIEW, 'DROP TABLE IF EXISTS `w`'],
    [SEQUENCE, 'DO SETVAL(`s`, 1), SLEEP(9)'],
    [SEQUENCE, "SELECT SETVAL(`s`, 1) INTO OUTFILE 'x'"],
    [SEQUENCE, 'SELECT SETVAL(`s`, (SELECT 1))'],
    [DATABASE, 'CREATE DATABASE other'],
    [DATABASE, 'CREATE OR REPLACE DATABASE shop'],
    [TABLE, 'CREATE OR REPLACE TABLE t (a int)'],
    [DATABASE, 'ALTER DATABASE shop READ ONLY = 1'],
    [DATABASE, 'DROP DATABASE IF EXISTS shop'],
    [TRIGGERS, 'CREATE TRIGGER other.x BEFORE INSERT ON other.t FOR EACH ROW SET @a = 1'],
    [TRIGGERS, 'CREATE PROCEDURE p() SET @a = 1'],
    [CODE, 'CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1'],
    [CODE, 'CREATE PROCEDURE mysql.p() SET @a = 1'],
    [CODE, 'CREATE VIEW v AS select 1'],
    [CODE, 'ALTER DATABASE other COLLATE = binary'],
    [CODE, 'ALTER DATABASE `other` COLLATE = binary'],
  ])('in a file of %j does not belong: %s', (owner, statement) => {
    expect(judged(owner, executes, statement)[0]).toBeTypeOf('string');
  });
});

test('what one kind of server passes over is judged as that server reads it', () => {
  const forMariaDb = 'CREATE /*M!100100 OR REPLACE */ VIEW v AS select 1';
  const hidden = 'SET @a = 1 /*M!100100 , GLOBAL general_log = 1 */';
  expect(judged(VIEW, MYSQL, forMariaDb, hidden)).toEqual([undefined, undefined]);
  expect(judged(VIEW, MARIADB, forMariaDb)).toEqual([undefined]);
  expect(judged(VIEW, MARIADB, hidden)[0]).toBeTypeOf('string');
  for (const statement of ['/*M!100000 SET @a=1 # */ DROP DATABASE x', '/*!100000 SET @a=1 # */ DROP DATABASE x']) {
    expect(judged(VIEW, MARIADB, statement)).toEqual([undefined]);
    expect(judged(VIEW, MYSQL, statement)[0]).toBeTypeOf('string');
  }
});

test('a character set whose characters end with a quote moves no quote', () => {
  const moved = Buffer.from('INSERT INTO `\x95`.`t` VALUES (1)', 'latin1');
  expect(judged({ ...ROWS, name: '\x95`.`t' }, MYSQL, 'SET NAMES sjis', moved)[1]).toBeTypeOf('string');
  const fromVariable = ['SET character_set_client = @x', moved];
  expect(judged(ROWS, MYSQL, ...fromVariable)[1]).toBeTypeOf('string');
  const open = Buffer.from('CREATE TABLE `\xe9` (a int) SELECT 1 -- `', 'latin1');
  const own: Owner = { ...TABLE, name: '\ufffd' };
  for (const charset of ['utf8mb4', 'ujis', 'DEFAULT', '13'])
    expect(judged(own, MYSQL, `SET NAMES ${charset}`, open)[1]).toBeTypeOf('string');
  const blank = Buffer.from("CREATE FUNCTION f\xa0RETURNS STRING SONAME 'x.so'", 'latin1');
  expect(judged(CODE, MYSQL, 'SET NAMES latin1', blank)[1]).toBeTypeOf('string');
  const kanji = Buffer.from('CREATE TRIGGER `\x95\x5c` BEFORE INSERT ON `\xb1` FOR EACH ROW SET @a = 1', 'latin1');
  expect(judged(TRIGGERS, MYSQL, 'SET SESSION character_set_client = sjis', kanji)).toEqual([undefined, undefined]);
});

test('backslashes are read as the mode says, and not at all where it is not known', () => {
  const text = "CREATE TABLE t (a int) COMMENT '\\' SELECT 1 -- '";
  const setting = "SET @a = 'x\\', GLOBAL general_log = 1, @b = '";
  const closed = "CREATE TABLE t (a int COMMENT 'x\\\\', table_id int)";
  const without = "SET sql_mode = 'NO_BACKSLASH_ESCAPES'";
  expect(judged(TABLE, MYSQL, text, setting, closed)).toEqual([undefined, undefined, undefined]);
  expect(judged(TABLE, MYSQL, without, text)[1]).toBeTypeOf('string');
  expect(judged(TABLE, MYSQL, without, setting)[1]).toBeTypeOf('string');
  expect(judged(TABLE, MYSQL, without, closed)[1]).toBeUndefined();
  for (const each of [text, setting, closed]) {
    for (const mode of ['@x', 'DEFAULT', '1048576', "'1048576'", "CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')"])
      expect(judged(TABLE, MYSQL, `SET sql_mode = ${mode}`, each)[1], mode).toBeTypeOf('string');
    // What an earlier file has set, the session may have.
    const judge = new FileJudge(TABLE, { executes: MYSQL, foldsNames: false });
    expect(judge.whyNot(Buffer.from(each))).toBeTypeOf('string');
  }
});

test('what is dropped is to be created again', () => {
  const judge = new FileJudge(CODE, { executes: MYSQL, foldsNames: false });
  expect(judge.whyNot(Buffer.from('DROP PROCEDURE IF EXISTS `p`'))).toBeUndefined();
  expect(judge.missing).toContain('PROCEDURE');
  expect(judge.whyNot(Buffer.from('CREATE PROCEDURE `p`() SET @a = 1'))).toBeUndefined();
  expect(judge.missing).toBeUndefined();
});

test('the beginning of a long statement decides where it can, and is not taken for the whole', () => {
  const judge = new FileJudge(ROWS, { executes: MYSQL, foldsNames: false });
  expect(judge.whyNot(Buffer.from('INSERT INTO `t` VALUES (1,'), false)).toBeUndefined();
  expect(judge.whyNot(Buffer.from('SET @a = 1'), false)).toBeTypeOf('string');
  expect(judge.whyNot(Buffer.from('/* x */'), false)).toBeTypeOf('string');
  expect(judge.whyNot(Buffer.from('SET NAMES utf8mb4'))).toBeUndefined();
  const columns = Array.from({ length: 4096 }, (_, n) => `\`${'é'.repeat(60)}${n}\``).join(',');
  expect(judge.whyNot(Buffer.from(`INSERT INTO t (${columns}) VALUES (1`))).toBeUndefined();
  const comment = `/*${'x'.repeat(10_000)}*/`;
  expect(judge.whyNot(Buffer.from(`${comment} INSERT INTO t VALUES (1)`))).toBeUndefined();
  expect(judge.whyNot(Buffer.from(`${comment} DROP TABLE t`))).toBeTypeOf('string');
});
