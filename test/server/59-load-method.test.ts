/**
 * Rows of INSERT statements that go through LOAD DATA: the very same rows in the target, and of what INSERT would have
 * refused, the same error.
 */

import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { must } from '../../src/base/errors.ts';
import type { LoadMethod, LoadOptions } from '../../src/index.ts';
import { MANIFEST_NAME } from '../../src/format/names.ts';
import { BARE } from '../support/corpus/bare.ts';
import { promiseCarried } from '../support/corpus/carry.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { failureOf, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';
import type { ManagedServer } from '../support/servers.ts';

describe('every kind of value', () => promiseCarried(BARE, {}, { loadMethod: 'load-data' }));

const TABLE = `CREATE TABLE things (id INT AUTO_INCREMENT PRIMARY KEY, n BIGINT, d DECIMAL(20, 4), f DOUBLE, y YEAR, t TEXT CHARACTER SET utf8mb4,
    b VARBINARY(50), e ENUM('a', '2'), m DATETIME(3) NULL, c INT AS (n + 1) STORED);
  INSERT INTO things (id, n, d, f, y, t, b, e, m) VALUES (0, -5, 1.5, -1.5e10, 2026, 'it''s "x"\\n\\t\\\\%', 0x00FF09, 'a', '2026-01-02 03:04:05.678'),
    (7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (8, 9223372036854775806, -0.0001, 0.5, 0, '', '', '2', '1000-01-01')`;
const NAMES = '(`id`,`n`,`d`,`f`,`y`,`t`,`b`,`e`,`m`)';

/** The rows of TABLE, in the ways in which tools write them. */
const SPELLINGS: readonly (readonly [what: string, statements: string])[] = [
  [
    'mydumper',
    `INSERT INTO \`things\` ${NAMES} VALUES(0,-5,1.5000,-15000000000,2026,"it\\'s \\"x\\"\\n\t\\\\%",_binary "\\0\xff\t","a",_binary "2026-01-02 03:04:05.678")\n` +
      `,(7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL)\n,(8,9223372036854775806,-0.0001,0.5,0000,"","","2",_binary "1000-01-01 00:00:00.000")\n;\n`,
  ],
  [
    'mysqldump',
    `INSERT  INTO \`things\` ${NAMES} VALUES (0,-5,1.5000,-1.5e10,2026,'it\\'s \\"x\\"\\n\\t\\\\%',_binary '\\0\xff	','a','2026-01-02 03:04:05.678'),` +
      `(7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL),(8,9223372036854775806,-0.0001,0.5,0000,'',_binary '','2','1000-01-01 00:00:00.000');\n`,
  ],
  [
    'mariadb-dump with --hex-blob',
    `INSERT INTO \`things\` ${NAMES} VALUES\n(0,-5,1.5000,-15000000000.0,2026,'it\\'s "x"\\n\\t\\\\%',0x00FF09,'a','2026-01-02 03:04:05.678'),\n` +
      `(7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL),\n(8,9223372036854775806,-.0001,.5,0000,'','','2','1000-01-01 00:00:00.000');\n`,
  ],
  [
    'people',
    `insert into things (t, b, id, n, d, f, y, e, m)\nvalues ( 'it''s "x"\\n\\t\\%' , x'00ff09', +0 , '-5' , 1.5, -1.5E+10, '2026', 'a', '2026-01-02 03:04:05.678' ) ,\n` +
      `\t(null, Null, 7, NULL, NULL, NULL, NULL, NULL, NULL),(_binary'',"",8,+9223372036854775806,'-0.0001',"0.5",'0000','2','1000-01-01');\n`,
  ],
];

