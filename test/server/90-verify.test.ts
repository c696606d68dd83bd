/** A dump can be shown to be as it was written: whatever happens to one of its files is found, and the file is named. */

import { cp, readFile, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { verify } from '../../src/index.ts';
import type { DumpOptions, VerifySummary } from '../../src/index.ts';
import { CSV_SEPARATORS, LOAD_DATA_SEPARATORS } from '../../src/format/load-data.ts';
import { laneServers, uniqueName } from '../support/lanes.ts';
import { editManifest, MANIFEST } from '../support/manifest.ts';
import { seeded } from '../support/row-driver.ts';
import { dropEverywhere, failureOf, NO_LOCK, runDump, withDirectory } from '../support/runs.ts';
import { fillShop } from '../support/shop.ts';

type Form = Partial<DumpOptions>;
type Random = (below: number) => number;

const FORMS: readonly (readonly [string, Form])[] = [
  ['INSERT', { codec: 'none', rowsPerChunk: 300 }],
  ['INSERT, zstd, users', { codec: 'zstd', maxFileBytes: 20_000, withUsers: true }],
  ['INSERT, gzip', { codec: 'gzip' }],
  [
    'LOAD_DATA',
    { codec: 'none', bareRows: { separators: LOAD_DATA_SEPARATORS, withHeader: false }, maxFileBytes: 20_000 },
  ],
  ['CSV, zstd', { codec: 'zstd', bareRows: { separators: CSV_SEPARATORS, withHeader: true }, rowsPerChunk: 300 }],
];

const DAMAGES = [flipABit, flipABit, cutSomewhere, cutAtTheEnd, emptied, lengthened];

async function verified(directory: string): Promise<VerifySummary> {
  return verify({ directory, threads: 1 }, { emit: () => undefined, signal: new AbortController().signal });
}

async function findingsIn(directory: string): Promise<string[]> {
  return (await verified(directory)).findings.map(({ file, what }) => `${file}: ${what}`);
}

async function filesWithFindings(directory: string): Promise<string[]> {
  const { findings } = await verified(directory);
  return [...new Set(findings.map(({ file }) => file ?? ''))].sort();
}

// No server is asked: one lane is enough.
describe.each(laneServers().slice(0, 1))('$lane', (lane) => {
  const { source } = lane;
  const database = uniqueName('verify');

  beforeAll(() => fillShop(source.url, { database, orders: 600 }));
  afterAll(() => dropEverywhere(lane, database));

  async function withDump(form: Form, use: (directory: string) => Promise<void>): Promise<void> {
    await withDirectory(async (directory) => {
      await runDump(source, { directory, databases: [database], lock: NO_LOCK, ...form });
      await use(directory);
    });
  }

  async function withCopy(directory: string, use: (copy: string) => Promise<void>): Promise<void> {
    await withDirectory(async (copy) => {
      await cp(directory, copy, { recursive: true });
      await use(copy);
    });
  }

  test.each(FORMS)('%s: a sound dump verifies; a bit flipped or a cut in any of its files is found', (_, form) =>
    withDump(form, async (directory) => {
      const summary = await verified(directory);
      expect(summary).toMatchObject({ basis: 'hashes', findings: [], warnings: [] });
      const all = await readdir(directory);
      expect(summary.files).toBe(all.length - 1); // but the manifest
      const random = seeded(all.length);
      const written = all.filter((name) => name !== MANIFEST).sort();
      for (const damage of form.codec === 'zstd' ? [flipABit, cutSomewhere] : DAMAGES) {
        await withCopy(directory, async (copy) => {
          for (const name of written) await damage(join(copy, name), random);
          expect(await filesWithFindings(copy), damage.name).toEqual(written);
        });
      }
      await withCopy(directory, async (copy) => {
        await flipABit(join(copy, MANIFEST), random);
        expect(await filesWithFindings(copy)).toEqual([MANIFEST]);
      });
    }),
  );

  test('files that are missing, too many, swapped, or from another dump are found', () =>
    withDump({ rowsPerChunk: 100, codec: 'none' }, async (directory) => {
      const data = (await readdir(directory)).filter((name) => /\.orders\.\d+\.sql$/.test(name)).sort();
      const [first = '', second = ''] = data;
      await withCopy(directory, async (copy) => {
        await rename(join(copy, first), join(copy, 'aside'));
        await rename(join(copy, second), join(copy, first));
        await rename(join(copy, 'aside'), join(copy, second));
        expect(await filesWithFindings(copy)).toEqual([first, second]);
        await rm(join(copy, first));
        await cp(join(directory, first), join(copy, first.replace('.00000.', '.00099.')));
        expect(await findingsIn(copy)).toContainEqual(`${first}: is missing`);
        expect(await filesWithFindings(copy)).toContain(first.replace('.00000.', '.00099.'));
      });
      await withDump({ rowsPerChunk: 100, codec: 'none', databases: [database], where: '1 = 0' }, async (other) => {
        for (const name of ['metadata', MANIFEST]) {
          await withCopy(directory, async (copy) => {
            await cp(join(other, name), join(copy, name));
            expect((await verified(copy)).findings, name).not.toEqual([]);
          });
        }
      });
      await rm(join(directory, 'metadata'));
      expect(await failureOf(verified(directory))).toMatchObject({ code: 'DUMP_INCOMPLETE' });
    }));

  test('what is wrong in a data file is told by statement and line, also where nobody knows its hash', () =>
    withDump({ codec: 'none', maxStatementBytes: 5000 }, async (directory) => {
      const [name = ''] = (await readdir(directory)).filter((each) => /\.orders\.\d+\.sql$/.test(each));
      const path = join(directory, name);
      const lines = (await readFile(path, 'latin1')).split('\n');
      const at = lines.findIndex((line, index) => index > 20 && line.startsWith('INSERT'));
      expect(at).toBeGreaterThan(20);
      lines[at + 1] = lines[at + 1]?.slice(0, -1) ?? ''; // its parenthesis
      await writeFile(path, lines.join('\n'), 'latin1');
      await editManifest(directory, (line) => line.replace(',"hashes":1', '').replaceAll(/,"xxh3":"\w+"/g, ''));
      const { size } = await stat(path);
      await editManifest(directory, (line) =>
        line.includes(`"${name}"`) ? line.replace(/"storedBytes":\d+/, `"storedBytes":${size}`) : line,
      );
      const found = (await verified(directory)).findings.filter(({ file }) => file === name);
      expect(found).toHaveLength(1);
      expect(found[0]?.what).toMatch(new RegExp(`^statement \\d+, which begins in line ${at + 1}, ends inside a row`));
    }));
});

async function flipABit(path: string, random: Random): Promise<void> {
  const bytes = await readFile(path);
  const at = random(bytes.length);
  bytes[at]! ^= 1 << random(8);
  await writeFile(path, bytes);
}

async function cutSomewhere(path: string, random: Random): Promise<void> {
  await truncate(path, random((await stat(path)).size));
}

async function cutAtTheEnd(path: string): Promise<void> {
  await truncate(path, (await stat(path)).size - 1);
}

async function emptied(path: string): Promise<void> {
  await truncate(path, 0);
}

async function lengthened(path: string): Promise<void> {
  await writeFile(path, '\n', { flag: 'a' });
}
