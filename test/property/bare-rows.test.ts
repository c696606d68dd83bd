/** What bare rows say is read as it was written, wherever the text is cut. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { readBareRows } from '../../src/format/bare-rows.ts';
import { CSV_SEPARATORS, LOAD_DATA_SEPARATORS } from '../../src/format/load-data.ts';
import { ValueKind } from '../../src/kernel/forms.ts';
import { referenceBareFiles } from '../support/bare-reference.ts';
import { cut, seeded } from '../support/row-driver.ts';

const separators = fc.constantFrom(
  LOAD_DATA_SEPARATORS,
  CSV_SEPARATORS,
  { ...CSV_SEPARATORS, fieldsTerminatedBy: ';;', fieldsEnclosedBy: "'", linesTerminatedBy: '\r\n' },
  { ...LOAD_DATA_SEPARATORS, fieldsEscapedBy: '#', linesStartingBy: '>>', linesTerminatedBy: '|end|' },
);

const value = fc.option(
  fc.string({ unit: fc.constantFrom(...Array.from('\0\t\n\r\x1a"\'\\,;|#>N0ab\xe9')), maxLength: 12 }),
);

test('any rows between any separators', async () => {
  const rows = fc
    .integer({ min: 1, max: 4 })
    .chain((columns) =>
      fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 30 }),
    );
  await fc.assert(
    fc.asyncProperty(rows, separators, fc.nat(2), fc.integer(), async (written, own, headerLines, seed) => {
      const kinds = written[0]?.map(() => ValueKind.TEXT) ?? [];
      const layout = { kinds, separators: own, header: '', maxFileBytes: Infinity };
      const [text = ''] = referenceBareFiles(written, layout);
      const chunks = (async function* () {
        yield* cut(Buffer.from(text, 'latin1'), 300, seeded(seed));
      })();
      const read: (string | null)[][] = [];
      for await (const row of readBareRows(chunks, own, headerLines)) {
        read.push(row.map((bytes) => bytes?.toString('latin1') ?? null));
      }
      expect(read).toEqual(written.slice(headerLines));
    }),
    { numRuns: 500 },
  );
});
