/** Values longer than a packet, as long as the server's limit lets them be, and what they cost in memory. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { must } from '../../src/base/errors.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, withDatabase } from '../support/lanes.ts';
import { MAX_PAYLOAD_BYTES } from '../support/packets.ts';
import { failureOf, runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { ManagedServer } from '../support/servers.ts';
import { startServer } from '../support/servers.ts';

const MIB = 1024 * 1024;

/** Dumps the database, drops it, loads it: it has to be what it was. */
async function returns(server: ManagedServer, database: string, onEvent = (): void => undefined): Promise<void> {
  const original = await fingerprint(server.url, { databases: [database] });
  await withDirectory(async (directory) => {
    await runDump(server, { directory, databases: [database], threads: 2 }, { onEvent });
    await dropDatabase(server, database);
    const { summary } = await runLoad(server, { directory, threads: 2 }, { onEvent });
    expect(summary.warnings).toEqual([]);
  });
  expect(diffFingerprints(original, await fingerprint(server.url, { databases: [database] }))).toEqual([]);
}

// Servers of their own: the limit is global, and other files of this run have their own wishes for it.
describe.each(laneServers())('$lane with packets of 64 MiB', ({ lane }) => {
  let started: ManagedServer | undefined;
  const LIMIT_BYTES = 64 * MIB;

  beforeAll(async () => {
    started = await startServer(lane, {
      extraArgs: [`--max-allowed-packet=${LIMIT_BYTES}`],
      bufferPoolBytes: 128 * MIB,
    });
  });
  afterAll(() => started?.stop());

  test('carries 20 MiB of bytes that grow when they are written as text', async () => {
    const server = must(started, 'the server');
    await withDatabase(server, 'large', async (database, connection) => {
      await connection.query(
        `CREATE TABLE large_values (id INT PRIMARY KEY, content LONGBLOB);
         INSERT INTO large_values VALUES (1, 'before'), (2, ?), (3, REPEAT('a\\\\b''c"d', 2000000)), (4, NULL)`,
        [
          Buffer.alloc(
            20 * MIB,
            Uint8Array.from({ length: 256 }, (_, byte) => byte),
          ),
        ],
      );
      await returns(server, database);
    });
  });

  test('carries rows that fill one packet or two to the last byte, and one byte less or more', async () => {
    const server = must(started, 'the server');
    // In front of the value: an id of two digits with its length, and the value's own length.
    const inOne = MAX_PAYLOAD_BYTES - 3 - 4;
    const inTwo = 2 * MAX_PAYLOAD_BYTES - 3 - 9;
    await withDatabase(server, 'packets', async (database, connection) => {
      const lengths = [inOne - 1, inOne, inOne + 1, inTwo];
      await connection.query(`CREATE TABLE full_packets (id INT PRIMARY KEY, content LONGTEXT CHARACTER SET latin1);
        INSERT INTO full_packets VALUES (10, 'before'), ${lengths.map((length, at) => `(${at + 11}, REPEAT('x', ${length}))`).join(', ')}, (99, 'after')`);
      await returns(server, database);
    });
  });

  test('carries a value that just fits the limit', async () => {
    const server = must(started, 'the server');
    await withDatabase(server, 'limit', async (database, connection) => {
      await connection.query(`CREATE TABLE longest (id INT PRIMARY KEY, content LONGTEXT CHARACTER SET latin1);
        INSERT INTO longest VALUES (1, REPEAT('x', ${LIMIT_BYTES - 1024})), (2, 'after')`);
      await returns(server, database);
    });
  });
});

describe.each(laneServers())('$lane with a limit below what it holds', ({ lane }) => {
  test('is dumped, but for JSON on MySQL, which is an error that names the table and not an empty value', async () => {
    const server = await startServer(lane, {
      extraArgs: [`--max-allowed-packet=${64 * MIB}`],
      bufferPoolBytes: 64 * MIB,
    });
    try {
      await withDatabase(server, 'beyond', async (database, connection) => {
        await connection.query(`CREATE TABLE texts (id INT PRIMARY KEY, t LONGTEXT CHARACTER SET latin1, b LONGBLOB);
          INSERT INTO texts VALUES (1, REPEAT('x', 3000000), REPEAT('y', 3000000));
          CREATE TABLE documents (id INT PRIMARY KEY, j JSON); INSERT INTO documents VALUES (1, CONCAT('["', REPEAT('x', 3000000), '"]'))`);
        await connection.query(`SET GLOBAL max_allowed_packet = ${MIB}`);
        await withDirectory(async (directory) => {
          const { summary } = await runDump(server, { directory, databases: [], tables: [`${database}.texts`] });
          expect(summary).toMatchObject({ rows: 1, warnings: [] });
          expect(summary.bytes).toBeGreaterThan(6_000_000);
        });
        await withDirectory(async (directory) => {
          const run = runDump(server, { directory, databases: [database] });
          if (server.product === 'MariaDB') return void (await run);
          const failure = await failureOf(run);
          expect(failure.message).toMatch(/documents.*larger than max_allowed_packet/);
          expect(failure.hint).toContain('raise');
        });
      });
    } finally {
      await server.stop();
    }
  });
});

describe.each(laneServers())('$lane with packets of 1 GiB', ({ lane }) => {
  test('carries a value of 300 MiB in less memory than the value itself', async () => {
    const server = await startServer(lane, {
      extraArgs: [
        `--max-allowed-packet=${1024 * MIB}`,
        lane.startsWith('mysql') ? '--innodb-redo-log-capacity=1G' : '--innodb-log-file-size=512M',
      ],
      bufferPoolBytes: 512 * MIB,
    });
    try {
      await withDatabase(server, 'huge', async (database, connection) => {
        await connection.query(`CREATE TABLE huge_values (id INT PRIMARY KEY, content LONGBLOB);
          INSERT INTO huge_values VALUES (1, 'before'), (2, REPEAT(0x00275C0A78797A31, ${(300 * MIB) / 8})), (3, 'after')`);
        const before = process.memoryUsage().rss;
        let most = 0;
        await returns(server, database, () => {
          most = Math.max(most, process.memoryUsage().rss - before);
        });
        expect(most).toBeLessThan(250 * MIB); // as processes of their own they take 130 and 160 MiB in all
      });
    } finally {
      await server.stop();
    }
  });
});
