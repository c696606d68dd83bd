/** Tables by where their rows lie: storage engines, partitions, sequences, and the past of system-versioned tables. */

import type { Piece } from './piece.ts';

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, offset) => `(${from + offset})`).join(', ');

export const ENGINES: readonly Piece[] = [
  {
    what: 'MyISAM: row formats, counters within a group, delayed keys, concurrent inserts',
    sql: `CREATE TABLE grouped (g CHAR(5), id INT AUTO_INCREMENT, v TEXT, PRIMARY KEY (g, id)) ENGINE=MyISAM;
      INSERT INTO grouped (g, v) VALUES ('a', 'x'), ('a', 'y'), ('b', NULL); INSERT INTO grouped VALUES ('a', 9, 'z');
      CREATE TABLE fixed (id INT AUTO_INCREMENT PRIMARY KEY, c CHAR(10)) ENGINE=MyISAM ROW_FORMAT=FIXED CHECKSUM=1 DELAY_KEY_WRITE=1 AUTO_INCREMENT=500;
      INSERT INTO fixed VALUES (0, ''), (-1, 'x'); CREATE TABLE words (t TEXT, FULLTEXT KEY (t)) ENGINE=MyISAM; INSERT INTO words VALUES ('one two three')`,
  },
  {
    what: 'MERGE tables, in any alphabetical order, and what they lie over',
    sql: `CREATE TABLE m1 (a INT, KEY (a)) ENGINE=MyISAM; CREATE TABLE m2 LIKE m1; INSERT INTO m1 VALUES (1), (2); INSERT INTO m2 VALUES (3);
      CREATE TABLE a_merged (a INT, KEY (a)) ENGINE=MERGE UNION=(m1, m2) INSERT_METHOD=LAST;
      CREATE TABLE z_merged (a INT, KEY (a)) ENGINE=MERGE UNION=(m1) INSERT_METHOD=NO; CREATE TABLE merged_of_none (a INT) ENGINE=MERGE UNION=()`,
  },
  {
    what: 'Aria: transactional or not, with page checksums',
    sql: `CREATE TABLE safe (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=Aria TRANSACTIONAL=1 ROW_FORMAT=PAGE; INSERT INTO safe VALUES (0, 'x'), (7, NULL);
      CREATE TABLE unsafe (a INT) ENGINE=Aria TRANSACTIONAL=0 PAGE_CHECKSUM=0; INSERT INTO unsafe VALUES (1)`,
    on: 'MariaDB',
  },
  {
    what: 'MEMORY, with hash and tree keys, and rows',
    sql: `CREATE TABLE in_memory (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(100), KEY USING BTREE (v), KEY hashed USING HASH (v)) ENGINE=MEMORY MAX_ROWS=1000 AUTO_INCREMENT=50;
      INSERT INTO in_memory VALUES (0, 'é'), (-4, NULL), (60, '')`,
  },
  {
    what: 'CSV',
    sql: `CREATE TABLE csv (a INT NOT NULL, t VARCHAR(200) NOT NULL, d DATETIME NOT NULL) ENGINE=CSV;
      INSERT INTO csv VALUES (1, 'a,"b"\\\\n\\n;', '2024-01-01'), (2, '', '0000-00-00'), (1, 'x', '2024-01-01')`,
  },
  {
    what: 'ARCHIVE, with a counter beyond its rows and rows in any order',
    sql: `CREATE TABLE archived (id INT AUTO_INCREMENT, t TEXT, KEY (id)) ENGINE=ARCHIVE; INSERT INTO archived VALUES (3, 'x'), (7, REPEAT('y', 70000)), (70, NULL);
      CREATE TABLE archived_plain (a INT, b BLOB) ENGINE=ARCHIVE; INSERT INTO archived_plain VALUES (2, 0x00FF), (1, NULL)`,
    on: 'MySQL',
  },
  {
    what: 'BLACKHOLE',
    sql: `CREATE TABLE nowhere (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT) ENGINE=BLACKHOLE; INSERT INTO nowhere VALUES (1, 'x')`,
    on: 'MySQL',
  },
];

