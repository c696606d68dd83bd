import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodedNames, databaseNameIn, fileName, parseFileName } from '../../src/format/names.ts';
import type { DumpFile } from '../../src/format/names.ts';

const codec = fc.constantFrom('none' as const, 'zstd' as const, 'gzip' as const);
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
  fc.stringMatching(/^[a-z0-9_. -]{1,12}$/),
  fc.constantFrom(
    'metadata',
    'mydumper_1',
    'x-schema',
    'x-schema-post',
    'resume',
    '.',
    '..',
    'a.00000',
    'all-schema-create-tablespace',
  ),
);
const part = fc.nat({ max: 10_000_000 });

describe('file names', () => {
  it('of any database and table mean what they were made of, and stay in the directory', () => {
    fc.assert(
      fc.property(name, name, codec, part, part, (realDatabase, realTable, packed, number, subPart) => {
        const names = new EncodedNames();
        const database = names.database(realDatabase);
        const table = names.table(realDatabase, realTable);
        const files: DumpFile[] = [
          { kind: 'data', database, table, part: number, subPart, form: 'sql', codec: packed },
          ...(['database-schema', 'database-triggers', 'database-code'] as const).map((kind) => ({
            kind,
            database,
            codec: packed,
          })),
          ...(['table-schema', 'view-schema', 'sequence-schema', 'table-triggers'] as const).map((kind) => ({
            kind,
            database,
            table,
            codec: packed,
          })),
        ];
        for (const file of files) {
          const made = fileName(file);
          expect(made).toMatch(/^[\w][\w. -]*$/);
          expect(parseFileName(made)).toEqual(file);
        }
      }),
    );
  });

  it('are different for different names', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, name), { selector: (pair) => pair.join('\0\0') }), (pairs) => {
        const names = new EncodedNames();
        const made = pairs.map(([database, table]) => `${names.database(database)}.${names.table(database, table)}`);
        expect(new Set(made.map((one) => one.toLowerCase())).size).toBe(made.length);
      }),
    );
  });

  it('of any kind are parsed without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        const meaning = parseFileName(any);
        if (/[/\0]/.test(any) || any.startsWith('.')) expect(meaning).toEqual({ kind: 'unknown' });
      }),
    );
  });

  it('real names come back from CREATE DATABASE', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (real) => {
        expect(
          databaseNameIn(`CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`${real.replaceAll('`', '``')}\` /* x */`),
        ).toBe(real);
      }),
    );
  });
});
