/** Single promises of the INSERT kernel; ../../property/kernel-insert.test.ts has the rest. */

import { describe, expect, test } from 'vitest';

import { ValueKind } from '../../../src/kernel/forms.ts';
import { COMPRESSED_WINDOWS, compileInsertKernel, PLAIN_WINDOWS, RowKernel, Stop } from '../../../src/kernel/kernel.ts';
import { cut, RowDriver, seeded } from '../../support/row-driver.ts';
import type { Written } from '../../support/row-driver.ts';
import { referenceFiles } from '../../support/insert-reference.ts';
import type { ReferenceLayout } from '../../support/insert-reference.ts';
import {
  eofPayload,
  lengthEncodedText,
  MAX_PAYLOAD_BYTES,
  packet,
  packets,
  rowPackets,
  rowPayload,
  toBytes,
} from '../../support/packets.ts';
import type { ByteRow } from '../../support/packets.ts';

const MIB = 1024 * 1024;
const kernel = new RowKernel(compileInsertKernel(), COMPRESSED_WINDOWS);

function layout(given: Partial<ReferenceLayout> = {}): ReferenceLayout {
  const plain = {
    opening: 'INSERT INTO `t` VALUES(',
    header: '',
    maxStatementBytes: 1_000_000,
    maxFileBytes: Infinity,
  };
  return { kinds: [ValueKind.NUMBER, ValueKind.TEXT], ...plain, ...given };
}

function write(given: ReferenceLayout, bytes: string, longest = 100_000): Written {
  return new RowDriver(kernel, given).write(cut(toBytes(bytes), longest, seeded(1)));
}

function expectReference(given: ReferenceLayout, rows: readonly ByteRow[], longest = 100_000): string[] {
  const written = write(given, rowPackets(rows) + packet(eofPayload()), longest);
  expect(written.malformed).toBe(false);
  expect(written.rest).toEqual(toBytes(packet(eofPayload())));
  expect(written.rows).toBe(rows.length);
  const files = referenceFiles(rows, given);
  expect(written.files.map((file) => file.length)).toEqual(files.map((file) => file.length));
  for (const [at, file] of files.entries()) expect(written.files[at]?.equals(toBytes(file))).toBe(true);
  return files;
}

/** The lengths of the statements, by their ends; the values of these tests hold no ";\n". */
function statementBytes(file: string | undefined): number[] {
  return (file ?? '').split(/(?<=\)\n;\n)/).map((statement) => statement.length);
}

test('the text is that of mydumper', () => {
  const kinds = [ValueKind.NUMBER, ValueKind.TEXT, ValueKind.BINARY, ValueKind.JSON];
  const rows = [
    ['1', 'a"b\'c\\d', '\0\n\r\x1a\xff', '{"a": "b"}'],
    [null, '', null, null],
  ];
  const written = write(layout({ kinds }), rowPackets(rows) + packet(eofPayload()));
  expect(written.files[0]?.toString('latin1')).toBe(
    'INSERT INTO `t` VALUES(1,"a\\"b\\\'c\\\\d",_binary "\\0\\n\\r\\Z\xff",CONVERT("{\\"a\\": \\"b\\"}" USING UTF8MB4))\n' +
      ',(NULL,"",NULL,NULL)\n;\n',
  );
});

test('no rows make no file', () => {
  expect(expectReference(layout({ header: '/* header */\n' }), [])).toEqual([]);
});

test.each(Array.from({ length: 256 }, (_, byte) => byte))(
  'byte %i is escaped or kept at every place of a block',
  (byte) => {
    const rows = Array.from({ length: 40 }, (_, at): ByteRow => [
      '1',
      'x'.repeat(at) + String.fromCharCode(byte) + 'x'.repeat(39 - at),
    ]);
    expectReference(layout(), rows);
  },
);

/** A row whose payload has this length, for lengths beyond 65,536. */
function rowOf(payloadBytes: number): ByteRow {
  const lengthBytes = payloadBytes - 4 - 2 < 2 ** 24 ? 4 : 9;
  return ['7', 'x'.repeat(payloadBytes - 2 - lengthBytes)];
}

