/** What lies in a dump's directory: whole files under names that say what they are, and a metadata file only at the end. */

import { existsSync } from 'node:fs';
import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RunEvent } from '../../src/index.ts';
import { decodedChunks } from '../../src/format/codec.ts';
import { readManifest } from '../../src/format/manifest.ts';
import { readMetadata } from '../../src/format/metadata-reader.ts';
import { parseFileName } from '../../src/format/names.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { dataFilesOf, dropEverywhere, failureOf, runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';
import { fillShop } from '../support/shop.ts';

const FORMS = [
  { codec: 'zstd', maxFileBytes: undefined },
  { codec: 'gzip', maxFileBytes: undefined },
  { codec: 'none', maxFileBytes: undefined },
  { codec: 'zstd', maxFileBytes: 20_000 },
] as const;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const database = uniqueName('files');

  beforeAll(() => fillShop(source.url, { database, orders: 500 }));
  afterAll(() => dropEverywhere(lane, database));

  test.each(FORMS)('every file is whole and accounted for ($codec, $maxFileBytes)', (form) =>
    withDirectory(async (directory) => {
      const { summary } = await runDump(source, { directory, databases: [database], rowsPerChunk: 300, ...form });
      const names = await readdir(directory);
      const written = names.filter((name) => name !== 'metadata' && name !== 'tsdump-manifest.jsonl');
      expect(written).toHaveLength(summary.files);
      for (const name of written) {
        expect(parseFileName(name)).toMatchObject({ database, codec: form.codec });
        const text = await decodedText(join(directory, name));
        expect(text.subarray(0, 29).toString('latin1'), name).toBe('/*!40101 SET NAMES binary*/;\n');
        expect(text.subarray(-2).toString('latin1'), name).toBe(';\n');
      }
      expect(await filesInManifest(directory)).toEqual(await sizesOf(directory, [...written, 'metadata']));
      expect(await rowsInMetadata(directory)).toEqual(await rowsInTables(source, database));
    }),
  );

  test.each([
    { what: 'the lock is held', at: (event: RunEvent) => event.type === 'lock' && event.state === 'held' },
    { what: 'the data begins', at: (event: RunEvent) => event.type === 'phase' && event.phase === 'data' },
    { what: 'progress is first told', at: (event: RunEvent) => event.type === 'progress' },
    { what: 'a table is done', at: (event: RunEvent) => event.type === 'table-done' },
  ])('a dump interrupted when $what leaves no metadata and says why', ({ at }) =>
    withDirectory(async (directory) => {
      const stop = new AbortController();
      const reason = new Error('the test stopped it');
      const onEvent = (event: RunEvent): void => {
        if (at(event)) stop.abort(reason);
      };
      const run = runDump(
        source,
        // A chunk a row or few: there is always more to do.
        { directory, databases: [database], rowsPerChunk: 1, threads: 1 },
        { onEvent, signal: stop.signal },
      );
      await expect(run).rejects.toBe(reason);
      expect(existsSync(join(directory, 'metadata'))).toBe(false);
      expect(existsSync(join(directory, 'tsdump-manifest.jsonl'))).toBe(false);
      // The connections and their locks are gone too: a write goes through.
      await withConnection(source, (connection) => connection.query('UPDATE languages SET name = name'), {
        database,
      });
      if (existsSync(directory)) {
        const error = await failureOf(runLoad(target, { directory, targetDatabase: uniqueName('never') }));
        expect(error.code).toBe('DUMP_INCOMPLETE');
      }
    }),
  );

  test('a dump into a directory that is not empty is refused, and nothing in it is touched', () =>
    withDirectory(async (directory) => {
      await runDump(source, { directory, databases: [database], tables: [`${database}.languages`] });
      const before = await sizesOf(directory, await readdir(directory));
      const error = await failureOf(runDump(source, { directory, databases: [database] }));
      expect(error.code).toBe('DIRECTORY_NOT_EMPTY');
      expect(await sizesOf(directory, await readdir(directory))).toEqual(before);
    }));
});

