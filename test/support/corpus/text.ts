/** Text in every character set, ENUM and SET. */

import { ALL_BYTES, EACH_BYTE } from './bytes.ts';
import type { Piece } from './piece.ts';

const SINGLE_BYTE =
  'latin1 latin2 latin5 latin7 cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 koi8r koi8u dec8 swe7 hp8 hebrew greek armscii8 geostd8 keybcs2 macce macroman tis620'.split(
    ' ',
  );

/** Characters of several bytes, among them such whose second byte is a backslash or a quote to who does not know. */
const MULTI_BYTE: readonly (readonly [string, string])[] = [
  ['sjis', '0x955C835C27B1'],
  ['cp932', '0x955C835C27FA5CED40'],
  ['eucjpms', '0xA4A28FB0A15CADA1'],
  ['ujis', '0xA4A28FB0A15C'],
  ['euckr', '0xB0A1C8FE5C'],
  ['gbk', '0xD55C815C27FE4F'],
  ['gb2312', '0xB0A15C27'],
  ['gb18030', '0xD55C81308130815C5C'],
  ['big5', '0xA55CAE5C27F9D5'],
  ['ucs2', '0x0027005C005C0022000A000D0000'],
  ['utf16', '0x0027005CD83DDE00000A5C27275C'],
  ['utf16le', '0x27005C005C003DD800DE0A00'],
  ['utf32', '0x000000270000005C0001F6000000000A'],
  ['utf8mb3', '0xC3A95C27E697A5'],
  ['utf8mb4', '0xC3A95C27F09F98800A'],
];

function multiByte(charset: string, hex: string): string {
  return `CREATE TABLE in_${charset} (id INT PRIMARY KEY, c CHAR(20), v VARCHAR(200), t TEXT, e ENUM('a', 'b\\'"', '', '\\\\'), s SET('x', 'y"')) CHARACTER SET ${charset};
    INSERT INTO in_${charset} VALUES (1, _${charset} ${hex}, _${charset} ${hex}, REPEAT(_${charset} ${hex}, 1000), 'a', 'x,y"'), (2, '', '', '', '', ''), (3, NULL, NULL, NULL, NULL, NULL), (4, 'a ', 'b ', ' c  ', 'b\\'"', 'y"'), (5, '\\\\', '\\'', '"', '\\\\', NULL);
    INSERT IGNORE INTO in_${charset} (id, e) VALUES (6, 'none')`;
}

