import type { Duplex } from 'node:stream';

import { ConnectionLost } from './packets.ts';

/**
 * A socket's incoming bytes, pulled. Chunks wait in a short queue; when it is full the socket is paused, so that a slow
 * consumer stops the server and never grows memory.
 */
export class ByteSource {
  private readonly stream: Duplex;
  private readonly chunks: Buffer[] = [];
  private queuedBytes = 0;
  private failure: Error | undefined;
  private waiting: { resolve: (chunk: Buffer) => void; reject: (error: Error) => void } | undefined;

  /** 512 KiB: eight reads of a socket; more gained nothing, less pauses and resumes the socket too often. */
  private static readonly MAX_QUEUED_BYTES = 512 * 1024;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('data', (chunk: Buffer) => this.take(chunk));
    stream.on('error', (error: Error) => this.fail(new ConnectionLost(`connection lost: ${error.message}`)));
    stream.on('close', () => this.fail(new ConnectionLost('connection lost: the server closed the connection')));
    stream.on('end', () => this.fail(new ConnectionLost('connection lost: the server closed the connection')));
    stream.resume();
  }

  /** Why no more bytes will come, once that is known. */
  get lost(): Error | undefined {
    return this.failure;
  }

  /** The next bytes, in order. Rejects with ConnectionLost, after everything that had arrived was handed out. */
  next(): Promise<Buffer> {
    const chunk = this.chunks.shift();
    if (chunk !== undefined) {
      this.queuedBytes -= chunk.length;
      if (this.queuedBytes === 0 && this.stream.isPaused()) this.stream.resume();
      return Promise.resolve(chunk);
    }
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  /** Puts bytes back in front; they come first at the next pull. */
  unread(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.chunks.unshift(chunk);
    this.queuedBytes += chunk.length;
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.waiting?.reject(this.failure);
    this.waiting = undefined;
  }

  private take(chunk: Buffer): void {
    if (this.waiting !== undefined) {
      const { resolve } = this.waiting;
      this.waiting = undefined;
      resolve(chunk);
      return;
    }
    this.chunks.push(chunk);
    this.queuedBytes += chunk.length;
    if (this.queuedBytes >= ByteSource.MAX_QUEUED_BYTES) this.stream.pause();
  }
}
