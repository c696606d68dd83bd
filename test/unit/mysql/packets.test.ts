/** Packets as documented, and as servers really send them. */

import { describe, expect, test } from 'vitest';

import {
  ConnectionLost,
  isEof,
  isError,
  isLocalInfileRequest,
  isOk,
  packetHeader,
  parseColumnDefinition,
  parseEof,
  parseError,
  parseOk,
  PayloadReader,
} from '../../../src/mysql/packets.ts';
import {
  FieldType,
  columnPayload,
  eofPayload,
  errorPayload,
  lengthEncoded,
  lengthEncodedText,
  littleEndian,
  okPayload,
  toBytes,
} from '../../support/packets.ts';

test.each([
  [0, 0, '\0\0\0\0'],
  [1, 3, '\x01\0\0\x03'],
  [0x123456, 255, '\x56\x34\x12\xff'],
  [0xffffff, 256, '\xff\xff\xff\0'],
])('the header of %i bytes, sequence %i', (bytes, sequence, expected) => {
  expect(packetHeader(bytes, sequence)).toEqual(toBytes(expected));
});

describe('length-encoded integers', () => {
  test.each([0, 1, 250, 251, 252, 255, 256, 65_535, 65_536, 0xffffff, 0x1000000, 2 ** 40])('%i', (value) => {
    const reader = new PayloadReader(toBytes(lengthEncoded(value)));
    expect(Number(reader.lengthEncoded())).toBe(value);
    expect(reader.done).toBe(true);
  });

  test('0xFB is NULL', () => {
    expect(new PayloadReader(toBytes('\xfb')).lengthEncoded()).toBeUndefined();
    expect(new PayloadReader(toBytes('\xfb')).bytes()).toBeNull();
  });

  test('the largest keeps every digit', () => {
    expect(new PayloadReader(toBytes(`\xfe${'\xff'.repeat(8)}`)).lengthEncoded()).toBe(2n ** 64n - 1n);
  });
});

describe('length-encoded strings', () => {
  test('follow each other', () => {
    const reader = new PayloadReader(toBytes(['a', '', null, 'x'.repeat(300)].map(lengthEncodedText).join('')));
    const values = [reader.bytes(), reader.bytes(), reader.bytes(), reader.bytes()];
    expect(values.map((value) => value?.toString() ?? null)).toEqual(['a', '', null, 'x'.repeat(300)]);
    expect(reader.done).toBe(true);
  });

  test('longer than the payload are refused', () => {
    expect(() => new PayloadReader(toBytes('\x05abcd')).bytes()).toThrow(ConnectionLost);
    expect(() => new PayloadReader(toBytes(`\xfe${'\xff'.repeat(8)}`)).bytes()).toThrow(ConnectionLost);
  });
});

test('packets are told apart by their first byte, EOF by its length too', () => {
  const payloads = [okPayload(), errorPayload(1, 'HY000', ''), eofPayload(), '\xfb/etc/passwd', '\xfe12345678'].map(
    toBytes,
  );
  expect(payloads.map(isOk)).toEqual([true, false, false, false, false]);
  expect(payloads.map(isError)).toEqual([false, true, false, false, false]);
  expect(payloads.map(isEof)).toEqual([false, false, true, false, false]);
  expect(payloads.map(isLocalInfileRequest)).toEqual([false, false, false, true, false]);
});

describe('OK', () => {
  test('with the info that both servers send, its length in front', () => {
    const info = 'Records: 3  Deleted: 0  Skipped: 0  Warnings: 1';
    expect(parseOk(toBytes(okPayload(70_000, 1, info, 0x0a)))).toEqual({
      affectedRows: 70_000,
      lastInsertId: 0n,
      statusFlags: 0x0a,
      warnings: 1,
      info,
    });
  });

  test('without info', () => {
    expect(parseOk(toBytes(okPayload(1)))).toMatchObject({ affectedRows: 1, info: '' });
  });

  test('with an id beyond 2^53', () => {
    const payload = `\0\x01\xfe${'\xff'.repeat(8)}${littleEndian(2, 2)}${littleEndian(0, 2)}`;
    expect(parseOk(toBytes(payload)).lastInsertId).toBe(2n ** 64n - 1n);
  });
});

test('EOF has warnings in front of the flags', () => {
  expect(parseEof(toBytes(eofPayload(513, 34)))).toEqual({ warnings: 513, statusFlags: 34 });
});

describe('ERR', () => {
  test('with an SQLSTATE', () => {
    expect(parseError(toBytes(errorPayload(1146, '42S02', "Table 't' doesn't exist")))).toMatchObject({
      errno: 1146,
      sqlState: '42S02',
      message: "Table 't' doesn't exist (error 1146, SQLSTATE 42S02)",
    });
  });

  test('without one, as before the handshake is over', () => {
    expect(parseError(toBytes(`\xff${littleEndian(1040, 2)}Too many connections`))).toMatchObject({
      errno: 1040,
      sqlState: 'HY000',
      message: 'Too many connections (error 1040, SQLSTATE HY000)',
    });
  });

  test('with a message in UTF-8', () => {
    const payload = Buffer.concat([toBytes(errorPayload(1, '42000', '')), Buffer.from('Größe')]);
    expect(parseError(payload).message).toContain('Größe');
  });
});

test('a column is described by name, type, collation and flags', () => {
  const payload = toBytes(columnPayload('price', FieldType.NEWDECIMAL, 63, 0x1081));
  expect(parseColumnDefinition(payload)).toEqual({ name: 'price', type: 246, collation: 63, flags: 0x1081 });
});
