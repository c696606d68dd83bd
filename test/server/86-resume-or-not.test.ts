/** What a load does that comes upon one that did not end: it goes on, begins anew, or says why not and touches nothing. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ToolError } from '../../src/index.ts';
import type { LoadOptions, RunEvent } from '../../src/index.ts';
import { RunningProgram, account, expectFailure } from '../support/cli.ts';
import { untilNobodyIsIn } from '../support/connections.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { Fingerprint } from '../support/fingerprint.ts';
import type { LaneServers } from '../support/lanes.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { acceptAltered } from '../support/manifest.ts';
import {
  connectionTo,
  dropEverywhere,
  failureOf,
  NO_LOCK,
  runDump,
  runLoad,
  vacate,
  withDirectory,
} from '../support/runs.ts';
import { withStatementProxy } from '../support/statement-proxy.ts';

const STOPPED = new ToolError('INTERRUPTED', 'stopped by the test');

const TABLES = ['first', 'second', 'third'];
const FILL = `${TABLES.map(
  (name) =>
    `CREATE TABLE ${name} (id INT, v VARCHAR(20), KEY (id)); INSERT INTO ${name} VALUES (1, 'a'), (1, 'a'), (2, 'b');`,
).join('\n')}
  CREATE VIEW seen AS SELECT id FROM first; CREATE TABLE fired (what INT);
  CREATE TRIGGER noted AFTER INSERT ON second FOR EACH ROW INSERT INTO fired VALUES (NEW.id)`;

const NAMELESS = `
  CREATE TABLE parents (id INT PRIMARY KEY, v INT, t TEXT, KEY v (v), KEY named (v, id), FULLTEXT KEY words (t)); INSERT INTO parents VALUES (1, 1, 'one');
  CREATE TABLE children (id INT PRIMARY KEY, parent INT, KEY parent (parent), CONSTRAINT up FOREIGN KEY (parent) REFERENCES parents (id));
  INSERT INTO children VALUES (1, 1)`;

interface Dumped {
  readonly directory: string;
  readonly database: string;
  readonly original: Fingerprint;
}

describe.each(laneServers())('$lane', (lane) => {
  const { target } = lane;

  test('without --resume it is explained, with both ways on; --drop-table begins anew', () =>
    withDumped(lane, FILL, async ({ directory, database, original }) => {
      const stopped = await stoppedLoad(database, { directory });
      expect(stopped).toMatchObject({ code: 'INTERRUPTED', message: STOPPED.message });
      expect(stopped.hint).toContain('the same command with --resume goes on');
      const before = await state(database);
      for (const dropTable of ['FAIL', 'TRUNCATE', 'SKIP'] as const) {
        const refused = await failureOf(runLoad(target, { directory, dropTable }));
        expect(refused.code).toBe('LOAD_FAILED');
        expect(refused.message).toContain(`the target holds an interrupted load in \`${database}\`, begun 20`);
        expect(refused.message).toMatch(
          /UTC; it was loading rows, [1-3] of 3 data files whole, [369] rows; nothing was changed$/,
        );
        expect(refused.hint).toMatch(/--resume; or begin anew: --drop-table/);
      }
      expect(diffFingerprints(before, await state(database))).toEqual([]);
      const { summary } = await runLoad(target, { directory, dropTable: 'DROP' });
      expect(summary).toMatchObject({ rows: 9, warnings: [], skipped: [] });
      expect(diffFingerprints(original, await state(database))).toEqual([]);
    }));

  test.each([true, false])('a load that ends just before its lock is had, with --resume: %s', (resume) =>
    withDumped(lane, FILL, async ({ directory, database }) => {
      await stoppedLoad(database, { directory });
      const failure = await withStatementProxy(target, (proxy) => {
        proxy.onStatement = ({ text }) =>
          /GET_LOCK\('tsload|IS_USED_LOCK\('tsload/.test(text) ? endOtherLoad(database) : 'pass';
        const connection = { ...connectionTo(target), port: proxy.port };
        return failureOf(runLoad(target, { directory, resume, connection }));
      });
      expect(failure.code).toBe('LOAD_FAILED');
      expect(failure.message).toContain(resume ? 'nothing to resume here' : 'the target has ');
    }),
  );

  test('--resume is refused where it would be another load, and goes on where it is the same', () =>
    withDumped(lane, FILL, async ({ directory, database, original }) => {
      const nothing = await failureOf(runLoad(target, { directory, resume: true }));
      expect(nothing.code).toBe('LOAD_FAILED');
      expect(nothing.message).toContain(
        `nothing to resume here: the target holds no interrupted load in \`${database}\``,
      );
      await stoppedLoad(database, { directory, optimizeKeys: 'AFTER_IMPORT_ALL_TABLES' });
      const before = await state(database);
      const other = await failureOf(runLoad(target, { directory, resume: true, dropTable: 'DROP', tables: ['%.%'] }));
      expect(other.code).toBe('LOAD_FAILED');
      expect(other.message).toContain('had other options: ');
      expect(other.message).toContain('--drop-table (FAIL then, DROP now)');
      expect(other.message).toContain('--tables-list (not given then, %.% now)');
      await withDirectory(async (second) => {
        await runDump(target, {
          directory: second,
          databases: [database],
          tables: [`${database}.first`],
          lock: NO_LOCK,
        });
        const foreign = await failureOf(runLoad(target, { directory: second, resume: true }));
        expect(foreign.message).toMatch(/is of another dump than this; nothing was changed$/);
        expect(diffFingerprints(before, await state(database))).toEqual([]);
      });
      // Others of the options, as these, change nothing in what comes out.
      const { summary } = await runLoad(target, { directory, resume: true, threads: 1, optimizeKeys: 'SKIP' });
      expect(summary).toMatchObject({ rows: 9, tables: 4, views: 1, warnings: [], skipped: [] });
      expect(diffFingerprints(original, await state(database))).toEqual([]);
      expect((await failureOf(runLoad(target, { directory, resume: true }))).message).toContain('nothing to resume');
    }));

  test('another dump may replace it, and says what it leaves incomplete', () =>
    withDumped(lane, FILL, async ({ directory, database }) => {
      await withDirectory(async (some) => {
        await runLoad(target, { directory });
        await runDump(target, { directory: some, databases: [database], tables: [`${database}.first`], lock: NO_LOCK });
        await vacate(lane, database);
        await stoppedLoad(database, { directory });
        const { summary } = await runLoad(target, { directory: some, dropTable: 'DROP' });
        expect(summary.warnings).toEqual([expect.stringContaining('that are not part of this load stay incomplete')]);
        expect((await failureOf(runLoad(target, { directory }))).message).toContain('`second`');
      });
    }));

  test('while it is under way nobody else begins or goes on: exit code 11; when it is dead, --resume goes on', () =>
    withDumped(lane, FILL, async ({ directory, database, original }) => {
      await withStatementProxy(target, async (proxy) => {
        const reached = new Promise<void>((resolve) => {
          proxy.onStatement = ({ text }) => {
            if (!/^(INSERT INTO|LOAD DATA).*(first|second|third)/s.test(text)) return 'pass';
            resolve();
            return 'hold';
          };
        });
        const args = ['-d', directory, ...account(target)];
        const through = ['-d', directory, ...account({ ...target, port: proxy.port }), '--ssl-mode=DISABLED'];
        const running = new RunningProgram('tsload', through);
        await reached;
        for (const more of [[], ['--resume']]) {
          const ended = await new RunningProgram('tsload', [...args, ...more]).ended;
          const words = [`another run is loading into \`${database}\``, 'nothing was changed', /KILL \d+/];
          expectFailure(ended, 11, 'ANOTHER_RUN', words);
        }
        running.kill('SIGKILL');
        await running.ended;
        expect(await new RunningProgram('tsload', [...args, '--resume']).ended).toMatchObject({ code: 0 });
        expect(diffFingerprints(original, await state(database))).toEqual([]);
      });
    }));

  test('triggers that were taken away for the rows are put back by the run that goes on', () =>
    withDumped(lane, FILL, async ({ directory, database, original }) => {
      await runLoad(target, { directory, withData: false });
      await stoppedLoad(database, { directory, withSchemas: false });
      expect(await triggersOf(database)).toEqual([]);
      const refused = await failureOf(runLoad(target, { directory, withSchemas: false }));
      expect(refused.message).toContain('interrupted load');
      await runLoad(target, { directory, withSchemas: false, resume: true });
      expect(await triggersOf(database)).toEqual(['noted']);
      expect(diffFingerprints(original, await state(database))).toEqual([]);
    }));

  test('keys and foreign keys without names are not added a second time', () =>
    withDumped(lane, NAMELESS, async ({ directory, database }) => {
      for (const [table, from, to] of [
        ['children', 'CONSTRAINT `up` FOREIGN KEY', 'FOREIGN KEY'],
        ['parents', 'KEY `v`', 'KEY'],
        ['parents', 'FULLTEXT KEY `words`', 'FULLTEXT KEY'],
      ] as const) {
        const name = `${database}.${table}-schema.sql`;
        const file = join(directory, name);
        const text = await readFile(file, 'utf8');
        expect(text).toContain(from);
        await writeFile(file, text.replace(from, to));
        await acceptAltered(directory, name);
      }
      const options = { directory, optimizeKeys: 'AFTER_IMPORT_PER_TABLE' } as const;
      await runLoad(target, options);
      const once = await state(database);
      for (const phase of ['constraints', 'code']) {
        await vacate(lane, database);
        await stoppedLoad(database, options, (event) => event.type === 'phase' && event.phase === phase);
        await runLoad(target, { ...options, resume: true });
        expect(diffFingerprints(once, await state(database))).toEqual([]);
      }
    }));

  test('tables that were there keep what they had, and what was to be left alone is', () =>
    withDumped(
      lane,
      `${FILL}; CREATE TABLE old (id INT) ENGINE = MyISAM; INSERT INTO old VALUES (1), (1)`,
      async (dumped) => {
        const { directory, database } = dumped;
        const existing = `CREATE DATABASE \`${database}\`; USE \`${database}\`;
        CREATE TABLE third (id INT, v VARCHAR(20), KEY (id)); INSERT INTO third VALUES (7, 'mine')`;
        for (const [dropTable, thirds] of [
          ['SKIP', [7]],
          ['NONE', [1, 1, 2, 7]],
          ['TRUNCATE', [1, 1, 2]],
        ] as const) {
          await vacate(lane, database);
          await withConnection(target, (connection) => connection.query(existing));
          await stoppedLoad(database, { directory, dropTable });
          await runLoad(target, { directory, dropTable, resume: true });
          expect(await ids(database, 'third'), dropTable).toEqual(thirds);
          for (const table of ['first', 'second']) expect(await ids(database, table), dropTable).toEqual([1, 1, 2]);
          expect(await ids(database, 'old'), dropTable).toEqual([1, 1]);
        }
      },
    ));

  /** One that is interrupted at an event: when the first table with rows is done, unless said otherwise. */
  async function stoppedLoad(
    database: string,
    options: Partial<LoadOptions> & Pick<LoadOptions, 'directory'>,
    isThen: (event: RunEvent) => boolean = (event) => event.type === 'table-done' && event.rows > 0,
  ): Promise<ToolError> {
    const stopping = new AbortController();
    const onEvent = (event: RunEvent): void => {
      if (isThen(event)) stopping.abort(STOPPED);
    };
    const failure = await failureOf(runLoad(target, { threads: 1, ...options }, { signal: stopping.signal, onEvent }));
    await untilNobodyIsIn(target, database);
    return failure;
  }

  /** What another run does last. */
  async function endOtherLoad(database: string): Promise<'pass'> {
    await withConnection(target, (connection) => connection.query(`DROP TABLE IF EXISTS ${database}.tsload_progress`));
    return 'pass';
  }

  async function state(database: string): Promise<Fingerprint> {
    return fingerprint(target.url, { databases: [database] });
  }

  async function ids(database: string, table: string): Promise<number[]> {
    const [rows] = await withConnection(target, (connection) =>
      connection.query(`SELECT id FROM \`${database}\`.\`${table}\` ORDER BY id`),
    );
    return (rows as { id: number }[]).map(({ id }) => id);
  }

  async function triggersOf(database: string): Promise<string[]> {
    const [rows] = await withConnection(target, (connection) => connection.query(`SHOW TRIGGERS FROM \`${database}\``));
    return (rows as { Trigger: string }[]).map(({ Trigger }) => Trigger);
  }
});

/** A dump of what the statements make; the target has nothing of it. */
async function withDumped(lane: LaneServers, sql: string, use: (dumped: Dumped) => Promise<void>): Promise<void> {
  const { source } = lane;
  await withDirectory((directory) =>
    withDatabase(source, 'stopped', async (database, connection) => {
      await connection.query(sql);
      const original = await fingerprint(source.url, { databases: [database] });
      await runDump(source, { directory, databases: [database], codec: 'none', lock: NO_LOCK });
      await vacate(lane, database);
      try {
        await use({ directory, database, original });
      } finally {
        await dropEverywhere(lane, database);
      }
    }),
  );
}
