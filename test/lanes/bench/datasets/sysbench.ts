/** Rows as sysbench's OLTP tables have them, about 200 bytes each. */

import type { Connection } from 'mysql2/promise';

import { BATCH, provide, withNumbers } from './dataset.ts';
import type { Dataset } from './dataset.ts';

const TOTAL_ROWS = 4_000_000;

export const SYSBENCH: Dataset = {
  database: 'bench_sysbench',
  describe: '4 sysbench tables of 1,000,000 rows with a secondary key',
  make: (connection) => sysbenchTables(connection, { tables: 4, rows: TOTAL_ROWS / 4 }),
};

export const ONE_TABLE: Dataset = {
  database: 'bench_one',
  describe: 'one sysbench table of 4,000,000 rows',
  make: (connection) => sysbenchTables(connection, { tables: 1, rows: TOTAL_ROWS }),
};

/** The rows of the one table, in as many tables. */
export function sysbenchIn(tables: number): Dataset {
  return {
    database: `bench_in_${tables}`,
    describe: `the same 4,000,000 sysbench rows in ${tables} tables`,
    make: async (connection, server) => {
      await provide(server, ONE_TABLE);
      const rows = TOTAL_ROWS / tables;
      for (let table = 1; table <= tables; table += 1) {
        const name = `sbtest${table}`;
        await connection.query(`CREATE TABLE ${name} LIKE ${ONE_TABLE.database}.sbtest1;
          INSERT INTO ${name} SELECT * FROM ${ONE_TABLE.database}.sbtest1
            WHERE id > ${(table - 1) * rows} AND id <= ${table * rows}; ANALYZE TABLE ${name}`);
      }
    },
  };
}

/** 100 MB. */
export const HALF_A_MILLION: Dataset = {
  database: 'bench_half_million',
  describe: 'one sysbench table of 500,000 rows',
  make: (connection) => sysbenchTables(connection, { tables: 1, rows: 500_000 }),
};

const LARGE_ROWS = 50_000_000;

/** 10 GB: its rows follow on each other in a copy of the one table, time and again. */
export const FIFTY_MILLION: Dataset = {
  database: 'bench_fifty_million',
  describe: 'one sysbench table of 50,000,000 rows',
  make: async (connection, server) => {
    await provide(server, ONE_TABLE);
    await connection.query(TABLE('sbtest1'));
    for (let from = 0; from < LARGE_ROWS; from += BATCH) {
      const start = from % TOTAL_ROWS;
      await connection.query(`INSERT INTO sbtest1 SELECT id + ${from - start}, k, c, pad
        FROM ${ONE_TABLE.database}.sbtest1 WHERE id > ${start} AND id <= ${start + BATCH}`);
    }
    await connection.query('ANALYZE TABLE sbtest1');
  },
};

const TABLE = (name: string): string =>
  `CREATE TABLE ${name} (
     id INT NOT NULL AUTO_INCREMENT, k INT NOT NULL DEFAULT 0,
     c CHAR(120) NOT NULL DEFAULT '', pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id))`;

/** `count` groups of eleven digits, as sysbench writes them; the digits follow from the row's number. */
function digits(count: number): string {
  const group = (n: number): string => `LPAD(CRC32(CONCAT(n, '-', ${n})) * 23, 11, '0')`;
  return `CONCAT_WS('-', ${Array.from({ length: count }, (_, n) => group(n)).join(', ')})`;
}

function sysbenchTables(connection: Connection, { tables, rows }: { tables: number; rows: number }): Promise<void> {
  return withNumbers(connection, async (numbersAfter) => {
    for (let table = 1; table <= tables; table += 1) {
      await connection.query(TABLE(`sbtest${table}`));
      for (let from = 0; from < rows; from += BATCH) {
        await connection.query(
          `INSERT INTO sbtest${table} (id, k, c, pad)
             SELECT n, CRC32(n) % 1000000, ${digits(10)}, ${digits(5)} FROM ${numbersAfter(from)}`,
        );
      }
      await connection.query(`ALTER TABLE sbtest${table} ADD KEY k_${table} (k)`);
      await connection.query(`ANALYZE TABLE sbtest${table}`);
    }
  });
}
