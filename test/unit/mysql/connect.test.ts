/** What is made of a connection that cannot be had, as far as it needs no real server. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { expect, test } from 'vitest';

import { connect, describeTarget } from '../../../src/mysql/connect.ts';
import type { ConnectionOptions } from '../../../src/mysql/options.ts';
import { errorPayload, littleEndian, packet, toBytes } from '../../support/packets.ts';

const here = (port: number): ConnectionOptions => ({ host: '127.0.0.1', port, user: 'ann' });

/** Lends a port on which each connection gets `greeting`, and is ended. */
async function withGreeting<T>(greeting: string, use: (port: number) => Promise<T>): Promise<T> {
  const listener = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.end(toBytes(greeting));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  try {
    return await use((listener.address() as AddressInfo).port);
  } finally {
    listener.close();
  }
}

async function closedPort(): Promise<number> {
  return withGreeting('', (port) => Promise.resolve(port));
}

test('targets are named by socket, or by host and port', () => {
  expect(describeTarget({ host: 'db', port: 3306, user: 'ann' })).toBe('ann@db:3306');
  expect(describeTarget({ host: 'db', port: 3306, user: 'ann', socketPath: '/run/x.sock' })).toBe('ann@/run/x.sock');
});

test('nobody listens', async () => {
  const port = await closedPort();
  await expect(connect(here(port))).rejects.toMatchObject({
    code: 'CONNECT',
    exitCode: 5,
    message: `cannot connect to ann@127.0.0.1:${port}`,
    cause: { code: 'ECONNREFUSED' },
  });
});

test('no such host', async () => {
  await expect(connect({ ...here(3306), host: 'no-such-host.invalid' })).rejects.toMatchObject({
    code: 'CONNECT',
    message: 'unknown host: no-such-host.invalid',
  });
});

test('no such socket', async () => {
  await expect(connect({ ...here(3306), socketPath: '/no/such.sock' })).rejects.toMatchObject({
    code: 'CONNECT',
    message: 'cannot connect to ann@/no/such.sock',
  });
});

test('a server without a free connection', async () => {
  const greeting = packet(`\xff${littleEndian(1040, 2)}Too many connections`);
  await withGreeting(greeting, async (port) => {
    await expect(connect(here(port))).rejects.toMatchObject({
      code: 'CONNECT',
      message: `ann@127.0.0.1:${port} has no free connection`,
      hint: expect.stringContaining('max_connections') as string,
    });
  });
});

test('a server that does not let this host in', async () => {
  await withGreeting(packet(errorPayload(1130, 'HY000', 'Host is not allowed')), async (port) => {
    await expect(connect(here(port))).rejects.toMatchObject({ code: 'CONNECT' });
  });
});

test('somebody who hangs up at once', async () => {
  await withGreeting('', async (port) => {
    await expect(connect(here(port))).rejects.toMatchObject({ code: 'CONNECT' });
  });
});

test('somebody who does not speak the protocol', async () => {
  await withGreeting('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', async (port) => {
    await expect(connect(here(port))).rejects.toMatchObject({ code: 'CONNECT' });
  });
});

test('a certificate that cannot be read is a mistake in the call', async () => {
  const tls = { rejectUnauthorized: true, verifyIdentity: false, ca: '/no/such/ca.pem' };
  await expect(connect({ ...here(3306), tls })).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('--ca') as string,
  });
});
