import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { SpareBuffers } from '../../../src/format/plain-reader.ts';
import { isSmall, readSmallFile } from '../../../src/load/send/small-file.ts';
import type { SmallFile } from '../../../src/load/send/small-file.ts';

const HEADER = "/*!40101 SET NAMES binary*/;\n/*!40103 SET TIME_ZONE='+00:00' */;\n";
const limits = { maxBytes: 20_000, longestBytes: undefined, backslashEscapes: true };

describe('a small data file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tsdump-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (text: string): Promise<SmallFile | undefined> => {
    const path = join(folder, 'd.t.00000.sql');
    await writeFile(path, text);
    const file = { name: 'd.t.00000.sql', path, codec: 'none', storedBytes: text.length } as const;
    return isSmall(file) ? readSmallFile(file, limits, SpareBuffers.shared()) : undefined;
  };

  test('is read whole, with its settings and the number of its rows', async () => {
    const found = await read(`${HEADER}INSERT INTO \`t\` VALUES\n(1,"a),(")\n,(2,"b;\\n")\n;\n`);
    expect(found).toMatchObject({ rows: 2 });
    expect(found?.settings.map(String)).toEqual(['/*!40101 SET NAMES binary*/', "/*!40103 SET TIME_ZONE='+00:00' */"]);
    expect(found?.insert.length).toBe(46);
  });

  test.each([
    ['a setting behind rows', `INSERT INTO t VALUES (1);\nSET @a = 1;\n`],
    ['several statements', `INSERT INTO t VALUES (1);\n`.repeat(2)],
    ['another statement', `REPLACE INTO t VALUES (1);\n`],
    ['rows that may not be counted', `INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE id = 2;\n`],
    ['rows that are asked for', `INSERT INTO t SELECT 1;\n`],
    ['disguised names', `/*!40101 SET @tsdump_names='disguised'*/;\nINSERT INTO t VALUES (1);\n`],
    ['a statement that the target does not take', `INSERT INTO t VALUES ("${'x'.repeat(20_000)}");\n`],
    ['no rows', HEADER],
    ['much text', `INSERT INTO t VALUES (1)${',(1)'.repeat(9000)};\n`],
  ])('with %s goes another way', async (_, text) => {
    expect(await read(text)).toBeUndefined();
  });

  test('that is cut is damaged', async () => {
    await expect(read('INSERT INTO t VALUES (1')).rejects.toMatchObject({ code: 'DUMP_DAMAGED' });
  });
});