describe.each(laneServers())('$lane', (lane) => {
  const { source } = lane;
  let started: ManagedServer | undefined;
  const target = (): ManagedServer => must(started, 'the target');
  const query = async (sql: string): Promise<string[][]> =>
    withConnection(
      target(),
      async (connection) => (await connection.query({ sql, rowsAsArray: true }))[0] as string[][],
    );
  const count = async (sql: string): Promise<number> => Number((await query(sql))[0]?.[0]);

  beforeAll(async () => {
    started = await startServer(lane.lane, { role: 'target' });
    await query('SET GLOBAL local_infile = 1');
    await query('SET GLOBAL max_allowed_packet = 64 * 1024 * 1024');
  }, 60_000);
  afterAll(() => started?.stop());

  /** LOAD DATA statements that the target has seen. */
  const loads = async (): Promise<number> => Number((await query("SHOW GLOBAL STATUS LIKE 'Com_load'"))[0]?.[1]);

  /** Lends a dump of things, and of what else `sql` creates, of which the statements of things can be others. */
  async function withDump(
    sql: string,
    use: (dump: { directory: string; database: string }) => Promise<void>,
  ): Promise<void> {
    await withDatabase(source, 'method', async (database, connection) => {
      await connection.query(`SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; ${sql}`);
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], codec: 'none' });
        await use({ directory, database });
      });
      await vacate({ ...lane, target: target() }, database);
    });
  }

  /** Puts other statements in place of those of the table's data file, and takes the manifest away, which would tell of it. */
  async function rewrite(directory: string, statements: string, mode = ''): Promise<void> {
    const name = must(
      (await readdir(directory)).find((each) => each.endsWith('.things.00000.sql')),
      'the data file',
    );
    const text = await readFile(join(directory, name), 'latin1');
    const header = text.slice(0, text.indexOf('INSERT')).replace("SQL_MODE='", `SQL_MODE='${mode}`);
    await writeFile(join(directory, name), header + statements, 'latin1');
    await rm(join(directory, MANIFEST_NAME));
  }

  const load = (directory: string, loadMethod: LoadMethod, options: Partial<LoadOptions> = {}): Promise<unknown> =>
    runLoad(target(), { directory, dropTable: 'DROP', threads: 1, loadMethod, ...options });

  test.each(SPELLINGS)('statements as %s writes them', (_, statements) =>
    withDump(TABLE, async ({ directory, database }) => {
      await rewrite(directory, statements);
      const original = await fingerprint(source.url, { databases: [database] });
      for (const method of ['insert', 'load-data'] as const) {
        const before = await loads();
        await load(directory, method);
        expect((await loads()) - before, method).toBe(method === 'insert' ? 0 : 1);
        expect(diffFingerprints(original, await fingerprint(target().url, { databases: [database] }))).toEqual([]);
      }
    }),
  );

  test('statements without escapes, in a dump under NO_BACKSLASH_ESCAPES', () =>
    withDump(TABLE, async ({ directory, database }) => {
      const metadata = join(directory, 'metadata');
      const text = await readFile(metadata, 'utf8');
      expect(text).toContain("SQL_MODE='");
      await writeFile(metadata, text.replace("SQL_MODE='", "SQL_MODE='NO_BACKSLASH_ESCAPES,"));
      await rewrite(
        directory,
        `INSERT INTO \`things\` ${NAMES} VALUES (0,-5,1.5,-1.5e10,2026,'it''s "x"\n\t\\%',"\0\xff\t",'a','2026-01-02 03:04:05.678'),` +
          `(7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL),(8,9223372036854775806,-0.0001,0.5,0000,'','','2','1000-01-01');\n`,
        'NO_BACKSLASH_ESCAPES,',
      );
      const before = await loads();
      await load(directory, 'load-data');
      expect((await loads()) - before).toBe(1);
      const original = await fingerprint(source.url, { databases: [database] });
      expect(diffFingerprints(original, await fingerprint(target().url, { databases: [database] }))).toEqual([]);
    }));

  const TEN = `CREATE TABLE things (id INT PRIMARY KEY, v VARCHAR(20)); INSERT INTO things VALUES ${Array.from({ length: 10 }, (_, id) => `(${id}, 'v${id}')`).join(', ')}`;
  const each = (change: (id: number) => string | undefined): string =>
    Array.from({ length: 10 }, (_, id) => `${change(id) ?? `INSERT INTO \`things\` VALUES(${id},"v${id}")`}\n;\n`).join(
      '',
    );

  test.each([1, 3, 1000])(
    'a statement that has to go as it stands, between others, %i in a transaction',
    (statementsPerTransaction) =>
      withDump(TEN, async ({ directory, database }) => {
        await rewrite(
          directory,
          each((id) =>
            id === 4
              ? `INSERT INTO \`things\` VALUES(4,CONCAT('v',"4"))`
              : id === 6
                ? `INSERT INTO \`things\` VALUES(6,CONCAT('v',"6"))`
                : undefined,
          ),
        );
        const before = await loads();
        await load(directory, 'load-data', { statementsPerTransaction });
        expect((await loads()) - before).toBe({ 1: 8, 3: 5, 1000: 3 }[statementsPerTransaction]);
        const original = await fingerprint(source.url, { databases: [database] });
        expect(diffFingerprints(original, await fingerprint(target().url, { databases: [database] }))).toEqual([]);
      }),
  );

  test.each([
    ['a key that is there already', 'INSERT INTO `things` VALUES(6,"v6"),(3,"again")'],
    ['a value that does not fit', 'INSERT INTO `things` VALUES(6,"v6 of more than twenty characters")'],
    ['a NULL where there can be none', 'INSERT INTO `things` VALUES(NULL,"v6")'],
    ['more values than columns', 'INSERT INTO `things` VALUES(6,"v6",1)'],
  ])('%s is the same error either way, and the same rows are committed before', (_, statement) =>
    withDump(TEN, async ({ directory, database }) => {
      await rewrite(
        directory,
        each((id) => (id === 6 ? statement : undefined)),
      );
      const failures = [];
      for (const method of ['insert', 'load-data'] as const) {
        const { code, message } = await failureOf(load(directory, method, { statementsPerTransaction: 5 }));
        failures.push({ code, message });
        expect(await count(`SELECT COUNT(*) FROM ${database}.things`)).toBe(5);
      }
      expect(failures[1]).toEqual(failures[0]);
      expect(failures[0]?.message).toContain('statement 11');
    }),
  );

  test('IGNORE and REPLACE keep what they mean', () =>
    withDump(TEN, async ({ directory, database }) => {
      await rewrite(
        directory,
        each((id) => {
          if (id === 7) return `REPLACE INTO \`things\` VALUES(6,"other"),(7,"v7")`;
          return id < 9 ? undefined : `INSERT IGNORE INTO \`things\` VALUES(8,"other"),(9,"v9")`;
        }),
      );
      // There are more rows now than the dump counted.
      const metadata = join(directory, 'metadata');
      await writeFile(metadata, (await readFile(metadata, 'utf8')).replace(/^rows = \d+\n/m, ''));
      await load(directory, 'load-data');
      expect(await query(`SELECT * FROM ${database}.things WHERE id > 5 ORDER BY id`)).toEqual([
        [6, 'other'],
        [7, 'v7'],
        [8, 'v8'],
        [9, 'v9'],
      ]);
    }));

  test.each(['IGNORE', 'REPLACE'] as const)('rows with %s into an empty table go the quick way', (duplicates) =>
    withDump(TEN, async ({ directory, database }) => {
      await rm(directory, { recursive: true });
      await runDump(source, { directory, databases: [database], codec: 'none', duplicates });
      const before = await loads();
      await load(directory, 'load-data');
      expect((await loads()) - before).toBe(1);
    }),
  );

  test('values of 16 MiB, and rows longer than what is held in memory', () =>
    withDump(
      "CREATE TABLE things (id INT PRIMARY KEY, v LONGTEXT); INSERT INTO things VALUES (1, REPEAT('\\\\\"\\n', 1000000)), (2, 'x')",
      async ({ directory, database }) => {
        await withConnection(source, (connection) =>
          connection.query(
            `INSERT INTO ${database}.things SELECT 3, REPEAT(CONCAT(v, 'long '), 3) FROM ${database}.things WHERE id = 1`,
          ),
        );
        await rm(directory, { recursive: true });
        await runDump(source, { directory, databases: [database] });
        const before = await loads();
        await load(directory, 'load-data');
        expect((await loads()) - before).toBe(1);
        const original = await fingerprint(source.url, { databases: [database] });
        expect(diffFingerprints(original, await fingerprint(target().url, { databases: [database] }))).toEqual([]);
      },
    ));

  test('a target that takes no files gets statements, unless LOAD DATA is demanded', () =>
    withDump(TABLE, async ({ directory, database }) => {
      await query('SET GLOBAL local_infile = 0');
      try {
        const failure = await failureOf(load(directory, 'load-data'));
        expect(failure.code).toBe('LOAD_FAILED');
        expect(failure.message).toMatch(/takes from no client \(local_infile = OFF\); nothing was changed$/);
        expect(failure.hint).toContain('--load-method=auto');
        expect(await query(`SHOW DATABASES LIKE '${database}'`)).toEqual([]);
        const before = await loads();
        await load(directory, 'auto');
        expect((await loads()) - before).toBe(0);
        expect(await count(`SELECT COUNT(*) FROM ${database}.things`)).toBe(3);
      } finally {
        await query('SET GLOBAL local_infile = 1');
      }
    }));

  const MANY = 5000;
  const longRow = (id: number): string => `(${id},"${`it\\'s ${id}),\\n,( `.repeat(5)}")`;

  test.each([
    ['the same rows', MANY - 1],
    ['the same error, and nothing of them', 1],
  ])('a target that takes no files gets long statements in pieces: %s', (_, lastId) =>
    withDump(
      'CREATE TABLE things (id INT PRIMARY KEY, v VARCHAR(200)); INSERT INTO things VALUES (1, 2)',
      async ({ directory, database }) => {
        const rows = Array.from({ length: MANY }, (_row, n) => longRow(n === MANY - 1 ? lastId : n));
        await rewrite(directory, `INSERT INTO \`things\` VALUES${rows.join('\n,')}\n;\n`);
        const inserts = async (): Promise<number> =>
          Number((await query("SHOW GLOBAL STATUS LIKE 'Com_insert'"))[0]?.[1]);
        const outcomes = [];
        await query('SET GLOBAL local_infile = 0');
        for (const method of ['insert', 'auto'] as const) {
          const before = await inserts();
          const end = await load(directory, method).then(
            () => 'loaded',
            (error: unknown) => (error as Error).message,
          );
          if (method === 'auto' && source.product === 'MySQL') expect((await inserts()) - before).toBeGreaterThan(3);
          const sum = `SELECT COUNT(*), CAST(SUM(CRC32(CONCAT(id, v))) AS CHAR) FROM ${database}.things`;
          outcomes.push({ end, found: await query(sum) });
        }
        await query('SET GLOBAL local_infile = 1');
        expect(outcomes[1]).toEqual(outcomes[0]);
        expect(outcomes[0]?.found[0]?.[0]).toBe(lastId === 1 ? 0 : MANY);
      },
    ),
  );
});
