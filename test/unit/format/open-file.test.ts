import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { OpenFile, Pace } from '../../../src/format/open-file.ts';
import { withDirectory } from '../../support/runs.ts';

async function readWhole(path: string): Promise<Buffer> {
  const file = await OpenFile.open(path);
  const pieces: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.alloc(20_000);
    const bytes = await file.read(buffer, 10);
    if (bytes === 0) break;
    pieces.push(buffer.subarray(10, 10 + bytes));
  }
  await file.close();
  return Buffer.concat(pieces);
}

test('reads what there is, in place and elsewhere', () =>
  withDirectory(async (directory) => {
    await mkdir(directory);
    for (const size of [0, 1, 32_767, 32_768, 32_769, 200_000]) {
      const content = randomBytes(size);
      const path = join(directory, `${size}`);
      await writeFile(path, content);
      expect(await readWhole(path)).toEqual(content);
    }
  }));

test('names a file that is missing, and a directory', () =>
  withDirectory(async (directory) => {
    await mkdir(directory);
    await expect(OpenFile.open(join(directory, 'none'))).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE' });
    await expect(readWhole(directory)).rejects.toMatchObject({ code: 'STORAGE' });
  }));

describe('the pace of the storage', () => {
  test('is quick until it is slow on average, whatever one file took', () => {
    const pace = new Pace();
    expect(pace.isQuick).toBe(true);
    pace.note(10_000);
    expect(pace.isQuick).toBe(true);
    for (let file = 0; file < 16; file++) pace.note(3);
    expect(pace.isQuick).toBe(false);
  });

  test('is tried again, and believed when it is quick again', () => {
    const pace = new Pace();
    for (let file = 0; file < 64; file++) pace.note(3);
    let tried = 0;
    for (let file = 0; file < 64 * 100; file++) {
      if (!pace.isQuick) continue;
      tried++;
      pace.note(0.02);
    }
    expect(tried).toBeGreaterThan(1000);
    expect(pace.isQuick).toBe(true);
  });
});