describe('payloads of several packets', () => {
  test.each([
    ['17 MiB', 17 * MIB],
    ['33 MiB', 33 * MIB],
    ['one byte less than a packet', MAX_PAYLOAD_BYTES - 1],
    ['exactly a packet, so that an empty one follows', MAX_PAYLOAD_BYTES],
    ['one byte more than a packet', MAX_PAYLOAD_BYTES + 1],
    ['exactly two packets', 2 * MAX_PAYLOAD_BYTES],
  ])('%s', { timeout: 60_000 }, (_, payloadBytes) => {
    const rows = [['1', 'before'], rowOf(payloadBytes), ['2', 'after']];
    expect(rowPayload(rows[1] ?? []).length).toBe(payloadBytes);
    expectReference(layout(), rows);
  });

  test('a length and a field may lie across the packets', () => {
    // The second field begins so close to the packet's end that its length, or its bytes, go on in the next.
    for (const behind of [0, 1, 2, 3, 4, 5, 8]) {
      const first = 'y'.repeat(MAX_PAYLOAD_BYTES - 4 - behind);
      expectReference(layout({ kinds: [ValueKind.TEXT, ValueKind.TEXT] }), [
        [first, 'z'.repeat(300)],
        ['a', null],
      ]);
    }
  });

  test('every byte escaped', () => {
    expectReference(layout(), [
      ['1', '"'.repeat(17 * MIB)],
      ['2', 'after'],
    ]);
  });
});

describe('a statement stays within its limit', () => {
  test('to the byte', () => {
    const one = 'INSERT INTO `t` VALUES(1,"a")\n'.length;
    const two = one + ',(1,"a")\n'.length;
    for (const [limit, expected] of [
      [two + 2, [two + 2]],
      [two + 1, [one + 2, one + 2]],
    ] as const) {
      const [file] = expectReference(layout({ maxStatementBytes: limit }), [
        ['1', 'a'],
        ['1', 'a'],
      ]);
      expect(statementBytes(file)).toEqual(expected);
    }
  });

  test('also where a row fills a window and its text is twice its packet', () => {
    const rows = [
      ['1', 'x'.repeat(300_000)],
      ['2', '"'.repeat(600_000)],
      ['3', 'y'],
    ];
    const [file] = expectReference(layout({ maxStatementBytes: 1_000_000 }), rows);
    expect(statementBytes(file).slice(0, 2)).toEqual([300_031, 1_200_031]);
  });

  test('also where a payload goes on in a second packet', () => {
    const rows = [
      ['1', 'x'.repeat(2 * MIB)],
      ['2', 'y'.repeat(18 * MIB)],
    ];
    const [file] = expectReference(layout({ maxStatementBytes: 19 * MIB }), rows);
    expect(statementBytes(file)).toHaveLength(2);
  });

  test('also where the window has no room for a new opening', () => {
    const opening = `INSERT INTO \`t\` /* ${'n'.repeat(400_000)} */ VALUES(`;
    const rows = Array.from({ length: 40 }, (_, at): ByteRow => [String(at), '"'.repeat(15_000)]);
    for (let maxStatementBytes = 500_000; maxStatementBytes < 800_000; maxStatementBytes += 7000) {
      const [file] = expectReference(layout({ opening, maxStatementBytes }), rows);
      expect(Math.max(...statementBytes(file))).toBeLessThanOrEqual(maxStatementBytes);
    }
  });
});

describe('files', () => {
  test('end with the row that fills them; the next begins with the header', () => {
    const given = layout({ header: '/* header */\n', maxFileBytes: 120, maxStatementBytes: 1000 });
    const rows = Array.from({ length: 20 }, (_, at): ByteRow => [String(at), 'abcdef']);
    const files = expectReference(given, rows);
    expect(files.length).toBeGreaterThan(2);
    expect(files.map((file) => file.split('\n').length - 3)).toEqual([7, 6, 6, 1]);
  });

  test('longer than a window', () => {
    const given = layout({ header: '/* header */\n', maxFileBytes: 3 * COMPRESSED_WINDOWS.bytes });
    const rows = Array.from({ length: 9000 }, (_, at): ByteRow => [String(at), 'x'.repeat(2000)]);
    expect(expectReference(given, rows)).toHaveLength(3);
  });
});