export const PARTITIONS: readonly Piece[] = [
  {
    what: 'RANGE and LIST, by expression and by columns, with NULLs and holes',
    sql: `CREATE TABLE by_range (id INT, y DATE NOT NULL, PRIMARY KEY (id, y)) PARTITION BY RANGE (YEAR(y))
        (PARTITION old VALUES LESS THAN (2000), PARTITION mid VALUES LESS THAN (2020), PARTITION rest VALUES LESS THAN MAXVALUE);
      INSERT INTO by_range VALUES (1, '1999-12-31'), (2, '2000-01-01'), (3, '2025-01-01'), (-4, '2010-05-05');
      CREATE TABLE by_list (a INT) PARTITION BY LIST (a) (PARTITION nulls VALUES IN (NULL, 0), PARTITION odd VALUES IN (1, 3, 5), PARTITION even VALUES IN (2, 4));
      INSERT INTO by_list VALUES (NULL), (0), (1), (4), (4);
      CREATE TABLE by_range_columns (a INT, b VARCHAR(20) CHARACTER SET utf8mb4, c DATETIME) PARTITION BY RANGE COLUMNS (a, b, c)
        (PARTITION p0 VALUES LESS THAN (5, 'é', '2024-01-01 00:00:00'), PARTITION p1 VALUES LESS THAN (5, MAXVALUE, MAXVALUE), PARTITION p2 VALUES LESS THAN (MAXVALUE, MAXVALUE, MAXVALUE));
      INSERT INTO by_range_columns VALUES (1, 'x', NULL), (5, 'z', '2024-01-01'), (NULL, NULL, NULL), (6, '', '2020-01-01');
      CREATE TABLE by_list_columns (a VARCHAR(20) CHARACTER SET latin1, b INT) PARTITION BY LIST COLUMNS (a, b)
        (PARTITION p0 VALUES IN (('it''s', 1), ('é', 2)), PARTITION p1 VALUES IN ((NULL, NULL), ('', 0)));
      INSERT INTO by_list_columns VALUES ('it''s', 1), ('é', 2), (NULL, NULL), ('', 0)`,
  },
  {
    what: 'HASH and KEY, linear too, with algorithms and without columns',
    sql: `CREATE TABLE by_hash (a INT) PARTITION BY HASH (a) PARTITIONS 4; INSERT INTO by_hash VALUES ${numbers(-20, 20)}, (NULL);
      CREATE TABLE by_linear_hash (a INT) PARTITION BY LINEAR HASH (a + 1) PARTITIONS 5; INSERT INTO by_linear_hash VALUES ${numbers(0, 30)};
      CREATE TABLE by_key (a INT PRIMARY KEY, b INT) PARTITION BY KEY () PARTITIONS 3; INSERT INTO by_key (a) VALUES ${numbers(0, 20)};
      CREATE TABLE by_linear_key (a VARCHAR(10), b INT) PARTITION BY LINEAR KEY (a, b) PARTITIONS 2; INSERT INTO by_linear_key VALUES ('x', 1), (NULL, NULL);
      CREATE TABLE by_old_key (a INT) PARTITION BY KEY ALGORITHM=1 (a) PARTITIONS 2; INSERT INTO by_old_key VALUES ${numbers(0, 9)};
      CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, v INT) PARTITION BY HASH (id) PARTITIONS 3 AUTO_INCREMENT=900`.replace(
      ' PARTITION BY HASH (id) PARTITIONS 3 AUTO_INCREMENT=900',
      ' AUTO_INCREMENT=900 PARTITION BY HASH (id) PARTITIONS 3; INSERT INTO counted (id) VALUES (0), (-7), (33)',
    ),
  },
  {
    what: 'subpartitions, named and not, with names and comments of all kinds',
    sql: `CREATE TABLE subs (a INT, d DATE) PARTITION BY RANGE (a) SUBPARTITION BY HASH (TO_DAYS(d)) SUBPARTITIONS 2
        (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE); INSERT INTO subs VALUES (1, '2024-01-01'), (1, '2024-01-02'), (50, NULL);
      CREATE TABLE named_subs (a INT, b INT) PARTITION BY LIST (a) SUBPARTITION BY KEY (b)
        (PARTITION p0 VALUES IN (1) (SUBPARTITION s0 COMMENT 'a;', SUBPARTITION s1), PARTITION p1 VALUES IN (2) (SUBPARTITION s2, SUBPARTITION s3 MAX_ROWS 10));
      INSERT INTO named_subs VALUES (1, 1), (2, 2), (1, NULL);
      CREATE TABLE odd_parts (a INT, b INT) PARTITION BY RANGE (a)
        (PARTITION \`a\`\`b;\` VALUES LESS THAN (10), PARTITION \`select\` VALUES LESS THAN (20), PARTITION \`é 'x' "y"\` VALUES LESS THAN (30),
         PARTITION \`p.q/r\\\\s%\` VALUES LESS THAN (40), PARTITION \`0\` VALUES LESS THAN MAXVALUE);
      INSERT INTO odd_parts VALUES ${Array.from({ length: 400 }, (_, n) => `(${n % 50}, ${n})`).join(', ')}`,
  },
  {
    what: 'partitions of MyISAM and Aria tables',
    sql: `CREATE TABLE myisam_parts (a INT) ENGINE=MyISAM PARTITION BY HASH (a) PARTITIONS 3; INSERT INTO myisam_parts VALUES (1), (2), (3);
      CREATE TABLE aria_parts (a INT) ENGINE=Aria PARTITION BY RANGE (a) (PARTITION a VALUES LESS THAN (5) MAX_ROWS = 7, PARTITION b VALUES LESS THAN (50)); INSERT INTO aria_parts VALUES (1), (10)`,
    on: 'MariaDB',
  },
  {
    what: 'a DEFAULT partition',
    sql: `CREATE TABLE with_default (a INT) PARTITION BY LIST (a) (PARTITION one VALUES IN (1), PARTITION others DEFAULT); INSERT INTO with_default VALUES (1), (2), (NULL)`,
    on: 'MariaDB',
  },
];

