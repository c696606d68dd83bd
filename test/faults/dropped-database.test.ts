/** A database that is dropped under a dump is left out by name; all others are whole. */

import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { DEFAULT_LOCK } from '../../src/index.ts';
import type { RunEvent } from '../../src/index.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';

const FILL = `CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2); CREATE TABLE fired (id INT);
  CREATE VIEW v AS SELECT id FROM t; CREATE PROCEDURE p() SELECT 1;
  CREATE TRIGGER r AFTER INSERT ON t FOR EACH ROW INSERT INTO fired VALUES (NEW.id)`;

describe.each(laneServers())('$lane', ({ source, target }) => {
  test.skipIf(source.clientCommand === undefined).each(['', 'CREATE DATABASE d; CREATE TABLE d.t (id INT)'])(
    'it is named, its files are gone, and the run ends with what is left (then: "%s")',
    (then) =>
      withDatabase(source, 'kept', (kept, connection) =>
        withDatabase(source, 'dropped', async (dropped, other) => {
          for (const each of [connection, other]) await each.query(FILL);
          const onEvent = (event: RunEvent): void => {
            if (event.type !== 'totals') return;
            // While this process stands still, and the snapshots are open.
            const [program = '', ...args] = source.clientCommand ?? [];
            const sql = `DROP DATABASE ${dropped}; ${then.replaceAll(' d', ` ${dropped}`)}`;
            const { status, stderr } = spawnSync(program, [...args, `--execute=${sql}`]);
            if (status !== 0) throw new Error(`the client ended with ${status}: ${stderr.toString()}`);
          };
          await withDirectory(async (directory) => {
            const lock = { ...DEFAULT_LOCK, withBackupLock: source.product === 'MariaDB' };
            const { summary } = await runDump(source, { directory, databases: [kept, dropped], lock }, { onEvent });
            const named = summary.skipped.map(({ what }) => what);
            if (then === '') {
              expect(summary.skipped).toEqual([
                { what: `database \`${dropped}\``, why: 'it was dropped while it was dumped' },
              ]);
              expect((await readdir(directory)).filter((name) => name.startsWith(dropped))).toEqual([]);
            } else {
              for (const name of ['t', 'fired', 'v']) expect(named.join()).toContain(`\`${dropped}\`.\`${name}\``);
            }
            expect(summary).toMatchObject({ rows: 2 });
            const copy = `${kept}_copy`;
            try {
              const loaded = await runLoad(target, { directory, sourceDatabase: kept, targetDatabase: copy });
              expect(loaded.summary).toMatchObject({ rows: 2, tables: 2, views: 1, skipped: [] });
              await withConnection(target, (onTarget) => onTarget.query(`CALL \`${copy}\`.p()`));
            } finally {
              await dropDatabase(target, copy);
            }
          });
        }),
      ),
  );
});