describe('malformed packets are refused, wherever they are cut', () => {
  const text = lengthEncodedText;
  test.each([
    ['an empty payload', packet('')],
    ['a row without its last column', packet(text('1'))],
    ['a column too many', packet(text('1') + text('a') + text('b'))],
    ['a field longer than the packet', packet(`${text('1')}\x05abcd`)],
    ['a field much longer than the packet', packet(`${text('1')}\xfd\xff\xff\xff`)],
    ['a field of 2^63 bytes', packet(`${text('1')}\xfe\0\0\0\0\0\0\0\x80abc`)],
    ['a length cut off by the end of the packet', packet(`${text('1')}\xfc\x01`)],
    ['a length of 0xFF', packet(`${text('1')}\xffabc`)],
    ['a payload of exactly a packet that lacks a column', packets(text('x'.repeat(MAX_PAYLOAD_BYTES - 4)))],
  ])('%s', (_, bytes) => {
    const kinds = [ValueKind.TEXT, ValueKind.TEXT];
    for (const longest of bytes.length > 1000 ? [100_000] : [1, 3, 1000]) {
      const rows = rowPackets([['0', 'before']]);
      const written = write(layout({ kinds }), rows + bytes + packet(eofPayload()), longest);
      expect(written).toMatchObject({ malformed: true, rest: undefined, rows: 1 });
    }
  });
});

test('a packet that ends the rows is given back even when only its first byte has come', () => {
  kernel.begin({ kinds: [ValueKind.NUMBER], opening: Buffer.from('I('), maxStatementBytes: 100 });
  kernel.openWindow(0, Infinity);
  const bytes = toBytes(packet(eofPayload(3, 34)));
  kernel.fill(bytes.subarray(0, 4), 0);
  expect(kernel.run()).toBe(Stop.NEED_INPUT);
  kernel.fill(bytes.subarray(4, 5), 0);
  expect(kernel.run()).toBe(Stop.END_OF_ROWS);
  expect(Buffer.concat([kernel.unread(), bytes.subarray(5)])).toEqual(bytes);
});

test('a thousand columns with long names fit, however small the windows are', () => {
  const plain = new RowKernel(compileInsertKernel(), PLAIN_WINDOWS);
  const opening = `INSERT INTO \`t\`(${'x'.repeat(2 * PLAIN_WINDOWS.bytes)}) VALUES(`;
  const given = layout({ kinds: [ValueKind.NUMBER], opening, maxStatementBytes: 1 });
  const rows = ['1', '22', '333'].map((value) => [value]);
  const { files } = new RowDriver(plain, given).write([toBytes(rowPackets(rows) + packet(eofPayload()))]);
  expect(files.map(String)).toEqual([rows.map(([value]) => `${opening}${value})\n;\n`).join('')]);
});

test('the longest statement is told, also one of a single row that is larger than a window', () => {
  const given = layout({ maxStatementBytes: 300, maxFileBytes: 2_000, header: 'SET x;\n' });
  const rows = Array.from({ length: 60 }, (_, row): ByteRow => [`${row}`, 'v'.repeat((row * 37) % 250)]);
  const longestOf = (files: readonly string[]): number =>
    Math.max(...files.flatMap((file) => statementBytes(file.slice(given.header.length)))) - ';\n'.length;
  expect(longestOf(expectReference(given, rows))).toBe(kernel.longestStatementBytes);
  const large: ByteRow = ['1', 'v'.repeat(3 * MIB)];
  expect(longestOf(expectReference(given, [...rows, large, ...rows]))).toBe(kernel.longestStatementBytes);
  expectReference(given, rows);
  expect(kernel.longestStatementBytes).toBeLessThan(1000);
});
