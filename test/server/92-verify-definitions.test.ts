/** A server that lacks an index, a trigger, a view, or has any of them otherwise than a dump, is not told to be equal. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { account, mustRun, runProgram } from '../support/cli.ts';
import { dropDatabase, laneServers, uniqueName, withConnection } from '../support/lanes.ts';
import {
  differencesOf,
  dropEverywhere,
  NO_LOCK,
  runAgainst,
  runDump,
  runLoad,
  withDirectory,
} from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';

/** What every server here understands. */
const OBJECTS = [
  'CREATE TABLE makers (id INT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL)',
  `CREATE TABLE parts (
     id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, maker_id INT NOT NULL, code VARCHAR(20) NOT NULL,
     price DECIMAL(8,2) NOT NULL DEFAULT 1.50, note TEXT, UNIQUE KEY by_code (code), KEY by_price (price, code),
     CONSTRAINT made_by FOREIGN KEY (maker_id) REFERENCES makers (id) ON DELETE CASCADE,
     CONSTRAINT has_price CHECK (price >= 0)) COMMENT 'spare parts'`,
  `CREATE TABLE log (at DATE NOT NULL, text VARCHAR(99))
     PARTITION BY RANGE (YEAR(at)) (PARTITION old VALUES LESS THAN (2020), PARTITION new VALUES LESS THAN (2040))`,
  "INSERT INTO makers VALUES (1, 'Zuse')",
  "INSERT INTO parts (maker_id, code) VALUES (1, 'a'), (1, 'b')",
  "INSERT INTO log VALUES ('2019-05-05', 'x'), ('2022-02-02', 'y')",
  'CREATE VIEW dear AS SELECT id, code FROM parts WHERE price > 100',
  'CREATE VIEW all_makers AS SELECT name FROM makers',
  'CREATE TRIGGER first BEFORE INSERT ON parts FOR EACH ROW SET NEW.note = 1',
  'CREATE TRIGGER second BEFORE INSERT ON parts FOR EACH ROW SET NEW.note = 2',
  'CREATE PROCEDURE tidy() DELETE FROM log',
  'CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n',
  "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00' DISABLE DO CALL tidy()",
];

/** Each with what is to be told of it. */
const ALTERED: readonly (readonly [sql: string, told: RegExp])[] = [
  ['ALTER TABLE parts DROP KEY by_price', /^`\w+`\.`parts` key by_price is missing$/],
  ['ALTER TABLE parts DROP FOREIGN KEY made_by, DROP KEY made_by', /`parts` foreign key made_by is missing$/],
  ['DO 0', /`parts` key made_by is missing$/],
  ['DO 0', /`parts` has 1 rows instead of 2: 1 missing/],
  ['ALTER TABLE makers ADD KEY by_name (name)', /`makers` key by_name is there, but was not dumped$/],
  ['ALTER TABLE parts DROP CONSTRAINT has_price', /`parts` check has_price is missing$/],
  ['ALTER TABLE parts MODIFY price DECIMAL(8,2) NOT NULL', /`parts` column price is .* instead of .*1\.50/],
  ["ALTER TABLE parts COMMENT 'all parts'", /`parts` has comment 'all parts' instead of 'spare parts'$/],
  ['ALTER TABLE parts DROP KEY by_code, ADD KEY by_code (code)', /`parts` unique key by_code is \(`code`\) instead of/],
  [
    'ALTER TABLE makers DEFAULT COLLATE utf8mb4_bin',
    /`makers` has collation utf8mb4_bin instead of utf8mb4_general_ci$/,
  ],
  [
    'ALTER TABLE log REORGANIZE PARTITION new INTO (PARTITION newer VALUES LESS THAN (2040))',
    /`log` partition new is mi/,
  ],
  ['DO 0', /`log` partition newer is there, but was not dumped$/],
  ['DROP TRIGGER first', /^trigger `\w+`\.`first` is missing$/],
  ['DROP VIEW dear', /^view `\w+`\.`dear` is missing$/],
  ['CREATE OR REPLACE VIEW all_makers AS SELECT id FROM makers', /^view .*`all_makers` is defined otherwise: … /],
  ['DROP PROCEDURE tidy', /^procedure `\w+`\.`tidy` is missing$/],
  ["ALTER EVENT nightly COMMENT 'now'", /^event `\w+`\.`nightly` is defined otherwise: … /],
  [
    "SET sql_mode = 'NO_UNSIGNED_SUBTRACTION'; DROP FUNCTION twice; CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n",
    /^function .*`twice` was created under sql_mode NO_UNSIGNED_SUBTRACTION inst/,
  ],
  ['CREATE VIEW more AS SELECT 1', /^view `\w+`\.`more` is there, but was not dumped$/],
  ['CREATE TABLE extra (id INT)', /^`\w+`\.`extra` is there, but was not dumped$/],
  [
    'DELETE FROM parts WHERE id = 2; ALTER TABLE parts AUTO_INCREMENT = 2',
    /`parts` has AUTO_INCREMENT 2 instead of 3$/,
  ],
];

