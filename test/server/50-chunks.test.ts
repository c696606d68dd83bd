/** However a table is divided, every row is in exactly one file, and the restored table is equal. */

import { describe, expect, test } from 'vitest';

import type { DumpOptions } from '../../src/index.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withDatabase } from '../support/lanes.ts';
import { dataFilesOf, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';

interface Shape {
  readonly what: string;
  /** Creates and fills the table `t`; `numbers` holds 1 to 1000. */
  readonly sql: string;
  /** Data files: exactly one, or more than one. */
  readonly files: 'one' | 'many';
  readonly options?: Partial<DumpOptions>;
}

const BIGINT_ENDS = ['-9223372036854775808', '9223372036854775807'];
const UNSIGNED_ENDS = ['0', '18446744073709551615'];

const SHAPES: readonly Shape[] = [
  {
    what: 'an INT key',
    sql: 'CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t SELECT n, n * 7 FROM numbers',
    files: 'many',
  },
  {
    what: 'negative and positive keys',
    sql: 'CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t SELECT n - 500 FROM numbers',
    files: 'many',
  },
  {
    what: 'ids at both ends of BIGINT',
    sql: `CREATE TABLE t (id BIGINT PRIMARY KEY); INSERT INTO t SELECT n - 500 FROM numbers;
      INSERT INTO t VALUES ${BIGINT_ENDS.map((end) => `(${end})`).join(', ')}`,
    files: 'many',
  },
  {
    what: 'ids at both ends of BIGINT UNSIGNED',
    sql: `CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY); INSERT INTO t SELECT CAST(n AS UNSIGNED) * 18000000000000000 FROM numbers;
      INSERT INTO t VALUES ${UNSIGNED_ENDS.map((end) => `(${end})`).join(', ')}`,
    files: 'many',
  },
  {
    what: 'only the two ends of BIGINT UNSIGNED, and few rows between',
    sql: `CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY, filler CHAR(10) DEFAULT 'x');
      INSERT INTO t (id) VALUES ${UNSIGNED_ENDS.map((end) => `(${end})`).join(', ')}, (1), (2), (9223372036854775808)`,
    files: 'many',
    options: { rowsPerChunk: 1 },
  },
  {
    what: 'sparse keys, all rows but one at one end',
    sql: 'CREATE TABLE t (id BIGINT PRIMARY KEY); INSERT INTO t SELECT n FROM numbers; INSERT INTO t VALUES (4e18)',
    files: 'many',
  },
  {
    what: 'every TINYINT',
    sql: 'CREATE TABLE t (id TINYINT PRIMARY KEY); INSERT INTO t SELECT n - 129 FROM numbers WHERE n <= 256',
    files: 'many',
    options: { rowsPerChunk: 3 },
  },
  {
    what: 'a composite key',
    sql: `CREATE TABLE t (a INT, b VARCHAR(10), PRIMARY KEY (a, b));
      INSERT INTO t SELECT n DIV 10, CONCAT('b', n) FROM numbers`,
    files: 'many',
  },
  {
    what: 'a composite key whose first column is always the same',
    sql: 'CREATE TABLE t (a INT, b INT, PRIMARY KEY (a, b)); INSERT INTO t SELECT 1, n FROM numbers',
    files: 'one',
  },
  {
    what: 'a unique key instead of a primary one',
    sql: 'CREATE TABLE t (v VARCHAR(9), id INT NOT NULL UNIQUE); INSERT INTO t SELECT n, n FROM numbers',
    files: 'many',
  },
  {
    what: 'a unique key that may be NULL',
    sql: `CREATE TABLE t (v VARCHAR(9), id INT NULL UNIQUE); INSERT INTO t SELECT n, n FROM numbers;
      INSERT INTO t VALUES ('a', NULL), ('a', NULL)`,
    files: 'one',
  },
  {
    what: 'a text key',
    sql: "CREATE TABLE t (id VARCHAR(20) PRIMARY KEY); INSERT INTO t SELECT CONCAT('k', n) FROM numbers",
    files: 'one',
  },
  {
    what: 'a DECIMAL key',
    sql: 'CREATE TABLE t (id DECIMAL(20, 5) PRIMARY KEY); INSERT INTO t SELECT n / 3 FROM numbers',
    files: 'one',
  },
  {
    what: 'no key, and the same row many times',
    sql: 'CREATE TABLE t (v INT); INSERT INTO t SELECT n MOD 3 FROM numbers; INSERT INTO t VALUES (NULL), (NULL)',
    files: 'one',
  },
  {
    what: 'partitions and no key',
    sql: `CREATE TABLE t (v INT, w CHAR(9)) PARTITION BY HASH (v) PARTITIONS 5;
      INSERT INTO t SELECT n, n FROM numbers; INSERT INTO t VALUES (NULL, NULL)`,
    files: 'many',
  },
  {
    what: 'partitions whose names want quotes',
    sql: `CREATE TABLE t (v INT) PARTITION BY LIST (v) (PARTITION \`a b\` VALUES IN (0), PARTITION \`c\`\`d\` VALUES IN (1));
      INSERT INTO t SELECT n MOD 2 FROM numbers`,
    files: 'many',
  },
  {
    what: 'partitions and an integer key',
    sql: `CREATE TABLE t (id INT PRIMARY KEY) PARTITION BY RANGE (id)
        (PARTITION low VALUES LESS THAN (100), PARTITION high VALUES LESS THAN MAXVALUE);
      INSERT INTO t SELECT n FROM numbers`,
    files: 'many',
  },
  {
    what: 'a key whose name wants quotes',
    sql: 'CREATE TABLE t (`a``b c` INT PRIMARY KEY); INSERT INTO t SELECT n FROM numbers',
    files: 'many',
  },
];

/** Small enough that a thousand rows make several chunks. */
const ROWS_PER_CHUNK = 100;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  test.each(SHAPES)('$what', ({ sql, files, options }) =>
    withDatabase(source, 'chunks', async (database, connection) => {
      await connection.query(`CREATE TABLE numbers (n INT PRIMARY KEY);
        INSERT INTO numbers WITH RECURSIVE counted AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM counted WHERE n < 1000)
          SELECT n FROM counted;
        ${sql};
        DROP TABLE numbers;
        ANALYZE TABLE t`);
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], rowsPerChunk: ROWS_PER_CHUNK, ...options });
        const written = await dataFilesOf(directory, database, 't');
        expect(written.length > 1 ? 'many' : 'one').toBe(files);
        await vacate(lane, database);
        await runLoad(target, { directory });
      });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      await dropDatabase(target, database);
    }),
  );
});
