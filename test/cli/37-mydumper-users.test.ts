/** Option files and cron lines that were written for mydumper and myloader run as they stand, but for the program's name and -d. */

import { existsSync, readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { account, runProgram, withFolder } from '../support/cli.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';

/** In the fashion of the file that comes with mydumper 1.0, with what administrators add. */
const OF_1_0 = `
# /etc/mydumper.cnf
[mydumper]
threads = 2
compress = ZSTD
triggers
routines = 1
events
rows = 1000:50000:0
chunk-filesize = 64
statement-size = 1M
long-query-guard = 5m
kill-long-queries
trx-tables = 0
ignore-engines = tokudb,FEDERATED
load-data-character-set = binary
set-names = utf8mb4,utf8mb4
build-empty-files
regex = '^(?!(mysql\\.|test\\.|sys\\.))'
verbose = 3

[mydumper_session_variables]
CHARACTER_SET_RESULTS = NULL
wait_timeout = 31536000
net_write_timeout = 600

[mydumper_mysql_8]
default-character-set = utf8mb4,utf8mb4

[myloader]
threads = 2
queries-per-transaction = 5000
max-threads-for-schema-creation = 1
drop-table
enable-binlog
verbose = 3

[myloader_session_variables]
SQL_MODE = NO_AUTO_VALUE_ON_ZERO
UNIQUE_CHECKS = 0
FOREIGN_KEY_CHECKS = 0
`;

/** Of before 1.0, with options that are gone since. */
const OF_0_10 = `
[mydumper]
less-locking
trx-consistency-only
compress-protocol
success-on-1146
use-savepoints
char-deep = 4
long-query-guard=120
logfile = LOG
`;

describe.each(laneServers())('$lane', ({ source, target }) => {
  const FILL =
    'CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20)); INSERT INTO t VALUES (1, "a"), (2, "b"), (3, "c");' +
    'CREATE TRIGGER before_t BEFORE INSERT ON t FOR EACH ROW SET NEW.name = UPPER(NEW.name)';

  test('a file for version 1.0 and its cron line: dumped with code, zstd, and loaded over what is there, with its binlog', () =>
    withDatabase(source, 'cron', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query(FILL);
        const [file, directory] = [join(folder, 'mydumper.cnf'), join(folder, 'monday')];
        await writeFile(file, OF_1_0);
        const dump = ['--defaults-file', file, ...account(source), '-B', database, '-o', directory];
        const dumped = await runProgram('tsdump', dump);
        expect(dumped, dumped.stderr).toMatchObject({ code: 0 });
        const names = await readdir(directory);
        expect(names).toContain(`${database}.t-schema.sql.zst`);
        expect(names.some((name) => name.includes('-schema-triggers.sql'))).toBe(true);
        try {
          await withConnection(target, async (each) => {
            const before = await logPosition(each);
            const load = ['--defaults-file', file, ...account(target), '-d', directory];
            const loaded = await runProgram('tsload', load);
            expect(loaded, loaded.stderr).toMatchObject({ code: 0 });
            const [rows] = await each.query(`SELECT name FROM \`${database}\`.t ORDER BY id`);
            expect(rows).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
            const [events] = await each.query(`SHOW BINLOG EVENTS IN '${before.file}' FROM ${before.position}`);
            expect(JSON.stringify(events)).toContain(`table_id: `);
            expect(JSON.stringify(events)).toContain(`(${database}.t)`);
          });
        } finally {
          await dropDatabase(target, database);
        }
      }),
    ));

  test('a file and a cron line of before 1.0 run, and each name that is gone is told with the new one', () =>
    withDatabase(source, 'cron', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query(FILL);
        const [file, directory, log] = [join(folder, 'old.cnf'), join(folder, 'monday'), join(folder, 'log')];
        await writeFile(file, OF_0_10.replace('LOG', log));
        const dump = [
          `--defaults-file=${file}`,
          ...account(source),
          '-B',
          database,
          '--outputdir',
          directory,
          '-c',
          '-G',
        ];
        const dumped = await runProgram('tsdump', [...dump, '--metrics-file', join(folder, 'a.prom')]);
        expect(dumped, dumped.stderr).toMatchObject({ code: 0 });
        expect(readFileSync(log, 'utf8')).toMatch(/--trx-consistency-only is an old name.*--trx-tables/);
        const load = ['-t', '2', '-d', directory, '-s', database, '-B', `${database}_test`, '--overwrite-tables'];
        try {
          const loaded = await runProgram('tsload', [
            ...load,
            ...account(target),
            '--innodb-optimize-keys',
            '-q',
            '100',
          ]);
          expect(loaded, loaded.stderr).toMatchObject({ code: 0 });
          expect(loaded.stderr).toContain('--overwrite-tables is an old name: use --drop-table');
        } finally {
          await dropDatabase(target, `${database}_test`);
        }
      }),
    ));

  test('a server that is away: the metrics file has the exit code, also when the options alone need it', () =>
    withFolder(async (folder) => {
      const [file, metrics] = [join(folder, 'a.cnf'), join(folder, 'a.prom')];
      const args = ['-d', join(folder, 'x'), '-h', '127.0.0.1', '-P', '1', '--quiet', '--metrics-file', metrics];
      await writeFile(file, '[mydumper_mysql_9]\nthreads = 2\n');
      const { code } = await runProgram('tsdump', [`--defaults-file=${file}`, ...args]);
      expect(code).toBe(5);
      expect(readFileSync(metrics, 'utf8')).toContain(`tsdump_exit_code{directory="${join(folder, 'x')}"} 5\n`);
      expect((await runProgram('tsdump', [...args, '--compres'])).code).toBe(2);
      expect(readFileSync(metrics, 'utf8')).toContain('} 2\n');
      expect(existsSync(join(folder, 'x'))).toBe(false);
    }));
});

interface LogPosition {
  readonly file: string;
  readonly position: number;
}

/** MySQL 8.2 and later have another word for it. */
async function logPosition(connection: { query(sql: string): Promise<unknown> }): Promise<LogPosition> {
  const [rows] = (await connection
    .query('SHOW BINARY LOG STATUS')
    .catch(() => connection.query('SHOW MASTER STATUS'))) as [{ File: string; Position: number }[]];
  const [row] = rows;
  if (row === undefined) throw new Error('the server keeps no binlog');
  return { file: row.File, position: row.Position };
}
