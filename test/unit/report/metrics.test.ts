import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import type { LoadSummary } from '../../../src/base/events.ts';
import { writeMetrics } from '../../../src/report/metrics.ts';

const summary = {
  tables: 3,
  rows: 1000,
  bytes: 5000,
  storedBytes: 2000,
  seconds: 12.5,
  warnings: ['one'],
  skipped: [],
} as unknown as LoadSummary;

test('metrics are in base units, replaced at once, and remember the last success through failures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsdump-metrics-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'backup.prom');
  const run = { program: 'tsdump', directory: '/backup/"shop"', seconds: 1 };
  writeMetrics(path, { ...run, exitCode: 0, summary: { ...summary, lockHeldMs: 43 } }, 1_700_000_000_000);
  const text = readFileSync(path, 'utf8');
  const value = (name: string, from: string): string | undefined =>
    new RegExp(`^tsdump_${name}\\{directory="/backup/\\\\"shop\\\\""\\} (\\S+)$`, 'm').exec(from)?.[1];
  expect(value('last_success_timestamp_seconds', text)).toBe('1700000000');
  expect(value('duration_seconds', text)).toBe('12.5');
  expect(value('lock_held_seconds', text)).toBe('0.043');
  expect(value('rows', text)).toBe('1000');
  for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(?:# (?:HELP|TYPE) tsdump_|tsdump_\w+\{)/);
  writeMetrics(path, { ...run, exitCode: 5, summary: undefined }, 1_700_000_600_000);
  writeMetrics(path, { ...run, exitCode: 5, summary: undefined }, 1_700_000_700_000);
  const after = readFileSync(path, 'utf8');
  expect(value('last_run_timestamp_seconds', after)).toBe('1700000700');
  expect(value('last_success_timestamp_seconds', after)).toBe('1700000000');
  expect(value('exit_code', after)).toBe('5');
  expect(value('rows', after)).toBeUndefined();
  expect(readdirSync(folder)).toEqual(['backup.prom']);
});
