/** Loads that are disturbed: tables with and without keys, with and without transactions, in many small transactions. */

import type { Connection } from 'mysql2/promise';
import { expect } from 'vitest';

import { diffFingerprints, fingerprint } from './fingerprint.ts';
import type { LaneServers } from './lanes.ts';
import { dropDatabase, withDatabase } from './lanes.ts';
import { NO_LOCK, runDump, vacate, withDirectory } from './runs.ts';

/** Of each of the three tables. */
const ROWS = 6000;
/** Tables that are loaded several at a time. */
const SMALL_TABLES = 20;
/** With the numbers that they are made of, and three rows in each small one. */
export const ALL_ROWS = 3 * ROWS + 10 + 3 * SMALL_TABLES;
/** A hundred COMMITs or so. */
export const IN_SMALL_TRANSACTIONS = { statementsPerTransaction: 2, optimizeKeys: 'AFTER_IMPORT_PER_TABLE' } as const;
const STATEMENT_BYTES = 8000;

/** Lends a dump to load, and expects the target to hold the same afterwards: the same rows and keys, and nothing else. */
export async function restored(
  lane: LaneServers,
  load: (directory: string, database: string) => Promise<void>,
): Promise<void> {
  const { source, target } = lane;
  await withDatabase(source, 'faults', async (database, connection) => {
    await createTables(connection);
    const original = await fingerprint(source.url, { databases: [database] });
    await withDirectory(async (directory) => {
      await runDump(source, {
        directory,
        databases: [database],
        codec: 'none',
        maxStatementBytes: STATEMENT_BYTES,
        lock: NO_LOCK,
      });
      await vacate(lane, database);
      await load(directory, database);
    });
    expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
    await dropDatabase(target, database);
  });
}

/**
 * `keyed` has keys that are built with the rows or after them; `keyless` has none at all, and rows that are equal;
 * `plain` has no transactions. The small ones have no keys.
 */
async function createTables(connection: Connection): Promise<void> {
  await connection.query(
    `CREATE TABLE numbers (n INT PRIMARY KEY);
     INSERT INTO numbers VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
     CREATE TABLE keyed (id INT PRIMARY KEY AUTO_INCREMENT, word VARCHAR(60), n INT, UNIQUE KEY (n), KEY words (word));
     INSERT INTO keyed SELECT i + 1, LEFT(SHA2(i, 256), 60), i FROM ${series()};
     CREATE TABLE keyless (word VARCHAR(60), n INT);
     INSERT INTO keyless SELECT LEFT(SHA2(i DIV 10, 256), 60), i DIV 10 FROM ${series()};
     CREATE TABLE plain (word VARCHAR(60), n INT) ENGINE = MyISAM;
     INSERT INTO plain SELECT LEFT(SHA2(i DIV 10, 256), 60), i DIV 10 FROM ${series()};`,
  );
  for (let number = 0; number < SMALL_TABLES; number++) {
    await connection.query(`CREATE TABLE small${number} (n INT); INSERT INTO small${number} VALUES (1), (2), (2)`);
  }
}

/** The numbers below {@link ROWS}. */
function series(): string {
  return `(SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS i FROM numbers a, numbers b, numbers c, numbers d
            WHERE a.n + 10 * b.n + 100 * c.n + 1000 * d.n < ${ROWS}) AS s`;
}
