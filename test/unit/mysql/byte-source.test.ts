/** The byte source on a stream whose two ends the test holds. */

import { once } from 'node:events';
import { Duplex } from 'node:stream';

import { describe, expect, test } from 'vitest';

import { ByteSource } from '../../../src/mysql/byte-source.ts';
import { ConnectionLost } from '../../../src/mysql/packets.ts';

const KIB = 1024;

/** A stream that hands out what the test pushes. */
function fakeStream(): Duplex {
  return new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done();
    },
  });
}

/** Pushes and waits until the stream has handed it out, or has kept it because it is paused. */
async function push(stream: Duplex, ...chunks: Buffer[]): Promise<void> {
  for (const chunk of chunks) stream.push(chunk);
  await new Promise(setImmediate);
}

test('bytes come in order, whether they or the reader were first', async () => {
  const stream = fakeStream();
  const source = new ByteSource(stream);
  const early = source.next();
  await push(stream, Buffer.from('a'), Buffer.from('b'), Buffer.from('c'));
  expect(String(await early)).toBe('a');
  expect(String(await source.next())).toBe('b');
  source.unread(Buffer.from('again'));
  source.unread(Buffer.alloc(0));
  expect(String(await source.next())).toBe('again');
  expect(String(await source.next())).toBe('c');
});

describe('back-pressure', () => {
  test('the stream is paused at 512 KiB, holds the rest back, and goes on when all of it was read', async () => {
    const stream = fakeStream();
    const source = new ByteSource(stream);
    const chunks = Array.from({ length: 12 }, (_, at) => Buffer.alloc(64 * KIB, at));
    for (const chunk of chunks) await push(stream, chunk);
    expect(stream.isPaused()).toBe(true);
    expect(stream.readableLength).toBe(4 * 64 * KIB);
    for (let at = 0; at < 7; at++) expect((await source.next())[0]).toBe(at);
    expect(stream.isPaused()).toBe(true);
    expect((await source.next())[0]).toBe(7);
    expect(stream.isPaused()).toBe(false);
    for (let at = 8; at < 12; at++) expect((await source.next())[0]).toBe(at);
  });

  test('a reader that waits never has the stream paused', async () => {
    const stream = fakeStream();
    const source = new ByteSource(stream);
    for (let at = 0; at < 40; at++) {
      const next = source.next();
      await push(stream, Buffer.alloc(64 * KIB));
      expect((await next).length).toBe(64 * KIB);
      expect(stream.isPaused()).toBe(false);
    }
  });

  test('a single chunk beyond the limit goes through', async () => {
    const stream = fakeStream();
    const source = new ByteSource(stream);
    await push(stream, Buffer.alloc(3 * KIB * KIB));
    expect(stream.isPaused()).toBe(true);
    expect((await source.next()).length).toBe(3 * KIB * KIB);
    expect(stream.isPaused()).toBe(false);
  });
});

describe('a lost connection', () => {
  test('rejects a reader that waits', async () => {
    const stream = fakeStream();
    const source = new ByteSource(stream);
    const next = source.next();
    stream.destroy(new Error('read ECONNRESET'));
    await expect(next).rejects.toThrow(new ConnectionLost('connection lost: read ECONNRESET'));
    expect(source.lost).toBeInstanceOf(ConnectionLost);
  });

  test('is told after everything that had arrived, and then every time', async () => {
    const stream = fakeStream();
    const source = new ByteSource(stream);
    await push(stream, Buffer.from('last words'));
    stream.push(null);
    await once(stream, 'end');
    expect(String(await source.next())).toBe('last words');
    await expect(source.next()).rejects.toThrow(ConnectionLost);
    await expect(source.next()).rejects.toThrow('the server closed the connection');
  });

  test('is told after what a paused stream still held', async () => {
    const stream = fakeStream();
    const source = new ByteSource(stream);
    for (let at = 0; at < 10; at++) await push(stream, Buffer.alloc(64 * KIB));
    stream.push(null);
    for (let at = 0; at < 10; at++) expect((await source.next()).length).toBe(64 * KIB);
    await expect(source.next()).rejects.toThrow(ConnectionLost);
  });

  test('keeps its first reason', async () => {
    const stream = fakeStream();
    const source = new ByteSource(stream);
    source.fail(new ConnectionLost('the run was ended'));
    stream.destroy(new Error('read ECONNRESET'));
    await new Promise((resolve) => stream.once('close', resolve));
    await expect(source.next()).rejects.toThrow('the run was ended');
  });
});
