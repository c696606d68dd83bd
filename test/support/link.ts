/**
 * A link before a server: a TCP proxy that holds up what passes for a while, counts the round trips that clients make, and
 * lets a test step in when something is on its way to the server.
 */

import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface LinkOptions {
  /** In each direction. */
  readonly delayMs?: number;
  /**
   * Told of what a client sends before the server gets it, which waits for the promise. 'cut': the server gets it, and the
   * client never hears of it, nor of anything that follows on this connection.
   */
  readonly onSend?: (bytes: Buffer) => Promise<'cut' | undefined> | undefined;
}

export interface Link {
  readonly port: number;
  /** How often, on any connection, a client has sent something after it had heard something. */
  readonly roundTrips: () => number;
}

/** Lends a link on a free port of this machine. */
export async function withLink<T>(
  server: { readonly host: string; readonly port: number },
  { delayMs = 0, onSend = () => undefined }: LinkOptions,
  use: (link: Link) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  let roundTrips = 0;
  const listener = createServer((client) => {
    const upstream = connect(server.port, server.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay());
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => undefined); // 'close' follows
    }
    let hasHeard = false;
    let before = Promise.resolve();
    client.on('data', (bytes: Buffer) => {
      if (hasHeard) roundTrips++;
      hasHeard = false;
      before = before.then(async () => {
        const isCut = (await onSend(bytes)) === 'cut';
        if (isCut) client.destroy();
        later(delayMs, () => (isCut ? upstream.end(bytes) : upstream.write(bytes)));
      });
    });
    upstream.on('data', (bytes: Buffer) => {
      hasHeard = true;
      later(delayMs, () => client.write(bytes));
    });
    client.on('close', () => later(delayMs, () => upstream.end()));
    upstream.on('close', () => later(delayMs, () => client.destroy()));
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  try {
    return await use({ port: (listener.address() as AddressInfo).port, roundTrips: () => roundTrips });
  } finally {
    for (const socket of sockets) socket.destroy();
    listener.close();
  }
}

function later(delayMs: number, action: () => void): void {
  if (delayMs === 0) action();
  else setTimeout(action, delayMs);
}
