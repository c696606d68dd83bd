/** Locks are asked for within bounds, whoever is in the way is named, and what is held up is held up no longer than needed. */

import type { Connection } from 'mysql2/promise';
import { describe, expect, test } from 'vitest';

import { DEFAULT_LOCK } from '../../src/index.ts';
import type { LockOptions, RunEvent, ToolError } from '../../src/index.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { failureOf, runDump, withDirectory } from '../support/runs.ts';
import type { Run } from '../support/runs.ts';
import { startServer } from '../support/servers.ts';
import type { LaneName, TestServer } from '../support/servers.ts';
import type { DumpSummary } from '../../src/index.ts';

describe.each(laneServers())('$lane', ({ lane, source }) => {
  test('a lock that is not granted in time ends the dump, and who is in the way is named', () =>
    onServerWithData(lane, async (server, database, connection) => {
      // A table without transactions is in the way of every kind of lock while a statement writes to it.
      const slow = connection.query('UPDATE log SET note = SLEEP(6) /* nightly report */ LIMIT 1');
      const dump = dumpOf(server, database, { maxWaitSeconds: 1, waitRetries: 1 });
      const { error, events } = await failed(dump);
      expect(error).toMatchObject({ code: 'LOCK', exitCode: 6 });
      expect(error.message).toMatch(
        /was not granted within 1 s; in the way: connection \d+ \(root@.*, \d+ s\): UPDATE log SET/,
      );
      expect(error.message).toContain(`connection ${connection.threadId} (`);
      expect(error.message).toContain('nightly report');
      expect(events.filter(({ type }) => type === 'retry')).toMatchObject([{ attempt: 1 }]);
      await slow;
      await withConnection(server, (other) => other.query(`INSERT INTO \`${database}\`.log VALUES (2, '')`));
    }));

  test('a lock that waits for tables another session has locked is given up in time, and asked for again', () =>
    onServerWithData(lane, async (server, database, connection) => {
      await connection.query('LOCK TABLES log WRITE');
      const { error, events } = await failed(dumpOf(server, database, { maxWaitSeconds: 1, waitRetries: 1 }));
      expect(error).toMatchObject({ code: 'LOCK', exitCode: 6 });
      expect(events.filter(({ type }) => type === 'retry')).toHaveLength(1);
      await connection.query('UNLOCK TABLES');
    }));

  test('dumps that hold tables apart do so one after the other, and whoever is not let in says whose turn it is', () =>
    onServerWithData(lane, async (server, database, connection) => {
      const started = performance.now();
      const ended = await Promise.all(Array.from({ length: 5 }, () => dumpOf(server, database, {}).run));
      // In each other's way they would stand until the first wait ends, after a minute.
      expect(performance.now() - started).toBeLessThan(30_000);
      for (const { summary } of ended) expect(summary).toMatchObject({ skipped: [], warnings: [], isConsistent: true });

      for (const name of ['tsdump.locking', 'tsdump.apart']) {
        await connection.query('SELECT GET_LOCK(?, 0)', [name]);
        const { error } = await failed(dumpOf(server, database, { maxWaitSeconds: 1 }));
        expect(error).toMatchObject({ code: 'LOCK', exitCode: 6 });
        expect(error.message).toContain(`within 1 s: connection ${connection.threadId}`);
        await connection.query('SELECT RELEASE_LOCK(?)', [name]);
      }
      await dumpOf(server, database, { maxWaitSeconds: 1 }).run;
    }));

  test.runIf(lane.startsWith('mariadb'))('another backup that is under way is waited for no longer than asked', () =>
    onServerWithData(lane, async (server, database, connection) => {
      await connection.query('BACKUP STAGE START');
      const { error, events } = await failed(dumpOf(server, database, { maxWaitSeconds: 1, waitRetries: 1 }));
      expect(error).toMatchObject({ code: 'LOCK', exitCode: 6 });
      expect(error.message).toContain('BACKUP STAGE BLOCK_COMMIT was not granted within 1 s');
      expect(events.filter(({ type }) => type === 'retry')).toHaveLength(1);
      await connection.query('BACKUP STAGE END');
    }),
  );

  test('statements that run for long are named and end the dump, or are waited for, or killed', () =>
    onServerWithData(lane, async (server, database, connection) => {
      const statement = 'SELECT SLEEP(60) /* the monthly sum */ FROM log LIMIT 1';
      const slow = connection.query(statement).then(
        () => 'done',
        () => 'killed',
      );
      await withConnection(server, async (other) => {
        await other.query(`DO SLEEP(2.5)`);
        const { error } = await failed(dumpOf(server, database, { longQuerySeconds: 1 }));
        expect(error).toMatchObject({ code: 'LOCK', exitCode: 6 });
        expect(error.message).toMatch(
          /running for more than 1 s: connection \d+ \(root@.*: SELECT SLEEP\(60\) .* the monthly sum/,
        );

        const guarded = { longQuerySeconds: 1, longQueryRetries: 1, longQueryIntervalSeconds: 0 };
        const waited = await failed(dumpOf(server, database, guarded));
        expect(waited.events.filter(({ type }) => type === 'retry')).toHaveLength(1);

        const { summary } = await dumpOf(server, database, { longQuerySeconds: 1, killsLongQueries: true }).run;
        expect(summary.warnings.join()).toMatch(/killed the statement of connection \d+ .*the monthly sum/);
        await slow;
      });
    }));

  test('writers of non-transactional tables wait until these are read; others go on as soon as the snapshots are open', () =>
    withDatabase(source, 'apart', async (database, connection) => {
      await createData(connection);
      const writes: Promise<unknown>[] = [];
      const order: string[] = [];
      const write = (table: string): Promise<unknown> =>
        withConnection(source, (other) => other.query(`INSERT INTO \`${database}\`.${table} VALUES (99, 'late')`)).then(
          () => order.push(table),
        );
      await withDirectory(async (directory) => {
        const { summary, events } = await runDump(
          source,
          { directory, databases: [database] },
          {
            onEvent: (event) => {
              if (event.type === 'phase' && event.phase === 'catalog') writes.push(write('log'), write('plain'));
              if (event.type === 'table-done') order.push(`${event.table} is read`);
            },
          },
        );
        await Promise.all(writes);
        expect(writes).toHaveLength(2);
        expect(summary.rows).toBe(2); // without what came late
        expect(summary.tableLocksHeldMs).toBeGreaterThan(0);
        expect(order.indexOf('log')).toBeGreaterThan(order.indexOf(`\`${database}\`.\`log\` is read`));
        const read = events.findIndex((event) => event.type === 'table-done' && event.table.endsWith('.`log`'));
        const released = events.findIndex(
          (event) => event.type === 'lock' && event.state === 'released' && /non-transactional/.test(event.kind),
        );
        expect(read).toBeGreaterThan(0);
        expect(released).toBeGreaterThan(read);
      });
    }));

  test('--trx-tables refuses by name what no snapshot covers', () =>
    withDatabase(source, 'apart', async (database, connection) => {
      await createData(connection);
      const { error } = await failed(dumpOf(source, database, { transactionalOnly: true }));
      expect(error).toMatchObject({ code: 'CONSISTENCY', exitCode: 6 });
      expect(error.message).toContain(`\`${database}\`.\`log\``);
      expect(error.message).not.toContain('plain');
    }));
});

async function createData(connection: Connection): Promise<void> {
  await connection.query(`CREATE TABLE plain (id INT PRIMARY KEY, note TEXT); INSERT INTO plain VALUES (1, '');
    CREATE TABLE log (id INT PRIMARY KEY, note TEXT) ENGINE=MyISAM; INSERT INTO log VALUES (1, '')`);
}

/** A server of its own: what these tests hold up would hold up other tests too, and what they kill could be another's. */
async function onServerWithData(
  lane: LaneName,
  use: (server: TestServer, database: string, connection: Connection) => Promise<void>,
): Promise<void> {
  const server = await startServer(lane);
  try {
    await withDatabase(server, 'held', async (database, connection) => {
      await createData(connection);
      await use(server, database, connection);
    });
  } finally {
    await server.stop();
  }
}

interface Watched {
  readonly run: Promise<Run<DumpSummary>>;
  readonly events: RunEvent[];
}

function dumpOf(server: TestServer, database: string, lock: Partial<LockOptions>): Watched {
  const events: RunEvent[] = [];
  const run = withDirectory((directory) =>
    runDump(
      server,
      { directory, databases: [database], lock: { ...DEFAULT_LOCK, ...lock } },
      { onEvent: (event) => void events.push(event) },
    ),
  );
  return { run, events };
}

async function failed({ run, events }: Watched): Promise<{ error: ToolError; events: RunEvent[] }> {
  return { error: await failureOf(run), events };
}
