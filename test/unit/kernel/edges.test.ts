/** The places where the fast path of the kernels begins and ends: blocks of 16 bytes, the edges of windows, many columns. */

import { describe, expect, test } from 'vitest';

import { CSV_SEPARATORS, LOAD_DATA_SEPARATORS } from '../../../src/format/load-data.ts';
import { ValueKind } from '../../../src/kernel/forms.ts';
import { compileBareKernel, compileInsertKernel, PLAIN_WINDOWS, RowKernel } from '../../../src/kernel/kernel.ts';
import { referenceBareFiles } from '../../support/bare-reference.ts';
import { referenceFiles } from '../../support/insert-reference.ts';
import { eofPayload, packet, rowPackets, toBytes } from '../../support/packets.ts';
import type { ByteRow } from '../../support/packets.ts';
import { expectFiles, randomRows } from '../../support/random-rows.ts';
import { RowDriver, seeded } from '../../support/row-driver.ts';

const insertKernel = new RowKernel(compileInsertKernel(), PLAIN_WINDOWS);
const bareKernel = new RowKernel(compileBareKernel(), PLAIN_WINDOWS);

interface Given {
  readonly kinds: readonly ValueKind[];
  readonly rows: readonly ByteRow[];
  readonly separators?: typeof LOAD_DATA_SEPARATORS;
  readonly maxStatementBytes?: number;
}

/** Both kernels write what the references write, from these chunks of the rows' packets. */
function expectReference(given: Given, chunks: (bytes: Buffer) => Iterable<Buffer> = (bytes) => [bytes]): void {
  const { kinds, rows, separators = LOAD_DATA_SEPARATORS, maxStatementBytes = 1_000_000 } = given;
  const bytes = toBytes(rowPackets(rows) + packet(eofPayload()));
  const insert = { kinds, opening: 'INSERT INTO `t` VALUES(', header: '', maxStatementBytes, maxFileBytes: Infinity };
  const bare = { kinds, separators, header: '', maxFileBytes: Infinity };
  const inserts = new RowDriver(insertKernel, insert).write(chunks(bytes));
  expect(inserts.malformed).toBe(false);
  expectFiles(inserts, referenceFiles(rows, insert));
  const bares = new RowDriver(bareKernel, bare).write(chunks(bytes));
  expect(bares.malformed).toBe(false);
  expectFiles(bares, referenceBareFiles(rows, bare));
}

const KINDS = Object.entries(ValueKind);

describe.each(KINDS)('in values of kind %s', (_, kind) => {
  test('of any length up to three blocks, a special byte is escaped at every place', () => {
    const values = Array.from({ length: 50 }, (__, length) =>
      Array.from({ length }, (___, at) => `${'x'.repeat(at)}"${'y'.repeat(length - at - 1)}`),
    ).flat();
    // What follows a value shows whether its text ended where it should.
    const rows = values.map((value): ByteRow => [value, '"', value, null, value]);
    expectReference({ kinds: [kind, ValueKind.TEXT, kind, ValueKind.NUMBER, kind], rows });
  });

  test('every byte may be special', () => {
    const special = '\0\n\r"\'\\\x1a\t,';
    const rows = Array.from({ length: 400 }, (__, length): ByteRow => {
      const value = special.repeat(50).slice(length % special.length, length);
      return [value, `${value}x`, `x${value}`, value];
    });
    for (const separators of [LOAD_DATA_SEPARATORS, CSV_SEPARATORS]) {
      expectReference({ kinds: [kind, kind, kind, kind], rows, separators });
    }
  });
});

const MIXED = [ValueKind.NUMBER, ValueKind.TEXT, ValueKind.JSON, ValueKind.BINARY, ValueKind.TEXT];

test('the input may end at every byte of a row', () => {
  const row: ByteRow = ['4711', 'a"b', null, 'x'.repeat(300), 'end'];
  const rows = Array.from({ length: 40 }, () => row);
  const rowBytes = rowPackets([row]).length;
  for (let more = 0; more < rowBytes; more++) {
    expectReference({ kinds: MIXED, rows }, function* (bytes) {
      const edge = 20 * rowBytes + more;
      yield bytes.subarray(0, edge);
      yield bytes.subarray(edge, edge + rowBytes);
      yield bytes.subarray(edge + rowBytes);
    });
  }
});

test('an output window may end at every byte of a row', () => {
  const row: ByteRow = ['4711', 'a"b\nc', '{"k": null}', null, "it's"];
  const rows = Array.from({ length: 1 + PLAIN_WINDOWS.bytes / 50 }, () => row);
  for (let shift = 0; shift < 100; shift++) {
    expectReference({ kinds: MIXED, rows: [[String(shift), 'z'.repeat(shift), null, null, null], ...rows] });
  }
});

test('a statement may end with every row and be as long as any number of bytes', () => {
  const row: ByteRow = ['1', 'abc', null, '', '\\'];
  const rows = Array.from({ length: 100 }, () => row);
  for (let maxStatementBytes = 30; maxStatementBytes < 300; maxStatementBytes++) {
    expectReference({ kinds: MIXED, rows, maxStatementBytes });
  }
});

test('what begins a line may be longer than a block', () => {
  const rows = Array.from({ length: 50 }, (_, at): ByteRow => [String(at), 'a', 'b', null, ',']);
  for (const bytes of [1, 15, 16, 17, 255]) {
    const separators = { ...CSV_SEPARATORS, linesStartingBy: '>'.repeat(bytes) };
    expectReference({ kinds: MIXED, rows, separators });
  }
});

test.each([40, 300, 1017, 4096])('a row may have %i columns', (columns) => {
  const random = seeded(columns);
  const kinds = Array.from({ length: columns }, () => random(4)) as ValueKind[];
  const rows = randomRows(Math.ceil(20_000 / columns), columns, () => random(30), random);
  expectReference({ kinds, rows }, function* (bytes) {
    for (let at = 0; at < bytes.length; at += 128 * 1024) yield bytes.subarray(at, at + 128 * 1024);
  });
});
