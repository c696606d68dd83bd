/**
 * The disk is full, wherever in a dump that happens: exit code 7, what to do, and nothing that looks like a dump. A file system of
 * a few pages is made for it, in a mount name space of the run's own; where the system allows that to nobody but its
 * administrator, a limit on the size of files is what the run meets.
 */

import { spawnSync } from 'node:child_process';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { account, expectFailure, mustRun, runProgram, shellDoes, withFolder } from '../support/cli.ts';
import type { Before, Ended } from '../support/cli.ts';
import { laneServers, withDatabase } from '../support/lanes.ts';

const PAGE_BYTES = 4096;

const FILL = `CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(500));
  INSERT INTO t WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
    SELECT i, REPEAT('x', 500) FROM n;
  CREATE TABLE u (id INT PRIMARY KEY); CREATE VIEW w AS SELECT id FROM u`;

/** How this account makes a file system of its own; undefined: it may not. */
const OWN_MOUNTS = [
  ['unshare', '--mount'],
  ['unshare', '--user', '--map-root-user', '--mount'],
].find(([command = '', ...args]) => {
  return spawnSync(command, [...args, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
});

/** Runs what follows with so many pages at `place`, and then writes down what is there. */
function withPages(mounts: readonly string[], place: string, pages: number, listing: string): Before {
  const script = `mount -t tmpfs -o size=${pages * PAGE_BYTES} tmpfs "$0" || exit 99
    "$@"; code=$?; find "$0" -type f > '${listing}'; exit $code`;
  return [...mounts, 'sh', '-c', script, place];
}

// The server has no part in it.
describe.each(laneServers().slice(0, 1))('$lane', ({ source }) => {
  async function withDump(
    use: (args: readonly string[], folder: string, pages: number) => Promise<void>,
  ): Promise<void> {
    await withDatabase(source, 'full', async (database, connection) => {
      await connection.query(FILL);
      await withFolder(async (folder) => {
        const args = [...account(source), '-B', database, '-r', '100'];
        const whole = join(folder, 'whole');
        await mustRun('tsdump', ['-d', whole, ...args]);
        const sizes = await Promise.all(
          (await readdir(whole)).map(async (name) => (await stat(join(whole, name))).size),
        );
        await use(
          args,
          folder,
          sizes.reduce((sum, size) => sum + Math.ceil(size / PAGE_BYTES), 0),
        );
      });
    });
  }

  test.runIf(OWN_MOUNTS !== undefined)('on a file system of its own, from the first file to the last', () =>
    withDump(async (args, folder, pages) => {
      const place = join(folder, 'place');
      await mkdir(place);
      const dumpInto = async (size: number): Promise<{ ended: Ended; left: string }> => {
        const listing = join(folder, `left-${size}`);
        const before = withPages(OWN_MOUNTS ?? [], place, size, listing);
        const ended = await runProgram('tsdump', ['-d', join(place, 'dump'), ...args], {}, before);
        return { ended, left: await readFile(listing, 'utf8') };
      };
      for (const size of [1, 2, Math.floor(pages / 2), pages - 3, pages - 2, pages - 1]) {
        const { ended, left } = await dumpInto(size);
        expectFailure(ended, 7, 'STORAGE', [place, 'no space left on device', 'free space or name']);
        expect(left, `${size} pages of ${pages}`).not.toMatch(/\/metadata$/m);
      }
      const { ended, left } = await dumpInto(pages + 16);
      expect(ended.code, ended.stderr).toBe(0);
      expect(left).toMatch(/\/metadata$/m);
    }),
  );

  test.runIf(process.platform === 'linux')('by the limit on the size of a file', () =>
    withDump(async (args, folder) => {
      const directory = join(folder, 'dump');
      // In blocks of 512 or of 1024 bytes, as the shell has it.
      const ended = await runProgram('tsdump', ['-d', directory, ...args], {}, shellDoes('ulimit -f 20'));
      expectFailure(ended, 7, 'STORAGE', [directory, 'file too large']);
      expect(await readdir(directory)).not.toContain('metadata');
    }),
  );
});
