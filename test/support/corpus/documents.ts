/** JSON, shapes, vectors, and the types that only one server has. */

import type { Piece } from './piece.ts';

const SHAPES = [
  'POINT(1 2)',
  'POINT(-0.1 1e300)',
  'LINESTRING(0 0, 1 1, 0.1 0.2)',
  'POLYGON((0 0, 0 3, 3 3, 0 0), (1 1, 1 2, 2 2, 1 1))',
  'MULTIPOINT((1 1), (0.1 0.2))',
  'MULTILINESTRING((0 0, 1 1), (2 2, 3 3))',
  'MULTIPOLYGON(((0 0, 0 3, 3 3, 0 0)), ((10 10, 10 13, 13 13, 10 10)))',
  'GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 5 5))',
  'GEOMETRYCOLLECTION(POINT(1 1), GEOMETRYCOLLECTION(LINESTRING(0 0, 5 5), GEOMETRYCOLLECTION(POINT(7 8))))',
  'GEOMETRYCOLLECTION EMPTY',
];

const shapesIn = (srid: number, from: number): string =>
  SHAPES.filter((shape) => srid !== 4326 || !shape.includes('e300'))
    .map((shape, at) => `(${from + at}, ST_GeomFromText('${shape}', ${srid}))`)
    .join(', ');

const nested = (depth: number): string => '[{"a":'.repeat(depth) + '1' + '}]'.repeat(depth);

const JSON_TEXTS = [
  '{"b": [1, 2.50, -1e-9, null, true, false], "a": {"": "\\\\u0000\\\\"\\\\\\\\\\\\/\\\\b\\\\f\\\\n\\\\r\\\\t"}}',
  '[]',
  '{}',
  'null',
  'true',
  '""',
  '"Ελλ😀\\\\n"',
  '"\\\\ud83d\\\\ude00\\\\u00e9\\\\u0041"',
  '18446744073709551615',
  '-9223372036854775808',
  '18446744073709551616',
  '0.1',
  '-0.0',
  '1e308',
  '-2.2250738585072014e-308',
  '5e-324',
  '123456789012345678901234567890.123456789',
  '{"a": 1, "a": 2, "A": 3}',
  `{"${'k'.repeat(5000)}": "it''s; \\\\n"}`,
  nested(15),
];

