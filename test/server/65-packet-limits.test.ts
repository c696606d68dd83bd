/** Targets that take shorter statements than the dump holds: rows go over in statements that fit, or are named. */

import { readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { failureOf, runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { ManagedServer } from '../support/servers.ts';
import { startServer } from '../support/servers.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

describe.each(laneServers())('$lane', ({ lane }) => {
  // Of its own: max_allowed_packet is global. The source of the data is the same server with a large one.
  let server: ManagedServer;

  beforeAll(async () => {
    server = await startServer(lane, { bufferPoolBytes: 128 * MIB });
  });
  afterAll(() => server?.stop());

  const withPacket = async (bytes: number): Promise<void> =>
    withConnection(server, async (connection) => {
      await connection.query(`SET GLOBAL max_allowed_packet = ${bytes}`);
    });

  test('statements longer than the target takes are split between rows, and every row arrives', () =>
    withDatabase(server, 'packets', async (database, connection) => {
      await withPacket(64 * MIB);
      const depth = server.product === 'MySQL' ? 'cte_max_recursion_depth' : 'max_recursive_iterations';
      await connection.query(
        `CREATE TABLE words (id INT PRIMARY KEY, said TEXT, raw BLOB, doubled INT AS (id * 2) STORED); SET ${depth} = 4000;
         INSERT INTO words (id, said, raw) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
           SELECT i, REPEAT(CONCAT('\\n,("', i, '''\\\\),('), i % 40), IF(i % 7 = 0, NULL, UNHEX(SHA2(i, 512))) FROM n`,
      );
      const original = await fingerprint(server.url, { databases: [database] });
      await withDirectory(async (directory) => {
        await runDump(server, { directory, databases: [database] });
        await dropDatabase(server, database);
        await withPacket(32 * KIB);
        const { summary } = await runLoad(server, { directory });
        expect(summary).toMatchObject({ rows: 3000, warnings: [] });
      });
      await withPacket(64 * MIB);
      expect(diffFingerprints(original, await fingerprint(server.url, { databases: [database] }))).toEqual([]);
    }));

  test('a row that cannot fit is named before anything is changed, with what to do', () =>
    withDatabase(server, 'packets', async (database, connection) => {
      await withPacket(64 * MIB);
      await connection.query(
        `CREATE TABLE small (id INT PRIMARY KEY); INSERT INTO small VALUES (1);
         CREATE TABLE large (id INT PRIMARY KEY, content LONGBLOB);
         INSERT INTO large VALUES (1, 'x'), (2, REPEAT('\\\\', 9000000)), (3, 'y')`,
      );
      const original = await fingerprint(server.url, { databases: [database] });
      await withDirectory(async (directory) => {
        await runDump(server, { directory, databases: [database], codec: 'none' });
        const metadata = await readFile(join(directory, 'metadata'), 'utf8');
        const longest = Number(/^max-statement-size = (\d+)$/m.exec(metadata)?.[1]);
        expect(longest).toBeGreaterThan(18_000_000);
        expect(longest).toBeLessThan(18_000_100);
        await dropDatabase(server, database);

        await withPacket(10 * MIB);
        const refused = await failureOf(runLoad(server, { directory }));
        expect(refused).toMatchObject({
          code: 'LOAD_FAILED',
          message: expect.stringMatching(/`large` holds a row .* nothing was changed/) as string,
          hint: expect.stringContaining('SET GLOBAL max_allowed_packet = 18') as string,
        });
        const [found] = await withConnection(server, (fresh) => fresh.query('SHOW DATABASES LIKE ?', [database]));
        expect(found).toEqual([]);

        // The hint is true, and not by a kilobyte too much.
        const needed = Number(/= (\d+)/.exec(refused.hint ?? '')?.[1]);
        await withPacket(needed);
        await runLoad(server, { directory });
        await withPacket(64 * MIB);
        expect(diffFingerprints(original, await fingerprint(server.url, { databases: [database] }))).toEqual([]);
      });
    }));

  test('in a dump of another tool such a row is named when it is met', () =>
    withDatabase(server, 'packets', async (database, connection) => {
      await withPacket(64 * MIB);
      await connection.query(
        `CREATE TABLE large (id INT, content LONGBLOB); INSERT INTO large VALUES (1, 'x'), (2, REPEAT('z', 9500000))`,
      );
      await withDirectory(async (directory) => {
        await runDump(server, { directory, databases: [database], codec: 'none' });
        await dropDatabase(server, database);
        // One statement for both rows, as tools write it that do not look at lengths; and no manifest.
        const file = join(directory, `${database}.large.00000.sql`);
        const text = await readFile(file, 'latin1');
        await writeFile(file, text.replace(/\n;\nINSERT INTO `large` VALUES/, '\n,'), 'latin1');
        await unlink(join(directory, 'tsdump-manifest.jsonl'));

        await withPacket(9 * MIB);
        expect(await failureOf(runLoad(server, { directory }))).toMatchObject({
          code: 'LOAD_FAILED',
          message: expect.stringMatching(
            /large\.00000\.sql, statement 5 \(line 6\), row 2: a statement with this row alone has 95000\d\d bytes.*max_allowed_packet = 9437184/,
          ) as string,
        });
        await dropDatabase(server, database);
        await withPacket(10 * MIB);
        expect((await runLoad(server, { directory })).summary.rows).toBe(2);
      });
      await withPacket(64 * MIB);
    }));
});
