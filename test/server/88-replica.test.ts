/** A server that was loaded from a dump follows the dump's server from there, by the statements that docs/replica.md gives. */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { must } from '../../src/base/errors.ts';
import { laneServers, withConnection } from '../support/lanes.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';
import type { ManagedServer } from '../support/servers.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/replica.md', import.meta.url)), 'utf8');

/** The statements of the block that holds these words. */
function statementsFor(words: string): string {
  const blocks = PAGE.split('```sql\n').slice(1);
  const block = must(
    blocks.find((text) => text.includes(words)),
    words,
  );
  return block.slice(0, block.indexOf('```')).replaceAll(/--.*$/gm, '');
}

const ACCOUNT = statementsFor('CREATE USER repl');
const FORGET = { MySQL: 'STOP REPLICA; RESET REPLICA ALL', MariaDB: 'STOP SLAVE; RESET SLAVE ALL' } as const;
const WAIT = { MySQL: 'SOURCE_POS_WAIT', MariaDB: 'MASTER_POS_WAIT' } as const;

/** One of each product, which is what the statements differ by. */
const lanes = laneServers().filter(
  ({ source }, index, all) => all.findIndex((other) => other.source.product === source.product) === index,
);

describe.each(lanes)('$lane', ({ lane }) => {
  let started: readonly ManagedServer[] = [];
  const server = (at: number): ManagedServer => must(started[at], 'a server');

  beforeAll(async () => {
    const isMySQL = lane.startsWith('mysql');
    const extraArgs = isMySQL ? ['--gtid-mode=ON', '--enforce-gtid-consistency=ON'] : [];
    started = await Promise.all((['source', 'target'] as const).map((role) => startServer(lane, { role, extraArgs })));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(started.map((each) => each.stop()));
  });

  test.each(['with GTIDs', 'without GTIDs'])('%s', (kind) =>
    withDirectory(async (directory) => {
      const [source, replica] = [server(0), server(1)];
      const { product } = source;
      const fill = `DROP DATABASE IF EXISTS seed; CREATE DATABASE seed; CREATE TABLE seed.t (id INT PRIMARY KEY);
        INSERT INTO seed.t VALUES (1), (2); DROP USER IF EXISTS repl@'%'; ${ACCOUNT}`;
      await withConnection(source, (connection) => connection.query(fill));
      await runDump(source, { directory, databases: ['seed'] });
      await withConnection(source, (connection) => connection.query('INSERT INTO seed.t VALUES (3)'));
      await runLoad(replica, { directory, dropTable: 'DROP' });

      const metadata = await readFile(join(directory, 'metadata'), 'utf8');
      const [, gtids = ''] = /^# executed_gtid_set = "(.*)"$/m.exec(metadata) ?? [];
      const [, file = ''] = /^# SOURCE_LOG_FILE = "(.*)"$/m.exec(metadata) ?? [];
      const [, position = ''] = /^# SOURCE_LOG_POS = (\d+)$/m.exec(metadata) ?? [];
      const statements = statementsFor(`-- ${product} ${kind}`)
        .replaceAll("'db.example.org'", `'${source.host}'`)
        .replaceAll('3306', String(source.port))
        .replaceAll(/'(3e11fa47-[^']*|0-1-5)'/g, `'${gtids}'`)
        .replaceAll('binlog.000003', file)
        .replaceAll('1234', position);
      await withConnection(replica, async (connection) => {
        await connection.query(statements);
        try {
          const end = await endOf(source);
          await connection.query(`DO ${WAIT[product]}(?, ?, 60)`, end);
          const [rows] = await connection.query({ sql: 'SELECT id FROM seed.t ORDER BY id', rowsAsArray: true });
          expect(rows).toEqual([[1], [2], [3]]);
        } finally {
          await connection.query(FORGET[product]);
        }
      });
    }),
  );
});

/** Where the binary log of a server ends. */
async function endOf(server: ManagedServer): Promise<unknown[]> {
  const show = server.product === 'MySQL' ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
  return withConnection(server, async (connection) => {
    const [rows] = await connection.query({ sql: show, rowsAsArray: true });
    return (rows as unknown[][])[0]?.slice(0, 2) ?? [];
  });
}
