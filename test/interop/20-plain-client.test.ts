/** A dump without tsload: the server's own command-line client restores it, file by file, in the order of FORMAT.md. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { account, mustRun, withFolder } from '../support/cli.ts';
import { clientRuns, withoutLineEnds } from '../support/clients.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, uniqueName } from '../support/lanes.ts';
import { loadSakila } from '../support/sakila.ts';
import { fillShop } from '../support/shop.ts';

/** The kinds of files in the order they are loaded in; views stand in for each other by their placeholder tables. */
const ORDER = [
  /-schema-create\.sql$/,
  /-schema-sequence\.sql$/,
  /-schema\.sql$/,
  /\.\d{5}(\.\d{5})?\.sql$/,
  /-schema-triggers\.sql$/,
  /-schema-post\.sql$/,
  /-schema-view\.sql$/,
];

function inOrder(names: readonly string[]): { name: string; createsDatabase: boolean }[] {
  return ORDER.flatMap((kind, at) =>
    names.filter((name) => kind.test(name)).map((name) => ({ name, createsDatabase: at === 0 })),
  );
}

describe.each(laneServers().filter(({ target }) => target.clientCommand !== undefined))(
  '$lane',
  ({ source, target }) => {
    test.each([
      ['the shop', (database: string) => fillShop(source.url, { database, orders: 200 })],
      ['Sakila', (database: string) => loadSakila(source, { database })],
    ] as const)('the client restores %s', async (_, fill) => {
      const database = uniqueName('client');
      await withFolder(async (folder) => {
        try {
          await fill(database);
          const expected = await fingerprint(source.url, { databases: [database] });
          const directory = join(folder, 'dump');
          await mustRun('tsdump', ['-d', directory, ...account(source), '-B', database, '-GRE']);
          await dropDatabase(source, database);
          const names = await readdir(directory);
          const files = inOrder(names.sort());
          expect(files.length).toBe(names.filter((name) => name.endsWith('.sql')).length);
          for (const { name, createsDatabase } of files) {
            await clientRuns(target, join(directory, name), createsDatabase ? undefined : database);
          }
          const actual = await fingerprint(target.url, { databases: [database] });
          expect(diffFingerprints(withoutLineEnds(expected), withoutLineEnds(actual))).toEqual([]);
        } finally {
          await dropDatabase(source, database);
          await dropDatabase(target, database);
        }
      });
    });
  },
);
