/** A run that is asked to stop: it stops, says so, leaves no metadata, and the server is rid of it. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { describe, expect, test, vi } from 'vitest';

import { RunningProgram, account, expectFailure, mustRun, runProgram, withFolder } from '../support/cli.ts';
import type { Ended, Program } from '../support/cli.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { withProxy } from '../support/proxy.ts';
import { startServer } from '../support/servers.ts';
import type { TestServer } from '../support/servers.ts';

const FILL = `CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(500));
  INSERT INTO t (v) WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    SELECT REPEAT('x', 500) FROM n;
  ${'INSERT INTO t (v) SELECT v FROM t LIMIT 4000;'.repeat(6)}`;

const SIGNALS = [
  ['SIGINT', 130, 'INTERRUPTED'],
  ['SIGTERM', 143, 'TERMINATED'],
] as const;

/** The server notices a client that went away when it next looks, at the latest after a second or two. */
async function expectNoneOf(connection: Connection, user: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const [sessions] = await connection.query<RowDataPacket[]>(
        'SELECT id, info, state FROM information_schema.PROCESSLIST WHERE user = ?',
        [user],
      );
      expect(sessions).toEqual([]);
    },
    { timeout: 60_000, interval: 50 },
  );
}

/** Resolves once the account has a statement that begins like this under way. */
async function expectWaiting(connection: Connection, user: string, statement: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const [sessions] = await connection.query<RowDataPacket[]>(
        'SELECT id FROM information_schema.PROCESSLIST WHERE user = ? AND info LIKE ?',
        [user, `${statement}%`],
      );
      expect(sessions).toHaveLength(1);
    },
    { timeout: 60_000, interval: 20 },
  );
}

/** Resolves once there is a file. */
async function expectFiles(directory: string): Promise<void> {
  await vi.waitFor(async () => expect(await readdir(directory)).not.toEqual([]), { timeout: 60_000, interval: 20 });
}

