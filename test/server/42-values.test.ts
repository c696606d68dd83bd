/** Values that are easily lost on the way: every type at its ends, every byte, and everything that looks like nothing. */

import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import type { Product } from '../support/servers.ts';

interface Values {
  readonly what: string;
  /** Creates and fills tables, under sql_mode NO_AUTO_VALUE_ON_ZERO. */
  readonly sql: string;
  readonly product?: Product;
}

const ALL_BYTES = `0x${Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('')}`;
/** One row a byte, so that each stands at the beginning and end of a value. */
const EACH_BYTE = Array.from({ length: 256 }, (_, byte) => `(${byte}, 0x${byte.toString(16).padStart(2, '0')})`).join(
  ', ',
);

const VALUES: readonly Values[] = [
  {
    what: 'every byte in binary strings and blobs',
    sql: `CREATE TABLE whole (id INT PRIMARY KEY, b BINARY(255), v VARBINARY(300), t TINYBLOB, l LONGBLOB);
      INSERT INTO whole VALUES (1, SUBSTR(${ALL_BYTES}, 2), ${ALL_BYTES}, SUBSTR(${ALL_BYTES}, 1, 255), REPEAT(${ALL_BYTES}, 999)),
        (2, NULL, NULL, NULL, NULL), (3, '', '', '', '');
      CREATE TABLE single (id INT PRIMARY KEY, b VARBINARY(1)); INSERT INTO single VALUES ${EACH_BYTE}`,
  },
  {
    what: 'every byte in texts of single-byte character sets',
    sql: ['latin1', 'cp1251', 'koi8r', 'dec8', 'latin2']
      .map(
        (charset) => `CREATE TABLE in_${charset} (id INT PRIMARY KEY, t TEXT CHARACTER SET ${charset});
          INSERT INTO in_${charset} VALUES ${EACH_BYTE.replaceAll('0x', `_${charset} 0x`)};
          INSERT INTO in_${charset} VALUES (300, _${charset} ${ALL_BYTES})`,
      )
      .join(';'),
  },
  {
    what: 'texts whose second bytes are quotes and backslashes elsewhere',
    sql: `CREATE TABLE multi (id INT PRIMARY KEY, s VARCHAR(99) CHARACTER SET sjis, g VARCHAR(99) CHARACTER SET gbk,
        b VARCHAR(99) CHARACTER SET big5, j VARCHAR(99) CHARACTER SET eucjpms, u VARCHAR(99) CHARACTER SET ucs2,
        w VARCHAR(99) CHARACTER SET utf16le);
      INSERT INTO multi VALUES (1, _sjis 0x955C835C27, _gbk 0xD55C815C27, _big5 0xA55CAE5C27, _eucjpms 0xA4A2, _ucs2 0x0027005C005C, _utf16le 0x27005C005C00)`,
  },
  {
    what: 'utf8mb4 with quotes, line ends and what is beyond the basic plane',
    sql: `CREATE TABLE words (id INT PRIMARY KEY, t TEXT CHARACTER SET utf8mb4);
      INSERT INTO words VALUES (1, 'Ελληνικά 日本 😀👩‍👩‍👧'), (2, 'it''s "so" \\\\ \\\\n'), (3, 'a\\nb\\rc\\td\\0e\\Zf'), (4, ''),
        (5, NULL), (6, 'NULL'), (7, '\\\\N'), (8, '); DROP TABLE words; -- '), (9, '/*!50000 x */ # --\\n;\\n'), (10, ' a '), (11, 'é')`,
  },
  {
    what: 'latin1 tables whose definitions hold letters beyond ASCII',
    sql: `CREATE TABLE legacy (id INT PRIMARY KEY, e ENUM('é', 'ü'), s SET('ñ', 'x'), d VARCHAR(9) DEFAULT 'çé' COMMENT 'Ελλ',
        CHECK (d <> 'ø')) CHARACTER SET latin1;
      INSERT INTO legacy (id, e, s) VALUES (1, 'é', 'ñ,x'), (2, 'ü', ''), (3, NULL, NULL)`,
  },
  {
    what: 'integers at their ends, BIT, YEAR, ENUM and SET',
    sql: `CREATE TABLE numbers (t TINYINT, tu TINYINT UNSIGNED, m MEDIUMINT, b BIGINT, bu BIGINT UNSIGNED, z INT(8) ZEROFILL,
        b1 BIT(1), b10 BIT(10), b64 BIT(64), y YEAR, e ENUM('a', 'b''c', '', 'é,\\\\'), s SET('x', 'y''', 'é'), flag BOOL);
      INSERT INTO numbers VALUES
        (-128, 255, -8388608, -9223372036854775808, 18446744073709551615, 42, 1, 1023, ~0, 1901, 'b''c', 'x,é', TRUE),
        (127, 0, 8388607, 9223372036854775807, 0, 0, 0, 0, 0, 2155, '', '', FALSE),
        (0, 1, 0, 0, 1, 1, b'1', b'0100111', 0x5C27220A0D001A5C, 0000, 'é,\\\\', 'y''', 0),
        (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
  },
  {
    what: 'DECIMAL, FLOAT and DOUBLE to the last bit',
    sql: `CREATE TABLE exact (d DECIMAL(65, 30), e DECIMAL(10, 0), u DECIMAL(5, 2) UNSIGNED);
      INSERT INTO exact VALUES (99999999999999999999999999999999999.999999999999999999999999999999, -1, 0),
        (-0.000000000000000000000000000001, 9999999999, 999.99), (0, -0, 0.01), (NULL, NULL, NULL);
      CREATE TABLE approximate (f FLOAT, d DOUBLE, p FLOAT(7, 3), q DOUBLE(20, 10));
      INSERT INTO approximate VALUES (3.4028234e38, 1.7976931348623157e308, 1234.567, 0.1), (-3.4028234e38, -1.7976931348623157e308, -1, -0.1),
        (1.17549435e-38, 2.2250738585072014e-308, 0, 0), (16777217, 0.1, 0.001, 1234567890.0123456789), (0.1, 1 / 3e0, 0, 0),
        (123456.789e0, 9007199254740993, 0, 0), (8388609.5, 5e-324, 0, 0), (NULL, NULL, NULL, NULL)`,
  },
  {
    what: 'dates and times, zero dates and fractions included',
    sql: `CREATE TABLE times (d DATE, t TIME, t6 TIME(6), dt DATETIME, dt6 DATETIME(6), ts TIMESTAMP NULL, ts6 TIMESTAMP(6) NULL);
      SET time_zone = '+05:30';
      INSERT INTO times VALUES
        ('0000-00-00', '-838:59:59', '838:59:59.000000', '0000-00-00', '0000-00-00 00:00:00.000000', '0000-00-00', '0000-00-00'),
        ('9999-12-31', '838:59:59', '-00:00:00.000001', '9999-12-31 23:59:59', '9999-12-31 23:59:59.999999', '2038-01-19 08:44:07', '2038-01-19 08:44:07.999999'),
        ('2024-00-00', '00:00:00', '12:34:56.000010', '2024-02-00 10:00:00', '1000-01-01', '1970-01-01 05:30:01', '1970-01-01 05:30:01.000001'),
        ('2024-02-29', '24:00:00', '00:00:00.5', '2024-03-31 02:30:00', '2024-10-27 02:30:00.100000', '2024-03-31 02:30:00', '2024-10-27 02:30:00.1'),
        (NULL, NULL, NULL, NULL, NULL, NULL, NULL);
      SET time_zone = SYSTEM`,
  },
  {
    what: 'geometry',
    sql: `CREATE TABLE shapes (id INT PRIMARY KEY, g GEOMETRY, p POINT, l LINESTRING, y POLYGON, c GEOMETRYCOLLECTION);
      INSERT INTO shapes VALUES (1, ST_GeomFromText('POINT(1 2)'), ST_GeomFromText('POINT(-0.1 1e300)'),
        ST_GeomFromText('LINESTRING(0 0, 1 1, 0.1 0.2)'), ST_GeomFromText('POLYGON((0 0, 0 3, 3 3, 0 0), (1 1, 1 2, 2 2, 1 1))'),
        ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 5 5))')), (2, NULL, NULL, NULL, NULL, NULL),
        (3, ST_GeomFromText('POINT(3 4)', 4326), ST_GeomFromText('POINT(5 6)', 4326), NULL, NULL, NULL)`,
  },
  {
    what: 'JSON',
    sql: `CREATE TABLE documents (id INT PRIMARY KEY, j JSON);
      INSERT INTO documents VALUES (1, '{"b": [1, 2.50, -1e-9, null, true], "a": {"": "\\\\u0000\\\\"\\\\\\\\"}}'), (2, '[]'), (3, 'null'), (4, NULL),
        (5, '"Ελλ😀\\\\n"'), (6, '18446744073709551615'), (7, '0.1'), (8, CONCAT('["', REPEAT('x', 100000), '"]'))`,
  },
  {
    what: 'generated columns, in the middle of others',
    sql: `CREATE TABLE computed (v INT AS (a + 1) VIRTUAL, a INT, s VARCHAR(20) AS (CONCAT(a, '-', b)) STORED, b INT,
        j INT DEFAULT (7), KEY (v));
      INSERT INTO computed (a, b) VALUES (1, 2), (NULL, 3), (2147483646, 0);
      CREATE TABLE only_computed (v INT AS (1 + 1) VIRTUAL, id INT NOT NULL AUTO_INCREMENT PRIMARY KEY);
      INSERT INTO only_computed () VALUES (), ()`,
  },
  {
    what: 'AUTO_INCREMENT with zero and negative ids, and its next value',
    sql: `CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, v INT);
      INSERT INTO counted VALUES (0, 1), (-5, 2), (17, 3), (-2147483648, 4); ALTER TABLE counted AUTO_INCREMENT = 100;
      CREATE TABLE unused (id INT AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 77`,
  },
  {
    what: 'invisible columns, and tables and columns with names of all kinds',
    sql: `CREATE TABLE hidden (id INT PRIMARY KEY, secret INT INVISIBLE DEFAULT 5); INSERT INTO hidden (id, secret) VALUES (1, 2), (2, NULL);
      CREATE TABLE \`select\` (\`from\` INT, \`a\`\`b\` INT, \`ü 日\` INT); INSERT INTO \`select\` VALUES (1, 2, 3);
      CREATE TABLE \`sl/ash.dot-schema\` (id INT PRIMARY KEY); INSERT INTO \`sl/ash.dot-schema\` VALUES (1);
      CREATE TABLE \`per%cent\\\\\` (id INT PRIMARY KEY); INSERT INTO \`per%cent\\\\\` VALUES (2);
      CREATE TABLE \`ταβέρνα\` (id INT PRIMARY KEY); INSERT INTO \`ταβέρνα\` VALUES (3);
      CREATE TABLE \`mydumper_1\` (id INT PRIMARY KEY); INSERT INTO \`mydumper_1\` VALUES (4);
      CREATE TABLE no_rows (id INT PRIMARY KEY)`,
  },
  {
    what: 'check constraints, defaults and comments that hold quotes and line ends',
    sql: `CREATE TABLE said (id INT PRIMARY KEY CHECK (id > 0), a VARCHAR(50) NOT NULL DEFAULT 'it''s "\\\\" \\n,' COMMENT 'a, ''b''\\n"c" \\\\',
        b BINARY(3) DEFAULT 0x00FF0A, c BIT(3) DEFAULT b'101', d DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3))
        COMMENT 'FOREIGN KEY (x), \\n)';
      INSERT INTO said (id, d) VALUES (1, '2024-01-01')`,
  },
  {
    what: 'UUID, INET and versioned rows of MariaDB',
    product: 'MariaDB',
    sql: `CREATE TABLE special (u UUID, i4 INET4, i6 INET6); INSERT INTO special VALUES
        ('123e4567-e89b-12d3-a456-426655440000', '192.168.0.1', '::ffff:1.2.3.4'), (NULL, NULL, NULL);
      CREATE TABLE versioned (id INT PRIMARY KEY, v INT) WITH SYSTEM VERSIONING; INSERT INTO versioned VALUES (1, 1);
      CREATE TABLE squeezed (id INT PRIMARY KEY, t TEXT COMPRESSED); INSERT INTO squeezed VALUES (1, REPEAT('x', 5000));
      CREATE SEQUENCE tickets START WITH 100 INCREMENT BY 5; DO NEXT VALUE FOR tickets`,
  },
  {
    what: 'VECTOR and functional keys of MySQL',
    product: 'MySQL',
    sql: `CREATE TABLE vectors (id INT PRIMARY KEY, v VECTOR(3)); INSERT INTO vectors VALUES (1, TO_VECTOR('[1,2.5,-3e8]')), (2, NULL);
      CREATE TABLE indexed (a INT, j JSON, UNIQUE KEY ((a + 1)), KEY ((CAST(j->'$.x' AS UNSIGNED ARRAY)))); INSERT INTO indexed VALUES (1, '{"x": [1, 2]}');
      CREATE TABLE keyless (my_row_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT INVISIBLE PRIMARY KEY, a INT); INSERT INTO keyless (a) VALUES (1), (2)`,
  },
];

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  test.each(VALUES.filter(({ product }) => product === undefined || product === source.product))('$what', ({ sql }) =>
    withDatabase(source, 'values', async (database, connection) => {
      await connection.query(`SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; ${sql}`);
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        const dumped = await runDump(source, { directory, databases: [database] });
        await vacate(lane, database);
        const loaded = await runLoad(target, { directory });
        expect([...dumped.summary.warnings, ...loaded.summary.warnings]).toEqual([]);
      });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      await dropDatabase(target, database);
    }),
  );
});