export const SEQUENCES: readonly Piece[] = [
  {
    what: 'sequences: the next value, counting down, in circles, cached or not, used, unused and used up',
    sql: `CREATE SEQUENCE fresh; CREATE SEQUENCE used START 10 INCREMENT 5 CACHE 20; DO NEXTVAL(used); DO NEXTVAL(used);
      CREATE SEQUENCE uncached NOCACHE MINVALUE 3 MAXVALUE 9; DO NEXTVAL(uncached); CREATE SEQUENCE down START -1 INCREMENT -3 MINVALUE -100 MAXVALUE 5; DO NEXTVAL(down);
      CREATE SEQUENCE circle MINVALUE 1 MAXVALUE 3 CYCLE NOCACHE; SELECT NEXTVAL(circle), NEXTVAL(circle), NEXTVAL(circle), NEXTVAL(circle);
      CREATE SEQUENCE used_up MINVALUE 1 MAXVALUE 2 NOCACHE; SELECT NEXTVAL(used_up), NEXTVAL(used_up);
      CREATE SEQUENCE used_up_downwards MINVALUE -2 MAXVALUE -1 INCREMENT -1; SELECT NEXTVAL(used_up_downwards), NEXTVAL(used_up_downwards);
      CREATE SEQUENCE far MINVALUE -9223372036854775807 MAXVALUE 9223372036854775806 START 9223372036854775806 NOCACHE; DO NEXTVAL(far);
      CREATE SEQUENCE by_server INCREMENT 0; CREATE SEQUENCE moved; DO SETVAL(moved, 500); CREATE SEQUENCE myisam_one ENGINE=MyISAM COMMENT 'it''s; a é'; DO NEXTVAL(myisam_one);
      CREATE SEQUENCE \`a\`\`b; c\`; DO NEXTVAL(\`a\`\`b; c\`)`,
    on: 'MariaDB',
  },
  {
    what: 'sequences in defaults of tables, also of another database',
    sql: `CREATE SEQUENCE z_ids START 100; CREATE SEQUENCE {other}.z_ids START 7; CREATE TABLE a_drawn (id INT DEFAULT (NEXTVAL(z_ids)), v INT DEFAULT NEXTVAL({other}.z_ids));
      INSERT INTO a_drawn () VALUES (), ()`,
    on: 'MariaDB',
  },
];

