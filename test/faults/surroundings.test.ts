/** What surrounds a run fails it: its directory, its clock, its memory, its connections. */

import { existsSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, test } from 'vitest';

import { account, expectFailure, mustRun, runProgram, withFolder } from '../support/cli.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { failureOf, NO_LOCK, runDump, withDirectory } from '../support/runs.ts';

const FILL = `CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT);
  INSERT INTO t WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    SELECT i, REPEAT('x', 20000) FROM n;
  INSERT INTO t VALUES (0, REPEAT('y', 6000000))`;

/** An hour back with every tenth look at it, in the main thread and in the workers. */
const CLOCK = `const Real = Date; let looks = 0; let backMs = 0;
  const now = () => { if (++looks % 10 === 0) backMs += 3_600_000; return Real.now() - backMs; };
  globalThis.Date = class extends Real { constructor(...given) { given.length === 0 ? super(now()) : super(...given); } static now() { return now(); } };`;

// No kind of server has a part in it.
describe.each(laneServers().slice(0, 1))('$lane', ({ source, target }) => {
  test('a directory that is removed while the dump is written: exit code 7, and nothing comes into its place', () =>
    withDatabase(source, 'removed', async (database, connection) => {
      await connection.query('CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)');
      await withDirectory(async (directory) => {
        const onEvent = ({ type }: { type: string }): void => {
          if (type === 'totals') rmSync(directory, { recursive: true });
        };
        const failure = await failureOf(
          runDump(source, { directory, databases: [database], lock: NO_LOCK }, { onEvent }),
        );
        expect(failure).toMatchObject({ code: 'STORAGE', exitCode: 7 });
        expect(failure.message).toContain(directory);
        expect(existsSync(directory)).toBe(false);
      });
    }));

  test('a clock that goes back, and little memory: the dump and the load are whole', () =>
    withDatabase(source, 'clock', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query(FILL);
        const clock = join(folder, 'clock.mjs');
        await writeFile(clock, CLOCK);
        for (const [index, options] of [`--import=${pathToFileURL(clock).href}`, '--max-old-space-size=64'].entries()) {
          const copy = `${database}_${index}`;
          const environment = { NODE_OPTIONS: options };
          const directory = join(folder, `dump-${index}`);
          try {
            const dump = ['-d', directory, ...account(source), '-B', database, '-r', '200'];
            const load = ['-d', directory, ...account(target), '-B', copy, '--verify'];
            for (const [program, args] of [
              ['tsdump', dump],
              ['tsload', load],
            ] as const) {
              const ended = await runProgram(program, args, environment);
              expect(ended.code, ended.stderr).toBe(0);
              expect(ended.stderr).toMatch(/1,001/);
              expect(ended.stderr).not.toMatch(/-\d+(\.\d+)? s\b/);
            }
            await mustRun('tsload', ['verify', '-d', directory]);
          } finally {
            await dropDatabase(target, copy);
          }
        }
      }),
    ));

  test('fewer connections than --threads: a dump says which limit it is', () =>
    withDatabase(source, 'few', (database, connection) =>
      withFolder(async (folder) => {
        const user = uniqueName('few');
        await connection.query(`CREATE TABLE t (id INT PRIMARY KEY);
          CREATE USER '${user}'@'%' IDENTIFIED BY 'pw' WITH MAX_USER_CONNECTIONS 2; GRANT ALL ON *.* TO '${user}'@'%'`);
        try {
          const who = { ...source, user, password: 'pw' };
          const ended = await runProgram('tsdump', ['-d', join(folder, 'dump'), ...account(who), '-B', database]);
          expectFailure(ended, 5, 'CONNECT', ['has no free connection', 'max_user_connections', 'lower --threads']);
          expect(existsSync(join(folder, 'dump'))).toBe(false);
        } finally {
          await withConnection(source, (other) => other.query(`DROP USER '${user}'@'%'`));
        }
      }),
    ));
});
