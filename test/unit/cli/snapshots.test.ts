/** Dumps side by side: --snapshot-count. */

import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { inSnapshots } from '../../../src/cli/snapshots.ts';
import type { SnapshotRules } from '../../../src/cli/upkeep.ts';

let place = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'tsdump-snapshots-'));
});
afterEach(() => {
  rmSync(place, { recursive: true });
});

const keep = (count: number): SnapshotRules => ({ count, resumes: false });

let clock = 1_700_000_000;

/** A dump that ends well, a minute after the last. */
const complete = async (directory: string): Promise<string> => {
  await interrupted(directory).catch(() => undefined);
  writeFileSync(join(directory, 'metadata'), '');
  clock += 60;
  utimesSync(join(directory, 'metadata'), clock, clock);
  return directory;
};

const interrupted = async (directory: string): Promise<string> => {
  mkdirSync(directory);
  writeFileSync(join(directory, 'a.b.00000.sql.partial'), '');
  return Promise.reject(new Error('the power went'));
};

const numbers = (): string[] =>
  readdirSync(place)
    .filter((name) => /^\d+$/.test(name))
    .sort();
const last = (): string => readlinkSync(join(place, 'last_dump'));

test('the newest are kept, and the link names the newest', async () => {
  const names: string[] = [];
  for (let i = 0; i < 5; i++) names.push((await inSnapshots(place, keep(2), complete)).slice(place.length + 1));
  expect(names).toEqual(['0', '1', '2', '0', '1']);
  expect(numbers()).toEqual(['0', '1']);
  expect(last()).toBe('1');
});

test('a dump that fails takes nothing away, however often', async () => {
  for (let i = 0; i < 2; i++) await inSnapshots(place, keep(1), complete);
  const before = { numbers: numbers(), last: last() };
  for (let i = 0; i < 3; i++) await expect(inSnapshots(place, keep(1), interrupted)).rejects.toThrow('the power went');
  expect(last()).toBe(before.last);
  expect(readdirSync(join(place, last()))).toContain('metadata');
  await inSnapshots(place, keep(1), complete);
  expect(numbers()).toEqual([last()]);
});

test('with a smaller number the oldest go, once a new dump is complete', async () => {
  for (let i = 0; i < 4; i++) await inSnapshots(place, keep(4), complete);
  await inSnapshots(place, keep(2), complete);
  expect(numbers()).toHaveLength(2);
  expect(numbers()).toContain(last());
});

test('two runs never meet', async () => {
  await inSnapshots(place, keep(2), async (directory) => {
    await expect(inSnapshots(place, keep(2), complete)).rejects.toMatchObject({ code: 'ANOTHER_RUN', exitCode: 11 });
    return complete(directory);
  });
  expect(numbers()).toEqual(['0']);
});

test('an interrupted dump is gone on with where it lies, if it says how far it came', async () => {
  await inSnapshots(place, keep(2), complete);
  const going = { count: 2, resumes: true };
  await expect(inSnapshots(place, going, complete)).rejects.toMatchObject({ code: 'RESUME_REFUSED' });
  await expect(inSnapshots(place, keep(2), interrupted)).rejects.toThrow('the power went');
  await expect(inSnapshots(place, going, complete)).rejects.toThrow('nothing to resume');
  writeFileSync(join(place, '1', 'tsdump-journal'), '');
  await inSnapshots(place, going, async (directory) => {
    expect(readdirSync(directory).sort()).toEqual(['a.b.00000.sql.partial', 'tsdump-journal']);
    writeFileSync(join(directory, 'metadata'), '');
    return Promise.resolve();
  });
  expect(last()).toBe('1');
});
