/** Options whose effect shows on the wire, at the server's door or in the folder only, through the programs themselves. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { RunningProgram, account, expectFailure, mustRun, runProgram, withFolder } from '../support/cli.ts';
import { laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { withProxy } from '../support/proxy.ts';
import { withStatementProxy } from '../support/statement-proxy.ts';

describe.each(laneServers().slice(0, 1))('$lane', ({ source }) => {
  /** Lends a table of 1,000 rows that compress well, 300 KB of them, and the arguments that dump it without a lock. */
  const withTable = (use: (args: readonly string[], folder: string, table: string) => Promise<void>): Promise<void> =>
    withDatabase(source, 'options', async (database, connection) => {
      await connection.query(`CREATE TABLE t (id INT PRIMARY KEY, v TEXT); INSERT INTO t
        WITH RECURSIVE n AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM n WHERE id < 1000) SELECT id, REPEAT('a', 300) FROM n`);
      const args = ['-B', database, '--sync-thread-lock-mode=NO_LOCK'];
      await withFolder((folder) => use(args, folder, `\`${database}\`.\`t\``));
    });

  test('--clear puts a new dump in the place of one that --chunk-filesize had cut', () =>
    withTable(async (args, folder) => {
      const directory = join(folder, 'dump');
      const dump = (...more: string[]) => runProgram('tsdump', [...account(source), ...args, '-d', directory, ...more]);
      const data = async () => (await readdir(directory)).filter((name) => /\.t\.\d/.test(name));
      expect(await dump('-F', '100K')).toMatchObject({ code: 0 });
      expect((await data()).length).toBeGreaterThan(2);
      expect(await dump('--no-data')).toMatchObject({ code: 7 });
      expect(await dump('--clear', '--no-data')).toMatchObject({ code: 0 });
      expect(await data()).toEqual([]);
    }));

  test('--threads is how many connections read, --max-threads-per-table how many one table, and with --throttle one does', () =>
    withTable(async (args, folder, table) => {
      await withStatementProxy(source, async (proxy) => {
        const read = async (...more: string[]) => {
          const connections = new Set<number>();
          let readers = 0;
          let most = 0;
          proxy.onStatement = ({ text, connection, answered }) => {
            connections.add(connection);
            if (!text.includes('SQL_NO_CACHE') || !text.includes(table)) return 'pass';
            most = Math.max(most, ++readers);
            void answered.then(() => readers--);
            return 'pass';
          };
          const through = account({ ...source, port: proxy.port });
          await mustRun('tsdump', [...through, ...args, '-d', join(folder, more.join('')), '-r', '20', ...more]);
          return { connections: connections.size, most };
        };
        const two = await read('-t', '2');
        const six = await read('-t', '6');
        expect(six.connections - two.connections).toBe(4);
        const limited = await read('-t', '6', '--max-threads-per-table', '2');
        expect(limited).toEqual({ connections: six.connections, most: expect.any(Number) as number });
        expect(limited.most).toBeLessThanOrEqual(2);
        const alone = await read('-t', '6', '--throttle=Threads_connected=0');
        expect(alone.most).toBe(1);
        const through = [...account(source), ...args, '-d', join(folder, 'none')];
        const unknown = await runProgram('tsdump', [...through, '--throttle=Threads_runing=5']);
        expectFailure(unknown, 2, 'USAGE', ['--throttle: the server has no status variable Threads_runing']);
      });
    }));

  test('--compress-protocol makes less of what travels', () =>
    withTable((args, folder) =>
      withProxy(source, { from: 'server', holdAfterBytes: 200_000 }, async ({ port, held, release }) => {
        const through = [...account({ ...source, port }), ...args];
        await mustRun('tsdump', [...through, '-C', '-d', join(folder, 'less')]);
        const plain = new RunningProgram('tsdump', [...through, '-d', join(folder, 'all')]);
        await held;
        release();
        expect(await plain.ended).toMatchObject({ code: 0 });
        const [less, all] = await Promise.all(['less', 'all'].map((name) => sizeOf(join(folder, name))));
        expect(less).toBe(all);
      }),
    ));

  // Servers of MySQL make themselves certificates, with keys of RSA.
  const mysqlIt = test.runIf(source.product === 'MySQL');
  mysqlIt.each([
    ['TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256'],
    ['TLSv1.2', 'ECDHE-RSA-AES256-GCM-SHA384'],
    ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
  ])('--tls-version %s --cipher %s is what the server sees', (version, cipher) =>
    withTable((args, folder) =>
      withProxy(source, { from: 'server', holdAfterBytes: 100_000 }, async ({ port, held, release }) => {
        const user = uniqueName('u').slice(0, 14);
        await query(`CREATE USER ${user}; GRANT ALL ON *.* TO ${user}`);
        try {
          const to = account({ ...source, user, password: '', port });
          const tls = ['--ssl', '--tls-version', version, '--cipher', cipher];
          const dump = new RunningProgram('tsdump', [...to, ...args, ...tls, '-d', join(folder, 'dump')]);
          await Promise.race([held, dump.ended]);
          const seen =
            await query(`SELECT DISTINCT VARIABLE_NAME, VARIABLE_VALUE FROM performance_schema.status_by_thread
            JOIN performance_schema.threads USING (THREAD_ID)
            WHERE PROCESSLIST_USER = '${user}' AND VARIABLE_NAME IN ('Ssl_cipher', 'Ssl_version') ORDER BY 1`);
          release();
          expect(await dump.ended).toMatchObject({ code: 0 });
          expect(seen).toEqual([
            ['Ssl_cipher', cipher],
            ['Ssl_version', version],
          ]);
        } finally {
          await query(`DROP USER ${user}`);
        }
      }),
    ),
  );

  const query = async (sql: string): Promise<unknown> =>
    withConnection(source, async (connection) => (await connection.query({ sql, rowsAsArray: true }))[0]);
});

async function sizeOf(directory: string): Promise<number> {
  const names = (await readdir(directory)).filter((name) => /\.t\.\d/.test(name));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
  return sizes.reduce((total, size) => total + size, 0);
}
