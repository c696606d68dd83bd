/**
 * A TCP proxy before a server that loses COMMITs: a connection breaks when its COMMIT has arrived and before it is passed on,
 * or when the server has answered it and before the answer is. To the client both look the same.
 */

import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export type Loss = 'before' | 'after';

export interface CommitProxy {
  readonly port: number;
  /** COMMITs that arrived so far, of all connections. */
  readonly commits: () => number;
}

const HEADER_BYTES = 4;
const COM_QUERY = 3;
const COMMIT = Buffer.concat([Buffer.from([COM_QUERY]), Buffer.from('COMMIT')]);

/** Lends a proxy on a free port of this machine. `loss` says what becomes of the COMMIT of this number, from 1. */
export async function withCommitProxy<T>(
  server: { readonly host: string; readonly port: number },
  loss: (commit: number) => Loss | undefined,
  use: (proxy: CommitProxy) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  let commits = 0;
  const listener = createServer((client) => {
    const upstream = connect(server.port, server.host);
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay());
      socket.on('error', cut);
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    let isAnswerLost = false;
    upstream.on('data', (chunk) => (isAnswerLost ? cut() : client.write(chunk)));
    const scan = packetScanner((isCommit) => {
      const what = isCommit ? loss(++commits) : undefined;
      if (what === 'before') cut();
      if (what === 'after') isAnswerLost = true;
      return what === undefined ? 'pass' : 'last';
    });
    client.on('data', (chunk) => {
      if (!isAnswerLost) for (const piece of scan(chunk)) upstream.write(piece);
    });
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  try {
    return await use({ port: (listener.address() as AddressInfo).port, commits: () => commits });
  } finally {
    for (const socket of sockets) socket.destroy();
    listener.close();
  }
}

/** Cuts a stream into pieces that end where packets do, and asks of each packet whether anything may follow it. */
function packetScanner(onPacket: (isCommit: boolean) => 'pass' | 'last'): (chunk: Buffer) => Buffer[] {
  let pending: Buffer = Buffer.alloc(0);
  /** Of a long packet, what has not come yet. */
  let restBytes = 0;
  return (chunk) => {
    const pieces: Buffer[] = [];
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      if (restBytes > 0) {
        const piece = pending.subarray(0, restBytes);
        pieces.push(piece);
        restBytes -= piece.length;
        pending = pending.subarray(piece.length);
      }
      if (pending.length < HEADER_BYTES) return pieces;
      const bytes = HEADER_BYTES + pending.readUIntLE(0, 3);
      const isShort = bytes === HEADER_BYTES + COMMIT.length;
      if (isShort && pending.length < bytes) return pieces;
      const isCommit = isShort && pending[3] === 0 && pending.subarray(HEADER_BYTES, bytes).equals(COMMIT);
      restBytes = bytes;
      if (onPacket(isCommit) === 'last') return [...pieces, pending.subarray(0, bytes)];
    }
  };
}