async function fill(server: TestServer, database: string): Promise<void> {
  await withConnection(server, async (connection) => {
    await connection.query(
      `CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; USE ${database}`,
    );
    await connection.query("SET sql_mode = '', time_zone = '+00:00'");
    for (const sql of OBJECTS) await connection.query(sql);
    if (server.product === 'MariaDB') await connection.query('CREATE SEQUENCE numbers; SELECT NEXTVAL(numbers)');
  });
}

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const database = uniqueName('defined');
  const other = `${database}_other`;
  const objects = source.product === 'MariaDB' ? 11 : 10;

  beforeAll(() => fill(source, database));
  afterAll(async () => {
    await dropEverywhere(lane, database);
    await dropDatabase(target, other);
  });

  test('a target under another name has the definitions of a dump; without its constraints and code it has not', () =>
    withDirectory(async (directory) => {
      await runDump(source, { directory, databases: [database], lock: NO_LOCK });
      const place = { directory, sourceDatabase: database, targetDatabase: other };
      await runLoad(target, place);
      expect(await runAgainst(target, place)).toMatchObject({ differences: [], definitions: objects });
      const names = ['-s', database, '-B', other, '-oDROP'];
      const options = [...names, '--skip-constraints', '--skip-triggers', '--verify', '--json'];
      const ended = await runProgram('tsload', ['-d', directory, ...account(target), ...options]);
      expect(ended).toMatchObject({ code: 4, last: 'tsload failed: ROWS_DIFFER (exit code 4)' });
      const { against } = JSON.parse(ended.stdout) as { against: { differences: { object: string; what: string }[] } };
      expect(against.differences.map(({ object, what }) => `${object} ${what}`).sort()).toEqual([
        `\`${other}\`.\`parts\` foreign key made_by is missing`,
        `trigger \`${other}\`.\`first\` is missing`,
        `trigger \`${other}\`.\`second\` is missing`,
      ]);
    }));

  test('each difference is named: keys, constraints, options, partitions, code, and what is too much', () =>
    withDirectory(async (directory) => {
      await runDump(source, { directory, databases: [database], lock: NO_LOCK });
      expect(await differencesOf(source, { directory })).toEqual([]);
      await withConnection(source, async (connection) => {
        await connection.query(`USE ${database}; SET sql_mode = '', time_zone = '+00:00'`);
        await connection.query("INSERT INTO parts (maker_id, code) VALUES (1, 'c')");
        // A counter that has gone on is no difference; the row is one.
        expect(await differencesOf(source, { directory })).toEqual([
          expect.stringContaining('has 3 rows instead of 2'),
        ]);
        await connection.query("DELETE FROM parts WHERE code = 'c'");
        for (const [sql] of ALTERED) await connection.query(sql);
        if (source.product === 'MariaDB') await connection.query('ALTER SEQUENCE numbers INCREMENT BY 2 RESTART 1');
      });
      const found = await differencesOf(source, { directory });
      const expected = ALTERED.map(([, told]) => told);
      for (const told of expected)
        expect(
          found.filter((each) => told.test(each)),
          String(told),
        ).toHaveLength(1);
      const rest = found.filter((each) => !expected.some((told) => told.test(each)));
      const ofSequence = [
        expect.stringMatching(/^sequence `\w+`\.`numbers` goes on with 1 instead of/),
        expect.stringMatching(/^sequence `\w+`\.`numbers` is defined otherwise: … /),
      ];
      expect(rest.sort()).toEqual(source.product === 'MariaDB' ? ofSequence : []);
    }));
});

const lanes = laneServers();
const [mysql, mariaDb] = ['MySQL', 'MariaDB'].map((product) => lanes.find(({ source }) => source.product === product));

describe.skipIf(mysql === undefined || mariaDb === undefined)('from MySQL to MariaDB', () => {
  const database = uniqueName('moved');

  test('what is spelled otherwise there is no difference; what is missing is', async () => {
    if (mysql === undefined || mariaDb === undefined) return;
    try {
      await fill(mysql.source, database);
      await withDirectory(async (directory) => {
        await runDump(mysql.source, { directory, databases: [database], lock: NO_LOCK });
        await mustRun('tsload', ['-d', directory, ...account(mariaDb.target), '--verify']);
        await withConnection(mariaDb.target, (connection) =>
          connection.query(`USE ${database}; ALTER TABLE parts DROP KEY by_price; DROP VIEW dear`),
        );
        expect(await differencesOf(mariaDb.target, { directory })).toEqual([
          `\`${database}\`.\`parts\` key by_price is missing`,
          `view \`${database}\`.\`dear\` is missing`,
        ]);
      });
    } finally {
      await dropDatabase(mysql.source, database);
      await dropDatabase(mariaDb.target, database);
    }
  });
});
