/** Dumps of mydumper are verified as far as they speak of themselves: by the number of rows and what can be read. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { verify } from '../../../src/index.ts';
import type { VerifySummary } from '../../../src/index.ts';

/** From where this file lies once compiled. */
const DATA = new URL('../../../../test/interop/data/mydumper-1.0.1/', import.meta.url);

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsdump-verify-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function copy(name: string): void {
  cpSync(fileURLToPath(new URL(name, DATA)), directory, { recursive: true });
}

async function verified(): Promise<VerifySummary> {
  return verify({ directory, threads: 1 }, { emit: () => undefined, signal: new AbortController().signal });
}

test.each(['mysql-9.7', 'mysql-9.7-zstd', 'mariadb-10.11', 'mariadb-10.11-zstd'])('%s is sound', async (name) => {
  copy(name);
  expect(await verified()).toMatchObject({ basis: 'rows', findings: [], tables: 7, rows: 271 });
});

test('what is missing, cut, or has other rows than the metadata says is found', async () => {
  copy('mysql-9.7');
  const data = readdirSync(directory)
    .filter((name) => /\.\d{5}\.sql$/.test(name))
    .sort();
  const [first = '', second = '', third = '', fourth = ''] = data;
  rmSync(join(directory, first));
  truncateSync(join(directory, second), statSync(join(directory, second)).size - 3);
  rmSync(join(directory, third.replace('.00000.sql', '-schema.sql')));
  const rows = readFileSync(join(directory, fourth), 'latin1');
  writeFileSync(join(directory, fourth), rows.replace(/\n,\(.*/, ''), 'latin1');
  const { findings } = await verified();
  expect(findings.map(({ file, what }) => `${file ?? '-'} ${what}`).sort()).toEqual([
    '- mydumper_0.dots.and spaces has no file with its definition',
    '- mydumper_0.größe; has 1 rows in its files, and should have 2',
    '- mydumper_0.latin has 0 rows in its files, and should have 2',
    `${second} ends in the middle of statement 5, which begins at byte 174`,
  ]);
});
