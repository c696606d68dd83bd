/** Which tables get their keys when their rows are there. */
import { expect, test } from 'vitest';

import type { DumpFile, DumpTable } from '../../../src/load/contents.ts';
import { hasKeysLater } from '../../../src/load/keys.ts';
import type { KeyTime, LoadOptions } from '../../../src/load/options.ts';

const MIB = 1024 * 1024;

const file = (storedBytes: number, codec: DumpFile['codec'], rows?: DumpFile): DumpFile => ({
  name: 'f',
  path: 'f',
  codec,
  storedBytes,
  rows,
});

const table = (...dataFiles: DumpFile[]): DumpTable => ({
  database: 'd',
  name: 't',
  schemaFile: undefined,
  dataFiles,
  rows: undefined,
  storedBytes: 0,
  longestStatementBytes: undefined,
});

const options = (optimizeKeys: KeyTime | undefined, withData = true): LoadOptions => ({
  connection: { host: 'h', port: 1, user: 'u' },
  directory: 'd',
  threads: 1,
  dropTable: 'FAIL',
  withSchemas: true,
  withData,
  optimizeKeys,
  statementsPerTransaction: 1,
});

const SMALL = table(file(1, 'none'));
const BIG = table(file(5 * MIB, 'none'), file(3 * MIB, 'none'));

test.each([undefined, 'AUTO'] as const)('%s: big tables, by all their files, compressed or not', (mode) => {
  expect(hasKeysLater(BIG, options(mode))).toBe(true);
  expect(hasKeysLater(SMALL, options(mode))).toBe(false);
  expect(hasKeysLater(table(file(4 * MIB, 'none')), options(mode))).toBe(false);
  expect(hasKeysLater(table(file(4 * MIB, 'zstd')), options(mode))).toBe(true);
  expect(hasKeysLater(table(file(4 * MIB, 'none', file(4 * MIB, 'gzip'))), options(mode))).toBe(true);
});

test.each(['AFTER_IMPORT_PER_TABLE', 'AFTER_IMPORT_ALL_TABLES'] as const)('%s: all tables with rows', (mode) => {
  expect(hasKeysLater(SMALL, options(mode))).toBe(true);
  expect(hasKeysLater(table(), options(mode))).toBe(false);
});

test('none under SKIP, and none where no rows are loaded', () => {
  expect(hasKeysLater(BIG, options('SKIP'))).toBe(false);
  expect(hasKeysLater(BIG, options('AFTER_IMPORT_PER_TABLE', false))).toBe(false);
});
