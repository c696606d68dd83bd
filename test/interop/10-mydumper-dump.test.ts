/**
 * A dump made by mydumper 1.0.1, kept in data/mydumper-1.0.1 with the script of what it holds (data/odd.sql): tsload
 * brings back everything that mydumper put in.
 */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { describe, expect, test } from 'vitest';

import { account, mustRun } from '../support/cli.ts';
import { withoutLineEnds } from '../support/clients.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers } from '../support/lanes.ts';
import { splitScript } from '../support/sakila.ts';
import type { TestServer } from '../support/servers.ts';

const DATABASE = 'interop odd.db';
/** From where this file lies once compiled. */
const DATA = new URL('../../../test/interop/data/', import.meta.url);

const FIXTURES = { MySQL: 'mysql-9.7', MariaDB: 'mariadb-10.11' } as const;

async function runScript(server: TestServer): Promise<void> {
  const connection = await createConnection({ uri: server.url, flags: ['-IGNORE_SPACE'] });
  try {
    const script = await readFile(new URL('odd.sql', DATA), 'utf8');
    for (const statement of splitScript(script)) await connection.query(statement);
  } finally {
    await connection.end();
  }
}

describe.each(laneServers())('$lane', ({ source, target }) => {
  test.each(['', '-zstd'])('tsload restores what mydumper 1.0.1 dumped%s', async (suffix) => {
    await dropDatabase(source, DATABASE);
    await dropDatabase(target, DATABASE);
    try {
      await runScript(source);
      const expected = await fingerprint(source.url, { databases: [DATABASE] });
      await dropDatabase(source, DATABASE);
      const fixture = fileURLToPath(new URL(`mydumper-1.0.1/${FIXTURES[source.product]}${suffix}`, DATA));
      await mustRun('tsload', ['-d', fixture, ...account(target)]);
      const actual = await fingerprint(target.url, { databases: [DATABASE] });
      expect(diffFingerprints(withoutLineEnds(expected), withoutLineEnds(actual))).toEqual([]);
    } finally {
      await dropDatabase(source, DATABASE);
      await dropDatabase(target, DATABASE);
    }
  });
});