export const TEXT: readonly Piece[] = [
  {
    what: 'every byte in texts of single-byte character sets',
    sql: SINGLE_BYTE.map((charset) => {
      // swe7 and tis620 have bytes without a character: the server takes them all the same.
      return `CREATE TABLE in_${charset} (id INT PRIMARY KEY, t TEXT, c CHAR(3), v VARCHAR(300), e ENUM('a', '')) CHARACTER SET ${charset};
        INSERT INTO in_${charset} (id, t) VALUES ${EACH_BYTE.replaceAll('0x', `_${charset} 0x`)};
        INSERT INTO in_${charset} VALUES (300, _${charset} ${ALL_BYTES}, _${charset} 0x20412020, _${charset} ${ALL_BYTES}, ''), (301, '', '', '', 'a')`;
    }).join(';'),
  },
  ...MULTI_BYTE.map(([charset, hex]): Piece => ({ what: `text in ${charset}`, sql: multiByte(charset, hex) })).filter(
    ({ what }) => what !== 'text in gb18030',
  ),
  { what: 'text in gb18030', sql: multiByte('gb18030', '0xD55C81308130815C5C'), on: 'MySQL' },
  {
    what: 'ASCII',
    sql: `CREATE TABLE in_ascii (id INT PRIMARY KEY, t TEXT CHARACTER SET ascii); INSERT INTO in_ascii VALUES ${EACH_BYTE.split(
      ', (',
    )
      .slice(0, 128)
      .join(', (')}`,
  },
  {
    what: 'ASCII with bytes that it does not have',
    sql: `CREATE TABLE in_ascii (id INT PRIMARY KEY, t TEXT CHARACTER SET ascii); INSERT INTO in_ascii VALUES ${EACH_BYTE}`,
    on: 'MariaDB',
  },
  {
    what: 'halves of characters beyond the basic plane, which UCS-2 takes for whole',
    sql: `CREATE TABLE halves (id INT PRIMARY KEY, u VARCHAR(20) CHARACTER SET ucs2); INSERT INTO halves VALUES (1, _ucs2 0xD8000041), (2, _ucs2 0xDFFFD800)`,
  },
  {
    what: 'utf8mb4 with quotes, line ends and what is beyond the basic plane',
    sql: `CREATE TABLE words (id INT PRIMARY KEY, t TEXT CHARACTER SET utf8mb4, c CHAR(10) CHARACTER SET utf8mb4);
      INSERT INTO words (id, t) VALUES (1, 'Ελληνικά 日本 😀👩‍👩‍👧'), (2, 'it''s "so" \\\\ \\\\n'), (3, 'a\\nb\\rc\\td\\0e\\Zf'), (4, ''),
        (5, NULL), (6, 'NULL'), (7, '\\\\N'), (8, '); DROP TABLE words; -- '), (9, '/*!50000 x */ # --\\n;\\n'), (10, ' a '), (11, 'é'), (12, _utf8mb4 0xF48FBFBF), (13, _utf8mb4 0xEFBFBF), (14, _utf8mb4 0xC280);
      INSERT INTO words (id, c) VALUES (20, 'trailing  '), (21, '  '), (22, '\\t'), (23, 'x\\0')`,
  },
  {
    what: 'trailing blanks, whatever the collation says of them',
    sql: `CREATE TABLE blanks (id INT PRIMARY KEY, c CHAR(5), v VARCHAR(5), b CHAR(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, n CHAR(5) CHARACTER SET ucs2, z CHAR(0), y VARCHAR(0), x CHAR(0) NOT NULL DEFAULT '');
      INSERT INTO blanks (id, c, v, b, n, z, y) VALUES (1, 'a ', 'a ', 'a ', 'a ', '', ''), (2, '     ', '     ', '     ', '     ', NULL, NULL), (3, ' a', ' a', ' a', ' a', '', NULL), (4, '', '', '', '', NULL, ''), (5, 'a\\t', 'a\\n', 'a\\0', 'a\\0', NULL, NULL)`,
  },
  {
    what: 'tables in latin1 whose definitions hold letters beyond ASCII',
    sql: `CREATE TABLE legacy (id INT PRIMARY KEY, e ENUM('é', 'ü'), s SET('ñ', 'x'), d VARCHAR(9) DEFAULT 'çé' COMMENT 'Ελλ',
        CHECK (d <> 'ø')) CHARACTER SET latin1;
      INSERT INTO legacy (id, e, s) VALUES (1, 'é', 'ñ,x'), (2, 'ü', ''), (3, NULL, NULL)`,
  },
  {
    what: 'ENUM and SET with quotes, commas and empty members',
    sql: `CREATE TABLE choices (id INT PRIMARY KEY, e ENUM('a', 'b''c', '', 'é,\\\\', ' x', '"'), s SET('x', 'y''', 'é', '"', '\\\\', '') , t SET(${Array.from({ length: 64 }, (_, at) => `'m${at}'`).join(', ')}),
        big ENUM(${Array.from({ length: 300 }, (_, at) => `'m${at}'`).join(', ')}));
      INSERT INTO choices VALUES (1, 'a', 'x,é', 18446744073709551615, 300), (2, 'b''c', '', 0, 1), (3, '', '', 'm63', 256), (4, 'é,\\\\', 'y'',"', 'm0,m62', 255), (5, ' x', '\\\\', NULL, NULL), (6, '"', 63, 9223372036854775808, 2), (7, NULL, NULL, NULL, NULL)`,
  },
  {
    what: "ENUM's error value, beside an empty member, and where a member looks like a number",
    sql: `CREATE TABLE errors (id INT PRIMARY KEY, a ENUM('x', '', 'y') NOT NULL, b ENUM('x', 'y'), c ENUM('0', '1', ''), d ENUM('00', '0', '000', 'x'), f ENUM('０', '1'), g ENUM('0.', '+0') CHARACTER SET ucs2, h ENUM('', '0') CHARACTER SET latin1) CHARACTER SET utf8mb4;
      INSERT IGNORE INTO errors VALUES (1, 'none', 'none', 'none', 'none', 'none', 'none', 'none'), (2, '', 'y', '', '0', '０', '0.', ''), (3, 'y', 'x', '0', '00', '1', '+0', '0'), (4, 'x', NULL, '1', '000', NULL, NULL, NULL), (5, 'none', '', 'none', 'x', '', '', 'none')`,
  },
];
