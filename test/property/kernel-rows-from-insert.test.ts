/** Whatever the literals are and wherever the bytes are cut, LOAD DATA reads what the INSERT says; or the kernel refuses it. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { compileRewritingKernel, Literal, RewrittenText, RowRewriter } from '../../src/kernel/rows-from-insert.ts';
import type { LiteralColumns } from '../../src/kernel/rows-from-insert.ts';
import { loadedRows, referenceRows } from '../support/insert-rows-reference.ts';
import type { Row } from '../support/insert-rows-reference.ts';
import { cut, seeded } from '../support/row-driver.ts';

// One instance for all runs, as a load has: what one statement leaves behind must not show in the next.
const kernel = new RowRewriter(compileRewritingKernel());
const out = new RewrittenText();

const ANY = Object.values(Literal).reduce((sum, each) => sum | each, 0);

function rewritten(text: string, columns: LiteralColumns, longest: number, seed: number): Row[] | undefined {
  kernel.begin(columns, out);
  for (const chunk of cut(Buffer.from(text, 'latin1'), longest, seeded(seed))) if (!kernel.add(chunk)) return undefined;
  const found = kernel.end();
  if (found === undefined) return undefined;
  const rows = loadedRows(out.bytes.toString('latin1'));
  expect(found).toBe(rows.length);
  return rows;
}

/** A literal in some form, and perhaps blanks around it. */
function literalText(random: (below: number) => number, escapes: boolean, lengths: readonly number[]): string {
  const forms = [
    () => 'NULL',
    () => ['null', 'Null'][random(2)] ?? '',
    () => string(random, escapes, lengths),
    () => string(random, escapes, lengths),
    () => string(random, escapes, lengths),
    () => `_binary ${string(random, escapes, lengths)}`,
    () => `_BINARY${string(random, escapes, lengths)}`,
    () => `_utf8mb4 ${string(random, escapes, lengths)}`,
    () => `CONVERT(${string(random, escapes, lengths)} USING UTF8MB4)`,
    () => `convert ( ${string(random, escapes, lengths)}using\nutf8mb4 )`,
    () => `0x${hex(random, 1 + random(20))}`,
    () => `x'${hex(random, random(20))}'`,
    () => `X'${hex(random, random(20)).toUpperCase()}'`,
    () => String(random(1 << 30)),
    () => `${random(10)}`,
    () => `-${'123456789012345678901234567890'.slice(0, 1 + random(30))}`,
    () =>
      ['+5', '-1.5e+10', '.5', '1.', '-0', '-0.0', '0', '00', '0.0', '1e5', '1E-5', '2026', '+2026', '1e'][
        random(14)
      ] ?? '',
    () => `${'9'.repeat(random(70))}.${'1'.repeat(random(35))}`,
  ];
  const text = forms[random(forms.length)]?.() ?? '';
  return random(8) === 0 ? ` ${text}\r\n` : text;
}

function string(random: (below: number) => number, escapes: boolean, lengths: readonly number[]): string {
  const quote = random(2) === 0 ? '"' : "'";
  const length = lengths[random(lengths.length)] ?? 0;
  const special = [quote + quote, '\t', '\n', '\0', '\r', quote === '"' ? "'" : '"', '%', '_', 'N', '\xe9'];
  const escaped = ['0', 'b', 'n', 'r', 't', 'Z', 'N', '%', '_', '\\', '"', "'", 'x', '\t', '\n', '\0', '\xff'].map(
    (byte) => `\\${byte}`,
  );
  let text = '';
  while (text.length < length) {
    const choice = random(12);
    if (choice === 0) text += special[random(special.length)];
    else if (choice === 1) text += escapes ? escaped[random(escaped.length)] : '\\';
    else text += 'abcdefghijklmnopqrstuvwxyz0123456789'.slice(random(36));
  }
  return quote + text + quote;
}

function hex(random: (below: number) => number, bytes: number): string {
  return Array.from({ length: bytes }, () => random(256).toString(16).padStart(2, '0')).join('');
}

