/** What rows in files of their own have to carry: every kind of value, and tables whose rows want more than values. */

import { BYTES } from './bytes.ts';
import { DOCUMENTS } from './documents.ts';
import { ENGINES, PARTITIONS, VERSIONED } from './engines.ts';
import { NAMES } from './names.ts';
import { NUMBERS } from './numbers.ts';
import type { Piece } from './piece.ts';
import { TEXT } from './text.ts';
import { TIMES } from './times.ts';

const LINES: readonly Piece[] = [
  {
    what: 'rows that leave nothing on a line, and values that look like NULL',
    sql: `CREATE TABLE one (v VARCHAR(20)); INSERT INTO one VALUES (''), (NULL), (''), ('N'), ('NULL'), ('\\\\N'), ('\\\\'), ('"'), (','), ('\\t'), ('\\n'), ('"\\n"'), ('","'), ('\\\\\\n'), (' ');
      CREATE TABLE two (a VARCHAR(20) NOT NULL, b VARBINARY(20)); INSERT INTO two VALUES ('', ''), ('', NULL), ('"', '"'), ('a"', '"a'), ('""', '",'), ('\\\\', '\\\\'), (',', '\\t'), ('\\n', '\\r\\n'), ('\\\\N', 'N')`,
  },
  {
    what: 'rows whose columns are all, or partly, computed',
    sql: `CREATE TABLE only_computed (v INT AS (1 + 1) VIRTUAL); INSERT INTO only_computed () VALUES (), (), ();
      CREATE TABLE between_values (v INT AS (a + 1) VIRTUAL, a INT, s VARCHAR(20) AS (CONCAT(a, '-', b)) STORED, b INT, j JSON, KEY (v)); INSERT INTO between_values (a, b, j) VALUES (1, 2, '[1]'), (NULL, 3, NULL), (2147483646, 0, '"x"');
      CREATE TABLE hidden (id INT PRIMARY KEY, secret INT INVISIBLE DEFAULT 5); INSERT INTO hidden (id, secret) VALUES (0, 2), (2, NULL)`,
  },
  {
    what: 'zero and negative ids of AUTO_INCREMENT columns, also beside values that are converted',
    sql: `CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, v INT); INSERT INTO counted VALUES (0, 1), (-5, 2), (17, 3); ALTER TABLE counted AUTO_INCREMENT = 100;
      CREATE TABLE described (v INT, j JSON, id BIGINT AUTO_INCREMENT UNIQUE KEY); INSERT INTO described VALUES (1, '{}', 0), (2, NULL, -5), (3, '[0]', 7)`,
  },
  {
    what: 'zero ids beside UUIDs',
    sql: `CREATE TABLE known (id INT AUTO_INCREMENT PRIMARY KEY, u UUID); INSERT INTO known VALUES (0, '123e4567-e89b-12d3-a456-426655440000'), (-5, NULL), (7, NULL)`,
    on: 'MariaDB',
  },
];

export const BARE: readonly Piece[] = [
  ...LINES,
  ...BYTES,
  ...DOCUMENTS,
  ...NUMBERS,
  ...TEXT,
  ...TIMES,
  ...ENGINES,
  ...PARTITIONS,
  ...VERSIONED,
  ...NAMES.slice(0, 3),
];
