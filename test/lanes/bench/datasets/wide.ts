/** Many columns of many types: where the values, not the bytes, are the work. */

import { BATCH, withNumbers } from './dataset.ts';
import type { Dataset } from './dataset.ts';

const GROUPS = 5;
/** About 500 MB of text: with a tenth of it the programs' start would weigh as much as their work. */
const ROWS = 1_000_000;

export const WIDE: Dataset = {
  database: 'bench_wide',
  describe:
    '1,000,000 rows of 40 columns: integers, decimals, datetimes, short strings, JSON, NULLs, blobs of bytes to escape',
  make: (connection) =>
    withNumbers(connection, async (numbersAfter) => {
      const columns = [...Array.from({ length: GROUPS }, (_, g) => group(g)).flat(), ...SINGLE];
      const definitions = columns.map(([definition]) => definition).join(', ');
      await connection.query(`CREATE TABLE wide (id INT PRIMARY KEY, ${definitions})`);
      const values = columns.map(([, value]) => value).join(', ');
      for (let from = 0; from < ROWS; from += BATCH) {
        await connection.query(`INSERT INTO wide SELECT n, ${values} FROM ${numbersAfter(from)}`);
      }
      await connection.query('ANALYZE TABLE wide');
    }),
};

type Column = readonly [definition: string, value: string];

function group(g: number): Column[] {
  return [
    [`i${g} INT NOT NULL`, `CRC32(n + ${g}) % 1000000`],
    [`b${g} BIGINT UNSIGNED`, `IF(n % 7 = ${g}, NULL, CRC32(n * ${g + 3}) * 4294967296)`],
    [`d${g} DECIMAL(20,4)`, `CRC32(n + 7 * ${g}) / 10000`],
    [`t${g} DATETIME(3)`, `TIMESTAMPADD(SECOND, CRC32(n + ${g}) % 600000000, '2005-01-01 00:00:00.125')`],
    [`s${g} VARCHAR(40)`, `CONCAT('Name ', CRC32(n) % 5000, ' of "group" ', ${g})`],
    [`n${g} VARCHAR(20)`, `IF(n % 3 = 0, NULL, HEX(n))`],
    [`f${g} DOUBLE`, `CRC32(n + ${g}) / 3`],
  ];
}

const SINGLE: readonly Column[] = [
  ['j JSON', `JSON_OBJECT('id', n, 'name', CONCAT('item ', n), 'tags', JSON_ARRAY('a', 'b', n))`],
  ['x BLOB', `REPEAT(UNHEX('00270A5C220D1A00'), 8)`],
  ['day DATE', `DATE_ADD('2000-01-01', INTERVAL n % 9000 DAY)`],
  [`e ENUM('new','paid','sent')`, "ELT(1 + n % 3, 'new', 'paid', 'sent')"],
];
