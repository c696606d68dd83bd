/**
 * Views and code of every kind that a server holds, each in a form that somebody's tool has lost: two databases of it. A
 * session that sends bytes goes in, for code comes in many character sets. Names and texts are never the plain ones.
 */

import type { Session } from '../../src/mysql/session.ts';

export interface CodeCorpus {
  readonly product: 'MySQL' | 'MariaDB';
  readonly database: string;
  /** A second database, whose views read those of the first and the other way round. */
  readonly other: string;
  /** MariaDB: a role that exists on every server the corpus comes to. */
  readonly role: string;
}

/** Creates both databases, which must not exist. The account needs all rights. Throws when the server refuses anything. */
export async function fillCode(session: Session, corpus: CodeCorpus): Promise<void> {
  const { database, other } = corpus;
  await session.execute('SET NAMES utf8mb4');
  for (const name of [other, database]) {
    await session.execute(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`);
  }
  await session.execute(`USE ${database}`);
  for (const sql of TABLES) await session.execute(sql);
  const pieces = [
    ...VIEWS(corpus),
    ...TRIGGERS,
    ...ROUTINES,
    ...EVENTS,
    ...(corpus.product === 'MariaDB' ? MARIADB(corpus) : MYSQL),
  ];
  for (const piece of pieces) {
    const { sql, client = 'utf8mb4', sqlMode = 'STRICT_TRANS_TABLES', timeZone = '+00:00', collation } = piece;
    await session.execute(`SET sql_mode = '${sqlMode}', time_zone = '${timeZone}'`);
    if (collation !== undefined) await session.execute(`ALTER DATABASE COLLATE = ${collation}`);
    await session.execute(`SET NAMES ${client}${piece.connection === undefined ? '' : ` COLLATE ${piece.connection}`}`);
    await session.allowSeveralStatements(piece.isSeveral === true);
    try {
      await session.execute(typeof sql === 'string' ? Buffer.from(sql, client === 'latin1' ? 'latin1' : 'utf8') : sql);
    } catch (error) {
      throw new Error(`refused: ${sql.toString()}`, { cause: error });
    }
    await session.execute('SET NAMES utf8mb4');
    if (collation !== undefined) await session.execute('ALTER DATABASE COLLATE = utf8mb4_general_ci');
  }
  await session.execute("SET sql_mode = DEFAULT, time_zone = '+00:00'");
}

interface Piece {
  readonly sql: string | Buffer;
  /** The client's character set; text is sent as UTF-8 but for latin1. */
  readonly client?: string;
  /** A collation of the connection that is not the client's default. */
  readonly connection?: string;
  readonly sqlMode?: string;
  readonly timeZone?: string;
  /** More than one statement. */
  readonly isSeveral?: boolean;
  /** The database's collation when the object is created, which is another one later. */
  readonly collation?: string;
}

const TABLES: readonly string[] = [
  'CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n INT, s VARCHAR(200))',
  'CREATE TABLE `été` (`clé` INT PRIMARY KEY, s VARCHAR(20))',
  'CREATE TABLE fired (id INT PRIMARY KEY AUTO_INCREMENT, what VARCHAR(20))',
  "INSERT INTO t (n, s) VALUES (1, 'one'), (2, 'two'), (3, NULL)",
];

const VIEWS = ({ other, database }: CodeCorpus): Piece[] => [
  { sql: 'CREATE VIEW z_base AS SELECT id, n FROM t' },
  { sql: 'CREATE VIEW a_reads_z AS SELECT * FROM z_base WHERE n > 0' },
  { sql: 'CREATE VIEW m_reads_both AS SELECT a.id, z.n FROM a_reads_z a JOIN (z_base z) ON a.id = z.id' },
  { sql: 'CREATE VIEW `co``lumns` (`a b`, `c``d`, `é.1`) AS SELECT id, n, s FROM t' },
  { sql: 'CREATE ALGORITHM=MERGE VIEW local_check AS SELECT * FROM t WHERE n > 1 WITH LOCAL CHECK OPTION' },
  {
    sql: 'CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW cascaded AS SELECT * FROM local_check WITH CASCADED CHECK OPTION',
  },
  { sql: 'CREATE ALGORITHM=TEMPTABLE VIEW temptable AS SELECT COUNT(*) AS `count(*)` FROM t' },
  { sql: 'CREATE DEFINER=`no``body`@`nowhere` VIEW missing_definer AS SELECT 1 AS `1`' },
  // Its definer was dropped after others had been built on it.
  { sql: 'CREATE VIEW z_orphan AS SELECT id AS `1` FROM t' },
  { sql: 'CREATE VIEW b_reads_orphan AS SELECT `1` AS x FROM z_orphan' },
  { sql: 'CREATE DEFINER=`gone`@`%` VIEW a_reads_orphans AS SELECT x FROM b_reads_orphan' },
  { sql: 'ALTER DEFINER=`gone`@`%` VIEW z_orphan AS SELECT id AS `1` FROM t' },
  { sql: `CREATE DEFINER='o''bri"en@x'@'%' VIEW odd_definer AS SELECT id FROM t` },
  {
    sql: `CREATE VIEW quotes AS SELECT 'it''s \\\\ "so";\n -- no comment\n// $$ #;' AS \`a;b\`, "/*! x */" AS y, _binary 0x00FF AS z`,
  },
  { sql: 'CREATE VIEW ansi AS SELECT "id" || \'x\' AS "i""d" FROM "t"', sqlMode: 'ANSI_QUOTES,PIPES_AS_CONCAT' },
  { sql: "CREATE VIEW latin AS SELECT 'é' AS `é`", client: 'latin1' },
  {
    sql: Buffer.concat([
      Buffer.from("CREATE VIEW gbk AS SELECT '"),
      Buffer.from([0xd5, 0x5c, 0xc4, 0xe3]),
      Buffer.from("' AS x"),
    ]),
    client: 'gbk',
  },
  { sql: 'CREATE FUNCTION count_z() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM z_base)' },
  { sql: 'CREATE VIEW b_calls AS SELECT count_z() AS c, id FROM m_reads_both' },
  { sql: `CREATE VIEW ${other}.reads_here AS SELECT id FROM ${database}.b_calls` },
  { sql: `CREATE VIEW a_reads_other AS SELECT id FROM ${other}.reads_here` },
  { sql: `CREATE VIEW ${other}.reads_back AS SELECT id FROM ${database}.a_reads_other` },
];

const TRIGGERS: readonly Piece[] = [
  { sql: "CREATE TRIGGER m_first BEFORE INSERT ON t FOR EACH ROW INSERT INTO fired (what) VALUES ('m')" },
  {
    sql: "CREATE TRIGGER z_before BEFORE INSERT ON t FOR EACH ROW PRECEDES m_first INSERT INTO fired (what) VALUES ('z')",
  },
  { sql: 'CREATE TRIGGER a_after BEFORE INSERT ON t FOR EACH ROW FOLLOWS m_first SET NEW.n = NEW.n + 1' },
  { sql: 'CREATE TRIGGER upd AFTER UPDATE ON t FOR EACH ROW BEGIN\n  SET @a = 1;\n  SET @b = "x;\n";\nEND' },
  { sql: 'CREATE DEFINER=`gone`@`%` TRIGGER `d;\nel` BEFORE DELETE ON t FOR EACH ROW SET @a = 1 -- the end;' },
  {
    sql: "CREATE DEFINER=`dé`@`%` TRIGGER `tré` BEFORE INSERT ON `été` FOR EACH ROW SET @`é` = 'é', NEW.s = 'é', NEW.`clé` = 1",
    client: 'latin1',
  },
  { sql: 'CREATE TRIGGER `t2é` AFTER INSERT ON `été` FOR EACH ROW SET @a = "é"', sqlMode: '' },
];

/** Everything that a reader of SQL files may take for an end, a quote or a comment. */
const ODD_BODY = `BEGIN
  -- a comment;
  # another;
  /* one more; */
  DECLARE a VARCHAR(100) DEFAULT 'it''s;\\n"x"' ;   
  /*!50000 SET @a = 1; */
  SET a = "a \\"quoted\\" 'text';";  \t
  SELECT ';
;', \`x;\` FROM (SELECT 1 AS \`x;\`) q;
  SET @d = 'DELIMITER //
$$
\\\\d ;;
#;
DELIMITER ;
';
END`;

const ROUTINES: readonly Piece[] = [
  { sql: `CREATE PROCEDURE odd_body()\n${ODD_BODY}` },
  { sql: `CREATE PROCEDURE crlf()\r\nBEGIN\r\n  SELECT 1;\r\n  SELECT 2 ;  \r\nEND` },
  {
    sql: "CREATE PROCEDURE `pro``c.e'd\"u;re`(IN `in` INT, OUT o TEXT, INOUT `i``o` DECIMAL(10,2)) COMMENT 'it''s \\\\ \\n \"x\" ;\n` é' SQL SECURITY INVOKER MODIFIES SQL DATA SELECT 1 INTO o",
  },
  {
    sql: "CREATE FUNCTION characteristics(a VARCHAR(10) CHARACTER SET latin1) RETURNS ENUM('a;','é') CHARSET utf8mb4 DETERMINISTIC NO SQL SQL SECURITY INVOKER COMMENT '' RETURN 'é'",
  },
  { sql: 'CREATE FUNCTION reads_data() RETURNS INT NOT DETERMINISTIC READS SQL DATA RETURN 1' },
  {
    sql: 'CREATE DEFINER=`gone`@`10.0.%` FUNCTION contains_sql() RETURNS INT DETERMINISTIC CONTAINS SQL RETURN 1 # end',
  },
  {
    sql: 'CREATE FUNCTION ansi() RETURNS TEXT DETERMINISTIC RETURN (SELECT \'a\' || "s" FROM "t" LIMIT 1)',
    sqlMode: 'ANSI',
  },
  { sql: "CREATE FUNCTION backslashes() RETURNS TEXT DETERMINISTIC RETURN 'C:\\'", sqlMode: 'NO_BACKSLASH_ESCAPES' },
  {
    sql: "CREATE PROCEDURE backslash_comment() COMMENT 'C:\\' SELECT '\\'",
    sqlMode: 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES',
  },
  {
    sql: 'CREATE FUNCTION padded() RETURNS CHAR(10) DETERMINISTIC RETURN 1 || 2',
    sqlMode: 'PAD_CHAR_TO_FULL_LENGTH,PIPES_AS_CONCAT,IGNORE_SPACE,HIGH_NOT_PRECEDENCE',
  },
  { sql: 'CREATE FUNCTION no_mode() RETURNS DOUBLE DETERMINISTIC RETURN 1', sqlMode: '' },
  {
    sql: 'CREATE FUNCTION real_is_float(r REAL) RETURNS REAL DETERMINISTIC RETURN r',
    sqlMode: 'REAL_AS_FLOAT,NO_UNSIGNED_SUBTRACTION,ALLOW_INVALID_DATES',
  },
  { sql: "CREATE DEFINER=`dé`@`%` PROCEDURE `pé`(`aé` INT) COMMENT 'cé' SELECT 'é'", client: 'latin1' },
  {
    sql: "CREATE DEFINER=`dé`@`%` FUNCTION `fé`(`aé` ENUM('é',')')) RETURNS ENUM('é') DETERMINISTIC COMMENT 'cé' RETURN 'é'",
    client: 'latin1',
  },
  { sql: 'CREATE PROCEDURE after_latin() SELECT "é"' },
  {
    sql: Buffer.concat([
      Buffer.from("CREATE PROCEDURE gbk() COMMENT '"),
      Buffer.from([0xc4, 0xe3]),
      Buffer.from("' SELECT '"),
      Buffer.from([0xd5, 0x5c, 0xc4, 0xe3]),
      Buffer.from("'"),
    ]),
    client: 'gbk',
  },
  {
    sql: Buffer.concat([
      Buffer.from("CREATE FUNCTION sjis() RETURNS TEXT DETERMINISTIC RETURN '"),
      Buffer.from([0x95, 0x5c, 0x83, 0x5c]),
      Buffer.from("'"),
    ]),
    client: 'sjis',
  },
  {
    sql: 'CREATE FUNCTION other_collation(s TEXT) RETURNS VARCHAR(10) DETERMINISTIC RETURN s',
    collation: 'latin1_german1_ci',
  },
  { sql: 'CREATE PROCEDURE connection_collation() SELECT 1', connection: 'utf8mb4_bin' },
  {
    sql: 'CREATE PROCEDURE both_collations(s TEXT) SELECT s',
    connection: 'utf8mb4_unicode_ci',
    collation: 'utf8mb4_bin',
  },
  { sql: 'CREATE TRIGGER other_collation AFTER DELETE ON t FOR EACH ROW SET @a = 1', collation: 'latin1_swedish_ci' },
];

const EVENTS: readonly Piece[] = [
  {
    sql: "CREATE EVENT once ON SCHEDULE AT '2037-01-01 00:00:00' ON COMPLETION PRESERVE DO SET @a = 1",
    timeZone: '+05:30',
  },
  {
    sql: "CREATE EVENT often ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2030-01-01 00:00:00' ENDS '2036-12-31 23:59:59' COMMENT 'it''s; \\\\ \n é' DO BEGIN SET @a = 1;\n SET @b = ';'; END",
    timeZone: '-03:00',
  },
  { sql: 'CREATE EVENT asleep ON SCHEDULE EVERY 3 MONTH DISABLE DO SET @a = "x"', sqlMode: '', timeZone: 'SYSTEM' },
  { sql: 'CREATE EVENT on_source ON SCHEDULE EVERY 1 WEEK DISABLE ON SLAVE DO SET @a = 1' },
  {
    sql: "CREATE DEFINER=`dé`@`%` EVENT `évent` ON SCHEDULE EVERY 1 YEAR DISABLE COMMENT 'cé' DO SET @a = 'é'",
    client: 'latin1',
  },
  {
    sql: 'CREATE DEFINER=`gone`@`%` EVENT `e``v;t` ON SCHEDULE EVERY 1 SECOND ON COMPLETION PRESERVE DISABLE DO SET @`x;` = 1',
  },
  {
    sql: "CREATE EVENT windows ON SCHEDULE EVERY 1 DAY DISABLE COMMENT 'C:\\ DO it''s' DO SET @a = '\\'",
    sqlMode: 'NO_BACKSLASH_ESCAPES',
  },
  // Over, but disabled: servers drop them when they are created now.
  { sql: "SET timestamp = UNIX_TIMESTAMP('2019-01-01')" },
  { sql: "CREATE EVENT `over` ON SCHEDULE AT '2020-01-01 00:00:00' DISABLE DO SET @a = 1" },
  {
    sql: "CREATE EVENT ended ON SCHEDULE EVERY 1 DAY STARTS '2019-02-01 00:00:00' ENDS '2020-01-01 00:00:00' DISABLE DO SET @a = 1",
    timeZone: '+02:00',
  },
  { sql: 'SET timestamp = DEFAULT' },
];

/** Bodies that end with a semicolon: as clients create them that send several statements at once. */
const MYSQL: readonly Piece[] = [
  'CREATE DEFINER=`gone`@`tail` PROCEDURE tail_of_procedure() SELECT 1;',
  'CREATE FUNCTION tail_of_function() RETURNS INT DETERMINISTIC RETURN 1 ;',
  'CREATE TRIGGER tail_of_trigger AFTER UPDATE ON `été` FOR EACH ROW SET @a = 1;',
  'CREATE EVENT tail_of_event ON SCHEDULE EVERY 1 DAY DISABLE DO SET @a = 1;',
].map((sql) => ({ sql: `${sql} DO 0`, isSeveral: true }));

const MARIADB = ({ role }: CodeCorpus): Piece[] => [
  { sql: `CREATE DEFINER=${role} PROCEDURE of_role() SELECT 1` },
  {
    sql: 'CREATE AGGREGATE FUNCTION sum_of(x INT) RETURNS INT DETERMINISTIC BEGIN DECLARE s INT DEFAULT 0; DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN s; LOOP FETCH GROUP NEXT ROW; SET s = s + x; END LOOP; END',
  },
  {
    sql: "CREATE PROCEDURE oracle_body(a IN INT, b OUT VARCHAR2) AS\n  c INT := 0;\nBEGIN\n  b := 'x' || NULL;\n  NULL;\nEND",
    sqlMode: 'ORACLE',
  },
  { sql: 'CREATE FUNCTION oracle_function RETURN INT DETERMINISTIC AS BEGIN RETURN 1; END', sqlMode: 'ORACLE' },
  {
    sql: "CREATE PACKAGE employees COMMENT 'it''s;\n' AS\n  FUNCTION get(id INT) RETURN INT;\n  PROCEDURE put(id INT);\nEND",
    sqlMode: 'ORACLE',
  },
  {
    sql: 'CREATE PACKAGE BODY employees AS\n  x INT := 1;\n  FUNCTION get(id INT) RETURN INT AS BEGIN RETURN x; END;\n  PROCEDURE put(id INT) AS BEGIN x := id; END;\nBEGIN\n  x := 2;\nEND',
    sqlMode: 'ORACLE',
  },
  { sql: 'CREATE TRIGGER oracle_trigger BEFORE UPDATE ON t FOR EACH ROW BEGIN :NEW.n := 1; END', sqlMode: 'ORACLE' },
  {
    sql: "CREATE FUNCTION empty_is_null() RETURNS TEXT DETERMINISTIC RETURN ''",
    sqlMode: 'EMPTY_STRING_IS_NULL,NO_AUTO_CREATE_USER',
  },
  { sql: 'CREATE FUNCTION after_it() RETURNS TEXT DETERMINISTIC RETURN 1', sqlMode: '' },
  { sql: 'CREATE PROCEDURE simultaneous() UPDATE t SET n = id, id = n', sqlMode: 'SIMULTANEOUS_ASSIGNMENT,MSSQL' },
  { sql: 'CREATE PROCEDURE defaults_and_rows(r ROW(a INT, b TEXT)) BEGIN DECLARE x ROW TYPE OF t; END' },
];
