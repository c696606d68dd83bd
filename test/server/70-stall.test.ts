/** A load that stands still says who is in its way, and goes on when they are gone. */

import { describe, expect, test } from 'vitest';

import type { RunEvent } from '../../src/index.ts';
import { laneServers, withConnection, withDatabase } from '../support/lanes.ts';
import { runDump, runLoad, withDirectory } from '../support/runs.ts';

const TABLES = 'CREATE TABLE locked (id INT PRIMARY KEY); CREATE TABLE begun (id INT PRIMARY KEY)';
/** A file each. */
const ROWS = 'INSERT INTO locked VALUES (1), (2), (3), (4), (5), (6); INSERT INTO begun VALUES (1), (2)';

describe.each(laneServers())('$lane', ({ source, target }) => {
  test('tables that others have locked, or hold a row of, are named with their connections and how to end them, and no more of ours wait for a table than may share it', () =>
    withDirectory((directory) =>
      withDatabase(source, 'stall', async (name, connection) => {
        await connection.query(`${TABLES}; ${ROWS}`);
        await runDump(source, { directory, databases: [name], rowsPerChunk: 1 });
        await withDatabase(target, 'stalled', (database, locker) =>
          withConnection(
            target,
            async (holder) => {
              await locker.query(`${TABLES}; LOCK TABLES locked WRITE`);
              await holder.query('START TRANSACTION; INSERT INTO begun VALUES (2)');
              const ends: Promise<unknown>[] = [];
              const onEvent = (event: RunEvent): void => {
                if (event.type !== 'warning' || ends.length > 0) return;
                ends.push(locker.query('UNLOCK TABLES'), holder.query('ROLLBACK'));
              };
              const into = { directory, targetDatabase: database, withSchemas: false };
              const options = { ...into, threads: 6, maxThreadsPerTable: 2, stallMs: 400 };
              const { summary } = await runLoad(target, options, { onEvent });
              await Promise.all(ends);
              const [warning = ''] = summary.warnings;
              expect(warning).toMatch(/^nothing was finished for \d+ s: /);
              for (const { threadId } of [locker, holder]) {
                expect(warning).toContain(`connection ${threadId}, root@`);
                expect(warning).toContain(`(KILL ${threadId} ends it)`);
              }
              expect(warning).toContain(`\`${database}\`.\`begun\``);
              const [, underWay = ''] = warning.split('under way: ');
              expect(underWay.match(new RegExp(`${name}\\.\\w+`, 'g'))?.toSorted()).toEqual(
                ['begun', 'locked', 'locked'].map((table) => `${name}.${table}`),
              );
              expect(warning).toContain('2 tables loading');
              expect(summary).toMatchObject({ rows: 8, retries: 0 });
            },
            { database },
          ),
        );
      }),
    ));
});
