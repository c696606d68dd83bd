/** Dumps that are not what was written: tsload says which file and why, and does nothing it need not take back. */

import { appendFile, copyFile, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { account, expectFailure, mustRun, runProgram, withFolder } from '../support/cli.ts';
import type { Ended } from '../support/cli.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { MANIFEST, acceptAltered } from '../support/manifest.ts';

const DATA = `CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200), n INT, CONSTRAINT positive CHECK (n > 0)) CHARSET utf8mb4;
  INSERT INTO t WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
    SELECT i, SHA2(i, 512), 7 FROM n;
  CREATE TABLE u (id INT PRIMARY KEY, v TEXT) CHARSET utf8mb4; INSERT INTO u VALUES (1, 'only'); ANALYZE TABLE t, u`;

interface Dump {
  readonly database: string;
  readonly directory: string;
  /** Of a file, by the end of its name behind the database's. */
  readonly path: (end: string) => string;
  /** One data file of several of the table t. */
  readonly dataFile: () => Promise<string>;
  readonly forgetManifest: () => Promise<void>;
  readonly load: () => Promise<Ended>;
  /** The tables on the target; undefined when there is not even the database. */
  readonly tables: () => Promise<string[] | undefined>;
}

describe.each(laneServers())('$lane', ({ source, target }) => {
  /** Lends a dump that is sound until it is damaged; neither server has the database any more. */
  const withDump = async (options: readonly string[], use: (dump: Dump) => Promise<void>): Promise<void> => {
    await withFolder(async (folder) => {
      const directory = join(folder, 'dump');
      const database = await withDatabase(source, 'damaged', async (name, connection) => {
        await connection.query(DATA);
        await mustRun('tsdump', ['-d', directory, ...account(source), '-B', name, '-r', '300', ...options]);
        return name;
      });
      const tables = async (): Promise<string[] | undefined> =>
        withConnection(target, async (connection) => {
          const [databases] = await connection.query(`SHOW DATABASES LIKE '${database}'`);
          if ((databases as unknown[]).length === 0) return undefined;
          const [rows] = await connection.query({ sql: `SHOW TABLES FROM \`${database}\``, rowsAsArray: true });
          return (rows as string[][]).flat().sort();
        });
      try {
        await use({
          database,
          directory,
          path: (end) => join(directory, database + end),
          dataFile: async () => {
            const names = (await readdir(directory)).filter((name) => name.startsWith(`${database}.t.0`)).sort();
            expect(names.length).toBeGreaterThan(1);
            return join(directory, names.at(-1) ?? '');
          },
          forgetManifest: () => rm(join(directory, MANIFEST)),
          load: () => runProgram('tsload', ['-d', directory, ...account(target)]),
          tables,
        });
      } finally {
        await dropDatabase(target, database);
      }
    });
  };

  test('a directory that is not there, or is empty, or has lost its metadata', () =>
    withDump([], async ({ directory, load, tables }) => {
      const absent = join(directory, 'absent');
      expectFailure(await runProgram('tsload', ['-d', absent, ...account(target)]), 8, 'DUMP_INCOMPLETE', [
        `there is no directory ${absent}`,
      ]);
      await rm(join(directory, 'metadata'));
      expectFailure(await load(), 8, 'DUMP_INCOMPLETE', [`${directory} holds no complete dump`, 'metadata']);
      for (const name of await readdir(directory)) await rm(join(directory, name));
      expectFailure(await load(), 8, 'DUMP_INCOMPLETE', [`${directory} holds no dump`]);
      expect(await tables()).toBeUndefined();
    }));

  test.each(['metadata', MANIFEST])('a %s that was cut or emptied', (name) =>
    withDump([], async ({ directory, load, tables }) => {
      const path = join(directory, name);
      const { length } = await readFile(path);
      for (const bytes of [length - 40, Math.floor(length / 2), 0]) {
        await truncate(path, bytes);
        expectFailure(await load(), 8, 'DUMP_DAMAGED', [path]);
      }
      expect(await tables()).toBeUndefined();
    }),
  );

  test('a data file that is missing is noticed before anything is touched', () =>
    withDump([], async ({ directory, dataFile, load, tables }) => {
      const file = await dataFile();
      await rm(file);
      const words = [directory, 'lacks', basename(file), 'take a new dump'];
      expectFailure(await load(), 8, 'DUMP_INCOMPLETE', words);
      expect(await tables()).toBeUndefined();
    }));

  test('a data file too many', () =>
    withDump([], async ({ directory, path, dataFile, load, tables }) => {
      const extra = path('.t.00077.sql');
      await copyFile(await dataFile(), extra);
      expectFailure(await load(), 8, 'DUMP_DAMAGED', [directory, basename(extra), 'did not write']);
      expect(await tables()).toBeUndefined();
    }));

  test('a file of another size', () =>
    withDump([], async ({ path, load, tables }) => {
      await appendFile(path('.u-schema.sql'), '\n');
      expectFailure(await load(), 8, 'DUMP_DAMAGED', ['.u-schema.sql', /\d+ bytes instead of \d+/]);
      expect(await tables()).toBeUndefined();
    }));

  test.each([
    [['-c'], true],
    [['-c'], false],
    [['-c', 'gzip'], false],
    [[], false],
  ])('a data file that was cut, dumped with %j, manifest: %s', (options, hasManifest) =>
    withDump(options, async ({ dataFile, forgetManifest, load, tables }) => {
      const cut = await dataFile();
      if (!hasManifest) await forgetManifest();
      const { length } = await readFile(cut);
      await truncate(cut, Math.floor(length / 2));
      expectFailure(await load(), 8, 'DUMP_DAMAGED', [basename(cut)]);
      if (hasManifest) expect(await tables()).toBeUndefined();
    }),
  );

  test('without a manifest a data file that is missing shows in the number of rows', () =>
    withDump([], async ({ database, dataFile, forgetManifest, load }) => {
      await forgetManifest();
      await rm(await dataFile());
      expectFailure(await load(), 4, 'ROWS_DIFFER', [`\`${database}\`.\`t\``, /the dump has 900 rows, \d+ were/]);
    }));

  test('without a manifest a table that lost all its data files is noticed before anything is touched', () =>
    withDump([], async ({ database, path, forgetManifest, load, tables }) => {
      await forgetManifest();
      await rm(path('.u.00000.sql'));
      expectFailure(await load(), 8, 'DUMP_INCOMPLETE', [`${database}.u has 1 row`]);
      expect(await tables()).toBeUndefined();
    }));

  test('a row that the target refuses', () =>
    withDump([], async ({ directory, dataFile, load }) => {
      const file = await dataFile();
      const text = await readFile(file, 'latin1');
      const before = text.slice(0, text.indexOf('INSERT'));
      const statement = before.split(';\n').length;
      const twice = text.replace(/VALUES\((\d+),(.*)\n,\(\d+,/, 'VALUES($1,$2\n,($1,');
      expect(twice).not.toBe(text);
      await writeFile(file, twice, 'latin1');
      await acceptAltered(directory, basename(file));
      const said = expectFailure(await load(), 1, 'SERVER_REFUSED', ['loading', 'PRIMARY', 'error 1062']);
      const line = before.split('\n').length;
      expect(said).toContain(`${basename(file)}, statement ${statement} (line ${line})`);
    }));

  test('a definition that the target refuses', () =>
    withDump([], async ({ directory, path, load }) => {
      const file = path('.u-schema.sql');
      const text = await readFile(file, 'latin1');
      const before = text.slice(0, text.indexOf('CREATE'));
      await writeFile(file, text.replace('CHARSET=utf8mb4', 'CHARSET=utf9mb9'), 'latin1');
      await acceptAltered(directory, basename(file));
      const said = expectFailure(await load(), 1, 'SERVER_REFUSED', ["Unknown character set: 'utf9mb9'"]);
      const [statement, line] = [before.split(';\n').length, before.split('\n').length];
      expect(said).toContain(`${basename(file)}, statement ${statement} (line ${line})`);
    }));
});