/** Lends an account of its own, whose sessions can be told from everybody else's. */
async function withFullAccount(
  server: TestServer,
  connection: Connection,
  use: (who: { host: string; port: number; user: string; password: string }) => Promise<void>,
): Promise<void> {
  const user = `stop_${Math.random().toString(36).slice(2, 10)}`;
  await connection.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'pw'; GRANT ALL ON *.* TO '${user}'@'%'`);
  try {
    await use({ host: server.host, port: server.port, user, password: 'pw' });
  } finally {
    await connection.query(`DROP USER '${user}'@'%'`);
  }
}

describe.each(laneServers())('$lane', ({ lane, source, target }) => {
  test.each(SIGNALS)('%s during a dump', async (signal, code, name) => {
    await withDatabase(source, 'stop', (database, connection) =>
      withFolder((folder) =>
        withFullAccount(source, connection, async (who) => {
          await connection.query(FILL);
          await withProxy(source, { from: 'server', holdAfterBytes: 4_000_000 }, async ({ port, held, release }) => {
            const directory = join(folder, 'dump');
            const args = ['-d', directory, ...account({ ...who, port }), '-B', database, '-r', '2000'];
            const running = new RunningProgram('tsdump', args);
            await held;
            await expectFiles(directory);
            running.kill(signal);
            const ended = await running.ended;
            expectFailure(ended, code, name, [`(${signal})`, 'the same command with --resume goes on']);
            expect(ended.stderr).toContain(`(${signal}): stopping; once more to stop at once`);
            expect(await readdir(directory)).not.toContain('metadata');
            await expectNoneOf(connection, who.user);
            release();
            const words = [`${directory} holds an interrupted dump`, '--resume', '--clear'];
            expectFailure(await runProgram('tsdump', args), 7, 'DIRECTORY_NOT_EMPTY', words);
            const loaded = await runProgram('tsload', ['-d', directory, ...account(target)]);
            expectFailure(loaded, 8, 'DUMP_INCOMPLETE', [`${directory} holds no complete dump`, 'tsdump --resume']);
            await mustRun('tsdump', [...args, '--resume']);
          });
        }),
      ),
    );
  });

  test.each(SIGNALS)('%s during a load', async (signal, code, name) => {
    await withDatabase(source, 'stop', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query(FILL);
        const directory = join(folder, 'dump');
        await mustRun('tsdump', ['-d', directory, ...account(source), '-B', database, '-r', '2000']);
        await connection.query(`DROP DATABASE \`${database}\``);
        await withConnection(target, (onTarget) =>
          withFullAccount(target, onTarget, (who) =>
            withProxy(target, { from: 'client', holdAfterBytes: 2_000_000 }, async ({ port, held, release }) => {
              const running = new RunningProgram('tsload', ['-d', directory, ...account({ ...who, port })]);
              try {
                await held;
                running.kill(signal);
                const words = [`(${signal})`, 'the same command with --resume goes on'];
                expectFailure(await running.ended, code, name, words);
                release();
                await expectNoneOf(onTarget, who.user);
              } finally {
                await onTarget.query(`DROP DATABASE IF EXISTS \`${database}\``);
              }
            }),
          ),
        );
      }),
    );
  });

  // The wire holds what is under way for longer than that; how far the run has come by then is the machine's affair.
  test.runIf(lane === laneServers()[0]?.lane)('the time of --stop-after is over in a dump, and in a load', () =>
    withDatabase(source, 'stop', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query(FILL);
        const directory = join(folder, 'dump');
        /** Stopped, and then gone on with, or begun anew where nothing was to be gone on with. */
        const twice = async (program: Program, server: TestServer, how: readonly string[]): Promise<Ended> => {
          const from = program === 'tsdump' ? 'server' : 'client';
          const ended = await withProxy(server, { from, holdAfterBytes: 2_000_000 }, async ({ port }) => {
            const args = [...how, ...account({ ...server, port }), '--stop-after', '3s'];
            return runProgram(program, args);
          });
          expectFailure(ended, 9, 'TIME_LIMIT', ['the time of --stop-after is over']);
          const resume = ended.stderr.includes('with --resume goes on') ? ['--resume', '--stop-after=1d'] : [];
          return mustRun(program, [...how, ...account(server), ...resume]);
        };
        await twice('tsdump', source, ['-d', directory, '-B', database, '-r', '2000']);
        await mustRun('tsload', ['verify', '-d', directory]);
        await connection.query(`DROP DATABASE \`${database}\``);
        try {
          const { stderr } = await twice('tsload', target, ['-d', directory]);
          expect(stderr).toMatch(/rows +20,000/);
        } finally {
          await withConnection(target, (onTarget) => onTarget.query(`DROP DATABASE IF EXISTS \`${database}\``));
        }
      }),
    ),
  );

  // On a server of its own: every dump and every writer of this one would wait with it.
  test('while it waits for a lock: nobody waits behind it afterwards', () =>
    withFolder(async (folder) => {
      const server = await startServer(lane);
      try {
        await withDatabase(server, 'stop', (database, connection) =>
          withFullAccount(server, connection, async (who) => {
            await connection.query('CREATE TABLE t (id INT PRIMARY KEY); LOCK TABLES t WRITE');
            const lock = ['--sync-thread-lock-mode=FTWRL', '-B', database];
            const running = new RunningProgram('tsdump', ['-d', join(folder, 'dump'), ...account(who), ...lock]);
            await withConnection(server, (other) => expectWaiting(other, who.user, 'FLUSH TABLES WITH READ LOCK'));
            running.kill('SIGINT');
            expectFailure(await running.ended, 130, 'INTERRUPTED', ['(SIGINT)']);
            await withConnection(server, (other) => expectNoneOf(other, who.user));
            await connection.query('UNLOCK TABLES');
            expect(await readdir(folder)).toEqual([]);
          }),
        );
      } finally {
        await server.stop();
      }
    }));

  test('while it waits to drop a table: the table is not dropped later', () =>
    withDatabase(source, 'stop', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query('CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)');
        const directory = join(folder, 'dump');
        await mustRun('tsdump', ['-d', directory, ...account(source), '-B', database]);
        await withFullAccount(source, connection, async (who) => {
          await connection.query('BEGIN; SELECT * FROM t');
          const running = new RunningProgram('tsload', ['-d', directory, ...account(who), '--drop-table']);
          await withConnection(source, async (other) => {
            await expectWaiting(other, who.user, 'DROP TABLE');
            running.kill('SIGINT');
            expectFailure(await running.ended, 130, 'INTERRUPTED', ['(SIGINT)']);
            await expectNoneOf(other, who.user);
          });
          await connection.query('COMMIT');
          const [rows] = await connection.query('SELECT * FROM t');
          expect(rows).toEqual([{ id: 1 }]);
        });
      }),
    ));

  test('a second signal ends at once', () =>
    withDatabase(source, 'stop', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query(FILL);
        await withProxy(source, { from: 'server', holdAfterBytes: 4_000_000 }, async ({ port, held }) => {
          const directory = join(folder, 'dump');
          const args = ['-d', directory, ...account({ ...source, port }), '-B', database];
          const running = new RunningProgram('tsdump', args);
          await held;
          await expectFiles(directory);
          running.kill('SIGINT');
          running.kill('SIGTERM');
          // Which of the two the process handles first is the system's choice.
          const ended = await running.ended;
          expect([130, 143]).toContain(ended.code);
          expect(ended.last).toMatch(/^tsdump failed: (INTERRUPTED|TERMINATED) \(exit code (130|143)\)$/);
          expect(await readdir(directory)).not.toContain('metadata');
        });
      }),
    ));
});
