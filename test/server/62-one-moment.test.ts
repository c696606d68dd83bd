/**
 * A dump is one moment, whichever way its connections are brought to it, and its position is that moment: what the binlog
 * holds from there on makes the restored dump equal to the live data, row for row. (src/dump/snapshot.ts, 1 and 5)
 */

import { rm } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { DEFAULT_LOCK } from '../../src/index.ts';
import type { ConnectionOptions, DumpSummary, LockOptions } from '../../src/index.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { createLedger, EXACT_TOTAL, LEDGER_TABLES, readLedger, replay, withLedgerWriters } from '../support/ledger.ts';
import type { Pace } from '../support/ledger.ts';
import { connectionTo, runDump, runLoad, withDirectory } from '../support/runs.ts';
import type { TestServer } from '../support/servers.ts';

const BUSY: Pace = { writers: 4 };
/** LOCK TABLES takes many tables one after the other, and so do the transactions: MySQL ends one of those by a deadlock. */
const LOCKED_OUT: Pace = { ...BUSY, mayDeadlock: true };
/** Without a lock, equal snapshots want a moment without a commit: eight of them take a few milliseconds to open. */
const CALM: Pace = { writers: 4, pauseMs: 150 };

interface Way {
  readonly name: string;
  readonly lock?: Partial<LockOptions>;
  readonly pace: Pace;
  /** What the account may do on all databases, when it is not root. */
  readonly privileges?: string;
}

const WAYS: readonly Way[] = [
  { name: 'AUTO', pace: BUSY },
  { name: 'FTWRL', lock: { mode: 'FTWRL' }, pace: BUSY },
  { name: 'without the backup lock', lock: { withBackupLock: false }, pace: BUSY },
  { name: 'LOCK_ALL', lock: { mode: 'LOCK_ALL' }, pace: LOCKED_OUT },
  { name: 'AUTO without RELOAD', pace: LOCKED_OUT, privileges: 'SELECT, LOCK TABLES, SHOW VIEW, TRIGGER, EVENT' },
  { name: 'AUTO without LOCK TABLES', pace: BUSY, privileges: 'RELOAD, SELECT, SHOW VIEW, TRIGGER, EVENT' },
  { name: 'GTID', lock: { mode: 'GTID' }, pace: CALM },
];

describe.each(laneServers())('$lane', ({ source, target }) => {
  test(
    'every way that promises one moment gives one, and its exact position',
    () =>
      withDatabase(source, 'moment', async (database, connection) => {
        await createLedger(connection);
        for (const way of WAYS) await expectOneMoment(source, target, database, way);
      }),
    300_000,
  );

  test('SAFE_NO_LOCK gives one moment or refuses, and NO_LOCK says that it gives none', () =>
    withDatabase(source, 'moment', async (database, connection) => {
      await createLedger(connection);
      await expectOneMoment(source, target, database, {
        name: 'SAFE_NO_LOCK, nobody writing',
        lock: { mode: 'SAFE_NO_LOCK' },
        pace: { writers: 0 },
      });
      await withLedgerWriters(source, database, { ...BUSY, isLogless: true }, () =>
        withDirectory(async (directory) => {
          const dumps = { directory, databases: [database], threads: 8 };
          const safe = { ...dumps, lock: { ...DEFAULT_LOCK, mode: 'SAFE_NO_LOCK' as const } };
          const refused = await runDump(source, safe).then(
            ({ summary }) => {
              expect(summary.isConsistent).toBe(true); // they can all have paused at the right moment
              return undefined;
            },
            (error: unknown) => error,
          );
          if (refused !== undefined) {
            expect(refused).toMatchObject({
              code: 'CONSISTENCY',
              exitCode: 6,
              message: expect.stringContaining('others committed while the snapshots were opened') as string,
            });
          }
          await rm(directory, { recursive: true, force: true });
          const { summary } = await runDump(source, { ...dumps, lock: { ...DEFAULT_LOCK, mode: 'NO_LOCK' } });
          expect(summary).toMatchObject({ isConsistent: false, lockHeldMs: undefined });
          expect(summary.warnings.join()).toMatch(/no lock and no proof/);
          expect(summary.warnings.join()).toContain(`\`${database}\`.\`log\``);
        }),
      );
    }));
});

async function expectOneMoment(source: TestServer, target: TestServer, database: string, way: Way): Promise<void> {
  const copy = `${database}_copy`;
  const { name, lock, pace, privileges } = way;
  await withAccount(source, privileges, (connection) =>
    withDirectory(async (directory) => {
      const { summary, during } = await withLedgerWriters(source, database, pace, async (transfers) => {
        const before = transfers();
        const ended = await runDump(source, {
          connection,
          directory,
          databases: [database],
          threads: 8,
          rowsPerChunk: 40,
          lock: { ...DEFAULT_LOCK, ...lock },
        });
        return { summary: ended.summary, during: transfers() - before };
      });
      expect(summary, name).toMatchObject({ tables: LEDGER_TABLES, skipped: [], isConsistent: true });
      expectHeld(summary, way);
      if (pace.writers > 0) expect(during, name).toBeGreaterThan(0);
      try {
        await runLoad(target, { directory, targetDatabase: copy });
        const dumped = await readLedger(target, copy);
        expect(dumped.total, name).toBe(EXACT_TOTAL);
        await replay(source, database, summary.position, { server: target, database: copy });
        const live = await readLedger(source, database);
        if (pace.writers > 0) expect(live.transfers, name).toBeGreaterThan(dumped.transfers);
        expect((await readLedger(target, copy)).rows, name).toEqual(live.rows);
      } finally {
        await dropDatabase(target, copy);
      }
    }),
  );
}

/** What was held up, and for how long, is told. */
function expectHeld(summary: DumpSummary, { name, lock, privileges }: Way): void {
  if (lock?.mode === 'GTID' || lock?.mode === 'SAFE_NO_LOCK') expect(summary.lockHeldMs, name).toBeUndefined();
  else expect(summary.lockHeldMs, name).toBeGreaterThan(0);
  expect(summary.tableLocksHeldMs, name).toBeGreaterThan(0);
  const said = summary.warnings.join('\n');
  if (name === 'AUTO without RELOAD') expect(said).toMatch(/lacks RELOAD, so all tables of the dump are locked/);
  if (name === 'AUTO without LOCK TABLES') expect(said).toMatch(/all writes to the server wait until they are read/);
  if (privileges === undefined) expect(said, name).toBe('');
}

async function withAccount(
  server: TestServer,
  privileges: string | undefined,
  use: (connection: ConnectionOptions) => Promise<void>,
): Promise<void> {
  if (privileges === undefined) return use(connectionTo(server));
  const position = server.product === 'MySQL' ? 'REPLICATION CLIENT' : 'BINLOG MONITOR';
  const account = "'moment'@'%'";
  await withConnection(server, async (connection) => {
    await connection.query(`DROP USER IF EXISTS ${account}; CREATE USER ${account} IDENTIFIED BY 'of time';
      GRANT ${privileges}, ${position} ON *.* TO ${account}`);
    try {
      await use({ ...connectionTo(server), user: 'moment', password: 'of time' });
    } finally {
      await connection.query(`DROP USER ${account}`);
    }
  });
}
