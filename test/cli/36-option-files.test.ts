/** A backup as cron runs it: everything in option files, the command line short. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { runProgram, withFolder } from '../support/cli.ts';
import { dropDatabase, laneServers, withConnection, withDatabase } from '../support/lanes.ts';

describe.each(laneServers())('$lane', ({ lane, source, target }) => {
  const product = lane.startsWith('mariadb') ? 'mariadb' : 'mysql';
  const other = product === 'mysql' ? 'mariadb' : 'mysql';
  const client = ({ host, port, user, password }: typeof source): string =>
    `[client]\nhost=${host}\nport=${port}\nuser=${user}\npassword="${password}"\n`;

  test('accounts, options and what holds for one product come from files, in both programs', () =>
    withDatabase(source, 'filed', (database, connection) =>
      withFolder(async (folder) => {
        await connection.query('CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)');
        const directory = join(folder, 'dump');
        const [from, into] = [join(folder, 'from.cnf'), join(folder, 'into.cnf')];
        // The variable is the server's own; what it takes for @t shows that each session sets it before it reads.
        await writeFile(
          from,
          `${client(source)}[mydumper]\noutputdir=${directory}\ndatabase=${database}\ncomplete-insert\n` +
            `[mydumper_${product}]\nwhere = id < 3\n[mydumper_${other}]\nno-data\n` +
            `[mydumper_session_variables]\nlc_time_names = 'de_DE'\n` +
            '[`' +
            database +
            "`.`t`]\ncolumns_on_select_replace = `id`:if(@@lc_time_names = 'de_DE', id, -id)\n",
        );
        await writeFile(into, `${client(target)}[tsload]\ndirectory=${directory}\n`);
        expect(await runProgram('tsdump', [`--defaults-file=${from}`])).toMatchObject({ code: 0 });
        await connection.query(`DROP DATABASE \`${database}\``);
        try {
          expect(await runProgram('tsload', [`--defaults-file=${into}`])).toMatchObject({ code: 0 });
          const [rows] = await withConnection(target, (each) =>
            each.query(`SELECT id FROM \`${database}\`.t ORDER BY id`),
          );
          expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
          // What exists already is not created again; where it does not, leaving it out is an error.
          const load = (...more: string[]) => runProgram('tsload', [`--defaults-file=${into}`, ...more]);
          await withConnection(target, (each) =>
            each.query(`ALTER TABLE \`${database}\`.t ADD another INT FIRST; TRUNCATE \`${database}\`.t`),
          );
          expect(await load('--skip-create-database', '--skip-create-table')).toMatchObject({ code: 0 });
          await dropDatabase(target, database);
          expect((await load('--skip-create-database')).code).not.toBe(0);
        } finally {
          await dropDatabase(target, database);
        }
      }),
    ));

  test('a variable that the server does not take is named with its file and line', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'wrong.cnf');
      await writeFile(file, `${client(source)}[tsdump_session_variables]\nno_such_thing = 1\n`);
      const { code, stderr } = await runProgram('tsdump', [`--defaults-file=${file}`, '-d', join(folder, 'dump')]);
      expect(code).toBe(2);
      expect(stderr).toContain(`${file}, line 7: the server does not take no_such_thing = 1`);
    }));
});
