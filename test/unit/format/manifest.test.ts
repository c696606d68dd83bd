import { describe, expect, it } from 'vitest';
import { manifestChunks, readManifest } from '../../../src/format/manifest.ts';
import type { ManifestEntry, ManifestHead } from '../../../src/format/manifest.ts';

const HEAD: ManifestHead = {
  tool: 'tsdump 0.1.0',
  startedAt: '2026-05-04T08:00:00.000Z',
  server: { product: 'MySQL', version: '9.7.4' },
  position: { file: 'binlog.000003', position: 1234 },
  sqlMode: 'ANSI_QUOTES',
};
const ENTRIES: readonly ManifestEntry[] = [
  { database: 'fmt.odd', encoded: 'mydumper_0' },
  { file: 'mydumper_0-schema-create.sql', storedBytes: 340 },
  {
    table: 'a"b\n',
    database: 'fmt.odd',
    encoded: 'mydumper_1',
    rows: 3,
    files: [{ name: 'mydumper_0.mydumper_1.00000.sql.zst', storedBytes: 77, rows: 3, bytes: 200 }],
  },
  { skipped: 'table `shop`.`remote`', why: 'its server does not answer' },
];

function written(entries: readonly ManifestEntry[] = ENTRIES, head = HEAD): string {
  return Buffer.concat([...manifestChunks(head, entries)]).toString();
}

async function read(text: string): Promise<{ head: ManifestHead; entries: ManifestEntry[] }> {
  const source = (async function* () {
    yield await Promise.resolve(Buffer.from(text));
  })();
  const reader = await readManifest(source, 'm.jsonl');
  const entries: ManifestEntry[] = [];
  for await (const entry of reader.entries) entries.push(entry);
  return { head: reader.head, entries };
}

describe('a manifest', () => {
  it('gives back what was written', async () => {
    const { head, entries } = await read(written());
    expect(head).toMatchObject({ ...HEAD });
    expect(entries).toEqual(ENTRIES);
    expect(written().trimEnd().split('\n').at(-1)).toMatch(
      /^{"end":true,"files":2,"tables":1,"rows":3,"sha256":"[0-9a-f]{64}"}$/,
    );
  });

  it('cut anywhere is damaged', async () => {
    const text = written();
    for (let length = 0; length < text.length - 1; length += 1) {
      await expect(read(text.slice(0, length)), `cut at ${length}`).rejects.toMatchObject({ code: 'DUMP_DAMAGED' });
    }
  });

  it('with a line lost is damaged', async () => {
    const lines = written().split('\n');
    for (const lost of [2, 3]) {
      const text = lines.filter((_, index) => index !== lost).join('\n');
      await expect(read(text)).rejects.toThrow('but the lines hold');
    }
  });

  it('of a dump with hashes is damaged when any character is another', async () => {
    const text = written(ENTRIES, { ...HEAD, hashes: 1 });
    expect((await read(text)).entries).toEqual(ENTRIES);
    for (let at = 0; at < text.length - 1; at += 1) {
      const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
      await expect(read(changed), `changed at ${at}`).rejects.toMatchObject({ code: 'DUMP_DAMAGED' });
    }
  });

  it('may say more than this version knows, and less', async () => {
    const text = written()
      .replace(/,"sha256":"\w+"/, '')
      .replace('\n', '\n{"unheard":["a"]}\n')
      .replace('"storedBytes":340', '"storedBytes":340,"hash":"x"');
    expect((await read(text)).entries).toHaveLength(ENTRIES.length);
  });

  it.each([
    ['{"format":"other"}\n', 'line 1, is no head of a manifest'],
    ['{"format":"tsdump-manifest","version":2}\n', 'has version 2, not 1'],
    ['nonsense\n', 'line 1, is no JSON'],
    ['[]\n', 'line 1, is no JSON object'],
    ['', 'line 1, is empty'],
  ])('that begins with %j is refused', async (text, words) => {
    await expect(read(text)).rejects.toThrow(words);
  });

  it.each([
    '{"file":"a"}',
    '{"file":1,"storedBytes":1}',
    '{"table":"t"}',
    '{"database":"d"}',
    '{"file":"a","storedBytes":-1}',
  ])('with the line %s is refused', async (line) => {
    await expect(read(written().replace('\n', `\n${line}\n`))).rejects.toThrow('line 2, is not whole');
  });

  it('with lines behind its last is refused', async () => {
    await expect(read(`${written()}{"x":1}\n`)).rejects.toThrow('follows the last line');
  });
});
