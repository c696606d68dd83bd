/** Columns, keys, constraints and counters of tables. */

import type { Piece } from './piece.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

export const TABLES: readonly Piece[] = [
  {
    what: 'generated columns: virtual, stored, in keys, built on each other, before and after what they are made of',
    sql: `CREATE TABLE computed (v INT AS (a + 1) VIRTUAL, a INT, s VARCHAR(20) AS (CONCAT(a, '-', b)) STORED, b INT,
        w BIGINT AS (v * 2) VIRTUAL, j TEXT AS (CONCAT_WS(',', s, 'it''s "\\\\"')) VIRTUAL, KEY (v), UNIQUE KEY (s), KEY (w, a));
      INSERT INTO computed (a, b) VALUES (1, 2), (5, 3), (2147483646, 0);
      CREATE TABLE computed_unique (a INT NOT NULL, b INT AS (a % 7) STORED, c INT AS (a % 5) VIRTUAL, UNIQUE KEY (a, b), KEY (c, b));
      INSERT INTO computed_unique (a) VALUES ${range(300)
        .map((n) => `(${n})`)
        .join(',')};
      CREATE TABLE computed_utf8 (n VARCHAR(20) CHARACTER SET utf8mb4, u VARCHAR(40) CHARACTER SET utf8mb4 AS (CONCAT(n, _utf8mb4 0xC3A9F09F9880)) STORED);
      INSERT INTO computed_utf8 (n) VALUES ('Ω'), (NULL)`,
  },
  {
    what: 'a stored generated column as the primary key',
    sql: `CREATE TABLE keyed (doc VARCHAR(100), id INT AS (CHAR_LENGTH(doc)) STORED NOT NULL, PRIMARY KEY (id));
      INSERT INTO keyed (doc) VALUES ('a'), ('bb'), ('dddd')`,
    on: 'MySQL',
  },
  {
    what: 'tables with nothing but generated columns and a counter',
    sql: `CREATE TABLE only_computed (v INT AS (1 + 1) VIRTUAL, id INT NOT NULL AUTO_INCREMENT PRIMARY KEY);
      INSERT INTO only_computed () VALUES (), (), ();
      CREATE TABLE nothing_else (a INT AS (1) VIRTUAL, b INT AS (2) STORED);
      INSERT INTO nothing_else () VALUES (), (), (), ()`,
  },
  {
    what: 'invisible columns, also as a primary key',
    sql: `CREATE TABLE hidden (id INT PRIMARY KEY, secret INT INVISIBLE DEFAULT 5, v INT AS (secret + 1) VIRTUAL INVISIBLE);
      INSERT INTO hidden (id, secret) VALUES (1, 2), (2, NULL);
      CREATE TABLE hidden_key (v INT, id BIGINT NOT NULL AUTO_INCREMENT INVISIBLE PRIMARY KEY);
      INSERT INTO hidden_key (v, id) VALUES (1, 10), (2, 20), (NULL, -3)`,
  },
  {
    what: 'defaults that are expressions',
    sql: `CREATE TABLE defaults (id INT PRIMARY KEY, j INT DEFAULT (7 * 6), u CHAR(36) DEFAULT (UUID()), t TEXT DEFAULT ('it''s; "x" \\\\'),
        d DATE DEFAULT (CURRENT_DATE), s DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), n INT DEFAULT NULL,
        c CHAR(10) DEFAULT 'NULL', f DOUBLE DEFAULT (RAND()), b BIT(5) DEFAULT b'10101', e ENUM('a', ';', 'c''') DEFAULT 'c''');
      INSERT INTO defaults (id) VALUES (1), (2);
      CREATE TABLE defaults_of_others (a INT, b INT DEFAULT (a + 1), j JSON DEFAULT (JSON_ARRAY(1, 'a''b'))); INSERT INTO defaults_of_others (a) VALUES (1), (NULL)`,
  },
  {
    what: 'CHECK constraints with names and texts of all kinds',
    sql: `CREATE TABLE checked (a INT CHECK (a > 0), b INT, c VARCHAR(20), CONSTRAINT \`b is; "odd"\` CHECK (b % 2 = 1),
        CONSTRAINT late CHECK (c <> 'a;''b' AND c NOT LIKE '%\\\\%'), CHECK (a < b OR c IS NULL));
      INSERT INTO checked VALUES (1, 3, 'x'), (NULL, NULL, NULL)`,
  },
  {
    what: 'CHECK constraints that are not enforced, with the rows that break them',
    sql: `CREATE TABLE lax (a INT, CONSTRAINT positive CHECK (a > 0) NOT ENFORCED); INSERT INTO lax VALUES (-1), (1)`,
    on: 'MySQL',
  },
  {
    what: 'CHECK constraints broken by older rows',
    sql: `CREATE TABLE legacy (a INT); INSERT INTO legacy VALUES (-1), (1); SET check_constraint_checks = 0;
      ALTER TABLE legacy ADD CONSTRAINT positive CHECK (a > 0); SET check_constraint_checks = 1`,
    on: 'MariaDB',
  },
  {
    what: 'keys: descending, prefix, composite, with comments, BTREE and HASH, of the same columns',
    sql: `CREATE TABLE indexed (a INT NOT NULL, b VARCHAR(200) CHARACTER SET utf8mb4, c BLOB, d VARCHAR(20) NOT NULL, PRIMARY KEY (a DESC, d),
        KEY down (b DESC, a), KEY prefix (b(10), c(5)), UNIQUE KEY one (d, a) COMMENT 'it''s; "one"', KEY twice (a), KEY again (a),
        KEY hashed USING HASH (d), KEY sorted USING BTREE (a, d), UNIQUE KEY \`odd; \`\`name\` (b(191)));
      INSERT INTO indexed VALUES (1, 'é', 0x00FF, 'a'), (2, NULL, NULL, 'b'), (2, 'x', '', 'c')`,
  },
  {
    what: 'fulltext and spatial keys',
    sql: `CREATE TABLE texts (id INT PRIMARY KEY, t TEXT, u VARCHAR(100), p POINT NOT NULL, FULLTEXT KEY words (t), FULLTEXT KEY both_of (t, u),
        SPATIAL KEY place (p)) ENGINE=InnoDB;
      INSERT INTO texts VALUES (1, 'some words here', 'and there', POINT(1, 2)), (2, NULL, NULL, POINT(0, 0))`,
  },
  {
    what: 'fulltext keys with a parser, functional and multi-valued keys, keys without visibility',
    sql: `CREATE TABLE parsed (id INT PRIMARY KEY, t TEXT CHARACTER SET utf8mb4, FULLTEXT KEY (t) WITH PARSER ngram); INSERT INTO parsed VALUES (1, '日本語');
      CREATE TABLE functional (a INT, j JSON, s VARCHAR(50), UNIQUE KEY ((a + 1)), KEY ((LOWER(s)) DESC, a), KEY ((CAST(j->'$.x' AS UNSIGNED ARRAY))),
        KEY ((CAST(j->>'$.n' AS CHAR(10)) COLLATE utf8mb4_bin)), KEY unseen (a) INVISIBLE);
      INSERT INTO functional VALUES (1, '{"x": [1, 2], "n": "a"}', 'ABC'), (2, NULL, NULL);
      CREATE TABLE functional_only (a INT NOT NULL, UNIQUE KEY ((a * 2))); INSERT INTO functional_only VALUES (1), (2);
      CREATE TABLE srid_keys (p POINT NOT NULL SRID 4326, SPATIAL KEY (p)); INSERT INTO srid_keys VALUES (ST_GeomFromText('POINT(1 2)', 4326));
      CREATE TABLE vectors (id INT PRIMARY KEY, v VECTOR(3) NOT NULL); INSERT INTO vectors VALUES (1, TO_VECTOR('[1,2,3]'))`,
    on: 'MySQL',
  },
  {
    what: 'ignored keys, unique keys on blobs of any length',
    sql: `CREATE TABLE ignoring (a INT, b TEXT, KEY unseen (a) IGNORED, UNIQUE KEY long_one (b)); INSERT INTO ignoring VALUES (1, REPEAT('x', 5000)), (2, NULL)`,
    on: 'MariaDB',
  },
  {
    what: 'vector keys',
    sql: `CREATE TABLE embedded (id INT PRIMARY KEY, v VECTOR(3) NOT NULL, VECTOR KEY (v) M=8 DISTANCE=cosine);
      INSERT INTO embedded VALUES (1, VEC_FromText('[1,2,3]')), (2, VEC_FromText('[0,-1,3e8]'))`,
    on: 'MariaDB',
    since: 1108,
  },
  {
    what: 'AUTO_INCREMENT: ids 0 and negative, counters beyond them, on empty tables, at the end of their range',
    sql: `CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, v INT);
      INSERT INTO counted VALUES (0, 1), (-5, 2), (17, 3), (-2147483648, 4); ALTER TABLE counted AUTO_INCREMENT = 100;
      CREATE TABLE unused (id INT AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 77;
      CREATE TABLE emptied (id INT AUTO_INCREMENT PRIMARY KEY); INSERT INTO emptied VALUES (1), (2), (50); DELETE FROM emptied;
      CREATE TABLE only_negative (id INT AUTO_INCREMENT PRIMARY KEY); INSERT INTO only_negative VALUES (-3), (-2), (0);
      CREATE TABLE at_the_end (id TINYINT UNSIGNED AUTO_INCREMENT PRIMARY KEY); INSERT INTO at_the_end VALUES (254), (255);
      CREATE TABLE largest (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY); INSERT INTO largest VALUES (18446744073709551614);
      CREATE TABLE second_in_key (g INT, id INT AUTO_INCREMENT, PRIMARY KEY (g, id), KEY (id)); INSERT INTO second_in_key VALUES (2, 5), (1, 5), (1, 0);
      CREATE TABLE gone_back (id INT AUTO_INCREMENT PRIMARY KEY); INSERT INTO gone_back VALUES (1), (1000); DELETE FROM gone_back WHERE id = 1000`,
  },
  {
    what: 'generated invisible primary keys and their rows',
    sql: `SET sql_generate_invisible_primary_key = 1; CREATE TABLE keyless (a INT, b VARCHAR(10)); CREATE TABLE keyless_empty (a INT);
      INSERT INTO keyless (my_row_id, a, b) VALUES (5, 1, 'x'), (9, NULL, 'y'), (100, 2, NULL); SET sql_generate_invisible_primary_key = 0;
      CREATE TABLE looks_like_one (my_row_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT INVISIBLE PRIMARY KEY, a INT); INSERT INTO looks_like_one (a) VALUES (1), (2);
      CREATE TABLE keyless_indeed (a INT)`,
    on: 'MySQL',
  },
  {
    what: 'tables of a thousand columns, and of as many as there can be',
    sql: `CREATE TABLE wide (${range(1000)
      .map((n) => `c${n} ${n % 10 === 9 ? 'TEXT' : 'INT'}`)
      .join(', ')});
      INSERT INTO wide (c0, c9, c999) VALUES (1, 'x', REPEAT('y', 9000)), (NULL, NULL, NULL), (2, '', '');
      CREATE TABLE widest (${range(1017)
        .map((n) => `c${n} TINYINT`)
        .join(', ')}); INSERT INTO widest (c0, c1016) VALUES (1, 2), (NULL, NULL)`,
  },
  {
    what: 'rows of NULLs only, rows that are all alike, tables without rows',
    sql: `CREATE TABLE nulls (a INT, b TEXT, c DATETIME, d BLOB, e DECIMAL(5,2), f JSON); INSERT INTO nulls () VALUES (), (), ();
      CREATE TABLE alike (a INT); INSERT INTO alike VALUES (1), (1), (1), (1); CREATE TABLE none (a INT); CREATE TABLE none_either (a INT PRIMARY KEY)`,
  },
  {
    what: 'comments with anything in them: on tables, columns, keys and partitions',
    sql: `CREATE TABLE said (id INT PRIMARY KEY COMMENT 'a, ''b''\\n"c" \\\\ \`d\`', v INT COMMENT ');\\n', w INT COMMENT '/*!99999 x */ -- # \\t\\r\\0 ',
        x INT COMMENT 'DATA DIRECTORY=''/nowhere''', KEY spoken (v) COMMENT ';\\n), FOREIGN KEY (x)',
        KEY shouted (w) COMMENT 'é 日本 %s \\\\n') COMMENT 'FOREIGN KEY (x), \\n) ENGINE=none;\\nDROP TABLE said;\\n TABLESPACE \`x\`';
      INSERT INTO said VALUES (1, 2, 3, 4);
      CREATE TABLE said_of_parts (id INT) PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (5) COMMENT 'it''s; \\n "a" \\\\', PARTITION b VALUES LESS THAN MAXVALUE COMMENT = 'é;');
      INSERT INTO said_of_parts VALUES (1), (10)`,
  },
  {
    what: 'row formats, block sizes and statistics options',
    sql: `CREATE TABLE compressed (a INT PRIMARY KEY, t TEXT) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4; INSERT INTO compressed VALUES (1, REPEAT('x', 10000));
      CREATE TABLE dynamic_rows (a INT) ROW_FORMAT=DYNAMIC; CREATE TABLE redundant (a INT, b CHAR(10)) ROW_FORMAT=REDUNDANT; INSERT INTO redundant VALUES (1, 'x ');
      CREATE TABLE compact (a INT) ROW_FORMAT=COMPACT STATS_PERSISTENT=1 STATS_AUTO_RECALC=0 STATS_SAMPLE_PAGES=99;
      CREATE TABLE sized (a INT) MIN_ROWS=5 MAX_ROWS=1000 AVG_ROW_LENGTH=100 CHECKSUM=1 DELAY_KEY_WRITE=1 PACK_KEYS=1`,
  },
  {
    what: 'page compression and auto-extension',
    sql: `CREATE TABLE squeezed (a INT PRIMARY KEY, t TEXT) AUTOEXTEND_SIZE=4M; INSERT INTO squeezed VALUES (1, REPEAT('x', 10000));
      CREATE TABLE attributed (a INT SECONDARY_ENGINE_ATTRIBUTE='{"k": "v;"}', b INT) SECONDARY_ENGINE_ATTRIBUTE='{"y": "it''s"}'`,
    on: 'MySQL',
  },
  {
    what: 'page compression, encryption off, user-defined options and compressed columns',
    sql: `CREATE TABLE squeezed (a INT PRIMARY KEY, t TEXT COMPRESSED, u VARCHAR(5000) COMPRESSED) PAGE_COMPRESSED=1 PAGE_COMPRESSION_LEVEL=3; INSERT INTO squeezed VALUES (1, REPEAT('x', 10000), NULL), (2, '', 'é');
      CREATE TABLE plain (a INT) ENCRYPTED=NO`,
    on: 'MariaDB',
  },
  {
    what: 'binary defaults beside letters beyond ASCII, in tables of any character set',
    sql: `CREATE TABLE mixed (id INT PRIMARY KEY, b BINARY(4) DEFAULT 0xFF00275C, vb VARBINARY(9) DEFAULT 0xE9, e ENUM('é', 'ü'), d VARCHAR(9) DEFAULT 'çé' COMMENT 'Ελλ',
        \`ñ\` INT, CHECK (d <> 'ø')) CHARACTER SET latin1 COMMENT 'ß';
      INSERT INTO mixed (id, e) VALUES (1, 'é'), (2, NULL);
      CREATE TABLE binary_only (id INT PRIMARY KEY, b BINARY(3) DEFAULT 0x00FF0A, c VARBINARY(5) DEFAULT 0x80, d VARBINARY(5) DEFAULT 'a\\\\''b', e BIT(8) DEFAULT 200); INSERT INTO binary_only (id) VALUES (1);
      CREATE TABLE valid_utf8 (id INT PRIMARY KEY, b BINARY(2) DEFAULT 0xC3A9, t VARCHAR(5) CHARACTER SET latin1 DEFAULT 'é'); INSERT INTO valid_utf8 (id) VALUES (1)`,
  },
  {
    what: 'JSON duality views, among other views of the same tables',
    sql: `CREATE TABLE z_customers (id INT PRIMARY KEY, name VARCHAR(20)); CREATE TABLE y_orders (id INT PRIMARY KEY, customer INT, \`it''s\` VARCHAR(20), FOREIGN KEY (customer) REFERENCES z_customers (id));
      INSERT INTO z_customers VALUES (1, 'é'), (2, NULL); INSERT INTO y_orders VALUES (5, 1, 'x'), (6, 1, 'from \`a_view\`;\\n');
      CREATE VIEW a_view AS SELECT id FROM z_customers; CREATE VIEW z_view AS SELECT id FROM a_view;
      CREATE JSON RELATIONAL DUALITY VIEW b_dual AS SELECT JSON_DUALITY_OBJECT(WITH(INSERT, UPDATE, DELETE) '_id': id, 'name;': name,
        'orders': (SELECT JSON_ARRAYAGG(JSON_DUALITY_OBJECT(WITH(INSERT) 'id': id, 'it''s "so"': \`it''s\`)) FROM y_orders WHERE y_orders.customer = z_customers.id)) FROM z_customers;
      CREATE DEFINER=\`root\`@\`localhost\` SQL SECURITY INVOKER JSON DUALITY VIEW \`a dual;\` AS SELECT JSON_DUALITY_OBJECT('_id': id) FROM z_customers`,
    on: 'MySQL',
    since: 907,
  },
];
