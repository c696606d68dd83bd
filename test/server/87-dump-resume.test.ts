/** kill -9 of a dump, again and again: --resume goes on, and what comes out is whole and says of which point in time it is. */

import { readFileSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { lockDirectory } from '../../src/format/directory-lock.ts';
import type { DumpOptions } from '../../src/index.ts';
import { verify } from '../../src/index.ts';
import { RunningProgram, account, withFolder } from '../support/cli.ts';
import type { Ended } from '../support/cli.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withConnection } from '../support/lanes.ts';
import { manifestOf } from '../support/manifest.ts';
import { seeded } from '../support/row-driver.ts';
import { failureOf, runDump, runLoad } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';
import type { ManagedServer, TestServer } from '../support/servers.ts';
import { withStatementProxy } from '../support/statement-proxy.ts';

const KILLS = 3;
const ROWS = 750;
const MIDDLE_TABLES = 9;
const SMALL_TABLES = 12;
/** Statements that read rows, of which there are 50: a run that is killed comes to one of these. */
const KILLED_AT = { least: 12, range: 4 };
const DATABASE = 'resumed_dump';

const MIDDLE = Array.from({ length: MIDDLE_TABLES }, (_, k) => `middle_${k}`);
/** Names that files cannot have. */
const SMALL = Array.from({ length: SMALL_TABLES }, (_, k) => `small ${k}.`);
const N = `WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)`;
const FILL = `
  DROP DATABASE IF EXISTS ${DATABASE}; CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4; USE ${DATABASE};
  CREATE TABLE large (id INT PRIMARY KEY, v INT NOT NULL, t VARCHAR(60));
  INSERT INTO large ${N} SELECT i, 1, REPEAT('é', 50) FROM n WHERE i <= ${ROWS};
  ${MIDDLE.map((table) => `CREATE TABLE ${table} (id INT PRIMARY KEY, v INT NOT NULL); INSERT INTO ${table} ${N} SELECT i, 1 FROM n WHERE i <= 450;`).join('\n')}
  CREATE TABLE words (w VARCHAR(20) PRIMARY KEY, v INT NOT NULL); INSERT INTO words ${N} SELECT CONCAT('w', i), 1 FROM n;
  CREATE TABLE keyless (v INT NOT NULL, t VARCHAR(60)); INSERT INTO keyless ${N} SELECT 1, REPEAT('k', i % 50) FROM n;
  CREATE TABLE old (id INT PRIMARY KEY, v INT NOT NULL) ENGINE = MyISAM; INSERT INTO old ${N} SELECT i, 1 FROM n WHERE i <= 100;
  CREATE TABLE empty_one (id INT PRIMARY KEY);
  ${SMALL.map((table) => `CREATE TABLE \`${table}\` (id INT PRIMARY KEY, v INT NOT NULL); INSERT INTO \`${table}\` VALUES (1, 1), (2, 1);`).join('\n')}
  CREATE VIEW low AS SELECT id FROM large WHERE id < 10;
  CREATE PROCEDURE nothing() SELECT 1;
  CREATE TRIGGER noted AFTER DELETE ON words FOR EACH ROW SET @deleted = OLD.v;
  ANALYZE TABLE large, words, ${MIDDLE.join(', ')}`;
const TABLES = ['large', 'words', 'keyless', 'old', ...MIDDLE, ...SMALL];

/** One transaction, or one statement, that leaves no row of a table as it was. */
const WRITE = TABLES.map((table) => `UPDATE \`${table}\` SET v = v + 1`).join('; ');

const CHANGED = 'changed_dump';
/** By table; none of them gives the table another id. */
const CHANGES = {
  unchanged: '',
  longer: 'ADD COLUMN more INT DEFAULT 7, ALGORITHM = INSTANT',
  renamed: 'RENAME COLUMN v TO w',
  preset: 'ALTER v SET DEFAULT 3',
  explained: "MODIFY v INT NOT NULL COMMENT 'said'",
  noted: "COMMENT = 'said'",
  keyed: 'ADD KEY more (v, id)',
  recoded: 'DEFAULT CHARACTER SET ascii',
  kept_alike: 'STATS_PERSISTENT = 0',
};

/** One of each product: what differs is how a point in time is told. */
const lanes = laneServers().filter(
  ({ source }, index, all) => all.findIndex((other) => other.source.product === source.product) === index,
);

