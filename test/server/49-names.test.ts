/** Names of all kinds, in every place where a name can stand, and foreign keys, which hold more names than anything. */

import { describe, expect, test } from 'vitest';

import { promiseCarried } from '../support/corpus/carry.ts';
import { FOREIGN_KEYS } from '../support/corpus/foreign-keys.ts';
import { FILE_NAMES, NAMES, ODD_NAMES, quoted, tableNamed } from '../support/corpus/names.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { LaneServers } from '../support/lanes.ts';
import { laneServers, uniqueName, withConnection } from '../support/lanes.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';

promiseCarried(NAMES);
promiseCarried(FOREIGN_KEYS);

describe.each(laneServers())('databases on $lane', (lane) => {
  const { source, target } = lane;

  test('of all these names come back equal', async () => {
    const prefix = uniqueName('n').slice(0, 8);
    // Before the name, so that its end stays what it is; directories of servers hold 255 bytes.
    const databases = ODD_NAMES.map((name, number) => `${prefix}${number}${name.slice(0, 30)}`);
    await withDatabases(lane, databases, async () => {
      await execute(
        source,
        databases,
        (name, number) => `CREATE TABLE t (id INT PRIMARY KEY) COMMENT '${number}'; INSERT INTO t VALUES (${number})`,
      );
      const original = await fingerprint(source.url, { databases });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases });
        await drop(target, databases);
        await runLoad(target, { directory });
      });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases }))).toEqual([]);
    });
  });

  test('come back under another name, with tables of all these names', async () => {
    const name = uniqueName("re`na;\nmed'");
    const copy = uniqueName('c`o;\n"py');
    await withDatabases(lane, [name], async () => {
      await execute(source, [name], () => FILE_NAMES.map(tableNamed).join(';\n'));
      const original = await fingerprint(source.url, { databases: [name] });
      await withDirectory(async (directory) => {
        await runDump(source, { directory, databases: [name] });
        await runLoad(target, { directory, sourceDatabase: name, targetDatabase: copy });
      });
      const restored = await fingerprint(target.url, { databases: [copy] });
      await drop(target, [copy]);
      expect(diffFingerprints(original, restored, { renameDatabase: { from: name, to: copy } })).toEqual([]);
    });
  });
});

async function withDatabases(lane: LaneServers, names: readonly string[], use: () => Promise<void>): Promise<void> {
  try {
    await withConnection(lane.source, async (connection) => {
      const comment = lane.source.product === 'MariaDB' ? ` COMMENT 'é;\\n it''s'` : '';
      for (const name of names)
        await connection.query(
          `CREATE DATABASE ${quoted(name)} CHARACTER SET latin1 COLLATE latin1_german2_ci${comment}`,
        );
    });
    await use();
  } finally {
    for (const server of new Set([lane.source, lane.target])) await drop(server, names);
  }
}

async function execute(
  server: LaneServers['source'],
  databases: readonly string[],
  sql: (name: string, number: number) => string,
): Promise<void> {
  await withConnection(server, async (connection) => {
    for (const [number, name] of databases.entries()) {
      await connection.query(`USE ${quoted(name)}; ${sql(name, number)}`);
    }
  });
}

async function drop(server: LaneServers['source'], databases: readonly string[]): Promise<void> {
  await withConnection(server, async (connection) => {
    for (const name of databases) await connection.query(`DROP DATABASE IF EXISTS ${quoted(name)}`);
  });
}
