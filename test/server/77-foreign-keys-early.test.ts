/** Foreign keys between small tables, which are part of their CREATE TABLE: a refused one ends nothing, whoever comes first. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withDatabase } from '../support/lanes.ts';
import { acceptAltered } from '../support/manifest.ts';
import { runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';

const TABLES = `CREATE TABLE a_child (id INT PRIMARY KEY, parent INT, CONSTRAINT a_key FOREIGN KEY (parent) REFERENCES b_parent (id));
  CREATE TABLE b_parent (id INT PRIMARY KEY);
  CREATE TABLE c_parent (id INT PRIMARY KEY);
  CREATE TABLE d_child (id INT PRIMARY KEY, parent INT, CONSTRAINT d_key FOREIGN KEY (parent) REFERENCES c_parent (id));
  CREATE TABLE e_circle (id INT PRIMARY KEY, next INT, CONSTRAINT e_key FOREIGN KEY (next) REFERENCES f_circle (id) ON DELETE CASCADE);
  CREATE TABLE f_circle (id INT PRIMARY KEY, next INT, self INT,
    CONSTRAINT f_key FOREIGN KEY (next) REFERENCES e_circle (id), CONSTRAINT f_self FOREIGN KEY (self) REFERENCES f_circle (id));
  INSERT INTO b_parent VALUES (1); INSERT INTO a_child VALUES (1, 1), (2, 7);
  INSERT INTO c_parent VALUES (1); INSERT INTO d_child VALUES (1, 1);
  INSERT INTO e_circle VALUES (1, 1), (2, 9); INSERT INTO f_circle VALUES (1, 1, 1)`;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  test('between parents and children of other types: named, and all else is as it was', () =>
    withDatabase(source, 'early', async (database, connection) => {
      await connection.query(`SET foreign_key_checks = 0; ${TABLES}`);
      const databases = [database];
      const original = await fingerprint(source.url, { databases });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases, codec: 'none' });
        await vacate(lane, database);
        for (const parent of ['b_parent', 'c_parent']) {
          const name = `${database}.${parent}-schema.sql`;
          const path = join(directory, name);
          await writeFile(path, (await readFile(path, 'latin1')).replace('`id` int', '`id` bit'), 'latin1');
          await acceptAltered(directory, name);
        }
        const { summary } = await runLoad(target, { directory });
        expect(summary.skipped.map(({ what }) => what.replace(/ of table .*/, '')).sort()).toEqual([
          'foreign key `a_key`',
          'foreign key `d_key`',
        ]);
        expect(summary.warnings.join()).toMatch(/1 in .*`e_circle` \(`next`\) → .*`f_circle`/);
      });
      const differing = diffFingerprints(original, await fingerprint(target.url, { databases }));
      expect(differing.filter((line) => line.includes('circle'))).toEqual([]);
      expect(differing.length).toBeGreaterThan(0);
      await dropDatabase(target, database);
    }));
});
