/** A dump that somebody else wrote: what no dump needs is not run, and named; with --trust-dump it is run. */

import { appendFile, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { connect } from '../../src/mysql/connect.ts';
import { inspectServer } from '../../src/mysql/server.ts';
import { FileJudge } from '../../src/schema/belongs/belongs.ts';
import { executesOf } from '../../src/schema/belongs/tokens.ts';
import { MANIFEST_NAME } from '../../src/format/names.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import {
  connectionTo,
  dropEverywhere,
  failureOf,
  findingsOf,
  NO_LOCK,
  runDump,
  runLoad,
  vacate,
  withDirectory,
} from '../support/runs.ts';

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

/** Of these a statement can be made that hides what it does. */
const PIECES = (victim: string): readonly string[] => [
  ...'/*! /*!50000 /*!050000 /*!99999 /*!100100 /*!999999 /*M! /*M!100100 /*M!999999 /* */ */ */ # -- --'.split(' '),
  '\n',
  '\0',
  '\\',
  "'",
  '"',
  '`',
  ',',
  ';',
  'SET @a = 1',
  'SET @a =',
  '@b = 2',
  'SET NAMES binary',
  `DROP TABLE IF EXISTS ${victim}.kept`,
  `DROP TABLE IF EXISTS ${victim}.kept`,
  `INTO OUTFILE`,
  `GLOBAL long_query_time = 77`,
  'INSERT INTO `t` VALUES (1)',
  'INSERT INTO t (id) VALUES (2)',
  'CREATE TABLE t (a int)',
  "COMMENT = '",
  'AS SELECT 1 AS a',
];

/** Tried with others as well: a million statements on each kind of server. */
const SEED = 20_261_121;

/** The bytes of characters that end with a quote or a backslash, for the character sets that have them. */
const HALVES = ['\x95', '\x81\x60', '\x95\x5c', '\xe9', '\xa1', '\xa0', '\xa1\x81'];

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
        expect(await findingsOf(directory)).toEqual([
          {
            file: basename(file),
            what: expect.stringMatching(
              new RegExp(`^statement \\d+, which begins in line ${line}, is not run by tsload: .* DROP TABLE `),
            ),
            isForeign: true,
          },
        ]);
        expect(await findingsOf(directory, { trustDump: true })).toEqual([]);
        await writeFile(file, text, 'latin1');
        await vacate(lane, database);
      }
      await appendFile(path('.big.00000.sql'), `${hostile};\n`);
      await runLoad(target, { directory, trustDump: true });
      expect(await victimRows()).toBe(0);
    }));

  test("into the server's own databases nothing goes, and no file of the client's goes to the server", () =>
    withDump(async ({ directory, database, victim, path }) => {
      const leaks = `LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE ${victim}.kept`;
      await appendFile(path('-schema-create.sql'), `\n${leaks};\n`);
      await runLoad(target, { directory, trustDump: true });
      const [leaked] = await withConnection(target, (connection) => connection.query(`SELECT id FROM ${victim}.kept`));
      expect(leaked).toEqual([{ id: 1 }]);
      const metadata = join(directory, 'metadata');
      await writeFile(metadata, (await readFile(metadata, 'utf8')).replaceAll(`\`${database}\``, '`mysql`'));
      for (const name of await readdir(directory))
        if (name.startsWith(database))
          await rename(join(directory, name), join(directory, `mysql${name.slice(database.length)}`));
      const failure = await failureOf(runLoad(target, { directory }));
      expect(failure.code).toBe('FOREIGN_STATEMENT');
      expect(failure.message).toBe("the dump is to go into mysql, which is the server's own; nothing was changed");
      const said = (await findingsOf(directory)).filter(({ file }) => file === undefined);
      expect(said).toEqual([expect.objectContaining({ what: expect.stringMatching(/into mysql/), isForeign: true })]);
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
        expect(await findingsOf(directory)).toEqual([
          expect.objectContaining({ what: expect.stringContaining('it is about'), isForeign: true }),
        ]);
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

  test('what is found to belong into a file does nothing else on the server, however it is put together', () =>
    withDatabase(target, 'fuzzed', async (victim, watcher) => {
      await watcher.query('CREATE TABLE kept (id INT); CREATE TABLE t (id INT)');
      const session = await connect(connectionTo(target));
      const { product, version } = await inspectServer(session);
      const piece = fc.constantFrom(...PIECES(victim), ...HALVES);
      const wanted = fc.record({
        charset: fc.constantFrom('binary', 'utf8mb4', 'latin1', 'sjis', 'gbk', 'big5', 'ujis'),
        mode: fc.constantFrom('', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES'),
        holds: fc.constantFrom('rows' as const, 'table' as const),
        between: fc.constantFrom(' ', '\n', ''),
        pieces: fc.array(piece, { minLength: 1, maxLength: 7 }),
      });
      try {
        await session.execute(`USE ${victim}`);
        let run = 0;
        for (const { charset, mode, holds, between, pieces } of fc.sample(wanted, { numRuns: 6000, seed: SEED })) {
          const judge = new FileJudge(
            { holds, database: victim, name: 't' },
            { executes: executesOf(product, version), foldsNames: false },
          );
          const settings = [`SET NAMES ${charset}`, `SET SESSION sql_mode = '${mode}'`];
          for (const setting of settings) expect(judge.whyNot(Buffer.from(setting))).toBeUndefined();
          const text = pieces.join(between);
          const statement = Buffer.from(text, 'latin1');
          if (judge.whyNot(statement) !== undefined) continue;
          run++;
          await session.executeEach([...settings, statement]);
          const [found] = await session.executeEach([`DO (SELECT COUNT(*) FROM ${victim}.kept)`]);
          if (found instanceof Error)
            throw new Error(`under ${charset}, '${mode}': ${JSON.stringify(text)}`, { cause: found });
        }
        expect(run).toBeGreaterThan(100);
        const [rows] = await watcher.query('SELECT @@GLOBAL.long_query_time AS seconds');
        expect(rows).not.toEqual([{ seconds: 77 }]);
      } finally {
        await session.close();
      }
    }));
});
