/** Bytes: every one of them, in every binary type, and values as long as they can be. */

import type { Piece } from './piece.ts';

export const ALL_BYTES = `0x${Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('')}`;
/** One row a byte, so that each stands at the beginning and end of a value. */
export const EACH_BYTE = Array.from(
  { length: 256 },
  (_, byte) => `(${byte}, 0x${byte.toString(16).padStart(2, '0')})`,
).join(', ');

export const BYTES: readonly Piece[] = [
  {
    what: 'every byte in binary strings and blobs',
    sql: `CREATE TABLE whole (id INT PRIMARY KEY, b BINARY(255), v VARBINARY(300), t TINYBLOB, m MEDIUMBLOB, l LONGBLOB);
      INSERT INTO whole VALUES (1, SUBSTR(${ALL_BYTES}, 2), ${ALL_BYTES}, SUBSTR(${ALL_BYTES}, 1, 255), REPEAT(${ALL_BYTES}, 99), REPEAT(${ALL_BYTES}, 999)),
        (2, NULL, NULL, NULL, NULL, NULL), (3, '', '', '', '', '');
      CREATE TABLE single (id INT PRIMARY KEY, b VARBINARY(1)); INSERT INTO single VALUES ${EACH_BYTE};
      CREATE TABLE padded (id INT PRIMARY KEY, b BINARY(4), c BINARY(0), d VARBINARY(0)); INSERT INTO padded VALUES ${EACH_BYTE.replaceAll(')', ", '', '')")}, (300, 0x00, NULL, ''), (301, 0x2000, '', NULL), (302, 0x20202020, NULL, NULL)`,
  },
  {
    what: 'line ends, ends of file, and what looks like the end of a statement',
    sql: `CREATE TABLE ends (id INT PRIMARY KEY, b BLOB, t TEXT CHARACTER SET utf8mb4); INSERT INTO ends VALUES (1, 0x0D0A0D0A1A, 'a\\r\\nb\\rc\\nd\\Z\\0'), (2, ';\\n', ';\\n;\\r\\n;'), (3, 0x1A1A, '\\\\'),
        (4, '\\\\\\n', '\\'\\n;\\n\\''), (5, '_binary "x"', '_utf8mb4 \\'x\\''), (6, '"', '""'), (7, ')\\n,(', ')\\n;\\nDROP TABLE ends;\\n'), (8, 'NULL', '\\\\N'), (9, NULL, '')`,
  },
  {
    what: 'values around the lengths at which the protocol counts differently',
    sql: `CREATE TABLE lengths (id INT PRIMARY KEY, b LONGBLOB, t LONGTEXT CHARACTER SET utf8mb4);
      INSERT INTO lengths VALUES ${[
        250, 251, 252, 253, 255, 256, 65_534, 65_535, 65_536, 65_537, 1_048_575, 1_048_576, 1_048_577,
      ]
        .map((length) => `(${length}, REPEAT(0xFF, ${length}), REPEAT('''', ${length}))`)
        .join(', ')};
      CREATE TABLE widest (id INT PRIMARY KEY, t TINYTEXT, u TEXT, v VARCHAR(16000)) CHARACTER SET utf8mb4; INSERT INTO widest VALUES (1, REPEAT('x', 255), REPEAT('é', 32767), REPEAT('😀', 16000))`,
  },
];
