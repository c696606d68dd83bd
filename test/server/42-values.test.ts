/** Tables that are easily lost on the way. */

import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import type { Product } from '../support/servers.ts';

interface Values {
  readonly what: string;
  /** Creates and fills tables, under sql_mode NO_AUTO_VALUE_ON_ZERO. */
  readonly sql: string;
  readonly product?: Product;
}

const VALUES: readonly Values[] = [
  {
    what: 'generated columns, in the middle of others',
    sql: `CREATE TABLE computed (v INT AS (a + 1) VIRTUAL, a INT, s VARCHAR(20) AS (CONCAT(a, '-', b)) STORED, b INT,
        j INT DEFAULT (7), KEY (v));
      INSERT INTO computed (a, b) VALUES (1, 2), (NULL, 3), (2147483646, 0);
      CREATE TABLE only_computed (v INT AS (1 + 1) VIRTUAL, id INT NOT NULL AUTO_INCREMENT PRIMARY KEY);
      INSERT INTO only_computed () VALUES (), ()`,
  },
  {
    what: 'AUTO_INCREMENT with zero and negative ids, and its next value',
    sql: `CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, v INT);
      INSERT INTO counted VALUES (0, 1), (-5, 2), (17, 3), (-2147483648, 4); ALTER TABLE counted AUTO_INCREMENT = 100;
      CREATE TABLE unused (id INT AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 77`,
  },
  {
    what: 'invisible columns, and tables and columns with names of all kinds',
    sql: `CREATE TABLE hidden (id INT PRIMARY KEY, secret INT INVISIBLE DEFAULT 5); INSERT INTO hidden (id, secret) VALUES (1, 2), (2, NULL);
      CREATE TABLE \`select\` (\`from\` INT, \`a\`\`b\` INT, \`ü 日\` INT); INSERT INTO \`select\` VALUES (1, 2, 3);
      CREATE TABLE \`sl/ash.dot-schema\` (id INT PRIMARY KEY); INSERT INTO \`sl/ash.dot-schema\` VALUES (1);
      CREATE TABLE \`per%cent\\\\\` (id INT PRIMARY KEY); INSERT INTO \`per%cent\\\\\` VALUES (2);
      CREATE TABLE \`ταβέρνα\` (id INT PRIMARY KEY); INSERT INTO \`ταβέρνα\` VALUES (3);
      CREATE TABLE \`mydumper_1\` (id INT PRIMARY KEY); INSERT INTO \`mydumper_1\` VALUES (4);
      CREATE TABLE no_rows (id INT PRIMARY KEY)`,
  },
  {
    what: 'check constraints, defaults and comments that hold quotes and line ends',
    sql: `CREATE TABLE said (id INT PRIMARY KEY CHECK (id > 0), a VARCHAR(50) NOT NULL DEFAULT 'it''s "\\\\" \\n,' COMMENT 'a, ''b''\\n"c" \\\\',
        b BINARY(3) DEFAULT 0x00FF0A, c BIT(3) DEFAULT b'101', d DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3))
        COMMENT 'FOREIGN KEY (x), \\n)';
      INSERT INTO said (id, d) VALUES (1, '2024-01-01')`,
  },
  {
    what: 'versioned rows and sequences of MariaDB',
    product: 'MariaDB',
    sql: `CREATE TABLE versioned (id INT PRIMARY KEY, v INT) WITH SYSTEM VERSIONING; INSERT INTO versioned VALUES (1, 1);
      CREATE SEQUENCE tickets START WITH 100 INCREMENT BY 5; DO NEXT VALUE FOR tickets`,
  },
  {
    what: 'functional keys of MySQL',
    product: 'MySQL',
    sql: `CREATE TABLE indexed (a INT, j JSON, UNIQUE KEY ((a + 1)), KEY ((CAST(j->'$.x' AS UNSIGNED ARRAY)))); INSERT INTO indexed VALUES (1, '{"x": [1, 2]}');
      CREATE TABLE keyless (my_row_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT INVISIBLE PRIMARY KEY, a INT); INSERT INTO keyless (a) VALUES (1), (2)`,
  },
];

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  test.each(VALUES.filter(({ product }) => product === undefined || product === source.product))('$what', ({ sql }) =>
    withDatabase(source, 'values', async (database, connection) => {
      await connection.query(`SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; ${sql}`);
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        const dumped = await runDump(source, { directory, databases: [database] });
        await vacate(lane, database);
        const loaded = await runLoad(target, { directory });
        expect([...dumped.summary.warnings, ...loaded.summary.warnings]).toEqual([]);
      });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      await dropDatabase(target, database);
    }),
  );
});
