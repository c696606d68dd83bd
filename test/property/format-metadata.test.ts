import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metadataChunks } from '../../src/format/metadata.ts';
import { readMetadata } from '../../src/format/metadata-reader.ts';
import { NEWLINE_STAND_IN } from '../../src/format/metadata.ts';
import { EncodedNames } from '../../src/format/names.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsdump-metadata-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const name = fc
  .oneof(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }), fc.stringMatching(/^[ =\]["`#\n.;a]{1,8}$/))
  .filter((text) => !text.includes(NEWLINE_STAND_IN));
const table = fc.record({
  database: name,
  table: name,
  rows: fc.nat(),
  isView: fc.boolean(),
  isSequence: fc.boolean(),
});

describe('metadata', () => {
  it('gives back every table, whatever its name', async () => {
    const tables = fc.uniqueArray(table, { selector: (one) => `${one.database}\0\0${one.table}` });
    await fc.assert(
      fc.asyncProperty(tables, async (real) => {
        const names = new EncodedNames();
        const written = real.map(({ database, table: realName, ...rest }) => ({
          database: names.database(database),
          table: names.table(database, realName),
          realName,
          ...rest,
        }));
        const now = new Date();
        const metadata = { startedAt: now, finishedAt: now, sqlMode: '', position: {}, maxStatementBytes: 1 };
        writeFileSync(
          join(directory, 'metadata'),
          Buffer.concat([...metadataChunks({ ...metadata, tables: written })]),
        );
        const read = await readMetadata(directory);
        expect(read.tables.map(({ others, ...entry }) => ({ ...entry, others: others.size }))).toEqual(
          written.map((entry) => ({ ...entry, others: 0 })),
        );
      }),
    );
  });
});
