/** What `npm pack` packs is all that a user needs: both commands work from it, with nothing of ours beside but the dependencies. */

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

import { account, withFolder } from '../support/cli.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** As `npm install` of the tarball lays it out, but for the registry. */
async function install(folder: string): Promise<string> {
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  const modules = join(folder, 'node_modules');
  const own = join(modules, 'tsdump');
  mkdirSync(own, { recursive: true });
  await run('tar', ['-xzf', join(folder, tarball), '-C', own, '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as { dependencies: object };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  return own;
}

describe.each(laneServers().slice(0, 1))('$lane', ({ source, target }) => {
  test('both commands dump and load from the packed files', () =>
    withDatabase(source, 'packed', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query('CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)');
        const own = await install(folder);
        const directory = join(folder, 'dump');
        const packed = (program: string, ...args: string[]) =>
          run(process.execPath, [join(own, 'bin', `${program}.js`), ...args, '-d', directory], { cwd: folder });
        await packed('tsdump', ...account(source), '-B', database, '-c');
        try {
          await packed('tsload', ...account(target), '-B', `${database}_copy`);
          await packed('tsload', 'verify');
          const [rows] = await withConnection(target, (each) => each.query(`SELECT id FROM ${database}_copy.t`));
          expect(rows).toHaveLength(3);
        } finally {
          await dropDatabase(target, `${database}_copy`);
        }
      }),
    ));
});
