/** Whatever a statement holds and wherever it is cut, as many rows are counted as the row scanner finds. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { RowScanner, ScanEvent } from '../../src/format/row-scanner.ts';
import { Place, RowCounter } from '../../src/kernel/row-counter.ts';

const counter = new RowCounter();

interface Counted {
  readonly rows: number;
  readonly hasTail: boolean;
}

function scanned(bytes: Buffer, escapes: boolean): Counted {
  const scanner = new RowScanner(escapes);
  let rows = 0;
  let hasTail = false;
  for (let at = 0; ;) {
    const event = scanner.next(bytes, at);
    if (event === ScanEvent.NEED_INPUT) return { rows, hasTail };
    if (event === ScanEvent.ROW_END) rows++;
    if (event === ScanEvent.TAIL) hasTail = true;
    at = scanner.at;
  }
}

function counted(bytes: Buffer, escapes: boolean, pieceBytes: number): Counted {
  counter.begin(escapes);
  for (let at = 0; at < bytes.length; at += pieceBytes) counter.add(bytes.subarray(at, at + pieceBytes));
  return { rows: counter.rows, hasTail: counter.place === Place.TAIL };
}

const text = fc
  .array(
    fc.constantFrom('\\', '"', "'", '\\"', '""', '),(', 'x', 'values', '`', ' ', 'a long run without anything', 'é'),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));
const value = fc.oneof(
  fc.constantFrom('1', '-2.5', 'NULL', '0xAF', 'CONVERT("a" USING UTF8MB4)', '(1)'),
  text.map((each) => `"${each.replaceAll(/["\\]/g, '\\$&')}"`),
  text,
);
const row = fc.array(value, { minLength: 1, maxLength: 4 }).map((values) => `(${values.join(',')})`);
const statement = fc
  .tuple(
    fc.constantFrom(
      'INSERT INTO `t` VALUES',
      'INSERT INTO `values` (`a`,`VALUES (`) values ',
      'REPLACE INTO t VALUES\n',
      '',
    ),
    fc.array(row, { maxLength: 6 }),
    fc.constantFrom('\n,', ', '),
    fc.constantFrom('', '\n', ' ON DUPLICATE KEY UPDATE a=(1)'),
  )
  .map(([opening, rows, between, behind]) => Buffer.from(opening + rows.join(between) + behind));

test('rows are counted as the scanner finds them', () => {
  fc.assert(
    fc.property(statement, fc.boolean(), fc.constantFrom(1, 3, 17, 100_000), (bytes, escapes, pieceBytes) => {
      expect(counted(bytes, escapes, pieceBytes)).toEqual(scanned(bytes, escapes));
    }),
    { numRuns: 5000 },
  );
});

test('of long statements too', () => {
  const bytes = Buffer.from(
    `INSERT INTO t VALUES${Array.from({ length: 20_000 }, (_, at) => `(${at},"${'x'.repeat(at % 90)}\\"")`).join(',')}`,
  );
  expect(counted(bytes, true, 1_000_000)).toEqual({ rows: 20_000, hasTail: false });
  expect(counted(bytes, true, 65_537)).toEqual({ rows: 20_000, hasTail: false });
});
