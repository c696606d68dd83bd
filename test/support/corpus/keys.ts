/** Keys of every kind on tables with rows, so that they can be added when the rows are there. */

import type { Piece } from './piece.ts';

const letters = Array.from({ length: 26 }, (_, number) => String.fromCharCode(97 + number));
const rows = (row: (letter: string, number: number) => string): string => letters.map(row).join(',');

export const KEYS: readonly Piece[] = [
  {
    what: 'keys of all kinds in one table, in an order of their own',
    sql: `CREATE TABLE ordered (id INT NOT NULL PRIMARY KEY, a INT, b INT NOT NULL, c VARCHAR(100), d VARCHAR(100) NOT NULL, t TEXT, p POINT NOT NULL,
        KEY z_last (a), UNIQUE KEY y_null (c), FULLTEXT KEY x_words (t), KEY w (b, a), UNIQUE KEY v_sure (b), SPATIAL KEY u_place (p), KEY t_part (c(5)),
        UNIQUE KEY s_part (d(20)), FULLTEXT KEY r_both (t, c), KEY q (d), UNIQUE KEY p_two (a, b), FULLTEXT KEY o_third (d));
      INSERT INTO ordered VALUES ${rows((letter, n) => `(${n}, ${n % 3}, ${n}, '${letter}', '${letter}${n}', 'words of ${letter}', POINT(${n}, 1))`)}`,
  },
  {
    what: 'keys added later than others, one by one and in places of their own',
    sql: `CREATE TABLE grown (id INT NOT NULL PRIMARY KEY, a INT, b INT NOT NULL, t TEXT, KEY one (a)); ALTER TABLE grown ADD UNIQUE KEY two (b); ALTER TABLE grown ADD KEY three (a, b);
      ALTER TABLE grown ADD FULLTEXT KEY four (t); ALTER TABLE grown ADD UNIQUE KEY five (a, id), ADD KEY six (b); ALTER TABLE grown DROP KEY one; ALTER TABLE grown ADD KEY one (a), ADD FULLTEXT KEY (t);
      INSERT INTO grown VALUES ${rows((letter, n) => `(${n}, ${n % 3}, ${n}, '${letter}')`)}`,
  },
  {
    what: 'tables without a primary key: unique keys with and without NULL, and none',
    sql: `CREATE TABLE by_unique (a INT NOT NULL, b INT, UNIQUE KEY (b), UNIQUE KEY (a), KEY (b, a)); INSERT INTO by_unique VALUES (1, 2), (2, NULL), (3, NULL);
      CREATE TABLE by_null (a INT, b INT, UNIQUE KEY x (a), UNIQUE KEY y (b), KEY (a, b)); INSERT INTO by_null VALUES (1, 2), (NULL, NULL), (NULL, 3);
      CREATE TABLE keyed_by_none (a INT, KEY (a), KEY again (a)); INSERT INTO keyed_by_none VALUES (1), (1), (NULL)`,
  },
  {
    what: 'counters in keys other than the primary',
    sql: `CREATE TABLE counter_last (k CHAR(3) PRIMARY KEY, v INT, id INT NOT NULL AUTO_INCREMENT, KEY (v), KEY (v, id), KEY counter (id), KEY after_it (id, v)) AUTO_INCREMENT = 500; INSERT INTO counter_last VALUES ('a', 1, 1), ('b', 2, 7);
      CREATE TABLE counter_unique (k CHAR(3) PRIMARY KEY, v INT, id INT NOT NULL AUTO_INCREMENT, UNIQUE KEY (id), UNIQUE KEY (v), KEY (v, k)); INSERT INTO counter_unique VALUES ('a', 1, 0), ('b', 2, 7);
      CREATE TABLE counter_alone (id INT NOT NULL AUTO_INCREMENT, v INT, KEY (v), UNIQUE KEY (id)) AUTO_INCREMENT = 900; INSERT INTO counter_alone VALUES (3, 3), (4, 4);
      CREATE TABLE counter_with_text (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, t TEXT, FULLTEXT KEY (t)) AUTO_INCREMENT = 12345; INSERT INTO counter_with_text VALUES (-1, 'x'), (50, 'y')`,
  },
  {
    what: 'fulltext keys beside a document id of the table’s own',
    sql: `CREATE TABLE documents (FTS_DOC_ID BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, t TEXT, FULLTEXT KEY (t)); INSERT INTO documents VALUES (3, 'some words'), (9, 'other words');
      CREATE TABLE documents_apart (id INT PRIMARY KEY, FTS_DOC_ID BIGINT UNSIGNED NOT NULL, t TEXT, UNIQUE KEY FTS_DOC_ID_INDEX (FTS_DOC_ID), KEY (t(10)), FULLTEXT KEY (t)); INSERT INTO documents_apart VALUES (1, 3, 'some words'), (2, 9, 'other words')`,
  },
  {
    what: 'keys of partitioned tables',
    sql: `CREATE TABLE parted (id INT, a INT, b VARCHAR(20), PRIMARY KEY (id), KEY (a), UNIQUE KEY (id, b), KEY (b(3), a)) PARTITION BY HASH (id) PARTITIONS 4; INSERT INTO parted VALUES ${rows((letter, n) => `(${n}, ${n % 5}, '${letter}')`)};
      CREATE TABLE ranged (id INT, a INT, KEY (a), KEY (id, a) COMMENT 'of ranges') PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10) COMMENT 'ENGINE=MyISAM', PARTITION p1 VALUES LESS THAN MAXVALUE); INSERT INTO ranged VALUES (1, 1), (11, 2)`,
  },
  {
    what: 'keys of tables that are not InnoDB',
    sql: `CREATE TABLE isam (id INT PRIMARY KEY, t TEXT, v INT, KEY (v), FULLTEXT KEY (t)) ENGINE=MyISAM COMMENT='ENGINE=InnoDB'; INSERT INTO isam VALUES (1, 'words', 2);
      CREATE TABLE held (id INT PRIMARY KEY, v INT, KEY (v) USING BTREE, KEY hashed (v, id) USING HASH) ENGINE=MEMORY; INSERT INTO held VALUES (1, 2)`,
  },
  {
    what: 'keys with comments, prefixes, directions and methods, of columns named like keywords',
    sql: `CREATE TABLE styled (\`KEY\` INT PRIMARY KEY, \`UNIQUE KEY \`\`x\`\`\` VARCHAR(50) NOT NULL COMMENT 'KEY \`a\` (\`b\`),', \`AUTO_INCREMENT\` INT COMMENT 'AUTO_INCREMENT', \`é, (\` INT,
        KEY \`KEY\` (\`KEY\`, \`é, (\`) COMMENT 'it''s, \\\\ (a) "b"', KEY \`)\` (\`UNIQUE KEY \`\`x\`\`\`(7), \`AUTO_INCREMENT\`) KEY_BLOCK_SIZE=4, UNIQUE KEY \`, KEY \`\`a\`\` (\` (\`UNIQUE KEY \`\`x\`\`\`) COMMENT 'é 日本',
        KEY \`desc\` (\`é, (\` DESC, \`AUTO_INCREMENT\` ASC) USING BTREE, KEY \`new
line\` (\`AUTO_INCREMENT\`)) COMMENT='), KEY \`x\` (\`y\`)';
      INSERT INTO styled VALUES (1, 'a', 2, 3), (2, 'b', 2, 3)`,
  },
  {
    what: 'keys of generated columns',
    sql: `CREATE TABLE of_generated (id INT PRIMARY KEY, a INT, v INT AS (a + 1) VIRTUAL, s VARCHAR(20) AS (CONCAT('x', a)) STORED, KEY (v), UNIQUE KEY (s), KEY (s(2), v, a));
      INSERT INTO of_generated (id, a) VALUES (1, 2), (2, NULL), (3, 9)`,
  },
  {
    what: 'functional and multi-valued keys, keys that are invisible, fulltext keys with a parser, spatial keys with an SRID',
    sql: `CREATE TABLE newer (id INT PRIMARY KEY, a INT, j JSON, s VARCHAR(50), t TEXT, p POINT NOT NULL SRID 4326, KEY plain (a), UNIQUE KEY sum_of ((a + id)), KEY lower_of ((LOWER(s)) DESC, a), KEY many ((CAST(j->'$.x' AS UNSIGNED ARRAY))),
        KEY unseen (a, s) INVISIBLE COMMENT 'not seen', FULLTEXT KEY parsed (t) WITH PARSER ngram, SPATIAL KEY place (p), KEY text_of ((CAST(j->>'$.n' AS CHAR(10)) COLLATE utf8mb4_bin)), UNIQUE KEY two (s, a) INVISIBLE, FULLTEXT KEY also (t), KEY last_one (s));
      INSERT INTO newer VALUES (1, 1, '{"x": [1, 2], "n": "a"}', 'ABC', '日本語', ST_GeomFromText('POINT(1 2)', 4326)), (2, NULL, NULL, NULL, NULL, ST_GeomFromText('POINT(3 4)', 4326));
      CREATE TABLE functional_without_primary (a INT NOT NULL, b INT, UNIQUE KEY ((a * 2)), UNIQUE KEY (b), KEY (b, a)); INSERT INTO functional_without_primary VALUES (1, 1), (2, NULL);
      CREATE TABLE attributed_keys (id INT PRIMARY KEY, a INT, KEY (a) SECONDARY_ENGINE_ATTRIBUTE='{"a": "), KEY"}'); INSERT INTO attributed_keys VALUES (1, 1)`,
    on: 'MySQL',
  },
  {
    what: 'ignored keys, unique keys by hash, keys of versioned tables and of compressed pages',
    sql: `CREATE TABLE newer (id INT PRIMARY KEY, a INT, t TEXT, KEY seen (a), KEY unseen (a, id) IGNORED, UNIQUE KEY by_hash (t), KEY behind (t(9)), UNIQUE KEY a_last (a, id) COMMENT 'x'); INSERT INTO newer VALUES (1, 2, REPEAT('x', 5000)), (2, NULL, NULL);
      CREATE TABLE remembered (id INT PRIMARY KEY, a INT, KEY (a)) WITH SYSTEM VERSIONING; INSERT INTO remembered VALUES (1, 1); UPDATE remembered SET a = 2;
      CREATE TABLE packed (id INT PRIMARY KEY, a INT, KEY (a), UNIQUE KEY (a, id)) PAGE_COMPRESSED=1; INSERT INTO packed VALUES (1, 1);
      CREATE TABLE booked (room INT, d1 DATE, d2 DATE, PERIOD FOR stay (d1, d2), KEY (d1), UNIQUE KEY (room, stay WITHOUT OVERLAPS), KEY (d2)); INSERT INTO booked VALUES (1, '2026-01-01', '2026-01-03')`,
    on: 'MariaDB',
  },
  {
    what: 'vector keys among others',
    sql: `CREATE TABLE embedded (id INT PRIMARY KEY, a INT, v VECTOR(2) NOT NULL, KEY (a), VECTOR KEY (v), UNIQUE KEY (a, id)); INSERT INTO embedded VALUES (1, 1, VEC_FromText('[1,2]'))`,
    on: 'MariaDB',
    since: 1108,
  },
];
