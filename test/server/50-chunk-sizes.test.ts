/** Chunks are of a size, whatever the keys are like and however wrong the server's estimates. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { PlanningConnection } from '../../src/dump/planning.ts';
import { Schedule } from '../../src/dump/plan/schedule.ts';
import type { DataTask } from '../../src/dump/task.ts';
import { inspectServer } from '../../src/mysql/server.ts';
import type { Table } from '../../src/schema/table.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withDatabase } from '../support/lanes.ts';
import { connectionTo, dataFilesOf, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';
import { withSession } from '../support/sessions.ts';

const ROWS = 40_000;
const ROWS_PER_CHUNK = 1000;

const TABLES = `
  CREATE TABLE digits (d INT PRIMARY KEY); INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
  CREATE TABLE numbers (n INT PRIMARY KEY);
  INSERT INTO numbers SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d
    FROM digits a, digits b, digits c, digits d, digits e WHERE e.d < 4;
  CREATE TABLE sparse (id BIGINT UNSIGNED PRIMARY KEY, filler CHAR(40) DEFAULT 'x');
  INSERT INTO sparse (id) SELECT IF(n < 10000, n, n * CAST(n AS UNSIGNED) * 1000000) FROM numbers;
  CREATE TABLE words (w VARCHAR(20), n INT, PRIMARY KEY (w, n DESC));
  INSERT INTO words SELECT CONCAT('same', n DIV 30000), n FROM numbers;
  CREATE TABLE unknown_size (id INT PRIMARY KEY, filler CHAR(40) DEFAULT 'x') STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0;
  ANALYZE TABLE sparse, words, unknown_size;
  INSERT INTO unknown_size (id) SELECT n * 3 FROM numbers;
  CREATE TABLE parts (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4;
  INSERT INTO parts SELECT n FROM numbers WHERE n < 10000`;

const countOf = (rows: number): number => Math.ceil(rows / ROWS_PER_CHUNK);

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  test('are balanced for sparse keys, for keys that are mostly the same, and where the server knows of no row', () =>
    withDatabase(source, 'sizes', async (database, connection) => {
      await connection.query(TABLES);
      const original = await fingerprint(source.url, { databases: [database] });
      await withDirectory(async (directory) => {
        const options = { rowsPerChunk: ROWS_PER_CHUNK, splitPartitions: true, codec: 'none' as const };
        await runDump(source, { directory, databases: [database], ...options });
        for (const table of ['sparse', 'words', 'unknown_size']) {
          const files = await dataFilesOf(directory, database, table);
          expect(files, table).toHaveLength(countOf(ROWS));
          const sizes = await Promise.all(files.map(async (file) => (await stat(join(directory, file))).size));
          expect(Math.max(...sizes) / Math.min(...sizes), table).toBeLessThan(3);
        }
        // Four partitions of 2500 rows, each divided.
        expect(await dataFilesOf(directory, database, 'parts')).toHaveLength(4 * countOf(2500));
        await vacate(lane, database);
        await runLoad(target, { directory });
      });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
      await dropDatabase(target, database);
    }));

  test('are handed out before the table is planned, and to no more connections than allowed', () =>
    withDatabase(source, 'lazy', async (database, connection) => {
      await connection.query(`${TABLES.split('CREATE TABLE sparse')[0]}
        CREATE TABLE words (w VARCHAR(20) PRIMARY KEY); INSERT INTO words SELECT CONCAT('w', n) FROM numbers`);
      await withPlanning(source, async (planning) => {
        const table = wordsOf(database);
        const rules = { size: { bytes: 0, rows: 100 }, splitPartitions: false, maxReadersPerTable: 2 };
        const work = { table, definition: undefined, data: taskOf(table) };
        const schedule = new Schedule(planning, rules, [{ tables: [work], others: [] }]);
        let done = 0;
        schedule.onTableDone = (_, rows) => (done = rows);

        const first = await taskFrom(schedule);
        expect(first).toMatchObject({ part: 0, index: 'PRIMARY' });
        const [row] = await planning.ask(table, "SHOW SESSION STATUS LIKE 'Com_select'");
        expect(Number(row?.[1]?.toString())).toBeLessThan(8);
        expect(await taskFrom(schedule)).toMatchObject({ part: 1 });

        let isThird = false;
        const third = taskFrom(schedule).then((task) => ((isThird = true), task));
        await planning.ask(table, 'SELECT 1');
        expect(isThird).toBe(false);
        finish(schedule, first);
        expect(await third).toMatchObject({ part: 2 });
        schedule.close();
        expect(await schedule.next()).toBeUndefined();
        expect(done).toBe(0);
      });
    }));
});

async function withPlanning(server: TestServer, use: (planning: PlanningConnection) => Promise<void>): Promise<void> {
  const options = connectionTo(server);
  const info = await withSession(options, inspectServer);
  const planning = new PlanningConnection(options, info, new AbortController().signal);
  try {
    await use(planning);
  } finally {
    await planning.close();
  }
}

async function taskFrom(schedule: Schedule): Promise<DataTask> {
  const [task] = (await schedule.next()) ?? [];
  if (task?.kind !== 'data') throw new Error('a chunk was expected');
  return task;
}

function finish(schedule: Schedule, task: DataTask): void {
  schedule.finished(task, { files: [], skipped: [] });
}

const wordsOf = (database: string): Table => ({
  database,
  name: 'words',
  engine: 'InnoDB',
  estimatedRows: ROWS,
  estimatedBytes: ROWS * 40,
  createdAt: '',
  definitionHash: '',
  columns: [
    {
      name: 'w',
      dataType: 'varchar',
      columnType: 'varchar(20)',
      isGenerated: false,
      rowPeriod: undefined,
      isInvisible: false,
      charset: 'utf8mb4',
      isPrimary: true,
    },
  ],
  uniqueKeys: [{ name: 'PRIMARY', columns: [{ name: 'w', isDescending: false }] }],
  partitions: [],
  pastPartitions: [],
  hasPartitionsBeyondAscii: false,
  versioning: undefined,
});

const taskOf = ({ database, name }: Table): DataTask => ({
  kind: 'data',
  database,
  table: name,
  encodedDatabase: database,
  encodedTable: name,
  part: 0,
  columns: [],
  namesColumns: false,
  isLocked: false,
  settings: [],
  withHistory: false,
  where: undefined,
  partition: undefined,
  index: undefined,
  window: undefined,
  extract: undefined,
});
