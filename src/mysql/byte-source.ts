import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { ConnectionLost } from './packets.ts';

/**
 * A connection's incoming bytes, pulled. When the reader is slow the socket is not read, so that a slow disk stops the
 * server and never grows memory.
 */
export interface ByteSource {
  /** Why no more bytes will come, once that is known. */
  readonly lost: Error | undefined;
  /**
   * The next bytes, in order: a view that is valid until the next call. Rejects with ConnectionLost, after everything
   * that had arrived was handed out.
   */
  next(): Promise<Buffer>;
  /** Nothing more is wanted or can come. */
  fail(error: Error): void;
}

interface Waiter {
  readonly resolve: (chunk: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** Chunks that arrived and nobody has taken, and the reader that waits for one. */
class Inbox {
  private readonly chunks: Buffer[] = [];
  private waiting: Waiter | undefined;
  lost: Error | undefined;

  put(chunk: Buffer): void {
    if (this.waiting === undefined) {
      this.chunks.push(chunk);
      return;
    }
    const { resolve } = this.waiting;
    this.waiting = undefined;
    resolve(chunk);
  }

  next(): Promise<Buffer> {
    const chunk = this.chunks.shift();
    if (chunk !== undefined) return Promise.resolve(chunk);
    if (this.lost !== undefined) return Promise.reject(this.lost);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  get isEmpty(): boolean {
    return this.chunks.length === 0;
  }

  fail(error: Error): void {
    this.lost ??= error;
    this.waiting?.reject(this.lost);
    this.waiting = undefined;
  }
}

function watchLoss(stream: Duplex, inbox: Inbox): void {
  stream.on('error', (error: Error) => inbox.fail(new ConnectionLost(`connection lost: ${error.message}`)));
  const closed = (): void => inbox.fail(new ConnectionLost('connection lost: the server closed the connection'));
  stream.on('close', closed);
  stream.on('end', closed);
}

/** Eight reads of a stream; more gained nothing, less pauses and resumes it too often. */
const MAX_QUEUED_BYTES = 512 * 1024;

/** Bytes of any stream, a TLS connection's above all: each chunk is a buffer of its own. */
export class StreamSource implements ByteSource {
  private readonly stream: Duplex;
  private readonly inbox = new Inbox();
  private queuedBytes = 0;
  private lentBytes = 0;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.queuedBytes += chunk.length;
      this.inbox.put(chunk);
      if (this.queuedBytes >= MAX_QUEUED_BYTES) stream.pause();
    });
    watchLoss(stream, this.inbox);
    stream.resume();
  }

  get lost(): Error | undefined {
    return this.inbox.lost;
  }

  async next(): Promise<Buffer> {
    this.queuedBytes -= this.lentBytes;
    this.lentBytes = 0;
    if (this.inbox.isEmpty && this.stream.isPaused()) this.stream.resume();
    const chunk = await this.inbox.next();
    this.lentBytes = chunk.length;
    return chunk;
  }

  fail(error: Error): void {
    this.inbox.fail(error);
  }
}

/** As much as one read of a socket brings when the server is ahead of us. */
const READ_BUFFER_BYTES = 128 * 1024;
/** One with the socket, one with the reader, two between them. */
const READ_BUFFERS = 4;

/**
 * Bytes of a plain socket, read into a few buffers that go round: a new buffer for each read costs a third of the
 * dump's CPU in garbage collection alone.
 *
 * The socket must be made with `onread: source.onread`. Until `attach`, chunks are emitted as the socket's 'data', as a
 * driver that does the handshake expects them.
 */
export class SocketSource implements ByteSource {
  readonly onread = {
    buffer: (): Uint8Array => this.current,
    callback: (bytes: number): boolean => this.take(bytes),
  };
  private readonly inbox = new Inbox();
  private readonly spare: Buffer[] = Array.from({ length: READ_BUFFERS - 1 }, () =>
    Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
  );
  /** The buffer that the socket reads into. */
  private current: Buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  /** Those that hold what was read, in its order: the reader's, which goes round when it asks for more, and the inbox's. */
  private readonly filled: Buffer[] = [];
  private isLent = false;
  private isStopped = false;
  private isAttached = false;
  private socket: Socket | undefined;

  /** To be called right after the socket was made. */
  of(socket: Socket): this {
    this.socket = socket;
    return this;
  }

  /** From here on the bytes are this source's. */
  attach(): void {
    this.isAttached = true;
    if (this.socket !== undefined) watchLoss(this.socket, this.inbox);
  }

  get lost(): Error | undefined {
    return this.inbox.lost;
  }

  next(): Promise<Buffer> {
    const lent = this.isLent ? this.filled.shift() : undefined;
    if (lent !== undefined) {
      this.spare.push(lent);
      if (this.isStopped) this.restart();
    }
    this.isLent = true;
    return this.inbox.next();
  }

  fail(error: Error): void {
    this.inbox.fail(error);
  }

  /** Called by the socket when it has read into `current`; false stops it. */
  private take(bytes: number): boolean {
    const chunk = this.current.subarray(0, bytes);
    if (!this.isAttached) {
      this.socket?.emit('data', Buffer.from(chunk));
      return true;
    }
    const next = this.spare.pop();
    if (next === undefined) {
      // Cannot be: the socket is stopped as soon as the last spare buffer is its own.
      this.fail(new Error('a socket was read without a buffer to read into'));
      return false;
    }
    this.filled.push(this.current);
    this.current = next;
    this.inbox.put(chunk);
    this.isStopped = this.spare.length === 0;
    return !this.isStopped;
  }

  private restart(): void {
    this.isStopped = false;
    this.socket?.resume();
  }
}
