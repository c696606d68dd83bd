/** However a table is divided, every row is in exactly one file, and the restored table is equal. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { Fingerprint } from '../support/fingerprint.ts';
import { laneServers, uniqueName, withConnection } from '../support/lanes.ts';
import { dataFilesOf, dropEverywhere, NO_LOCK, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';

interface Shape {
  readonly what: string;
  /** Creates and fills the table `t`; `numbers` holds 1 to 1000. */
  readonly sql: string;
  /** Data files: exactly one, or more than one. */
  readonly files: 'one' | 'many';
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
    what: 'the two ends of BIGINT UNSIGNED, and few rows between',
    sql: `CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY, filler CHAR(10) DEFAULT 'x');
      INSERT INTO t (id) VALUES ${UNSIGNED_ENDS.map((end) => `(${end})`).join(', ')}, (9223372036854775808);
      INSERT INTO t (id) SELECT n FROM numbers WHERE n < 100`,
    files: 'many',
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
    files: 'many',
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
    what: 'a text key that is sorted without regard to case and accents',
    sql: `CREATE TABLE t (id VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PRIMARY KEY);
      INSERT INTO t SELECT CONCAT(ELT(n MOD 4 + 1, 'É', 'e', 'F', 'ß'), n) FROM numbers`,
    files: 'many',
  },
  {
    what: 'a text key in latin1',
    sql: `CREATE TABLE t (id CHAR(20) CHARACTER SET latin1 PRIMARY KEY);
      INSERT INTO t SELECT CONCAT(n MOD 7, 'é', n) FROM numbers`,
    files: 'many',
  },
  ...['utf8mb3', 'ucs2', 'utf16', 'gbk', 'sjis'].map((charset): Shape => ({
    what: `a text key in ${charset}`,
    sql: `CREATE TABLE t (id VARCHAR(20) CHARACTER SET ${charset} PRIMARY KEY);
        INSERT INTO t SELECT CONCAT(ELT(n MOD 3 + 1, '表', '能', 'q'), n) FROM numbers`,
    files: 'many',
  })),
  {
    what: 'a DECIMAL key',
    sql: 'CREATE TABLE t (id DECIMAL(65, 30) PRIMARY KEY); INSERT INTO t SELECT (n - 500) / 3 FROM numbers',
    files: 'many',
  },
  {
    what: 'a DOUBLE key, whose text may be inexact',
    sql: 'CREATE TABLE t (id DOUBLE PRIMARY KEY); INSERT INTO t SELECT n / 3 FROM numbers',
    files: 'one',
  },
  {
    what: 'a key of UUIDs in sixteen bytes',
    sql: 'CREATE TABLE t (id BINARY(16) PRIMARY KEY); INSERT INTO t SELECT UNHEX(LEFT(SHA2(n, 256), 32)) FROM numbers',
    files: 'many',
  },
  {
    what: 'a VARBINARY key with the empty value',
    sql: "CREATE TABLE t (id VARBINARY(16) PRIMARY KEY); INSERT INTO t SELECT UNHEX(HEX(n)) FROM numbers; INSERT INTO t VALUES ('')",
    files: 'many',
  },
  {
    what: 'a BIT key',
    sql: 'CREATE TABLE t (id BIT(64) PRIMARY KEY); INSERT INTO t SELECT n * n * n FROM numbers',
    files: 'many',
  },
  {
    what: 'dates, zero and impossible ones among them',
    sql: `CREATE TABLE t (id DATE PRIMARY KEY); INSERT INTO t SELECT '2024-01-01' + INTERVAL n DAY FROM numbers;
      INSERT INTO t SELECT CONCAT(1000 + n, '-02-', 28 + n MOD 4) FROM numbers;
      INSERT INTO t VALUES ('0000-00-00'), ('2024-00-00'), ('9999-12-31')`,
    files: 'many',
  },
  {
    what: 'times of day, years and moments',
    sql: `CREATE TABLE t (d DATETIME(6), t TIME(3), s TIMESTAMP(1) NOT NULL DEFAULT CURRENT_TIMESTAMP(1), y YEAR, PRIMARY KEY (y, t, d, s));
      INSERT INTO t SELECT '2000-01-01 00:00:00.123456' + INTERVAL n MINUTE, SEC_TO_TIME((n - 500) * 3000.5),
        '2020-03-01 00:00:00.7' + INTERVAL n HOUR, IF(n MOD 3 = 0, 0, 1999 + n MOD 3) FROM numbers`,
    files: 'many',
  },
  {
    what: 'an ENUM and a SET before a number',
    sql: `CREATE TABLE t (e ENUM('z', 'a', 'm'), s SET('y', 'x'), id INT, PRIMARY KEY (e, s, id));
      INSERT INTO t SELECT n MOD 3 + 1, n MOD 4, n FROM numbers`,
    files: 'many',
  },
  {
    what: 'a composite key whose parts are sorted downwards',
    sql: `CREATE TABLE t (a INT, b VARCHAR(9), c INT, PRIMARY KEY (a, b DESC, c DESC));
      INSERT INTO t SELECT n DIV 300, n DIV 20, n FROM numbers`,
    files: 'many',
  },
  {
    what: 'a unique key that is no primary one only because it may be NULL, and another',
    sql: `CREATE TABLE t (a INT NULL, b VARCHAR(9) NOT NULL, c INT NOT NULL, UNIQUE KEY a (a), UNIQUE KEY z (c, b));
      INSERT INTO t SELECT NULL, n, n DIV 9 FROM numbers`,
    files: 'many',
  },
  {
    what: 'a key of the first bytes of a value',
    sql: 'CREATE TABLE t (id VARCHAR(99), PRIMARY KEY (id(5))); INSERT INTO t SELECT n FROM numbers',
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
    what: 'subpartitions and a text key',
    sql: `CREATE TABLE t (id INT, k VARCHAR(9), PRIMARY KEY (k, id)) PARTITION BY RANGE (id) SUBPARTITION BY HASH (id) SUBPARTITIONS 3
        (PARTITION low VALUES LESS THAN (100), PARTITION high VALUES LESS THAN MAXVALUE);
      INSERT INTO t SELECT n, n MOD 90 FROM numbers`,
    files: 'many',
  },
  {
    what: 'an engine without transactions and sparse keys',
    sql: 'CREATE TABLE t (id BIGINT PRIMARY KEY, v INT) ENGINE = MyISAM; INSERT INTO t SELECT n * n * n, n FROM numbers',
    files: 'many',
  },
  {
    what: 'keys in a hash, which has no order',
    sql: 'CREATE TABLE t (id INT, PRIMARY KEY (id) USING HASH) ENGINE = MEMORY; INSERT INTO t SELECT n FROM numbers',
    files: 'one',
  },
  {
    what: 'a key whose name wants quotes',
    sql: 'CREATE TABLE t (`a``b c` INT PRIMARY KEY); INSERT INTO t SELECT n FROM numbers',
    files: 'many',
  },
];

