/** A bit of a dump has changed since it was written: the load says which file it is, and commits nothing of it. */

import { copyFile, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { LaneServers } from '../support/lanes.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { seeded } from '../support/row-driver.ts';
import {
  dataFilesOf,
  dropEverywhere,
  failureOf,
  NO_LOCK,
  runDump,
  runLoad,
  vacate,
  withDirectory,
} from '../support/runs.ts';

const FILL = `
  CREATE TABLE large (id INT PRIMARY KEY, v VARCHAR(100));
  INSERT INTO large WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    SELECT i, CONCAT('value of row ', i, REPEAT('.', 60)) FROM n;
  CREATE TABLE small (id INT PRIMARY KEY, v VARCHAR(100)); INSERT INTO small VALUES (1, 'value of row 1');
  CREATE TABLE plain (id INT PRIMARY KEY, v VARCHAR(100)) ENGINE=MyISAM; INSERT INTO plain SELECT * FROM large;
  CREATE VIEW seen AS SELECT id FROM small; CREATE TABLE fired (what INT);
  CREATE TRIGGER noted AFTER INSERT ON small FOR EACH ROW INSERT INTO fired VALUES (NEW.id);
  CREATE PROCEDURE does() SELECT 1`;

/** Several statements and transactions of each table but the small one. */
const LOADED = { statementsPerTransaction: 2, dropTable: 'DROP' } as const;

async function withDump(lane: LaneServers, use: (directory: string, database: string) => Promise<void>): Promise<void> {
  await withDatabase(lane.source, 'altered', async (database, connection) => {
    await connection.query(FILL);
    await withDirectory(async (directory) => {
      const form = { codec: 'none', maxStatementBytes: 5000, lock: NO_LOCK } as const;
      await runDump(lane.source, { directory, databases: [database], ...form });
      try {
        await vacate(lane, database);
        await use(directory, database);
      } finally {
        await dropEverywhere(lane, database);
      }
    });
  });
}

// What a file says of itself is the same whatever server it goes to.
describe.each(laneServers().slice(0, 1))('$lane', (lane) => {
  const { target } = lane;

  test('one bit of any file: the file is named', () =>
    withDump(lane, async (directory, database) => {
      const random = seeded(7);
      // A view's stand-in is for loaders that create tables first.
      const names = (await readdir(directory)).filter((name) => name !== `${database}.seen-schema.sql`).sort();
      expect(names.length).toBeGreaterThan(10);
      for (const name of names) {
        const path = join(directory, name);
        const sound = await readFile(path);
        const altered = Buffer.from(sound);
        altered[random(altered.length)]! ^= 1 << random(8);
        await writeFile(path, altered);
        const failure = await failureOf(runLoad(target, { directory, ...LOADED })).catch((error: unknown) => {
          throw new Error(`with a bit of ${name} changed`, { cause: error });
        });
        expect(failure, name).toMatchObject({ code: 'DUMP_DAMAGED', exitCode: 8 });
        expect(failure.message).toContain(name);
        await writeFile(path, sound);
      }
      expect((await runLoad(target, { directory, ...LOADED })).summary).toMatchObject({ rows: 2001, skipped: [] });
    }));
});

describe.each(laneServers().slice(0, 1))('$lane', (lane) => {
  const { target } = lane;

  test('two files swapped, or a file of another dump: one of them is named', () =>
    withDump(lane, async (directory, database) => {
      const [large = ''] = await dataFilesOf(directory, database, 'large');
      const [plain = ''] = await dataFilesOf(directory, database, 'plain');
      const expectNamed = async (names: readonly string[]): Promise<void> => {
        const failure = await failureOf(runLoad(target, { directory, ...LOADED }));
        expect(failure).toMatchObject({ code: 'DUMP_DAMAGED', exitCode: 8 });
        expect(
          names.some((name) => failure.message.includes(name)),
          failure.message,
        ).toBe(true);
      };
      const swap = async (): Promise<void> => {
        await rename(join(directory, large), join(directory, 'between'));
        await rename(join(directory, plain), join(directory, large));
        await rename(join(directory, 'between'), join(directory, plain));
      };
      await swap();
      await expectNamed([large, plain]);
      await swap();
      await runLoad(target, { directory, ...LOADED });
      await withDirectory(async (other) => {
        await runDump(target, { directory: other, databases: [database], codec: 'none', lock: NO_LOCK });
        for (const name of ['metadata', 'tsdump-manifest.jsonl', large]) {
          const sound = await readFile(join(directory, name));
          await copyFile(join(other, name), join(directory, name));
          await expectNamed(name === large ? [large] : ['metadata', 'tsdump-manifest.jsonl', `${database}.`]);
          await writeFile(join(directory, name), sound);
        }
      });
      expect((await runLoad(target, { directory, ...LOADED })).summary).toMatchObject({ rows: 2001, skipped: [] });
    }));
});

describe.each(laneServers())('$lane', (lane) => {
  const { target } = lane;

  test('another value in a row is nothing that a server would refuse: it is not kept', () =>
    withDump(lane, async (directory, database) => {
      for (const table of ['large', 'small', 'plain']) {
        const [name = ''] = await dataFilesOf(directory, database, table);
        const path = join(directory, name);
        const sound = await readFile(path, 'latin1');
        const row = table === 'small' ? 1 : 977;
        await writeFile(path, sound.replace(`value of row ${row}`, `valve of row ${row}`), 'latin1');
        const failure = await failureOf(runLoad(target, { directory, ...LOADED }));
        expect(failure).toMatchObject({ code: 'DUMP_DAMAGED' });
        expect(failure.message).toContain(`${name} is not as it was written`);
        await withConnection(target, async (connection) => {
          const rowsLike = async (value: string): Promise<unknown> =>
            (await connection.query(`SELECT * FROM \`${database}\`.${table} WHERE v LIKE ?`, [value]))[0];
          // What has no transactions is emptied by the run that goes on.
          if (table !== 'plain') expect(await rowsLike('%')).toEqual([]);
          await writeFile(path, sound, 'latin1');
          const { summary } = await runLoad(target, { directory, ...LOADED, resume: true });
          expect(summary.rows).toBe(2001);
          expect(await rowsLike('valve%')).toEqual([]);
        });
      }
    }));
});
