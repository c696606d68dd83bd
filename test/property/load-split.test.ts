import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RowScanner, ScanEvent } from '../../src/format/row-scanner.ts';
import { RowTooLong, splitStatement } from '../../src/load/send/split.ts';

/** A value as dump tools write it, and some as only people do. */
const value = fc.oneof(
  fc.constantFrom('NULL', '-1.5', '0x28', 'f(1,(2))', "CONVERT(')' USING utf8mb4)", '""', "''"),
  fc
    .tuple(
      fc.constantFrom('', '_binary '),
      fc.constantFrom('"', "'"),
      fc.array(fc.constantFrom('a', '(', ')', ',', '\n', '),(', ';', '`', '\\', '"', "'", 'é'), { maxLength: 12 }),
    )
    .map(
      ([prefix, quote, characters]) =>
        `${prefix}${quote}${characters.map((one) => (one === '\\' || one === quote ? `\\${one}` : one)).join('')}${quote}`,
    ),
  fc.array(fc.constantFrom('x', '"', ')', '(')).map((characters) => `"${characters.join('').replaceAll('"', '""')}"`),
);
const row = fc.array(value, { minLength: 1, maxLength: 4 }).map((values) => `(${values.join(',')})`);
const opening = fc.constantFrom(
  'INSERT INTO `t` VALUES',
  'INSERT INTO `VALUES (` (`a)`,`b``VALUES`) VALUES ',
  'REPLACE INTO t(a,b)values\n',
  'INSERT IGNORE INTO "a VALUES (" VALUES\n',
);
const separator = fc.constantFrom(',', '\n,', ', ', ' ,\n');

/** A statement and the truth about it: an oracle that knows where the rows are because it put them there. */
const statement = fc
  .tuple(opening, fc.array(fc.tuple(row, separator), { minLength: 1, maxLength: 8 }))
  .map(([head, parts]) => ({
    head,
    rows: parts.map(([text]) => text),
    text:
      head +
      parts.map(([text, between], index) => (index === parts.length - 1 ? text : text + between)).join('') +
      '\n',
  }));

async function* cutAt(text: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const places = cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b);
  let at = 0;
  for (const place of [...places, text.length]) {
    yield await Promise.resolve(text.subarray(at, place));
    at = place;
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('the row scanner', () => {
  it('finds the rows that were written, wherever the text is cut', () => {
    fc.assert(
      fc.property(statement, fc.array(fc.nat()), ({ rows, text }, cuts) => {
        const bytes = Buffer.from(text);
        const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        const scanner = new RowScanner(true);
        const found: string[] = [];
        let from = 0;
        let start = -1;
        for (const place of places) {
          const chunk = bytes.subarray(from, place);
          for (let at = 0; ; at = scanner.at) {
            const event = scanner.next(chunk, at);
            expect(event).not.toBe(ScanEvent.TAIL);
            if (event === ScanEvent.NEED_INPUT) break;
            if (event === ScanEvent.ROW_START) start = from + scanner.at;
            else found.push(bytes.toString('utf8', start, from + scanner.at));
          }
          from = place;
        }
        expect(found).toEqual(rows);
      }),
    );
  });

  it('takes a backslash for itself under NO_BACKSLASH_ESCAPES', () => {
    const text = Buffer.from(String.raw`INSERT INTO t VALUES('\'),('\\')`);
    const scanner = new RowScanner(false);
    scanner.next(text, 0);
    scanner.next(text, scanner.at);
    expect(text.toString('utf8', 0, scanner.at)).toBe(String.raw`INSERT INTO t VALUES('\')`);
  });
});

describe('a split', () => {
  it('keeps all rows in their order in statements that fit, or names the first row that does not', async () => {
    await fc.assert(
      fc.asyncProperty(
        statement,
        fc.array(fc.nat()),
        fc.integer({ min: 40, max: 200 }),
        async ({ head, rows, text }, cuts, maxBytes) => {
          const tooLong = rows.findIndex((one) => Buffer.byteLength(head + one) > maxBytes);
          const sent: string[] = [];
          try {
            for await (const piece of splitStatement(cutAt(Buffer.from(text), cuts), {
              maxBytes,
              backslashEscapes: true,
            })) {
              const parts = Buffer.isBuffer(piece) ? [piece] : await all(piece);
              sent.push(Buffer.concat(parts).toString());
            }
          } catch (error) {
            expect(error).toBeInstanceOf(RowTooLong);
            const { row: number, offset, bytes } = error as RowTooLong;
            expect(number).toBe(tooLong + 1);
            const bad = rows[tooLong]!;
            expect(Buffer.from(text).toString('utf8', offset, offset + Buffer.byteLength(bad))).toBe(bad);
            expect(bytes).toBe(Buffer.byteLength(head + bad));
            return;
          }
          expect(tooLong).toBe(-1);
          const back = sent.flatMap((one) => {
            expect(Buffer.byteLength(one)).toBeLessThanOrEqual(maxBytes);
            expect(one.startsWith(head)).toBe(true);
            return [one.slice(head.length)];
          });
          expect(back.join(',')).toBe(rows.join(','));
        },
      ),
    );
  });

  it('joins as many rows as fit', async () => {
    const text = Buffer.from('INSERT INTO t VALUES(1),(2),(3),(4),(5)');
    const sent: string[] = [];
    for await (const piece of splitStatement(cutAt(text, []), { maxBytes: 27, backslashEscapes: true }))
      sent.push(String(piece));
    expect(sent).toEqual(['INSERT INTO t VALUES(1),(2)', 'INSERT INTO t VALUES(3),(4)', 'INSERT INTO t VALUES(5)']);
  });

  it.each([
    'INSERT INTO t SELECT 1',
    'INSERT INTO t VALUES(1) ON DUPLICATE KEY UPDATE a = 1',
    'INSERT INTO t VALUES(1),(2',
  ])('refuses what is no list of rows: %s', async (text) => {
    const split = all(splitStatement(cutAt(Buffer.from(text), []), { maxBytes: 30, backslashEscapes: true }));
    await expect(split).rejects.toMatchObject({ code: 'DUMP_DAMAGED' });
  });
});