// Servers of their own: what others write would be between the runs.
describe.each(lanes)('$lane', ({ lane, target }) => {
  let server: ManagedServer;
  const seed = Number(process.env['TSDUMP_TEST_SEED'] ?? Date.now() % 1e9);
  const dumpOptions = (directory: string): Partial<DumpOptions> & Pick<DumpOptions, 'directory' | 'databases'> => ({
    directory,
    databases: [DATABASE],
    rowsPerChunk: 150,
    threads: 2,
  });
  const withFilled = (use: (directory: string, connection: Connection) => Promise<void>): Promise<void> =>
    withConnection(server, async (connection) => {
      await connection.query(FILL);
      await withFolder((folder) => use(join(folder, 'dump'), connection));
    });
  const withRestored = async (directory: string, use: (connection: Connection) => Promise<void>): Promise<void> => {
    try {
      await runLoad(target, { directory });
      await withConnection(target, use, { database: DATABASE });
    } finally {
      await dropDatabase(target, DATABASE);
    }
  };
  /** A dump that is aborted when so many tables are done. */
  const interrupt = async (directory: string, tables: number, more: Partial<DumpOptions> = {}): Promise<void> => {
    const stop = new AbortController();
    let done = 0;
    const run = runDump(
      server,
      { ...dumpOptions(directory), threads: 1, ...more },
      {
        onEvent: ({ type }) => {
          if (type === 'table-done' && ++done === tables) stop.abort(new Error('the test stopped it'));
        },
        signal: stop.signal,
      },
    );
    await expect(run).rejects.toThrow('the test stopped it');
  };

  beforeAll(async () => {
    server = await startServer(lane);
  });
  afterAll(() => server.stop());

  test(`killed ${KILLS} times while nothing is written: one point in time, chunks and all`, () =>
    withFilled(async (directory) => {
      const original = await fingerprint(server.url, { databases: [DATABASE] });
      const { kills, last } = await killedAgainAndAgain(server, directory, seed, () => Promise.resolve());
      expect({ kills, ...last }, `seed ${seed}\n${last.stderr}`).toMatchObject({ kills: KILLS, code: 0 });
      expect(last.stderr).toMatch(/of them by earlier runs/);
      expect(await readdir(directory)).not.toContain('tsdump-journal');
      const { head } = await manifestOf(directory);
      expect(head).not.toHaveProperty('points');
      await expectWhole(directory);
      await withRestored(directory, async () => {
        const restored = await fingerprint(target.url, { databases: [DATABASE] });
        expect(diffFingerprints(original, restored), `seed ${seed}`).toEqual([]);
      });
    }));

  test(`killed ${KILLS} times while others write: whole tables, each of the point that it says`, () =>
    withFilled(async (directory, connection) => {
      const { kills, last } = await killedAgainAndAgain(server, directory, seed + 1, () => connection.query(WRITE));
      expect(kills, `seed ${seed}\n${last.stderr}`).toBe(KILLS);
      expect(last, `seed ${seed}\n${last.stderr}`).toMatchObject({ code: 3 });
      expect(last.stderr).toContain('one point in time for all tables');
      const { head, tables } = await manifestOf(directory);
      expect(head.position).toEqual({});
      expect(head.points?.length).toBeGreaterThan(1);
      const warned = await expectWhole(directory);
      expect(warned).toMatch(/the tables of this dump are of \d points in time/);
      // Each kill was followed by one write: what a table holds says how many there were before its point.
      const versions = new Map<string, number>();
      await withRestored(directory, async (restored) => {
        for (const table of TABLES) {
          const [rows] = await restored.query(`SELECT DISTINCT v FROM \`${table}\``);
          expect(rows, `${table}, seed ${seed}`).toHaveLength(1);
          versions.set(table, (rows as { v: number }[])[0]!.v);
        }
      });
      const points = [...new Set(versions.values())].sort((a, b) => a - b);
      const newest = KILLS + 1;
      expect(points.at(-1)).toBe(newest);
      for (const { table, point } of tables) {
        const version = versions.get(table);
        if (version === undefined) continue;
        expect(version === newest, `${table} has ${version}, point ${point}, seed ${seed}`).toBe(point === undefined);
        if (table === 'old') expect(version).toBe(newest);
      }
    }));

  test('what was altered, dropped or damaged since is made anew or left out, by name', () =>
    withFilled(async (directory, connection) => {
      await interrupt(directory, TABLES.length - 1);
      const before = await readdir(directory);
      await connection.query(
        'ALTER TABLE large ADD COLUMN more INT DEFAULT 7, ALGORITHM = INSTANT; DROP TABLE middle_3',
      );
      const damaged = before.find((name) => /\.words\.\d+\.sql\.zst$/.test(name)) ?? '';
      const bytes = await readFile(join(directory, damaged));
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(join(directory, damaged), bytes);
      const { summary, events } = await runDump(server, { ...dumpOptions(directory), resume: true });
      expect(summary.points).toBe(2);
      const notes = events.flatMap((event) => (event.type === 'note' ? [event.message] : [])).join('\n');
      expect(notes).toContain('`words` (files of it are gone or changed)');
      await expectWhole(directory);
      const { tables } = await manifestOf(directory);
      expect(tables.map(({ table }) => table)).not.toContain('middle_3');
      await withRestored(directory, async (restored) => {
        const [rows] = await restored.query('SELECT COUNT(*) AS n, MIN(more) AS least FROM large');
        expect(rows).toEqual([{ n: ROWS, least: 7 }]);
      });
    }));

  test('what was altered in the second in which it was made is made anew', () =>
    withFilled(async (directory, connection) => {
      const each = (make: (name: string, change: string) => string): Promise<unknown> =>
        connection.query(
          Object.entries(CHANGES)
            .map(([name, change]) => make(name, change))
            .join('; '),
        );
      // MySQL's CREATE_TIME follows this clock, as on a replica it follows the source's. MariaDB asks the file system.
      await connection.query(`CREATE DATABASE ${CHANGED}; USE ${CHANGED}; SET timestamp = 1700000000`);
      try {
        await each(
          (name) =>
            `CREATE TABLE ${name} (id INT PRIMARY KEY, v INT NOT NULL, KEY kv (v)); INSERT INTO ${name} VALUES (1, 1)`,
        );
        await interrupt(directory, Object.keys(CHANGES).length, { databases: [CHANGED] });
        await each(
          (name, change) => `UPDATE ${name} SET v = 2${change === '' ? '' : `; ALTER TABLE ${name} ${change}`}`,
        );
        await runDump(server, { ...dumpOptions(directory), databases: [CHANGED], resume: true });
        const { tables } = await manifestOf(directory);
        const kept = tables.filter(({ point }) => point !== undefined).map(({ table }) => table);
        expect(kept).toEqual(['unchanged']);
      } finally {
        await dropDatabase(server, CHANGED);
      }
    }));

  test('another server, other options, no dump, a whole one and a running one are refused, and nothing is changed', () =>
    withFilled(async (directory) => {
      const resumed = (on: TestServer, more: Partial<DumpOptions> = {}) =>
        failureOf(runDump(on, { ...dumpOptions(directory), resume: true, ...more }));
      expect(await resumed(server)).toMatchObject({ code: 'RESUME_REFUSED', exitCode: 1 });
      await interrupt(directory, 3);
      const before = (await readdir(directory)).sort();
      expect((await resumed(target)).message).toContain('is of another server');
      const other = await resumed(server, { codec: 'none', where: 'v > 0' });
      expect(other.message).toContain('--compress (zstd then, none now)');
      expect(other.message).toContain('--where (not given then, v > 0 now)');
      const release = lockDirectory(directory);
      expect(await resumed(server)).toMatchObject({ code: 'ANOTHER_RUN', exitCode: 11 });
      release();
      expect(await failureOf(runDump(server, dumpOptions(directory)))).toMatchObject({
        code: 'DIRECTORY_NOT_EMPTY',
        hint: expect.stringContaining('--resume') as string,
      });
      expect((await readdir(directory)).sort()).toEqual(before);
      await runDump(server, { ...dumpOptions(directory), resume: true });
      expect((await resumed(server)).message).toContain('holds a complete dump');
    }));
});

