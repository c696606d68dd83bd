/**
 * mydumper's own tools beside ours, where MYDUMPER and MYLOADER name them: myloader restores our dumps, and tsload restores
 * what mydumper dumps now.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { account, mustRun, withFolder } from '../support/cli.ts';
import { givenTool, mydumperAccount, runTool, withoutLineEnds } from '../support/clients.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import type { Fingerprint } from '../support/fingerprint.ts';
import { dropDatabase, laneServers, uniqueName, withConnection, withDatabase } from '../support/lanes.ts';
import { loadSakila } from '../support/sakila.ts';
import { fillShop } from '../support/shop.ts';

const myloader = givenTool('MYLOADER');
const mydumper = givenTool('MYDUMPER');

/** mydumper 1.0.1 keeps no sql_mode of code. */
function withoutSqlMode(found: Fingerprint): Fingerprint {
  return new Map([...withoutLineEnds(found)].map(([key, text]) => [key, text.replace(SQL_MODE, '')]));
}

const SQL_MODE = /^[A-Z_]+(,[A-Z_]+)+$/m;

/** Without FLOAT, of which mydumper writes fewer digits than it has. */
const MANY_KINDS = `CREATE TABLE kinds (id INT PRIMARY KEY, t TINYINT, s SMALLINT, m MEDIUMINT, b BIGINT UNSIGNED, z INT(9) ZEROFILL, d DECIMAL(9, 3), f DOUBLE, y YEAR, dt DATETIME(3), ts TIMESTAMP(6) NULL, ti TIME,
    c CHAR(9), v VARCHAR(300) CHARACTER SET latin1, u VARCHAR(9) CHARACTER SET ucs2, x TEXT, l BLOB, bi BIT(17), e ENUM('a', ''), o SET('x', 'y'), j JSON, g GEOMETRY, gen INT AS (id + 1));
  INSERT INTO kinds (id, t, s, m, b, z, d, f, y, dt, ts, ti, c, v, u, x, l, bi, e, o, j, g) VALUES
    (1, -1, -2, -3, 18446744073709551615, 7, -1.5, 1e100, 2024, '2024-02-29 01:02:03.5', '2024-02-29 01:02:03', '-10:00:00', 'a,b', 'é;"\\'', '日;', 'a\tb\nc\rd\0ef\\g#', 0x${Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('')}, b'101', 'a', 'x,y', '{"a": "\\\\n,;#"}', POINT(1, 2)),
    (2, 0, 0, 0, 0, 0, 0, 0, 0, '0001-01-01', '2024-01-01', '0:0:0', '', '', '', '', '', 0, '', '', '[]', POINT(0, 0)), (3, ${'NULL, '.repeat(20)}NULL)`;

describe.each(laneServers())('$lane', ({ source, target }) => {
  const samples = [
    ['the shop', (database: string) => fillShop(source.url, { database, orders: 200 })],
    ['Sakila', (database: string) => loadSakila(source, { database })],
  ] as const;

  /** What differs between a sample and what `move` makes of it on the target. */
  const differences = async (
    fill: (database: string) => Promise<unknown>,
    move: (database: string, directory: string, dropSource: () => Promise<void>) => Promise<void>,
    comparable: (found: Fingerprint) => Fingerprint = withoutLineEnds,
  ): Promise<string[]> =>
    withFolder(async (folder) => {
      const database = uniqueName('peer');
      try {
        await fill(database);
        const expected = await fingerprint(source.url, { databases: [database] });
        await move(database, join(folder, 'dump'), () => dropDatabase(source, database));
        const actual = await fingerprint(target.url, { databases: [database] });
        return diffFingerprints(comparable(expected), comparable(actual));
      } finally {
        await dropDatabase(source, database);
        await dropDatabase(target, database);
      }
    });

  /** mydumper 1.0.1 crashes on the format that is the default on 9.7. */
  const askForOldPlans = async (): Promise<void> => {
    if (source.product !== 'MySQL') return;
    await withConnection(source, (connection) => connection.query('SET GLOBAL explain_format = TRADITIONAL'));
  };

  describe.runIf(myloader !== undefined)('myloader restores our dump', () => {
    describe.each(samples)('of %s', (_, fill) => {
      test.each([
        ['INSERT', []],
        ['INSERT, zstd', ['-c']],
        ['LOAD_DATA, zstd', ['--format=LOAD_DATA', '-c']],
        ['CSV', ['--format=CSV', '--include-header']],
      ])('as %s', async (_format, options) => {
        const found = await differences(fill, async (database, directory, dropSource) => {
          await mustRun('tsdump', ['-d', directory, ...account(source), '-B', database, '-GRE', '--users', ...options]);
          await dropSource();
          const args = [...mydumperAccount(target), '--directory', directory, '--threads', '4'];
          const { code, said } = await runTool([myloader ?? '', ...args]);
          expect(code, said).toBe(0);
        });
        expect(found).toEqual([]);
      });
    });
  });

  describe.runIf(mydumper !== undefined)('bare rows are byte for byte those of mydumper', () => {
    test.each([[['LOAD_DATA']], [['CSV']], [['CSV', '--include-header', '--fields-terminated-by=;']]])(
      'as %j',
      ([format = '', ...options]) =>
        withDatabase(source, 'peer', async (database, connection) => {
          await askForOldPlans();
          await connection.query(MANY_KINDS);
          await withFolder(async (folder) => {
            const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
            const same = ['-B', database, `--format=${format}`, ...options];
            await mustRun('tsdump', ['-d', ours, ...account(source), ...same]);
            await runTool([mydumper ?? '', ...mydumperAccount(source), '-o', theirs, ...same]);
            const name = `${database}.kinds.00000.dat`;
            expect(await readFile(join(ours, name), 'latin1')).toBe(await readFile(join(theirs, name), 'latin1'));
          });
        }),
    );
  });

  /** Some of the shop's code is in ANSI quotes: without its sql_mode it cannot come back, nor the views that call it. */
  describe.runIf(mydumper !== undefined)('tsload restores a dump of mydumper', () => {
    test.each([
      ['as INSERT', ...samples[0], ['--no-views']],
      ['as INSERT', ...samples[1], ['-G', '-R', '-E']],
      ['as LOAD_DATA', ...samples[1], ['-G', '-R', '-E', '--format=LOAD_DATA', '--compress=zstd']],
      ['as CSV', ...samples[1], ['-G', '-R', '-E', '--format=CSV', '--include-header']],
    ] as const)('%s of %s', async (_format, _, fill, options) => {
      const found = await differences(
        fill,
        async (database, directory, dropSource) => {
          await askForOldPlans();
          const args = ['-o', directory, '-B', database, ...options];
          await runTool([mydumper ?? '', ...mydumperAccount(source), ...args]);
          await dropSource();
          await mustRun('tsload', ['-d', directory, ...account(target)]);
        },
        withoutSqlMode,
      );
      // The products' weight is a FLOAT, which mydumper writes with fewer digits than it has.
      const forgiven = /^missing: (?!table|database)|^changed: table `[^`]*`\.`products` rows/;
      const isForgiven = (line: string): boolean => options.length === 1 && forgiven.test(line);
      expect(found.filter((line) => !isForgiven(line))).toEqual([]);
    });
  });
});
