/** A dump is one moment of a busy server, and says which. */

import type { Connection } from 'mysql2/promise';
import { describe, expect, test } from 'vitest';

import type { BinlogPosition, RunEvent } from '../../src/index.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';

const BANKS = ['athens', 'berlin', 'cairo', 'delhi'];
const ACCOUNTS = 4000;
const OPENING_BALANCE = 1000;
const WRITERS = 4;
const DUMPS = 2;
/** With the locks taken in the wrong order, each of these dumps ends about every other DDL statement beside it. */
const DDL_DUMPS = 4;

describe.each(laneServers())('$lane', ({ source, target }) => {
  test('a dump beside four writers holds one moment of all tables', () =>
    withDatabase(source, 'snapshot', async (database, connection) => {
      await connection.query(createBanks());
      await withWriters(source, database, async (transfers) => {
        for (let dump = 0; dump < DUMPS; dump++) {
          await withDirectory(async (directory) => {
            const before = transfers();
            const { events, summary } = await runDump(source, {
              directory,
              databases: [database],
              threads: 8,
              rowsPerChunk: 500,
            });
            expect(transfers()).toBeGreaterThan(before);
            const released = events.find((event) => event.type === 'lock' && event.state === 'released');
            expect(released).toMatchObject({ heldMs: summary.lockHeldMs });
            expect(summary.lockHeldMs).toBeGreaterThan(0);
            expect(events.map(({ type }) => type)).toContain('position');
            await expectPosition(source, summary.position);
            await expectBalance(target, directory, `${database}_copy`);
          });
        }
      });
    }));

  test('tables are locked for the beginning only: rows are read while others write', () =>
    withDatabase(source, 'snapshot', async (database, connection) => {
      await connection.query(createBanks());
      const writes: Promise<unknown>[] = [];
      const onEvent = (event: RunEvent): void => {
        if (event.type === 'phase' && event.phase === 'data')
          writes.push(connection.query('UPDATE athens SET balance = balance + 1; INSERT INTO berlin (id) VALUES (-1)'));
      };
      await withDirectory(async (directory) => {
        const { summary } = await runDump(source, { directory, databases: [database], rowsPerChunk: 500 }, { onEvent });
        expect(writes).toHaveLength(1);
        await Promise.all(writes);
        expect(summary.rows).toBe(BANKS.length * ACCOUNTS);
        await expectBalance(target, directory, `${database}_copy`);
      });
    }));

  test('DDL of others waits for a dump and goes on, without an error', () =>
    withDatabase(source, 'snapshot', async (database, connection) => {
      await connection.query('CREATE TABLE quiet (id INT PRIMARY KEY); INSERT INTO quiet VALUES (1)');
      await withDatabase(source, 'ddl', async (_, onOther) => {
        const state = { isOver: false };
        const change = async (): Promise<void> => {
          while (!state.isOver) {
            await onOther.query('CREATE TABLE t (id INT); ALTER TABLE t ADD c INT; DROP TABLE t');
          }
        };
        const changes = change();
        try {
          for (let dump = 0; dump < DDL_DUMPS; dump++) {
            const run = withDirectory((directory) => runDump(source, { directory, databases: [database], threads: 1 }));
            await Promise.all([run, Promise.race([run, changes])]);
          }
        } finally {
          state.isOver = true;
          await changes;
        }
      });
    }));
});