function statement(
  random: (below: number) => number,
  columns: LiteralColumns,
  count: number,
  lengths: readonly number[],
): string {
  const rows = Array.from({ length: count }, () => {
    const values = columns.literals.map((taken) => {
      for (;;) {
        const text = literalText(random, columns.backslashEscapes, lengths);
        const isTaken = referenceRows(`(${text})`, { ...columns, literals: [taken] }) !== undefined;
        if (isTaken || random(3000) === 0) return text;
      }
    });
    return `(${values.join(',')})`;
  });
  return rows.join([',', '\n,', ' , '][random(3)] ?? ',') + (random(2) === 0 ? '\n' : '');
}

const columns: fc.Arbitrary<LiteralColumns> = fc.record({
  literals: fc.array(
    fc.constantFrom(ANY, Literal.STRING, Literal.STRING | Literal.NULL, Literal.INTEGER, Literal.YEAR | Literal.HEX),
    {
      minLength: 1,
      maxLength: 6,
    },
  ),
  backslashEscapes: fc.boolean(),
});

describe('LOAD DATA reads what the INSERT says', () => {
  test('of many literals, whole and cut', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        columns,
        fc.integer(),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(1, 2, 20, 100_000),
        (of, seed, count, longest) => {
          const text = statement(seeded(seed), of, count, [0, 1, 2, 15, 16, 17, 40, 300]);
          expect(rewritten(text, of, longest, seed)).toEqual(referenceRows(text, of));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('of values longer than every window', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.boolean(),
        fc.constantFrom(4000, 300_000, 2_000_000),
        (seed, backslashEscapes, longest) => {
          const of = { literals: [ANY, ANY], backslashEscapes };
          const text = statement(seeded(seed), of, 4, [0, 262_144, 262_143, 700_000]);
          expect(rewritten(text, of, longest, seed)).toEqual(referenceRows(text, of));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('for every byte at every place of a block, after a backslash and without', () => {
    for (const backslashEscapes of [true, false]) {
      const of = { literals: [ANY, ANY], backslashEscapes };
      for (let byte = 0; byte < 256; byte++) {
        const each = String.fromCharCode(byte);
        const texts = Array.from({ length: 18 }, (_, at) => 'x'.repeat(at) + each + 'y'.repeat(17));
        const rows = texts.map((text) => `('${text}',"${text.replace(each, `\\${each}`)}")`).join(',');
        expect(rewritten(rows, of, 65_536, byte)).toEqual(referenceRows(rows, of));
      }
    }
  });
});

test.each([
  '(1,2',
  '(1,2),',
  '()',
  '(1),(2,3)',
  '(1,2) ON DUPLICATE KEY UPDATE a=1',
  '(1,NOW())',
  '(1,DEFAULT)',
  '(1,1+1)',
  '(1,- 1)',
  "(1,'a' 'b')",
  "(1,_latin1 'a')",
  "(1,CONVERT('a' USING latin1))",
  "(1,CONVERT('a', CHAR))",
  '(1,0x123)',
  "(1,x'123')",
  "(1,b'101')",
  "(1,N'a')",
  '(1,TRUE)',
  '(1,/* c */2)',
  '(1,2)-- c',
  "(1,ST_GeomFromText('POINT(1 1)'))",
  '(1,NULLS)',
  '(1,`a`)',
])('%s is refused', (text) => {
  expect(rewritten(text, { literals: [ANY, ANY], backslashEscapes: true }, 100, 1)).toBeUndefined();
});

test('a damaged statement is refused, or read as the reference reads it', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(columns, fc.integer(), fc.integer({ min: 1, max: 8 }), (of, seed, hits) => {
      const random = seeded(seed);
      const bytes = Buffer.from(statement(random, of, 1 + random(5), [0, 1, 5, 20]), 'latin1');
      const marks = Buffer.from('\'"\\(),x0N \n%;_+-.eE9', 'latin1');
      for (let left = hits; left > 0; left--) bytes[random(bytes.length)] = marks[random(marks.length)] ?? 0;
      const text = bytes.toString('latin1');
      expect(rewritten(text, of, 1 + random(50), seed)).toEqual(referenceRows(text, of));
    }),
    { numRuns: 5000 },
  );
});
