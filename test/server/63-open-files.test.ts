/** Tables that no snapshot covers can be more than the server can have open: they are dumped of one moment all the same. */

import { describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { Run } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';
import type { DumpSummary } from '../../src/index.ts';

const MIB = 1024 * 1024;
const FILES = 600;
/** Each takes two files. */
const TABLES = 280;
const FEW = 50;

describe.each(laneServers())('$lane', ({ lane, target }) => {
  test('more non-transactional tables than can be locked keep the lock of all; it is not tried, and the limit is named', async (context) => {
    const extraArgs = ['--table-open-cache=50', '--max-connections=30', `--open-files-limit=${FILES}`];
    const server = await startServer(lane, { bufferPoolBytes: 64 * MIB, maxOpenFiles: FILES, extraArgs });
    try {
      if (server.origin === 'docker') context.skip('containers have more files');
      await withDatabase(server, 'files', async (database, connection) => {
        for (let number = 0; number < TABLES; number++) {
          await connection.query(`CREATE TABLE t${number} (id INT PRIMARY KEY, v INT) ENGINE=MyISAM;
            INSERT INTO t${number} VALUES (1, ${number}), (2, NULL)`);
        }
        await connection.query('CREATE TABLE other (id INT PRIMARY KEY); INSERT INTO other VALUES (1)');
        const original = await fingerprint(server.url, { databases: [database] });
        const locks = ({ events }: Run<DumpSummary>): string[] =>
          events.flatMap((event) => (event.type === 'lock' && event.state === 'held' ? [event.kind] : []));
        await withDirectory(async (directory) => {
          const dumped = await runDump(server, { directory, databases: [database] });
          expect(dumped.summary.warnings).toEqual([
            expect.stringMatching(
              /^the non-transactional tables cannot be locked alone, so all writes to the server wait until they are read \(280 of them take 560 open files and the server's open_files_limit is 600: .*--open-files-limit=660/,
            ),
          ]);
          expect(dumped.summary).toMatchObject({ tables: TABLES + 1, rows: 2 * TABLES + 1, isConsistent: true });
          expect(locks(dumped)).toHaveLength(1);
          expect(dumped.summary.tableLocksHeldMs).toBe(dumped.summary.lockHeldMs);
          await runLoad(target, { directory });
        });
        expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
        await dropDatabase(target, database);

        const tables = Array.from({ length: FEW }, (_, number) => `${database}.t${number}`);
        const few = await withDirectory((directory) => runDump(server, { directory, databases: [], tables }));
        expect(few.summary).toMatchObject({ warnings: [], tables: FEW });
        expect(locks(few).join()).toContain(`LOCK TABLES … READ of ${FEW} non-transactional tables`);
      });
    } finally {
      await server.stop();
    }
  });
});