export const DOCUMENTS: readonly Piece[] = [
  {
    what: 'JSON: numbers of all kinds, escapes, deep nesting, long documents',
    sql: `CREATE TABLE documents (id INT AUTO_INCREMENT PRIMARY KEY, j JSON, n JSON NOT NULL);
      INSERT INTO documents (j, n) VALUES ${JSON_TEXTS.map((text) => `('${text}', '[${text}]')`).join(', ')}, (NULL, '0'),
        (CONCAT('["', REPEAT('x', 100000), '"]'), CONCAT('[', REPEAT('{"a": [1, 2, "é"]},', 20000), '0]'))`,
  },
  {
    what: 'JSON of values that are not its own, as far as their text goes',
    sql: `CREATE TABLE opaque (id INT PRIMARY KEY, j JSON); INSERT INTO opaque VALUES (1, CAST(CAST('2024-02-29' AS DATE) AS JSON)), (2, CAST(CAST('-12:34:56.5' AS TIME(6)) AS JSON)),
        (3, JSON_ARRAY(CAST('2024-02-29 12:00:00.123456' AS DATETIME(6)), CAST('x' AS BINARY), 1.5, 12345678901234567, b'101')), (4, JSON_OBJECT('k', CAST(2024 AS YEAR))), (5, CAST(0.1 AS JSON))`,
    on: 'MySQL',
  },
  {
    what: 'stored generated columns that read odd values',
    sql: `CREATE TABLE readers (id INT PRIMARY KEY, e ENUM('a', '') NOT NULL, b BIT(9), d DATE, t TIME(6), s VARCHAR(20) CHARACTER SET sjis, v VARBINARY(9), j JSON, p POINT, f DOUBLE, y YEAR,
        e_index INT AS (e + 0) STORED, b_number INT AS (b + 0) STORED, d_text CHAR(10) AS (CONCAT(d, '')) STORED, t_seconds DECIMAL(20, 6) AS (TIME_TO_SEC(t)) STORED, s_hex TEXT AS (HEX(s)) STORED,
        v_hex TEXT AS (HEX(v)) STORED, j_part TEXT AS (JSON_EXTRACT(j, '$.a')) STORED, p_x DOUBLE AS (ST_X(p)) STORED, f_half DOUBLE AS (f / 2) STORED, y_next INT AS (y + 1) VIRTUAL, KEY (e_index), KEY (y_next), KEY (f_half));
      INSERT IGNORE INTO readers (id, e, b, d, t, s, v, j, p, f, y) VALUES (1, 'none', 511, '0000-00-00', '-838:59:59.5', _sjis 0x955C, 0x00FF275C, '{"a": "\\\\u00e9\\\\\\\\"}', POINT(-0.1, 1e300), 5e-324, 0),
        (2, '', 0, '2024-00-00', '100:00:00.000001', '', '', '{"a": [1e308, null]}', POINT(0, 0), 1.7976931348623157e308, 2155), (3, 'a', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
  },
  {
    what: 'shapes of all kinds',
    sql: `CREATE TABLE shapes (id INT PRIMARY KEY, g GEOMETRY); INSERT INTO shapes VALUES ${shapesIn(0, 1)}, (100, NULL);
      CREATE TABLE typed (p POINT, l LINESTRING, y POLYGON, mp MULTIPOINT, ml MULTILINESTRING, my MULTIPOLYGON, c GEOMETRYCOLLECTION);
      INSERT INTO typed VALUES (${[SHAPES[1], ...SHAPES.slice(2, 8)].map((shape) => `ST_GeomFromText('${shape}')`).join(', ')}), (NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
  },
  {
    what: 'shapes in a reference system, where the order of axes differs',
    sql: `CREATE TABLE earth (id INT PRIMARY KEY, g GEOMETRY); INSERT INTO earth VALUES ${shapesIn(4326, 1)}, ${shapesIn(3857, 50)};
      INSERT INTO earth VALUES (200, ST_GeomFromText('POINT(89.9 -179.9)', 4326))`,
    on: 'MySQL',
  },
  {
    what: 'columns bound to a reference system',
    sql: `CREATE TABLE bound (id INT PRIMARY KEY, p POINT NOT NULL SRID 4326, g GEOMETRY SRID 3857, z GEOMETRY SRID 0, SPATIAL KEY (p));
      INSERT INTO bound VALUES (1, ST_GeomFromText('POINT(89.9 -179.9)', 4326), ST_GeomFromText('POINT(1 2)', 3857), POINT(1, 2)), (2, ST_GeomFromText('POINT(10 20)', 4326), NULL, NULL)`,
    on: 'MySQL',
  },
  {
    what: 'shapes with the number of a reference system',
    sql: `CREATE TABLE earth (id INT PRIMARY KEY, g GEOMETRY, p POINT REF_SYSTEM_ID=4326); INSERT INTO earth (id, g) VALUES ${shapesIn(4326, 1)};
      INSERT INTO earth VALUES (200, NULL, ST_GeomFromText('POINT(89.9 -179.9)', 4326))`,
    on: 'MariaDB',
  },
  {
    what: 'vectors',
    sql: `CREATE TABLE vectors (id INT PRIMARY KEY, v VECTOR(3), w VECTOR(16383)); INSERT INTO vectors (id, v) VALUES (1, TO_VECTOR('[1,2.5,-3e38]')), (2, NULL), (3, TO_VECTOR('[0,-0,1e-30]')), (4, TO_VECTOR('[0.1,16777217,1.17549435e-38]'));
      INSERT INTO vectors (id, w) VALUES (5, TO_VECTOR(CONCAT('[', REPEAT('0.1,', 16382), '7]')))`,
    on: 'MySQL',
  },
  {
    what: 'vectors (MariaDB)',
    sql: `CREATE TABLE vectors (id INT PRIMARY KEY, v VECTOR(3)); INSERT INTO vectors VALUES (1, VEC_FromText('[1,2.5,-3e38]')), (2, NULL), (3, VEC_FromText('[0,-0,1e-45]')), (4, VEC_FromText('[0.1,16777217,1.17549435e-38]'));
      CREATE TABLE searched (id INT PRIMARY KEY, v VECTOR(2) NOT NULL, VECTOR KEY (v)); INSERT INTO searched VALUES (1, VEC_FromText('[34,92]'))`,
    on: 'MariaDB',
    since: 1108,
  },
  {
    what: 'UUID and addresses',
    sql: `CREATE TABLE special (u UUID, i4 INET4, i6 INET6, n UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000', KEY (u), KEY (i6));
      INSERT INTO special (u, i4, i6) VALUES ('123e4567-e89b-12d3-a456-426655440000', '192.168.0.1', '::ffff:1.2.3.4'), (NULL, NULL, NULL), ('ffffffff-ffff-ffff-ffff-ffffffffffff', '255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'),
        ('00000000-0000-0000-0000-000000000000', '0.0.0.0', '::'), ('5c27220a-0d00-1a5c-8000-5c27220a0d00', '92.39.34.10', '5c27:220a:0d00:1a5c::5c')`,
    on: 'MariaDB',
  },
  {
    what: 'compressed columns',
    sql: `CREATE TABLE squeezed (id INT PRIMARY KEY, t TEXT COMPRESSED, b BLOB COMPRESSED, v VARCHAR(2000) COMPRESSED CHARACTER SET sjis, w VARBINARY(2000) COMPRESSED);
      INSERT INTO squeezed VALUES (1, REPEAT('x', 5000), REPEAT(0x00FF5C, 5000), REPEAT(_sjis 0x955C, 500), REPEAT(0x27, 2000)), (2, '', '', '', ''), (3, NULL, NULL, NULL, NULL), (4, 'a', 0x01, 'b', 0x00)`,
    on: 'MariaDB',
  },
];
