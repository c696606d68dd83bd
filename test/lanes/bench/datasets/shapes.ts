/** Tables whose shape, not their size, could cost memory. */

import { BATCH, withNumbers } from './dataset.ts';
import type { Dataset } from './dataset.ts';

const PARTITIONS = 128;
const PARTITIONED_ROWS = 2_000_000;

export const PARTITIONED: Dataset = {
  database: 'bench_partitioned',
  describe: '2,000,000 rows of 100 bytes in 128 partitions',
  make: (connection) =>
    withNumbers(connection, async (numbersAfter) => {
      await connection.query(`CREATE TABLE parted (id INT PRIMARY KEY, k INT NOT NULL, pad CHAR(80) NOT NULL)
        PARTITION BY HASH (id) PARTITIONS ${PARTITIONS}`);
      for (let from = 0; from < PARTITIONED_ROWS; from += BATCH) {
        await connection.query(`INSERT INTO parted SELECT n, CRC32(n) % 1000000,
          CONCAT(SHA2(n, 256), LPAD(n, 16, '0')) FROM ${numbersAfter(from)}`);
      }
      await connection.query('ANALYZE TABLE parted');
    }),
};

const LARGE_ROWS = 64;
/** All 256 bytes, so that some want escaping; 2^16 of them make a value of 16 MiB. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('');

export const LARGE_VALUES: Dataset = {
  database: 'bench_large_values',
  describe: '64 rows with a LONGBLOB of 16 MiB',
  make: async (connection) => {
    await connection.query('CREATE TABLE large (id INT PRIMARY KEY, value LONGBLOB NOT NULL)');
    for (let row = 1; row <= LARGE_ROWS; row += 1) {
      await connection.query(`INSERT INTO large VALUES (${row}, REPEAT(UNHEX('${BYTES}'), 65536))`);
    }
    await connection.query('ANALYZE TABLE large');
  },
};
