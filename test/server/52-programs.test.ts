/** Programs of the operator's: files go through one on their way, and each complete file is given to another. */

import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { verify } from '../../src/index.ts';
import type { DumpOptions, RunEvent } from '../../src/index.ts';
import { account, runProgram } from '../support/cli.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { laneServers, uniqueName } from '../support/lanes.ts';
import { NO_LOCK, dropEverywhere, failureOf, runDump, runLoad, vacate, withDirectory } from '../support/runs.ts';
import { fillShop } from '../support/shop.ts';

/** Its own inverse, which stands for a cipher. */
const CODEC = { program: ['/usr/bin/tr', 'A-Za-z', 'N-ZA-Mn-za-m'], extension: '.rot13' };
const QUIET = { emit: () => undefined, signal: new AbortController().signal };

describe.each(laneServers())('$lane', (lane) => {
  const { source, target } = lane;
  const database = uniqueName('programs');
  const small = { databases: [database], tables: [`${database}.languages`], lock: NO_LOCK };

  beforeAll(() => fillShop(source.url, { database, orders: 40 }));
  afterAll(() => dropEverywhere(lane, database));

  test('files go through a program, are sent while the dump goes on, and are loaded where they arrived', () =>
    withDirectory(async (directory) => {
      const original = await fingerprint(source.url, { databases: [database] });
      const sent = join(dirname(directory), 'sent');
      mkdirSync(sent);
      const options: Partial<DumpOptions> = {
        codec: CODEC,
        maxFileBytes: 20_000,
        hook: { command: ['/bin/cp', 'FILENAME', `${sent}/`], parallel: 3 },
      };
      const { summary } = await runDump(source, { directory, databases: [database], ...options });
      expect(summary.skipped).toEqual([]);
      expect(readdirSync(sent).sort()).toEqual(readdirSync(directory).sort());
      const [schema = ''] = readdirSync(sent).filter((name) => name.endsWith('.languages-schema.sql.rot13'));
      expect(readFileSync(join(sent, schema), 'utf8')).toContain('PERNGR GNOYR');

      expect(await verify({ directory: sent, threads: 2, program: CODEC }, QUIET)).toMatchObject({ findings: [] });
      const unnamed = await failureOf(runLoad(target, { directory: sent }));
      expect(unnamed).toMatchObject({ code: 'USAGE', hint: expect.stringContaining('.rot13') as string });
      const unfit = { ...CODEC, program: ['/bin/false'] };
      expect(await failureOf(runLoad(target, { directory: sent, program: unfit }))).toMatchObject({
        code: 'DUMP_DAMAGED',
      });
      await vacate(lane, database);
      await runLoad(target, { directory: sent, program: CODEC, dropTable: 'DROP' });
      expect(diffFingerprints(original, await fingerprint(target.url, { databases: [database] }))).toEqual([]);
    }));

  test('a dump that goes on after an interruption sends what the interrupted one had left, too', () =>
    withDirectory(async (directory) => {
      const sent = join(dirname(directory), 'sent');
      mkdirSync(sent);
      const options = { directory, databases: [database], lock: NO_LOCK, threads: 1 };
      const stop = new AbortController();
      const reason = new Error('the test stopped it');
      const onEvent = ({ type }: RunEvent): void => {
        if (type === 'table-done') stop.abort(reason);
      };
      await expect(runDump(source, options, { onEvent, signal: stop.signal })).rejects.toBe(reason);
      const hook = { command: ['/bin/cp', 'FILENAME', `${sent}/`], parallel: 2 };
      await runDump(source, { ...options, hook, resume: true });
      expect(readdirSync(sent).sort()).toEqual(readdirSync(directory).sort());
    }));

  test('a program that fails for a file ends the dump, which is left without metadata', () =>
    withDirectory(async (directory) => {
      const codec = { program: ['/bin/false'], extension: '.none' };
      const error = await failureOf(runDump(source, { directory, ...small, codec }));
      expect(error).toMatchObject({ code: 'PROGRAM_FAILED', message: expect.stringContaining('.sql.none') as string });
      expect(existsSync(join(directory, 'metadata'))).toBe(false);
    }));

  test('a dump whose files could not be sent is complete, says which, and does not pass for done', () =>
    withDirectory(async (directory) => {
      const options = [
        '-T',
        `${database}.languages`,
        '--sync-thread-lock-mode=NO_LOCK',
        '--exec',
        '/bin/false FILENAME',
      ];
      const ended = await runProgram('tsdump', ['-d', directory, ...account(source), ...options]);
      expect(ended).toMatchObject({ code: 3, last: expect.stringMatching(/without 1 object .*exit code 3/) as string });
      expect(ended.stderr).toMatch(/--exec for .*languages-schema\.sql.*\/bin\/false .*ended with exit code 1/);
      expect(existsSync(join(directory, 'metadata'))).toBe(true);
    }));
});
