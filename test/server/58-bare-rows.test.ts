/** Rows in files of their own: what a load refuses, and that it then leaves nothing of them behind. */

import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { must } from '../../src/base/errors.ts';
import type { Separators } from '../../src/index.ts';
import { CSV_SEPARATORS, LOAD_DATA_SEPARATORS } from '../../src/format/load-data.ts';
import { MANIFEST_NAME } from '../../src/format/names.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { dropEverywhere, failureOf, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';
import type { ManagedServer, TestServer } from '../support/servers.ts';

const BARE = { separators: LOAD_DATA_SEPARATORS, withHeader: false };

const ROWS = `CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(30) NOT NULL, e ENUM('a', 'b') NOT NULL);
  INSERT INTO t VALUES (1, 'one', 'a'), (2, 'two', 'b'), (3, 'three', 'a')`;

async function rowsIn(server: TestServer, database: string): Promise<number> {
  return withConnection(server, async (connection) => {
    const [rows] = await connection.query(`SELECT COUNT(*) AS n FROM \`${database}\`.t`);
    return Number((rows as { n: unknown }[])[0]?.n);
  });
}

async function isThere(server: TestServer, database: string): Promise<boolean> {
  return withConnection(server, async (connection) => {
    const [found] = await connection.query('SHOW DATABASES LIKE ?', [database]);
    return (found as unknown[]).length > 0;
  });
}

