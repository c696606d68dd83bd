/**
 * A TCP proxy before a server that tells of each statement as it passes, so that a test can act at a point of a run's course
 * and not of its time. It reads the client's packets, which must be neither encrypted nor compressed.
 */

import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface PassingStatement {
  /** Its beginning. */
  readonly text: string;
  /** Connections are counted from 0. */
  readonly connection: number;
  /** Resolves when the server sends something next. */
  readonly answered: Promise<void>;
}

export interface StatementProxy {
  readonly port: number;
  /**
   * Called in the moment a statement comes, before the server has it; what it returns says what becomes of it. 'hold': the
   * server does not get it, nor anything that follows on its connection. A promise: it passes then.
   */
  onStatement: (statement: PassingStatement) => 'pass' | 'hold' | Promise<'pass'>;
  /** Whether the server hears that a client has gone. Where it does not, the connection stays for the server. */
  hearsOfEnd: (connection: number) => boolean;
}

const COM_QUERY = 3;
const HEADER_BYTES = 4;
const BEGINNING_BYTES = 300;

/** Lends a proxy on a free port of this machine. */
export async function withStatementProxy<T>(
  server: { readonly host: string; readonly port: number },
  use: (proxy: StatementProxy) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const listener = createServer((client) => {
    const connection = connections++;
    const upstream = connect(server.port, server.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay());
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => undefined); // its 'close' follows
    }
    const packets = new PacketReader();
    let isHeld = false;
    client.on('data', (chunk) => {
      const delays: Promise<'pass'>[] = [];
      for (const text of packets.statementsIn(chunk)) {
        const answered = new Promise<void>((resolve) => upstream.once('data', () => resolve()));
        const outcome = proxy.onStatement({ text, connection, answered });
        isHeld ||= outcome === 'hold';
        if (typeof outcome !== 'string') delays.push(outcome);
      }
      if (isHeld) return;
      if (delays.length === 0) return void upstream.write(chunk);
      client.pause();
      void Promise.all(delays).then(() => {
        upstream.write(chunk);
        client.resume();
      });
    });
    upstream.on('data', (chunk) => client.write(chunk));
    client.on('close', () => {
      if (proxy.hearsOfEnd(connection)) upstream.destroy();
    });
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const proxy: StatementProxy = {
    port: (listener.address() as AddressInfo).port,
    onStatement: () => 'pass',
    hearsOfEnd: () => true,
  };
  try {
    return await use(proxy);
  } finally {
    for (const socket of sockets) socket.destroy();
    listener.close();
  }
}

/** Finds where packets begin in a stream that is cut anywhere. */
class PacketReader {
  /** Of the packet that was last begun, what is still to come. */
  private leftBytes = 0;
  private begun = Buffer.alloc(0);

  /** Beginnings of the statements whose packets begin in this chunk; one of which less has come is told with the next. */
  statementsIn(chunk: Buffer): string[] {
    const found: string[] = [];
    let bytes = Buffer.concat([this.begun, chunk.subarray(Math.min(this.leftBytes, chunk.length))]);
    this.leftBytes -= Math.min(this.leftBytes, chunk.length);
    this.begun = Buffer.alloc(0);
    while (bytes.length > 0) {
      const length = bytes.length < HEADER_BYTES ? Number.POSITIVE_INFINITY : bytes.readUIntLE(0, 3);
      if (bytes.length < Math.min(HEADER_BYTES + length, BEGINNING_BYTES)) {
        this.begun = bytes;
        return found;
      }
      if (bytes[3] === 0 && bytes[HEADER_BYTES] === COM_QUERY) {
        found.push(bytes.toString('latin1', HEADER_BYTES + 1, Math.min(HEADER_BYTES + length, BEGINNING_BYTES)));
      }
      this.leftBytes = Math.max(0, HEADER_BYTES + length - bytes.length);
      bytes = bytes.subarray(Math.min(bytes.length, HEADER_BYTES + length));
    }
    return found;
  }
}