/** A table of accounts a bank, and a journal of what went from where to where. */
function createBanks(): string {
  const counted = `WITH RECURSIVE counted AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM counted WHERE n < ${ACCOUNTS})`;
  // Both products end a recursion early by default: MySQL after 1000 steps with an error, MariaDB later and in silence.
  const depth = `SET /*!80000 cte_max_recursion_depth = */ /*M! max_recursive_iterations = */ ${ACCOUNTS + 1}`;
  const banks = BANKS.map(
    (bank) => `CREATE TABLE ${bank} (id INT PRIMARY KEY, balance INT NOT NULL DEFAULT ${OPENING_BALANCE},
        note VARCHAR(300) NOT NULL DEFAULT '${'filler '.repeat(40)}');
      INSERT INTO ${bank} (id) ${counted} SELECT n FROM counted`,
  );
  const journal = `CREATE TABLE journal (id INT AUTO_INCREMENT PRIMARY KEY, payer VARCHAR(20), payee VARCHAR(20), amount INT)`;
  return [depth, ...banks, journal, `ANALYZE TABLE ${BANKS.join(', ')}`].join('; ');
}

/** Transfers between banks, four at a time, as long as `use` runs; it is told how many were committed so far. */
async function withWriters(
  server: TestServer,
  database: string,
  use: (transfers: () => number) => Promise<void>,
): Promise<void> {
  const state = { transfers: 0, isOver: false };
  const write = (writer: number): Promise<void> =>
    withConnection(
      server,
      async (connection) => {
        for (let round = 0; !state.isOver; round++) {
          await transfer(connection, writer, round);
          state.transfers++;
        }
      },
      { database },
    );
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  try {
    await Promise.race([use(() => state.transfers), writers]);
  } finally {
    state.isOver = true;
    await writers;
  }
}

/** Each writer has accounts of its own, so that none waits for another. */
async function transfer(connection: Connection, writer: number, round: number): Promise<void> {
  const payer = BANKS[(writer + round) % BANKS.length] ?? '';
  const payee = BANKS[(writer + round + 1 + (round % (BANKS.length - 1))) % BANKS.length] ?? '';
  const account = 1 + ((round * 37 * WRITERS) % (ACCOUNTS - WRITERS)) - ((round * 37 * WRITERS) % WRITERS) + writer;
  const amount = 1 + (round % 100);
  await connection.query(
    `START TRANSACTION;
     UPDATE ${payer} SET balance = balance - ${amount} WHERE id = ${account};
     UPDATE ${payee} SET balance = balance + ${amount} WHERE id = ${account};
     INSERT INTO journal (payer, payee, amount) VALUES ('${payer}', '${payee}', ${amount});
     COMMIT`,
  );
}

/** Restores the dump and holds every bank's balance against the journal. */
async function expectBalance(server: TestServer, directory: string, database: string): Promise<void> {
  try {
    await runLoad(server, { directory, targetDatabase: database });
    await withConnection(
      server,
      async (connection) => {
        for (const bank of BANKS) {
          const [rows] = await connection.query(
            `SELECT COUNT(*) AS accounts, CAST(SUM(balance) AS SIGNED) AS balance,
               (SELECT CAST(COALESCE(SUM(amount * ((payee = '${bank}') - (payer = '${bank}'))), 0) AS SIGNED) FROM journal) AS moved
             FROM ${bank}`,
          );
          const { accounts, balance, moved } = (rows as Record<string, number>[])[0] ?? {};
          expect(accounts).toBe(ACCOUNTS);
          expect(balance).toBe(ACCOUNTS * OPENING_BALANCE + (moved ?? NaN));
        }
      },
      { database },
    );
  } finally {
    await dropDatabase(server, database);
  }
}

/** The position is one at which the server's binlog can be read. */
async function expectPosition(server: TestServer, { file, position }: BinlogPosition): Promise<void> {
  await withConnection(server, async (connection) => {
    const [variables] = await connection.query('SELECT @@log_bin AS isOn');
    if ((variables as { isOn: number }[])[0]?.isOn !== 1) {
      expect([file, position]).toEqual([undefined, undefined]);
      return;
    }
    // The server refuses an offset within an event.
    const [events] = await connection.query(`SHOW BINLOG EVENTS IN '${file}' FROM ${position} LIMIT 1`);
    expect((events as { Pos: number }[])[0]?.Pos).toBe(position);
  });
}
