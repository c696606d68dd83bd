/** One table with every kind of key, so that the keys, not the rows, are the work. */

import { BATCH, withNumbers } from './dataset.ts';
import type { Dataset } from './dataset.ts';

const ROWS = 4_000_000;
const PARENTS = 10_000;

const word = (name: string, count: number, letters: number): string =>
  `LEFT(SHA2(CONCAT('${name}', n % ${count}), 224), ${letters})`;

export const MANY_KEYS: Dataset = {
  database: 'bench_keys',
  describe: 'one table of 4,000,000 rows with 5 secondary keys, a fulltext key and a foreign key',
  make: (connection) =>
    withNumbers(connection, async (numbersAfter) => {
      await connection.query(`CREATE TABLE parents (id INT PRIMARY KEY, name VARCHAR(20));
        INSERT INTO parents SELECT n, CONCAT('parent ', n) FROM numbers WHERE n <= ${PARENTS};
        CREATE TABLE children (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL, b BIGINT NOT NULL,
          c VARCHAR(60) NOT NULL, d DATETIME NOT NULL, e DECIMAL(10,2) NOT NULL, parent INT NOT NULL, t VARCHAR(200) NOT NULL)`);
      const text = [word('a', 5000, 5), word('b', 20_011, 6), "'of'", word('c', 977, 4), "'in'", word('d', 12_347, 7)];
      for (let from = 0; from < ROWS; from += BATCH) {
        await connection.query(`INSERT INTO children SELECT n, CRC32(n) DIV 2, CRC32(CONCAT('b', n)) * 10000000 + n, SHA2(n, 224),
          '2020-01-01' + INTERVAL CRC32(CONCAT('d', n)) % 100000000 SECOND, CRC32(CONCAT('e', n)) % 1000000 / 100,
          1 + CRC32(CONCAT('p', n)) % ${PARENTS}, CONCAT_WS(' ', 'order', ${text.join(', ')}) FROM ${numbersAfter(from)}`);
      }
      await connection.query(`ALTER TABLE children ADD UNIQUE KEY (b), ADD KEY (a), ADD KEY (c), ADD KEY (d, a), ADD KEY (parent);
        ALTER TABLE children ADD FULLTEXT KEY (t);
        ALTER TABLE children ADD CONSTRAINT to_parent FOREIGN KEY (parent) REFERENCES parents (id);
        ANALYZE TABLE parents, children`);
    }),
};
