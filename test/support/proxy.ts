/**
 * A TCP proxy before a server, to have a run stand still at a point of its data: it forwards so many bytes of one direction
 * and then holds that direction, so that whatever happens next happens in the middle. When either side goes away, so does the
 * other; the end of a side that is held is seen once it is released.
 */

import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface ProxyOptions {
  /** Which direction is counted and held. */
  readonly from: 'server' | 'client';
  /** Of all connections together. */
  readonly holdAfterBytes: number;
}

export interface Proxy {
  readonly port: number;
  /** Resolves in the moment the bytes are counted off; from then on nothing passes in that direction. */
  readonly held: Promise<void>;
  /** Lets everything pass from now on. */
  readonly release: () => void;
  /** Breaks all connections. */
  readonly cut: () => void;
}

/** Lends a proxy on a free port of this machine. */
export async function withProxy<T>(
  server: { readonly host: string; readonly port: number },
  options: ProxyOptions,
  use: (proxy: Proxy) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  let hold: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    hold = resolve;
  });
  let leftBytes = options.holdAfterBytes;
  const forward = (from: Socket, to: Socket, isCounted: boolean): void => {
    from.on('data', (chunk) => {
      if (isCounted) leftBytes -= chunk.length;
      if (!to.write(chunk) || (isCounted && leftBytes < 0)) from.pause();
      if (leftBytes < 0) hold();
    });
    to.on('drain', () => {
      if (!isCounted || leftBytes >= 0) from.resume();
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  };
  const listener = createServer((client) => {
    const upstream = connect(server.port, server.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay());
      socket.once('close', () => sockets.delete(socket));
    }
    forward(client, upstream, options.from === 'client');
    forward(upstream, client, options.from === 'server');
  });
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const release = (): void => {
    leftBytes = Number.POSITIVE_INFINITY;
    for (const socket of sockets) socket.resume();
  };
  try {
    return await use({ port: (listener.address() as AddressInfo).port, held, release, cut });
  } finally {
    cut();
    listener.close();
  }
}