/** Small enough that a thousand rows make several chunks. */
const ROWS_PER_CHUNK = 60;

const tableOf = (shape: Shape): string => `t${SHAPES.indexOf(shape)}`;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const database = uniqueName('chunks');
  const filesOf = new Map<string, number>();
  let original: Fingerprint;
  let loaded: Fingerprint;

  beforeAll(() =>
    withConnection(source, async (connection) => {
      await connection.query(`CREATE DATABASE ${database}; USE ${database};
        SET sql_mode = 'ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION';
        CREATE TABLE numbers (n INT PRIMARY KEY);
        INSERT INTO numbers WITH RECURSIVE counted AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM counted WHERE n < 1000)
          SELECT n FROM counted`);
      for (const shape of SHAPES) {
        const name = tableOf(shape);
        await connection.query(`${shape.sql.replaceAll(/(TABLE|INTO) t\b/g, `$1 ${name}`)}; ANALYZE TABLE ${name}`);
      }
      await connection.query('DROP TABLE numbers');
      original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], rowsPerChunk: ROWS_PER_CHUNK, lock: NO_LOCK });
        for (const shape of SHAPES) {
          filesOf.set(shape.what, (await dataFilesOf(directory, database, tableOf(shape))).length);
        }
        await vacate(lane, database);
        await runLoad(target, { directory });
      });
      loaded = await fingerprint(target.url, { databases: [database] });
    }),
  );

  afterAll(() => dropEverywhere(lane, database));

  test.each(SHAPES)('$what', (shape) => {
    expect((filesOf.get(shape.what) ?? 0) > 1 ? 'many' : 'one').toBe(shape.files);
    const of = (all: Fingerprint): Fingerprint =>
      new Map([...all].filter(([key]) => key.includes(`\`${tableOf(shape)}\``)));
    expect(of(original).size).toBeGreaterThan(1);
    expect(diffFingerprints(of(original), of(loaded))).toEqual([]);
  });
});
