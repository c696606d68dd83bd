/**
 * DDL beside a dump: kept out where the server has a lock for it; elsewhere the tables that it changed are found and left
 * out by name, and what is in the dump is right. (src/dump/snapshot.ts, 6)
 */

import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';

import type { Connection } from 'mysql2/promise';
import { describe, expect, test } from 'vitest';

import { DEFAULT_LOCK } from '../../src/index.ts';
import type { RunEvent } from '../../src/index.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import type { TestServer } from '../support/servers.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';

/** What others do to a table of the same name between the snapshot and the moment when it is read. */
const CHANGES: Readonly<Record<string, string>> = {
  dropped: 'DROP TABLE dropped',
  emptied: 'TRUNCATE TABLE emptied',
  renamed: 'RENAME TABLE renamed TO renamed_away',
  // As tools for online schema changes do at their end; a snapshot reads the other table without an error.
  swapped: 'RENAME TABLE swapped TO swapped_old, ghost TO swapped',
  rebuilt: 'ALTER TABLE rebuilt ENGINE=InnoDB, FORCE',
  widened: 'ALTER TABLE widened ADD COLUMN more INT DEFAULT 7',
  shuffled: 'ALTER TABLE shuffled RENAME COLUMN a TO b, RENAME COLUMN b TO a',
  parted: 'ALTER TABLE parted TRUNCATE PARTITION p0',
  created: 'CREATE TABLE created (id INT PRIMARY KEY); INSERT INTO created VALUES (1)',
};
/** Everything whose name is not the same table with the same definition any more. */
const NEW = ['created', 'renamed_away', 'swapped_old'];
const LOST = [...new Set([...Object.keys(CHANGES), 'ghost', ...NEW])];

describe.each(laneServers())('$lane', ({ source, target }) => {
  test.skipIf(source.clientCommand === undefined).each([
    { when: 'before the catalogue is read', event: 'position', lost: LOST },
    { when: 'before the rows are read', event: 'totals', lost: LOST.filter((name) => !NEW.includes(name)) },
  ] as const)('without a lock against DDL, what it changed $when is left out by name, and the rest is whole', (at) =>
    withDatabase(source, 'ddl', async (database, connection) => {
      await createTables(connection);
      const onEvent = (event: RunEvent): void => {
        // The snapshots are open, and everything else waits for this to end.
        if (event.type === at.event) runNow(source, database, Object.values(CHANGES).join(';'));
      };
      // MariaDB's DDL lock ends with its snapshot: this is what it does by itself.
      const lock = { ...DEFAULT_LOCK, withBackupLock: source.product === 'MariaDB' };
      await withDirectory(async (directory) => {
        const options = { directory, databases: [database], lock, rowsPerChunk: 1 };
        const { summary } = await runDump(source, options, { onEvent });
        const named = summary.skipped.map(({ what }) => /^table `ddl_\w+`\.`(\w+)`$/.exec(what)?.[1]);
        expect(named).toHaveLength(at.lost.length);
        expect(new Set(named)).toEqual(new Set(at.lost));
        for (const { why } of summary.skipped) expect(why).toMatch(/while (it was dumped|the dump began)/);
        expect(summary.tables).toBe(1);
        const files = await readdir(directory);
        for (const table of LOST) expect(files.filter((file) => file.startsWith(`${database}.${table}`))).toEqual([]);
        await expectKept(directory, database);
      });
    }),
  );

  test.runIf(source.product === 'MySQL')('with the backup lock DDL waits, and nothing is lost', () =>
    withDatabase(source, 'ddl', async (database, connection) => {
      await createTables(connection);
      const changes: Promise<unknown>[] = [];
      const onEvent = (event: RunEvent): void => {
        if (event.type === 'position') changes.push(connection.query(Object.values(CHANGES).join(';')));
      };
      await withDirectory(async (directory) => {
        const options = { directory, databases: [database], rowsPerChunk: 1 };
        const { summary } = await runDump(source, options, { onEvent });
        await Promise.all(changes);
        expect(changes).toHaveLength(1);
        expect(summary).toMatchObject({ skipped: [], tables: TABLES, rows: 2 * TABLES });
        await expectKept(directory, database);
      });
    }),
  );

  test('a table that another session keeps locked is not waited for without end', () =>
    withDatabase(source, 'ddl', async (database, connection) => {
      await createTables(connection);
      await withConnection(
        source,
        async (other) => {
          let locked: Promise<unknown> | undefined;
          const onEvent = (event: RunEvent): void => {
            if (event.type !== 'totals') return;
            locked = other.query('LOCK TABLES widened WRITE');
            // Nothing is read before the server has seen to that.
            runNow(source, database, 'DO SLEEP(0.5)');
          };
          await withDirectory(async (directory) => {
            // Other tests' dumps may be waited for; a table is not.
            const lock = { ...DEFAULT_LOCK, maxWaitSeconds: 1, waitRetries: 60 };
            const options = { directory, databases: [database], lock, rowsPerChunk: 1 };
            const { summary } = await runDump(source, options, { onEvent });
            await locked;
            expect(summary.skipped).toMatchObject([
              {
                what: `table \`${database}\`.\`widened\``,
                why: expect.stringMatching(/another session has locked it/) as string,
              },
            ]);
            await other.query('UNLOCK TABLES');
            await expectKept(directory, database);
          });
        },
        { database },
      );
    }));

  async function expectKept(directory: string, database: string): Promise<void> {
    const copy = `${database}_copy`;
    try {
      await runLoad(target, { directory, targetDatabase: copy });
      await withConnection(target, async (connection) => {
        const [rows] = await connection.query(`SELECT * FROM \`${copy}\`.kept ORDER BY id`);
        expect(rows).toEqual([
          { id: 1, a: 1, b: 2 },
          { id: 2, a: 1, b: 2 },
        ]);
        const [triggers] = await connection.query(
          'SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?',
          [copy],
        );
        expect((triggers as { name: string }[]).map(({ name }) => name)).toContain('kept_trigger');
      });
    } finally {
      await dropDatabase(target, copy);
    }
  }
});

/** Runs statements with the server's own client, while this process stands still. */
function runNow({ clientCommand = [] }: TestServer, database: string, sql: string): void {
  const [program = '', ...args] = clientCommand;
  const { status, stderr } = spawnSync(program, [...args, `--database=${database}`, `--execute=${sql}`]);
  if (status !== 0) throw new Error(`the client ended with ${status}: ${stderr.toString()}`);
}

const TABLES = 10;

async function createTables(connection: Connection): Promise<void> {
  for (const name of ['kept', 'dropped', 'emptied', 'renamed', 'swapped', 'ghost', 'rebuilt', 'widened', 'shuffled']) {
    await connection.query(`CREATE TABLE ${name} (id INT PRIMARY KEY, a INT, b INT);
      INSERT INTO ${name} VALUES (1, 1, 2), (2, 1, 2)`);
  }
  await connection.query(`CREATE TABLE parted (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2;
    INSERT INTO parted VALUES (1), (2);
    CREATE TRIGGER kept_trigger BEFORE INSERT ON kept FOR EACH ROW SET NEW.a = NEW.a;
    CREATE TRIGGER widened_trigger BEFORE INSERT ON widened FOR EACH ROW SET NEW.a = NEW.a`);
  // Marks are as old as their tables: DDL within the same second is another test's affair.
  await connection.query('DO SLEEP(1.1)');
}