export const VERSIONED: readonly Piece[] = [
  {
    what: 'system-versioned tables with their past',
    sql: `CREATE TABLE implicit (id INT PRIMARY KEY, v INT) WITH SYSTEM VERSIONING; INSERT INTO implicit VALUES (1, 1), (2, 2), (3, 3); UPDATE implicit SET v = 10 WHERE id = 1;
      DELETE FROM implicit WHERE id = 2; CREATE TABLE no_key (v TEXT, w INT WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING; INSERT INTO no_key VALUES ('a', 1), (NULL, 2); UPDATE no_key SET v = 'it''s'; DELETE FROM no_key;
      CREATE TABLE explicit (id INT AUTO_INCREMENT PRIMARY KEY, \`fr;om\` TIMESTAMP(6) GENERATED ALWAYS AS ROW START, \`t\`\`o\` TIMESTAMP(6) GENERATED ALWAYS AS ROW END INVISIBLE, a INT,
        g INT AS (a + 1) STORED, PERIOD FOR SYSTEM_TIME (\`fr;om\`, \`t\`\`o\`)) WITH SYSTEM VERSIONING;
      INSERT INTO explicit (id, a) VALUES (0, 1), (5, 2); UPDATE explicit SET a = 3; UPDATE explicit SET a = 4 WHERE id = 5; CREATE TABLE untouched (a INT) WITH SYSTEM VERSIONING;
      CREATE TABLE parts (id INT PRIMARY KEY, x INT) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME (PARTITION p0 HISTORY, PARTITION p1 HISTORY, PARTITION now CURRENT);
      INSERT INTO parts VALUES (1, 1), (2, 2); UPDATE parts SET x = 5; DELETE FROM parts WHERE id = 2;
      CREATE TABLE limited (a INT) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME LIMIT 1000 PARTITIONS 3; INSERT INTO limited VALUES (1); UPDATE limited SET a = 2;
      CREATE TABLE some_columns (a INT, b INT WITH SYSTEM VERSIONING); INSERT INTO some_columns VALUES (1, 1); UPDATE some_columns SET a = 2; UPDATE some_columns SET b = 2`,
    on: 'MariaDB',
  },
  {
    what: 'tables versioned by transaction, without the past that no server takes back',
    sql: `CREATE TABLE by_transaction (id INT PRIMARY KEY, v INT, s BIGINT UNSIGNED GENERATED ALWAYS AS ROW START, e BIGINT UNSIGNED GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING;
      INSERT INTO by_transaction (id, v) VALUES (1, 1), (2, 2); UPDATE by_transaction SET v = 5 WHERE id = 1`,
    on: 'MariaDB',
    skipped: ['history of `{db}`.`by_transaction`'],
  },
  {
    what: 'periods of the application, and keys without overlaps',
    sql: `CREATE TABLE booked (room INT, d1 DATE, d2 DATE, who VARCHAR(20), PERIOD FOR \`st;ay\` (d1, d2), UNIQUE KEY (room, \`st;ay\` WITHOUT OVERLAPS));
      INSERT INTO booked VALUES (1, '2024-01-01', '2024-02-01', 'a'), (1, '2024-02-01', '2024-03-01', NULL), (2, '2024-01-15', '2024-01-16', '');
      CREATE TABLE both_times (id INT, f DATETIME(3), u DATETIME(3), PERIOD FOR valid (f, u), PRIMARY KEY (id, valid WITHOUT OVERLAPS)) WITH SYSTEM VERSIONING;
      INSERT INTO both_times (id, f, u) VALUES (1, '2024-01-01', '2024-06-01'); UPDATE both_times FOR PORTION OF valid FROM '2024-02-01' TO '2024-03-01' SET id = 2`,
    on: 'MariaDB',
  },
];
