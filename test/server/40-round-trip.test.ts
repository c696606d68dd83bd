/** The main promise: what was dumped is what is restored, whatever the form of the files in between. */

import { afterAll, describe, expect, test } from 'vitest';

import type { DumpOptions, DumpSummary } from '../../src/index.ts';
import type { Fingerprint } from '../support/fingerprint.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { LaneServers } from '../support/lanes.ts';
import { dropDatabase, laneServers, uniqueName, withConnection } from '../support/lanes.ts';
import { dataFilesOf, dropEverywhere, runAgainst, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import { loadSakila } from '../support/sakila.ts';
import type { TestServer } from '../support/servers.ts';
import { fillShop } from '../support/shop.ts';

const read = (server: TestServer, database: string): Promise<Fingerprint> =>
  fingerprint(server.url, { databases: [database] });

describe.each(laneServers())('sakila on $lane', (lane) => {
  const { source, target } = lane;

  test('comes back equal, with its views, triggers and routines', async () => {
    const database = uniqueName('sakila');
    try {
      await loadSakila(source, { database });
      const original = await read(source, database);
      await withDirectory(async (directory) => {
        const dumped = await runDump(source, { directory, databases: [database], threads: 8 });
        await vacate(lane, database);
        const loaded = await runLoad(target, { directory, threads: 8 });
        expect(diffFingerprints(original, await read(target, database))).toEqual([]);
        expect(await runAgainst(target, { directory })).toMatchObject({ differences: [], definitions: 35 });
        for (const { summary } of [dumped, loaded])
          expect(summary).toMatchObject({ databases: 1, tables: 16, views: 7, codeObjects: 12, warnings: [] });
        expect(loaded.summary.rows).toBe(dumped.summary.rows);
      });
      expect(kindsIn(original)).toMatchObject({ table: 32, view: 7, trigger: 6, procedure: 3, function: 3 });
    } finally {
      await dropEverywhere(lane, database);
    }
  });
});

/** How many keys of each kind; a table has two, its definition and its rows. */
function kindsIn(found: Fingerprint): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of found.keys()) {
    const kind = key.slice(0, key.indexOf(' `'));
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

interface Form {
  readonly what: string;
  readonly options: Partial<DumpOptions>;
  /** Whether order_lines, the largest table, must have come in more than one file. */
  readonly isDivided?: boolean;
}

const FORMS: readonly Form[] = [
  { what: 'in many chunks', options: { rowsPerChunk: 500 }, isDivided: true },
  { what: 'with gzip', options: { codec: 'gzip' } },
  { what: 'without compression', options: { codec: 'none' } },
  { what: 'in files of limited size', options: { maxFileBytes: 20_000 }, isDivided: true },
  { what: 'in statements of a row or few', options: { maxStatementBytes: 200 } },
  {
    what: 'in chunks, files and statements all at once, over one connection',
    options: { rowsPerChunk: 400, maxFileBytes: 10_000, maxStatementBytes: 2_000, threads: 1 },
    isDivided: true,
  },
];

describe.each(laneServers())('the shop on $lane', (lane) => {
  const { source, target } = lane;
  const database = uniqueName('shop');

  afterAll(() => dropEverywhere(lane, database));

  test.each(FORMS)('comes back equal $what', async ({ options, isDivided }) => {
    await provideShop(lane, database);
    const original = await read(source, database);
    await withDirectory(async (directory) => {
      const { summary } = await runDump(source, { directory, databases: [database], ...options });
      expect(summary).toMatchObject({ tables: 18, warnings: [] } satisfies Partial<DumpSummary>);
      const files = await dataFilesOf(directory, database, 'order_lines');
      expect(files.length > 1).toBe(isDivided === true);
      await vacate(lane, database);
      await runLoad(target, { directory });
    });
    const restored = await read(target, database);
    expect(diffFingerprints(original, restored)).toEqual([]);
    expect(kindsIn(restored)).toMatchObject({ table: 36, view: 3 });
  });

  test('comes back equal under another name', async () => {
    await provideShop(lane, database);
    const original = await read(source, database);
    const renamed = uniqueName('renamed');
    try {
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], rowsPerChunk: 1000 });
        // Gone from both servers, so that nothing restored can lean on it.
        await dropEverywhere(lane, database);
        await runLoad(target, { directory, sourceDatabase: database, targetDatabase: renamed });
      });
      const renameDatabase = { from: database, to: renamed };
      expect(diffFingerprints(original, await read(target, renamed), { renameDatabase })).toEqual([]);
    } finally {
      await dropDatabase(target, renamed);
    }
  });
});

/** The shop, on the source, and not on the target. */
async function provideShop(lane: LaneServers, database: string): Promise<void> {
  await dropDatabase(lane.target, database);
  const [found] = await withConnection(lane.source, (connection) =>
    connection.query('SHOW DATABASES LIKE ?', [database.replaceAll('_', '\\_')]),
  );
  if ((found as unknown[]).length === 0) await fillShop(lane.source.url, { database, orders: 1000 });
}
