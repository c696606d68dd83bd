/** The byte source on a stream whose two ends the test holds. */

import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';

import { describe, expect, test } from 'vitest';

import { SocketSource, StreamSource } from '../../../src/mysql/byte-source.ts';
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
  const source = new StreamSource(stream);
  const early = source.next();
  await push(stream, Buffer.from('a'), Buffer.from('b'), Buffer.from('c'));
  expect(String(await early)).toBe('a');
  expect(String(await source.next())).toBe('b');
  expect(String(await source.next())).toBe('c');
});

describe('back-pressure', () => {
  test('the stream is paused at 512 KiB, holds the rest back, and goes on when all of it was read', async () => {
    const stream = fakeStream();
    const source = new StreamSource(stream);
    const chunks = Array.from({ length: 12 }, (_, at) => Buffer.alloc(64 * KIB, at));
    for (const chunk of chunks) await push(stream, chunk);
    expect(stream.isPaused()).toBe(true);
    expect(stream.readableLength).toBe(4 * 64 * KIB);
    for (let at = 0; at < 8; at++) expect((await source.next())[0]).toBe(at);
    expect(stream.isPaused()).toBe(true);
    expect((await source.next())[0]).toBe(8);
    expect(stream.isPaused()).toBe(false);
    for (let at = 9; at < 12; at++) expect((await source.next())[0]).toBe(at);
  });

  test('a reader that waits never has the stream paused', async () => {
    const stream = fakeStream();
    const source = new StreamSource(stream);
    for (let at = 0; at < 40; at++) {
      const next = source.next();
      await push(stream, Buffer.alloc(64 * KIB));
      expect((await next).length).toBe(64 * KIB);
      expect(stream.isPaused()).toBe(false);
    }
  });

  test('a single chunk beyond the limit goes through', async () => {
    const stream = fakeStream();
    const source = new StreamSource(stream);
    await push(stream, Buffer.alloc(3 * KIB * KIB));
    expect(stream.isPaused()).toBe(true);
    expect((await source.next()).length).toBe(3 * KIB * KIB);
    const next = source.next();
    expect(stream.isPaused()).toBe(false);
    await push(stream, Buffer.from('more'));
    expect(String(await next)).toBe('more');
  });
});

describe('a lost connection', () => {
  test('rejects a reader that waits', async () => {
    const stream = fakeStream();
    const source = new StreamSource(stream);
    const next = source.next();
    stream.destroy(new Error('read ECONNRESET'));
    await expect(next).rejects.toThrow(new ConnectionLost('connection lost: read ECONNRESET'));
    expect(source.lost).toBeInstanceOf(ConnectionLost);
  });

  test('is told after everything that had arrived, and then every time', async () => {
    const stream = fakeStream();
    const source = new StreamSource(stream);
    await push(stream, Buffer.from('last words'));
    stream.push(null);
    await once(stream, 'end');
    expect(String(await source.next())).toBe('last words');
    await expect(source.next()).rejects.toThrow(ConnectionLost);
    await expect(source.next()).rejects.toThrow('the server closed the connection');
  });

  test('is told after what a paused stream still held', async () => {
    const stream = fakeStream();
    const source = new StreamSource(stream);
    for (let at = 0; at < 10; at++) await push(stream, Buffer.alloc(64 * KIB));
    stream.push(null);
    for (let at = 0; at < 10; at++) expect((await source.next()).length).toBe(64 * KIB);
    await expect(source.next()).rejects.toThrow(ConnectionLost);
  });

  test('keeps its first reason', async () => {
    const stream = fakeStream();
    const source = new StreamSource(stream);
    source.fail(new ConnectionLost('the run was ended'));
    stream.destroy(new Error('read ECONNRESET'));
    await new Promise((resolve) => stream.once('close', resolve));
    await expect(source.next()).rejects.toThrow('the run was ended');
  });
});

describe('a socket whose buffers go round', () => {
  /** A server that sends `chunks`, and a socket that reads them. */
  async function connected(bytes: number): Promise<{ source: SocketSource; end: () => Promise<void> }> {
    const server = createServer((peer) => peer.end(Buffer.alloc(bytes, 7)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const source = new SocketSource();
    const { port } = server.address() as AddressInfo;
    const socket = createConnection({ port, host: '127.0.0.1', onread: source.onread });
    source.of(socket).attach();
    socket.resume();
    const end = async (): Promise<void> => {
      socket.destroy();
      server.close();
      await once(server, 'close');
    };
    return { source, end };
  }

  test('every byte arrives, however slowly it is read, and never more than four buffers wait', async () => {
    const { source, end } = await connected(8 * KIB * KIB);
    let read = 0;
    for (;;) {
      const chunk = await source.next().catch((error: unknown) => error as ConnectionLost);
      if (chunk instanceof Error) {
        expect(chunk).toBeInstanceOf(ConnectionLost);
        break;
      }
      const seen = Buffer.from(chunk);
      await new Promise(setImmediate); // the socket may read on meanwhile, but not into what is lent
      expect(chunk.equals(seen)).toBe(true);
      expect(chunk.length).toBeLessThanOrEqual(128 * KIB);
      read += chunk.length;
    }
    expect(read).toBe(8 * KIB * KIB);
    await end();
  });

  test("before it is attached, bytes are the socket's data, as a driver wants them", async () => {
    const server = createServer((peer) => peer.write('hello'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const source = new SocketSource();
    const { port } = server.address() as AddressInfo;
    const socket = createConnection({ port, host: '127.0.0.1', onread: source.onread });
    source.of(socket);
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(String(data)).toBe('hello');
    socket.destroy();
    server.close();
  });
});