describe.each(laneServers())('a dump that was changed, on $lane', ({ source, target }) => {
  /** Three rows; the line of the second is taken out of the file. */
  const withChangedDump = (use: (directory: string, database: string) => Promise<void>): Promise<void> =>
    withDatabase(source, 'changed', async (database, connection) => {
      await connection.query('CREATE TABLE orders (id INT PRIMARY KEY); INSERT INTO orders VALUES (1), (2), (3)');
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [database], codec: 'none' });
        const [name = ''] = await dataFilesOf(directory, database, 'orders').then((files) => files.slice(0, 1));
        const text = await readFile(join(directory, name), 'latin1');
        const lines = text.split('\n');
        expect(lines.filter((line) => line === ',(2)')).toHaveLength(1);
        await writeFile(join(directory, name), lines.filter((line) => line !== ',(2)').join('\n'), 'latin1');
        await use(directory, database);
      });
    });

  test('is refused before the target is touched when its manifest tells', () =>
    withChangedDump(async (directory, database) => {
      const error = await failureOf(runLoad(target, { directory, targetDatabase: `${database}_copy` }));
      expect(error.code).toBe('DUMP_DAMAGED');
      expect(error.message).toContain(`${database}.orders.00000.sql`);
      const [found] = await withConnection(target, (connection) =>
        connection.query('SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?', [`${database}_copy`]),
      );
      expect(found).toEqual([]);
    }));

  test('ends the load, naming the table, when only the row count tells', () =>
    withChangedDump(async (directory, database) => {
      await rm(join(directory, 'tsdump-manifest.jsonl'));
      const copy = `${database}_copy`;
      try {
        const error = await failureOf(runLoad(target, { directory, targetDatabase: copy }));
        expect(error.code).toBe('ROWS_DIFFER');
        expect(error.message).toContain(`\`${copy}\`.\`orders\`: the dump has 3 rows, 2 were inserted`);
      } finally {
        await dropDatabase(target, copy);
      }
    }));

  test('is refused when a data file is gone, with and without a manifest', () =>
    withChangedDump(async (directory, database) => {
      await rm(join(directory, `${database}.orders.00000.sql`));
      const load = (): Promise<unknown> => runLoad(target, { directory, targetDatabase: `${database}_copy` });
      expect((await failureOf(load())).code).toBe('DUMP_INCOMPLETE');
      await rm(join(directory, 'tsdump-manifest.jsonl'));
      const error = await failureOf(load());
      expect(error.code).toBe('DUMP_INCOMPLETE');
      expect(error.message).toContain('orders');
    }));
});

async function decodedText(path: string): Promise<Buffer> {
  const meaning = parseFileName(path.slice(path.lastIndexOf('/') + 1));
  const chunks: Buffer[] = [];
  // Chunks are borrowed until the next one.
  for await (const chunk of decodedChunks(path, 'codec' in meaning ? meaning.codec : 'none'))
    chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function sizesOf(directory: string, names: readonly string[]): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of [...names].sort()) sizes.set(name, (await stat(join(directory, name))).size);
  return sizes;
}

async function filesInManifest(directory: string): Promise<Map<string, number>> {
  const path = join(directory, 'tsdump-manifest.jsonl');
  const { entries } = await readManifest(decodedChunks(path, 'none'), path);
  const sizes: [string, number][] = [];
  for await (const entry of entries) {
    if ('table' in entry) for (const { name, storedBytes } of entry.files) sizes.push([name, storedBytes]);
    else if ('file' in entry) sizes.push([entry.file, entry.storedBytes]);
  }
  return new Map(sizes.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** By real name, tables only. */
async function rowsInMetadata(directory: string): Promise<Record<string, number>> {
  const { tables } = await readMetadata(directory);
  const counted = tables.filter(({ isView }) => !isView);
  return Object.fromEntries(counted.map(({ realName, table, rows }) => [realName ?? table, rows ?? -1]));
}

async function rowsInTables(server: TestServer, database: string): Promise<Record<string, number>> {
  return withConnection(server, async (connection) => {
    const [tables] = await connection.query(
      "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'",
      [database],
    );
    const counts: [string, number][] = [];
    for (const { name } of tables as { name: string }[]) {
      const [rows] = await connection.query('SELECT COUNT(*) AS n FROM ??.??', [database, name]);
      counts.push([name, (rows as { n: number }[])[0]?.n ?? -1]);
    }
    return Object.fromEntries(counts);
  });
}
