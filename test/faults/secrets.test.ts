/** Whatever way a password comes in, it is in nothing that a run says or leaves behind; and what it leaves is its owner's alone. */

import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { RunningProgram, runProgram, shellDoes, withFolder } from '../support/cli.ts';
import type { Ended } from '../support/cli.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import type { TestServer } from '../support/servers.ts';

const SECRET = 'Ungu3ssable@word';
const FORMS = [SECRET, encodeURIComponent(SECRET)];
const SAID = [['-v', '4'], ['--log-format=json'], ['--json', '--quiet']] as const;

/** Nothing is kept from others by the file mode that the user happens to have set. */
const OPEN_TO_ALL = shellDoes('umask 0');

// What is said and written is the same whatever server there is.
describe.each(laneServers().slice(0, 1))('$lane', ({ source, target }) => {
  test('by a run that succeeds, and by one that fails', { timeout: 300_000 }, () =>
    withDatabase(source, 'secret', (database, connection) =>
      withFolder(async (folder) => {
        const user = uniqueName('secret');
        await connection.query('CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)');
        for (const server of new Set([source, target])) await create(server, user);
        const ways = await waysIn(folder, user);
        const said: string[] = [];
        const note = (ended: Ended): Ended => {
          said.push(ended.stdout, ended.stderr);
          return ended;
        };
        const left = join(folder, 'left');
        try {
          for (const [index, way] of ways.entries()) {
            const log = ['-L', join(left, 'log', `log-${index}`), '--metrics-file', join(left, 'metrics')];
            const words = [...(SAID[index % SAID.length] ?? []), ...log];
            const directory = join(left, `dump-${index}`);
            const args = ['-d', directory, ...way.args(source), '-B', database, ...(index === 0 ? ['--users'] : [])];
            await mkdir(join(left, 'log'), { recursive: true });
            const dumped = note(await runProgram('tsdump', [...args, ...words], way.environment, OPEN_TO_ALL));
            expect(dumped.code, dumped.stderr).toBe(0);
            if (index > 1) continue;
            const onto = ['-d', directory, ...way.args(target), '-B', `${database}_${index}`, ...words];
            const loaded = note(await runProgram('tsload', onto, way.environment, OPEN_TO_ALL));
            expect(loaded.code, loaded.stderr).toBe(0);
            if (index === 1) continue;
            note(await runProgram('tsload', [...onto, '--print-config'], way.environment));
            expect(note(await runProgram('tsdump', [...args, ...words], way.environment, OPEN_TO_ALL)).code).toBe(7);
            const elsewhere = [...way.args({ ...source, port: 1 }), '-d', join(left, 'x'), ...words];
            expect(note(await runProgram('tsdump', elsewhere, way.environment)).code).toBe(5);
          }
        } finally {
          for (const index of ways.keys()) await dropDatabase(target, `${database}_${index}`);
          for (const server of new Set([source, target]))
            await withConnection(server, (other) => other.query(`DROP USER '${user}'@'%'`));
        }
        for (const text of said) expectNoSecret(text);
        await expectPrivate(left);
      }),
    ),
  );
});

test.runIf(process.platform === 'linux')('in no list of processes', () =>
  withFolder(async (folder) => {
    const looked: Promise<string>[] = [];
    let running: RunningProgram | undefined;
    // A server that says nothing: the run stands still until it was looked at.
    const server = createServer((socket) => {
      looked.push(readFile(`/proc/${running?.child.pid}/cmdline`, 'utf8').finally(() => socket.destroy()));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    try {
      const { port } = server.address() as AddressInfo;
      for (const way of (await waysIn(folder, 'somebody')).slice(0, 2)) {
        running = new RunningProgram('tsdump', ['-d', join(folder, 'x'), ...way.args({ host: '127.0.0.1', port })]);
        expect(await running.ended).toMatchObject({ code: 5 });
      }
      const seen = await Promise.all(looked);
      expect(seen).toHaveLength(2);
      for (const line of seen) {
        expect(line).toContain('tsdump');
        expectNoSecret(line);
      }
    } finally {
      server.close();
    }
  }),
);

interface Way {
  readonly args: (server: Pick<TestServer, 'host' | 'port'>) => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** The ways in which a password comes to the programs, without a terminal. */
async function waysIn(folder: string, user: string): Promise<readonly Way[]> {
  const [file, options] = [join(folder, 'password'), join(folder, 'options.cnf')];
  await writeFile(file, `${SECRET}\n`, { mode: 0o600 });
  await writeFile(options, `[client]\npassword="${SECRET}"\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  const at = ({ host, port }: Pick<TestServer, 'host' | 'port'>): string[] => ['-h', host, '-P', `${port}`, '-u', user];
  const environment = {};
  return [
    { args: (server) => [...at(server), `--password=${SECRET}`], environment },
    { args: ({ host, port }) => ['--url', `mysql://${user}:${FORMS[1]}@${host}:${port}`], environment },
    { args: (server) => [...at(server), `--password-file=${file}`], environment },
    { args: (server) => [...at(server), `--defaults-file=${options}`], environment },
    { args: at, environment: { MYSQL_PWD: SECRET } },
  ];
}

async function create(server: TestServer, user: string): Promise<void> {
  await withConnection(server, (connection) =>
    connection.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${SECRET}'; GRANT ALL ON *.* TO '${user}'@'%'`),
  );
}

function expectNoSecret(text: string): void {
  for (const form of FORMS) expect(text).not.toContain(form);
}

async function expectPrivate(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  expect(entries.length).toBeGreaterThan(20);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'log') expect((await stat(path)).mode & 0o777, path).toBe(0o700);
      continue;
    }
    // The metrics are for the exporter, which is somebody else.
    expect((await stat(path)).mode & 0o777, path).toBe(entry.name === 'metrics' ? 0o644 : 0o600);
    expectNoSecret(await readFile(path, 'latin1'));
  }
}
