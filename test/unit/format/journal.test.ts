import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { JournalWriter, journalLine, journalText, parseJournal, readJournal } from '../../../src/format/journal.ts';
import type { JournalHead, JournalItem, JournalPoint } from '../../../src/format/journal.ts';

const HEAD: JournalHead = {
  server: { product: 'MySQL', version: '9.7.4', id: 'uuid' },
  options: { codec: '"zstd"', databases: '["schön"]' },
  hashes: 1,
};
const POINT: JournalPoint = {
  startedAt: '2026-05-04T08:00:00.000Z',
  position: { file: 'binlog.000003', position: 1234 },
  isConsistent: true,
  isProvable: true,
};
const file = (name: string) => ({ name, storedBytes: 7, xxh3: '0123456789abcdef', bytes: 7, rows: 1 });
const about = { database: 'schön', table: 'a\n`b', mark: '2026-05-04 08:00:00' };
const ITEMS: JournalItem[] = [
  { ...about, definition: file('d.t-schema.sql') },
  { ...about, chunk: { part: 0, where: '`id` < 5', span: { rank: 0, to: ['5'] }, files: [file('d.t.00000.sql')] } },
  { ...about, chunk: { part: 1, where: '`id` >= 5', span: { rank: 1, from: ['5'] }, files: [] } },
  { ...about, chunks: 2 },
];

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsdump-journal-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('a journal', () => {
  test('says what was written, and goes when it is removed', () => {
    const writer = JournalWriter.begin(directory, { head: HEAD, runs: [{ point: POINT, items: [] }] });
    for (const item of ITEMS) writer.add([item]);
    writer.markDurable(writer.items);
    expect(readJournal(directory)).toEqual({ head: HEAD, runs: [{ point: POINT, items: ITEMS }], durableItems: 4 });
    writer.remove();
    expect(readdirSync(directory)).toEqual([]);
    expect(readJournal(directory)).toBeUndefined();
  });

  test('is replaced as a whole, and goes on', async () => {
    JournalWriter.begin(directory, { head: HEAD, runs: [] }).close();
    const writer = await JournalWriter.replace(directory, {
      head: HEAD,
      runs: [
        { point: POINT, items: Array.from({ length: 100 }, () => ITEMS[0]!) },
        { point: POINT, items: [] },
      ],
    });
    expect(writer.items).toBe(100);
    writer.add(ITEMS);
    writer.close();
    expect(readJournal(directory)?.runs.map(({ items }) => items.length)).toEqual([100, 4]);
    expect(readdirSync(directory)).toEqual(['tsdump-journal']);
  });

  test('that is cut at any byte says a beginning of what was written', () => {
    const whole = Buffer.from(lines());
    const counts = new Set<number>();
    for (let bytes = 0; bytes <= whole.length; bytes++) {
      const journal = parseJournal(whole.subarray(0, bytes));
      const items = journal?.runs.flatMap((run) => run.items) ?? [];
      expect(items).toEqual(ITEMS.slice(0, items.length));
      counts.add(journal === undefined ? -1 : items.length);
    }
    expect([...counts]).toEqual([-1, 0, 1, 2, 3, 4]);
  });

  test('of which any byte was altered, or never came to the disk, says nothing that was not written', () => {
    const whole = Buffer.from(lines());
    for (let at = 0; at < whole.length; at++) {
      for (const other of [0, whole[at]! ^ 1]) {
        const altered = Buffer.from(whole);
        altered[at] = other;
        const items = parseJournal(altered)?.runs.flatMap((run) => run.items) ?? [];
        expect(items).toEqual(ITEMS.slice(0, items.length));
      }
    }
  });

  test('of another version is refused by its number', () => {
    const other = journalLine({ format: 'tsdump-journal', version: 2, ...HEAD });
    expect(() => parseJournal(Buffer.from(other))).toThrow(/version 2, not 1/);
  });

  test('is a line each for people, too', () => {
    JournalWriter.begin(directory, { head: HEAD, runs: [{ point: POINT, items: ITEMS }] }).close();
    const text = readFileSync(join(directory, 'tsdump-journal'), 'utf8').trimEnd().split('\n');
    expect(text).toHaveLength(3);
    for (const line of text) expect(line).toMatch(/^[0-9a-f]{16} \{.*\}$/);
  });
});

function lines(): string {
  const begin = journalText({ head: HEAD, runs: [{ point: POINT, items: [] }] });
  return begin + ITEMS.map((item) => journalLine({ done: [item] })).join('');
}
