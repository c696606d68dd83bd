/** What the operator gets for a mistake, before anything is written: one reason, what to do, the right exit code, no traces. */

import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { account, expectFailure, mustRun, runProgram, withFolder } from '../support/cli.ts';
import { laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import type { TestServer } from '../support/servers.ts';
import { freePort } from '../support/servers/port.ts';

const DATA =
  "CREATE TABLE t (id INT PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b'); CREATE TABLE u (id INT)";

/** What reading the binlog position takes. */
const POSITION = { MySQL: 'REPLICATION CLIENT', MariaDB: 'BINLOG MONITOR' } as const;

/** A database, and a path at which nothing is. */
async function withData(
  server: TestServer,
  use: (database: string, directory: string, folder: string) => Promise<void>,
): Promise<void> {
  await withDatabase(server, 'bad', async (database, connection) => {
    await connection.query(DATA);
    await withFolder((folder) => use(database, join(folder, 'dump'), folder));
  });
}

/** Lends an account with the privileges given. */
async function withAccount(
  server: TestServer,
  grants: readonly string[],
  use: (who: { host: string; port: number; user: string; password: string }) => Promise<void>,
): Promise<void> {
  const user = uniqueName('bad');
  const password = 'Pass-word 1';
  await withConnection(server, async (connection) => {
    await connection.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
    try {
      for (const grant of grants) await connection.query(`GRANT ${grant} TO '${user}'@'%'`);
      await use({ host: server.host, port: server.port, user, password });
    } finally {
      await connection.query(`DROP USER '${user}'@'%'`);
    }
  });
}

describe.each(laneServers())('$lane', ({ source }) => {
  test.each(['tsdump', 'tsload'] as const)('%s: a wrong password', async (program) => {
    await withData(source, async (database, directory) => {
      if (program === 'tsload') await mustRun('tsdump', ['-d', directory, ...account(source), '-B', database]);
      const who = { ...source, password: 'wrong' };
      const ended = await runProgram(program, ['-d', directory, ...account(who)]);
      const text = expectFailure(ended, 5, 'AUTHENTICATION', [
        `${source.user}@${source.host}:${source.port}`,
        'Access denied',
        'check --user and --password',
      ]);
      expect(text).not.toContain('wrong');
      if (program === 'tsdump') expect(existsSync(directory)).toBe(false);
    });
  });

  test('an unknown host', () =>
    withFolder(async (folder) => {
      const who = { ...source, host: 'no-such-host.invalid' };
      const ended = await runProgram('tsdump', ['-d', join(folder, 'dump'), ...account(who)]);
      expectFailure(ended, 5, 'CONNECT', ['unknown host: no-such-host.invalid', 'check --host']);
      expect(await readdir(folder)).toEqual([]);
    }));

  test('a closed port', () =>
    withFolder(async (folder) => {
      const port = await freePort();
      const ended = await runProgram('tsdump', ['-d', join(folder, 'dump'), ...account({ ...source, port })]);
      expectFailure(ended, 5, 'CONNECT', [`:${port}`, 'ECONNREFUSED', 'check --host']);
      expect(await readdir(folder)).toEqual([]);
    }));

  test.each([
    [['-B', 'no_such_database'], 'no such database: no_such_database'],
    [['-T', '%s.no_such_table'], '%s.no_such_table'],
    [['-B', '%s', '-T', 'other.t%'], 'other.t%'],
  ])('a selection %j that matches nothing leaves no directory behind', (args, words) =>
    withData(source, async (database, directory, folder) => {
      const named = args.map((each) => each.replace('%s', database));
      const deep = join(directory, 'a', 'b');
      const ended = await runProgram('tsdump', ['-d', deep, ...account(source), ...named]);
      expectFailure(ended, 2, 'USAGE', [words.replace('%s', database)]);
      expect(await readdir(folder)).toEqual([]);
    }),
  );

  test('a directory that holds something', () =>
    withData(source, async (database, directory) => {
      const args = ['-d', directory, ...account(source), '-B', database];
      await mkdir(directory);
      await writeFile(join(directory, 'notes.txt'), '');
      expectFailure(await runProgram('tsdump', args), 7, 'DIRECTORY_NOT_EMPTY', [
        `${directory} is not empty: notes.txt`,
        'name an empty or a new directory',
      ]);
      expect(await readdir(directory)).toEqual(['notes.txt']);
    }));

  test('a directory that holds a finished dump', () =>
    withData(source, async (database, directory) => {
      const args = ['-d', directory, ...account(source), '-B', database];
      await mustRun('tsdump', args);
      const before = await readdir(directory);
      expectFailure(await runProgram('tsdump', args), 7, 'DIRECTORY_NOT_EMPTY', [
        `${directory} holds a complete dump already`,
      ]);
      expect(await readdir(directory)).toEqual(before);
    }));

  test.skipIf(process.getuid?.() === 0 && !existsSync('/proc/self'))('a directory that cannot be made', () =>
    withData(source, async (database, _, folder) => {
      const args = [...account(source), '-B', database];
      await writeFile(join(folder, 'file'), '');
      for (const path of [join(folder, 'file'), join(folder, 'file', 'dump')]) {
        const ended = await runProgram('tsdump', ['-d', path, ...args]);
        expectFailure(ended, 7, 'STORAGE', [path, 'not a directory']);
      }
      // Root may write anywhere but in /proc.
      const closed = process.getuid?.() === 0 ? '/proc' : join(folder, 'closed');
      if (closed !== '/proc') await mkdir(closed).then(() => chmod(closed, 0o500));
      const ended = await runProgram('tsdump', ['-d', join(closed, 'dump'), ...args]);
      expectFailure(ended, 7, 'STORAGE', [`making the directory ${closed}/dump`]);
    }),
  );

  test('an account that may not lock the tables', () =>
    withData(source, (database, directory) =>
      withAccount(source, [`SELECT ON \`${database}\`.*`], async (who) => {
        const ended = await runProgram('tsdump', ['-d', directory, ...account(who), '-B', database]);
        expectFailure(ended, 6, 'LOCK', ['may not use LOCK TABLES', 'GRANT RELOAD ON *.*']);
        expect(existsSync(directory)).toBe(false);
      }),
    ));

  test('an account that may not read the binlog position', () =>
    withData(source, (database, directory) =>
      withAccount(source, ['RELOAD ON *.*', `SELECT ON \`${database}\`.*`], async (who) => {
        const ended = await runProgram('tsdump', ['-d', directory, ...account(who), '-B', database]);
        const hint = `GRANT ${POSITION[source.product]} ON *.* TO`;
        expectFailure(ended, 5, 'PRIVILEGE', ['reading the binlog position', 'denied', hint]);
        expect(existsSync(directory)).toBe(false);
      }),
    ));

  test('an account that may not read a table', () =>
    withData(source, async (database, directory) => {
      const grants = [
        `RELOAD, ${POSITION[source.product]} ON *.*`,
        `INSERT ON \`${database}\`.*`,
        `SELECT ON \`${database}\`.t`,
      ];
      await withAccount(source, grants, async (who) => {
        const ended = await runProgram('tsdump', ['-d', directory, ...account(who), '-B', database]);
        expectFailure(ended, 5, 'PRIVILEGE', [`${database}.u`, 'denied', who.user, 'GRANT the account']);
        expect(existsSync(join(directory, 'metadata'))).toBe(false);
      });
    }));

  test('an account that may see nothing of what is to be dumped', () =>
    withData(source, async (database, directory, folder) => {
      await withAccount(source, [`RELOAD, ${POSITION[source.product]} ON *.*`], async (who) => {
        const ended = await runProgram('tsdump', ['-d', directory, ...account(who), '-B', database]);
        expectFailure(ended, 2, 'USAGE', [`no such database: ${database}`, 'account may see']);
        expect(await readdir(folder)).toEqual([]);
      });
    }));

  test('an account that sees no database at all is told that the dump is empty', () =>
    withFolder((folder) =>
      withAccount(source, [`RELOAD, ${POSITION[source.product]} ON *.*`], async (who) => {
        const { stderr } = await mustRun('tsdump', ['-d', join(folder, 'dump'), ...account(who)]);
        expect(stderr).toMatch(/warning: the dump is empty: .* this account may not see them/);
      }),
    ));

  test('a target that has the tables already is left as it is', () =>
    withData(source, async (database, directory) => {
      await mustRun('tsdump', ['-d', directory, ...account(source), '-B', database]);
      await withConnection(source, async (connection) => {
        await connection.query(`DELETE FROM \`${database}\`.t; DROP TABLE \`${database}\`.u`);
        const ended = await runProgram('tsload', ['-d', directory, ...account(source)]);
        expectFailure(ended, 1, 'LOAD_FAILED', [
          `\`${database}\`.\`t\` already; nothing was changed`,
          /use --drop-table/,
        ]);
        const [rows] = await connection.query(`SELECT COUNT(*) AS n FROM \`${database}\`.t`);
        const [tables] = await connection.query(`SHOW TABLES FROM \`${database}\``);
        expect(rows).toEqual([{ n: 0 }]);
        expect(tables).toHaveLength(1);
      });
    }));
});

test.each(['tsdump', 'tsload'] as const)('%s: an unknown option is met with the nearest one', async (program) => {
  const ended = await runProgram(program, ['--derectory', 'x']);
  expect(ended).toEqual({
    code: 2,
    stdout: '',
    stderr: `${program}: unknown option --derectory (did you mean --directory?); see ${program} --help (exit code 2)\n`,
    last: expect.any(String),
  });
});