/** How many the journal says are whole: of two, one knows transactions and may be kept. */
function wholeTables(directory: string): number {
  return readFileSync(join(directory, 'tsdump-journal'), 'latin1').split('"chunks":').length - 1;
}

/** The dump, gone on with until it is whole; killed when a random one of the statements that read rows comes. */
async function killedAgainAndAgain(
  server: TestServer,
  directory: string,
  seed: number,
  between: () => Promise<unknown>,
): Promise<{ readonly kills: number; readonly last: Ended }> {
  const random = seeded(seed);
  return withStatementProxy(server, async (proxy) => {
    const how = ['-B', DATABASE, '-GR', '-r', '150', '-t', '2', '-c', '--ssl-mode=DISABLED', '-v', '3'];
    for (let kills = 0; ; kills++) {
      let left = kills < KILLS ? KILLED_AT.least + random(KILLED_AT.range) : Infinity;
      const args = ['-d', directory, ...account({ ...server, port: proxy.port }), ...how];
      const isBegun = await readdir(directory).then(
        (names) => names.includes('tsdump-journal'),
        () => false,
      );
      const running = new RunningProgram('tsdump', isBegun ? [...args, '--resume'] : args);
      proxy.onStatement = ({ text }) => {
        if (text.startsWith('SELECT /*M! SQL_NO_CACHE') && --left <= 0 && wholeTables(directory) > 1) {
          running.kill('SIGKILL');
          return 'hold';
        }
        return 'pass';
      };
      const last = await running.ended;
      if (last.code !== null) return { kills, last };
      await between();
    }
  });
}

/** Out: what was warned of. */
async function expectWhole(directory: string): Promise<string> {
  const { findings, warnings } = await verify(
    { directory, threads: 2 },
    { emit: () => undefined, signal: new AbortController().signal },
  );
  expect(findings).toEqual([]);
  return warnings.join('\n');
}