/** Changes a file, and takes the manifest away, which would tell of it. */
async function edit(directory: string, end: string, change: (text: string) => string): Promise<void> {
  await rm(join(directory, MANIFEST_NAME), { force: true });
  const name = (await readdir(directory)).find((each) => each.endsWith(end)) ?? end;
  const path = join(directory, name);
  await writeFile(path, change(await readFile(path, 'latin1')), 'latin1');
}

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  /** Lends a dump of the table; afterwards the databases are gone. */
  const withDump = (use: (dump: { database: string; directory: string }) => Promise<void>): Promise<void> =>
    withDatabase(source, 'bare', async (database, connection) => {
      await connection.query(ROWS);
      try {
        await withDirectory(async (directory) => {
          await runDump(source, { directory, databases: [database], codec: 'none', bareRows: BARE });
          await vacate(lane, database);
          await use({ database, directory });
        });
      } finally {
        await dropEverywhere(lane, database);
      }
    });

  test('rows with keys that are there already end the load, and none of the file is stored', () =>
    withDump(async ({ database, directory }) => {
      await runLoad(target, { directory });
      await withConnection(target, (connection) => connection.query(`DELETE FROM \`${database}\`.t WHERE id < 3`));
      const failure = await failureOf(runLoad(target, { directory, withSchemas: false }));
      expect(failure.code).toBe('ROWS_DIFFER');
      expect(failure.message).toMatch(/of 3 rows of bare_\w+\.t\.00000\.dat the server skipped 1/);
      expect(await rowsIn(target, database)).toBe(1);
    }));

  test.each([
    ['v VARCHAR(3)', `'v'`],
    [`e ENUM('b', 'c')`, `'e'`],
  ])('a value that the server alters to fit %s ends the load', (column, named) =>
    withDump(async ({ database, directory }) => {
      await runLoad(target, { directory, withData: false });
      await withConnection(target, (connection) => connection.query(`ALTER TABLE \`${database}\`.t MODIFY ${column}`));
      const failure = await failureOf(runLoad(target, { directory, withSchemas: false }));
      expect(failure.code).toBe('ROWS_DIFFER');
      expect(failure.message).toContain(`the server altered a value of ${database}.t.00000.dat`);
      expect(failure.message.replaceAll('`', "'")).toContain(named);
      expect(await rowsIn(target, database)).toBe(0);
    }),
  );

  test.each([
    [/INFILE '[^']*'/, `INFILE '/etc/hostname'`, 'names the file /etc/hostname for its rows, not'],
    [/INFILE '[^']*'/, `INFILE '../x.dat'`, 'names the file ../x.dat for its rows, not'],
    [/LOAD DATA LOCAL/, 'LOAD DATA', 'is no LOAD DATA statement as tsdump or mydumper write it'],
    [/\((.*)\)/, '($1)SET `v`=(SELECT 1)', 'is no LOAD DATA statement as tsdump or mydumper write it'],
    [/LOAD DATA.*;\n/, '', 'holds no LOAD DATA statement for'],
  ])('a statement changed from %s to "%s" is not sent', (from, to, message) =>
    withDump(async ({ database, directory }) => {
      await edit(directory, '.00000.sql', (text) => text.replace(from, to));
      const failure = await failureOf(runLoad(target, { directory }));
      expect(failure.code).toBe('DUMP_DAMAGED');
      expect(failure.message).toContain(message);
      expect(await rowsIn(target, database)).toBe(0);
    }),
  );

  test.each([
    ['.00000.sql', /\.dat has no statement beside it/],
    ['.00000.dat', /\.sql has no file of rows beside it/],
  ])('a dump without its %s is refused before the target is touched', (end, message) =>
    withDump(async ({ database, directory }) => {
      const name = `${database}.t${end}`;
      await rm(join(directory, name));
      expect((await failureOf(runLoad(target, { directory }))).message).toContain(name);
      await rm(join(directory, MANIFEST_NAME));
      const failure = await failureOf(runLoad(target, { directory }));
      expect(failure.code).toBe('DUMP_INCOMPLETE');
      expect(failure.message).toMatch(message);
      expect(await isThere(target, database)).toBe(false);
    }),
  );

  test('a file of rows that is cut is an error, and none of it is stored', () =>
    withDatabase(source, 'bare', async (database, connection) => {
      await connection.query(ROWS);
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], bareRows: BARE });
        await vacate(lane, database);
        await rm(join(directory, MANIFEST_NAME));
        const name = `${database}.t.00000.dat.zst`;
        await truncate(join(directory, name), 20);
        const failure = await failureOf(runLoad(target, { directory }));
        expect(failure.code).toBe('DUMP_DAMAGED');
        expect(failure.message).toContain(name);
        expect(await rowsIn(target, database)).toBe(0);
      });
      await dropEverywhere(lane, database);
    }));

  const separators: readonly Partial<Separators>[] = [
    { fieldsTerminatedBy: ';;', fieldsEnclosedBy: "'", linesTerminatedBy: '\r\n' },
    { fieldsEscapedBy: '#', linesStartingBy: '>> ', linesTerminatedBy: '|end|\n' },
    { fieldsTerminatedBy: '\x01', fieldsEnclosedBy: '', linesTerminatedBy: '\x02' },
    { fieldsTerminatedBy: ' ', fieldsEnclosedBy: '`', fieldsEscapedBy: '"' },
  ];
  test.each(separators)('any value comes back between %j', (own) =>
    withDatabase(source, 'bare', async (database, connection) => {
      const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
      await connection.query(
        `SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; CREATE TABLE t (id INT PRIMARY KEY, b VARBINARY(300), n INT, e ENUM('x', '') NOT NULL, t TEXT CHARACTER SET utf8mb4);
         INSERT INTO t VALUES ${bytes.map((byte, id) => `(${id}, 0x${byte}, -${id}, '', 'é')`).join(', ')}, (1000, 0x${bytes.join('')}, NULL, 'x', NULL), (1001, NULL, 0, 'x', '');
         INSERT INTO t VALUES (1002, ';;\\r\\n|end|\\n>> ;', 1, 'x', '>> #N|en;'), (1003, 'N', 1, 'x', '\\\\N'); INSERT IGNORE INTO t VALUES (1004, '', 1, 'none', '#')`,
      );
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        const bareRows = { separators: { ...CSV_SEPARATORS, ...own }, withHeader: true };
        await runDump(source, { directory, databases: [database], bareRows });
        for (const loadMethod of ['load-data', 'insert'] as const) {
          await vacate(lane, database);
          const loaded = await runLoad(target, { directory, loadMethod });
          expect(loaded.summary.warnings).toEqual([]);
          const restored = await fingerprint(target.url, { databases: [database] });
          expect(diffFingerprints(original, restored), loadMethod).toEqual([]);
        }
      });
      await dropEverywhere(lane, database);
    }),
  );

  test('files unpacked since the dump are loaded under their new names', () =>
    withDump(async ({ database, directory }) => {
      await edit(directory, '.00000.sql', (text) => text.replace(".dat'", ".dat.zst'"));
      await runLoad(target, { directory });
      expect(await rowsIn(target, database)).toBe(3);
    }));

  describe('a target with limits', () => {
    let limited: ManagedServer | undefined;
    const own = (): ManagedServer => must(limited, 'the target');
    const setGlobal = (setting: string): Promise<unknown> =>
      withConnection(own(), (connection) => connection.query(`SET GLOBAL ${setting}`));

    beforeAll(async () => {
      limited = await startServer(lane.lane, { role: 'target' });
    }, 60_000);
    afterAll(() => limited?.stop());

    test('that takes no files from clients gets INSERT statements', () =>
      withDump(async ({ database, directory }) => {
        await setGlobal('local_infile = 0');
        await runLoad(own(), { directory });
        expect(await rowsIn(own(), database)).toBe(3);
      }));

    test('that takes no files from clients is told of rows that no INSERT is known for, before anything is changed', () =>
      withDump(async ({ database, directory }) => {
        await edit(directory, '.00000.sql', (text) => text.replace('CHARACTER SET binary', 'CHARACTER SET sjis'));
        await setGlobal('local_infile = 0');
        const failure = await failureOf(runLoad(own(), { directory, dropTable: 'DROP' }));
        expect(failure.code).toBe('LOAD_FAILED');
        expect(failure.message).toMatch(/t\.00000\.sql: no INSERT is known to say the same as its LOAD DATA statement/);
        expect(failure.hint).toContain('SET GLOBAL local_infile = 1');
        expect(await isThere(own(), database)).toBe(false);
        await runLoad(own(), { directory, withData: false });
      }));

    test('keeps what was committed before a row that it refuses, and is loaded on behind it in another way', () =>
      withDatabase(source, 'bare', async (database, connection) => {
        const rows = [16, 16, 16, 16, 16, 3].map((mb, id) => `(${id}, REPEAT('${id}', ${mb}000000))`);
        await connection.query(
          `CREATE TABLE t (id INT, v LONGTEXT); INSERT INTO t VALUES ${rows.join(', ')}, (1, 'again')`,
        );
        await setGlobal('local_infile = 1');
        await setGlobal('max_allowed_packet = 64 * 1024 * 1024');
        await withDirectory(async (directory) => {
          await runDump(source, { directory, databases: [database], bareRows: BARE });
          await runLoad(own(), { directory, withData: false });
          await withConnection(own(), (on) => on.query(`ALTER TABLE \`${database}\`.t ADD PRIMARY KEY (id)`));
          const failure = await failureOf(runLoad(own(), { directory, withSchemas: false }));
          expect(failure.code).toBe('ROWS_DIFFER');
          expect(await rowsIn(own(), database)).toBe(5);
          await withConnection(own(), (on) => on.query(`ALTER TABLE \`${database}\`.t DROP PRIMARY KEY`));
          const how = { withSchemas: false, resume: true, loadMethod: 'insert' } as const;
          expect((await runLoad(own(), { directory, ...how })).summary.rows).toBe(7);
          expect(await rowsIn(own(), database)).toBe(7);
        });
      }));

    test('takes values longer than its max_allowed_packet, which no INSERT could carry', () =>
      withDatabase(source, 'bare', async (database, connection) => {
        await connection.query(
          "CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB); INSERT INTO t VALUES (1, REPEAT('\\'\\0', 500000)), (2, 'x')",
        );
        await setGlobal('local_infile = 1');
        await setGlobal('max_allowed_packet = 65536');
        await withDirectory(async (directory) => {
          await runDump(source, { directory, databases: [database], bareRows: BARE });
          const failure = await failureOf(runLoad(own(), { directory, loadMethod: 'insert' }));
          expect(failure.message).toMatch(/t\.00000\.dat\.zst, row 1: a statement with this row alone has \d{7} bytes/);
          await runLoad(own(), { directory, dropTable: 'DROP' });
        });
        await setGlobal('max_allowed_packet = 16777216');
        const [original, restored] = [source.url, own().url].map((url) => fingerprint(url, { databases: [database] }));
        expect(diffFingerprints((await original) ?? new Map(), (await restored) ?? new Map())).toEqual([]);
      }));
  });
});
