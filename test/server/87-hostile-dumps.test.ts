/** A dump that somebody else wrote: what no dump needs is not run, and named; with --trust-dump it is run. */

import { appendFile, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { MANIFEST_NAME } from '../../src/format/names.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { dropEverywhere, failureOf, NO_LOCK, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';

const FILL = `CREATE TABLE t (id INT PRIMARY KEY, v TEXT);
  INSERT INTO t VALUES (1, 'one'); CREATE TABLE big (v TEXT); INSERT INTO big VALUES (REPEAT('x', 60000));
  CREATE VIEW v AS SELECT id FROM t; CREATE PROCEDURE p() BEGIN SELECT 1; END;
  CREATE TRIGGER noted BEFORE INSERT ON t FOR EACH ROW SET NEW.v = CONCAT(NEW.v, '')`;

/** A file of the dump by its end, and where in it what stands. */
const PLACES = [
  '-schema-create.sql',
  '.t-schema.sql',
  '.v-schema-view.sql',
  '-schema-post.sql',
  '-schema-triggers.sql',
  '.t.00000.sql',
  '.big.00000.sql',
] as const;

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;

  interface Lent {
    readonly directory: string;
    readonly database: string;
    /** A database of the target that is none of the dump's, with a table of one row. */
    readonly victim: string;
    readonly path: (end: string) => string;
    readonly victimRows: () => Promise<number>;
  }

  /** The dump has no manifest, as one of another tool. */
  const withDump = (use: (lent: Lent) => Promise<void>): Promise<void> =>
    withDatabase(target, 'victim', async (victim, watcher) => {
      await watcher.query('CREATE TABLE kept (id INT); INSERT INTO kept VALUES (1)');
      const victimRows = async (): Promise<number> => {
        const [rows] = await watcher.query(
          `SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = '${victim}' AND table_name = 'kept'`,
        );
        return Number((rows as { n: unknown }[])[0]?.n);
      };
      await withDatabase(source, 'hostile', async (database, connection) => {
        await connection.query(FILL);
        try {
          await withDirectory(async (directory) => {
            await runDump(source, { directory, databases: [database], codec: 'none', lock: NO_LOCK });
            await rm(join(directory, MANIFEST_NAME));
            await vacate(lane, database);
            const names = await readdir(directory);
            const path = (end: string): string => join(directory, names.find((name) => name.endsWith(end)) ?? end);
            await use({ directory, database, victim, path, victimRows });
          });
        } finally {
          await dropEverywhere(lane, database);
        }
      });
    });

  test('a statement that no dump needs ends the load by file, statement and line; a trusted dump is run as it is', () =>
    withDump(async ({ directory, database, victim, path, victimRows }) => {
      const hostile = `DROP TABLE ${victim}.kept`;
      for (const place of PLACES) {
        const file = path(place);
        const text = await readFile(file, 'latin1');
        await appendFile(file, `/* harmless */\n ${hostile};\n`);
        const failure = await failureOf(runLoad(target, { directory }));
        expect([place, failure.code]).toEqual([place, 'FOREIGN_STATEMENT']);
        const line = text.split('\n').length + (text.endsWith('\n') ? 0 : 1);
        expect(failure.message).toMatch(
          /\.sql, statement \d+ \(line \d+\) is not run: .*: \/\* harmless \*\/ DROP TABLE/,
        );
        expect(failure.message).toContain(`(line ${line})`);
        expect(failure.hint).toContain('--trust-dump');
        expect(await victimRows()).toBe(1);
        await writeFile(file, text, 'latin1');
        await vacate(lane, database);
      }
      await appendFile(path('.big.00000.sql'), `${hostile};\n`);
      await runLoad(target, { directory, trustDump: true });
      expect(await victimRows()).toBe(0);
    }));

  test('a body is one statement: what follows it is not run', () =>
    withDump(async ({ directory, victim, path, victimRows }) => {
      const file = path('-schema-post.sql');
      const text = await readFile(file, 'latin1');
      await writeFile(file, text.replace(/\bEND(?=;\n)/, `END; DROP TABLE ${victim}.kept;`), 'latin1');
      const { summary } = await runLoad(target, { directory });
      expect(summary.skipped.map(({ what }) => what)).toEqual([expect.stringContaining('procedure')]);
      expect(await victimRows()).toBe(1);
    }));

  test('rows go into the table of their file, and what is in the directory is a file', () =>
    withDump(async ({ directory, database, victim, path, victimRows }) => {
      const file = path('.t.00000.sql');
      const text = await readFile(file, 'latin1');
      for (const into of [`${victim}.kept`, 'big', `\`${database}\`.\`big\``]) {
        await writeFile(file, text.replace('INSERT INTO `t`', `INSERT INTO ${into}`), 'latin1');
        const failure = await failureOf(runLoad(target, { directory }));
        expect(failure.code).toBe('FOREIGN_STATEMENT');
        expect(failure.message).toMatch(/ is not run: it is about /);
        await vacate(lane, database);
      }
      await rm(file);
      await symlink('/etc/hostname', file);
      const failure = await failureOf(runLoad(target, { directory }));
      expect(failure).toMatchObject({ code: 'DUMP_DAMAGED', message: expect.stringContaining('no regular file') });
      expect(await victimRows()).toBe(1);
      const [found] = await withConnection(target, (connection) =>
        connection.query('SHOW DATABASES LIKE ?', [database]),
      );
      expect(found).toEqual([]);
    }));
});
