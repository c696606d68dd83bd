/** What a run shows on a terminal, in a pipe, in a log file and in the list of processes. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { RunningProgram, account, expectFailure, mustRun, runProgram, withFolder } from '../support/cli.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { withProxy } from '../support/proxy.ts';

const FILL = `CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(500));
  INSERT INTO t WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
    SELECT i, REPEAT('x', 500) FROM n`;

/** Bytes of the snapshot and the catalogue are fewer, all rows are more. */
const IN_THE_ROWS_BYTES = 300_000;

const CONTROL = /[^\n\P{Cc}]/u;
const SECRET = 'Ungu3ssable-word';
const ROOT = new URL('../../../', import.meta.url);

/** util-linux's: runs a command on a terminal of its own. */
const hasScript = ['/usr/bin/script', '/bin/script'].some((path) => existsSync(path)) && process.platform === 'linux';

describe.each(laneServers())('$lane', ({ source, target }) => {
  test('in a pipe: plain lines on stderr, nothing on stdout', () =>
    withDatabase(source, 'shown', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query(FILL);
        const directory = join(folder, 'dump');
        const dumped = await mustRun('tsdump', ['-d', directory, ...account(source), '-B', database, '-v', '4']);
        await connection.query(`DROP DATABASE \`${database}\``);
        try {
          const loaded = await mustRun('tsload', ['-d', directory, ...account(target), '-v', '4']);
          for (const { stdout, stderr } of [dumped, loaded]) {
            expect(stdout).toBe('');
            expect(stderr).not.toMatch(CONTROL);
          }
          expect(dumped.last).toBe(`tsdump finished: the dump in ${directory} is complete`);
          expect(loaded.last).toBe(`tsload finished: everything in ${directory} is loaded`);
        } finally {
          await dropDatabase(target, database);
        }
      }),
    ));

  test.runIf(hasScript)('on a terminal: a live view on stderr, nothing on stdout', () =>
    withDatabase(source, 'shown', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query(FILL);
        await withProxy(source, { from: 'server', holdAfterBytes: IN_THE_ROWS_BYTES }, async ({ port, release }) => {
          const [directory, stdout] = [join(folder, 'dump'), join(folder, 'stdout')];
          const program = fileURLToPath(new URL('bin/tsdump.js', ROOT));
          const args = ['-d', directory, ...account({ ...source, port }), '-B', database];
          const line = [process.execPath, program, ...args, '>', stdout].join(' ');
          const child = spawn('script', ['-qec', line, '/dev/null'], {
            env: { ...process.env, TERM: 'xterm', CI: '' },
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          let shown = '';
          child.stdout.setEncoding('utf8').on('data', (text: string) => {
            shown += text;
            // Only once it has drawn may it go on: a run as short as this one could end before.
            if (shown.includes('\u001B[')) release();
          });
          const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
          expect(code, shown).toBe(0);
          expect(shown).toContain('\u001B[');
          expect(shown.trimEnd().split('\n').at(-1)).toBe(`tsdump finished: the dump in ${directory} is complete`);
          expect(await readFile(stdout, 'utf8')).toBe('');
        });
      }),
    ),
  );

  test('a log file holds JSON lines from the start to the outcome', () =>
    withDatabase(source, 'shown', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query(FILL);
        const log = join(folder, 'log');
        await mustRun('tsdump', ['-d', join(folder, 'a'), ...account(source), '-B', database, '-L', log]);
        await runProgram('tsdump', ['-d', join(folder, 'b'), ...account(source), '-B', 'no_such_database', '-L', log]);
        const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
        const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
        const outcomes = entries.filter(({ event }) => event === 'dump_completed');
        expect(outcomes).toMatchObject([
          { status: 'finished', level: 'INFO', exit_code: 0, rows: expect.any(Number) as number },
          { status: 'failed', level: 'ERROR', exit_code: 2, error_code: 'USAGE' },
        ]);
        expect(entries.every(({ program, ts }) => program === 'tsdump' && typeof ts === 'string')).toBe(true);
      }),
    ));

  test.runIf(process.platform === 'linux')('the password is in no list of processes, log or message', () =>
    withDatabase(source, 'shown', (database, connection) =>
      withFolder(async (folder) => {
        const user = uniqueName('shown');
        await connection.query(FILL);
        await connection.query(
          `CREATE USER '${user}'@'%' IDENTIFIED BY '${SECRET}'; GRANT ALL ON *.* TO '${user}'@'%'`,
        );
        const log = join(folder, 'log');
        try {
          const proxied = { from: 'server', holdAfterBytes: IN_THE_ROWS_BYTES } as const;
          await withProxy(source, proxied, async ({ port, held, release }) => {
            const who = { ...source, port, user, password: SECRET };
            const args = ['-d', join(folder, 'dump'), ...account(who), '-B', database, '-L', log, '-v', '4'];
            const running = new RunningProgram('tsdump', args);
            await held;
            const seen = await readFile(`/proc/${running.child.pid}/cmdline`, 'utf8');
            release();
            const { code, stdout, stderr } = await running.ended;
            expect(code, stderr).toBe(0);
            expect(seen).toContain('tsdump');
            for (const text of [seen, stdout, stderr]) expect(text).not.toContain(SECRET);
          });
          const wrong = { ...source, user, password: `${SECRET}-wrong` };
          const ended = await runProgram('tsdump', ['-d', join(folder, 'x'), ...account(wrong), '-L', log, '-v', '4']);
          expect(expectFailure(ended, 5, 'AUTHENTICATION', [user])).not.toContain(SECRET);
          expect(await readFile(log, 'utf8')).not.toContain(SECRET);
        } finally {
          await withConnection(source, (other) => other.query(`DROP USER '${user}'@'%'`));
        }
      }),
    ),
  );
});
