/** Tables whose rows are not on the server: the definition is carried, nobody asks for the rows, and that is told. */

import { describe, expect, test } from 'vitest';

import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';

const MIB = 1024 * 1024;

describe.each(laneServers())('$lane', ({ lane, source, target }) => {
  test.runIf(source.product === 'MySQL')(
    'a FEDERATED table is a definition, whether the server of its rows answers or not, and named where it cannot be',
    async () => {
      const server = await startServer(lane, { bufferPoolBytes: 128 * MIB, extraArgs: ['--federated'] });
      try {
        await withDatabase(server, 'near', async (database, connection) => {
          const at = (port: number): string =>
            `CREATE TABLE at_${port} (id INT PRIMARY KEY, v INT) ENGINE=FEDERATED CONNECTION='mysql://root@127.0.0.1:${port}/${database}/t'`;
          // The tables of the server itself, and a port at which nobody listens.
          await connection.query(`CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1), (2, 2);
            ${at(server.port)}; ${at(1)}`);
          const definitions = (): Promise<unknown> =>
            withConnection(server, async (opened) => {
              const show = `SHOW CREATE TABLE ${database}.at_${server.port}; SHOW CREATE TABLE ${database}.at_1`;
              return (await opened.query(show))[0];
            });
          const original = await definitions();
          await withDirectory(async (directory) => {
            const { summary } = await runDump(server, { directory, databases: [database] });
            expect(summary).toMatchObject({ rows: 2, skipped: [] });
            expect(summary.warnings).toEqual([expect.stringContaining('only their definitions are dumped')]);
            expect(summary.warnings[0]).toContain(`\`${database}\`.\`at_1\``);
            // The other server knows no such tables.
            const elsewhere = await runLoad(target, { directory });
            await dropDatabase(target, database);
            expect(elsewhere.summary).toMatchObject({ rows: 2, warnings: [] });
            expect(elsewhere.summary.skipped.map(({ what }) => what).sort()).toEqual(
              [1, server.port].map((port) => `table \`${database}\`.\`at_${port}\``).sort(),
            );
            await connection.query(`DROP DATABASE ${database}`);
            const loaded = await runLoad(server, { directory });
            expect(loaded.summary).toMatchObject({ rows: 2, skipped: [], warnings: [] });
          });
          expect(await definitions()).toEqual(original);
        });
      } finally {
        await server.stop();
      }
    },
  );
});
