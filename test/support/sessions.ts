/** What the tests of sessions share: sessions lent, values, a sink that counts. */

import { createHash, randomBytes } from 'node:crypto';

import { compileInsertKernel, RowKernel, PLAIN_WINDOWS, Stop } from '../../src/kernel/kernel.ts';
import type { ValueKind } from '../../src/kernel/forms.ts';
import { connect } from '../../src/mysql/connect.ts';
import type { ConnectionOptions } from '../../src/mysql/options.ts';
import type { EofPacket } from '../../src/mysql/packets.ts';
import type { RowSink, Session } from '../../src/mysql/session.ts';
import type { TestServer } from './servers.ts';

export function optionsOf({ host, port, user, password }: TestServer): ConnectionOptions {
  return { host, port, user, password };
}

export async function withSession<T>(options: ConnectionOptions, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await connect(options);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

export async function one(session: Session, sql: string): Promise<string | undefined> {
  return (await session.query(sql)).rows[0]?.[0]?.toString();
}

/** Calls `action` the first time only. */
export function once(action: () => Promise<void>): () => Promise<void> {
  let called = false;
  return async () => {
    if (called) return;
    called = true;
    await action();
  };
}

/** Random text of that many bytes without anything to escape. */
export function noise(bytes: number): Buffer {
  const text = randomBytes(Math.ceil((bytes * 3) / 4))
    .toString('base64')
    .slice(0, bytes);
  return Buffer.from(text);
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Memory that received bytes would fill: the process as a whole, or buffers in memory that it had already. */
export interface Memory {
  readonly process: number;
  readonly buffers: number;
}

export function memory(): Memory {
  const { rss, arrayBuffers } = process.memoryUsage();
  return { process: rss, buffers: arrayBuffers };
}

export function grownBytes(since: Memory): number {
  const now = memory();
  return Math.max(now.process - since.process, now.buffers - since.buffers);
}

const kernelModule = compileInsertKernel();

/** Runs the rows through the kernel and keeps their number and a digest of their text. */
export class CountingSink implements RowSink {
  private readonly kernel = new RowKernel(kernelModule, PLAIN_WINDOWS);
  private readonly hash = createHash('sha256');
  private readonly beforeTake: () => Promise<void>;
  private window = 0;

  constructor(kinds: readonly ValueKind[], beforeTake: () => Promise<void> = () => Promise.resolve()) {
    this.beforeTake = beforeTake;
    this.kernel.begin({ kinds, opening: Buffer.from('I('), maxStatementBytes: 1_000_000 });
    this.kernel.openWindow(0, Infinity);
  }

  get rows(): number {
    return this.kernel.rows;
  }

  digest(): string {
    this.kernel.endStatement();
    this.flush();
    return this.hash.digest('hex');
  }

  async take(bytes: Buffer): Promise<Buffer | undefined> {
    await this.beforeTake();
    for (let offset = 0; offset < bytes.length;) {
      offset += this.kernel.fill(bytes, offset);
      let stop = this.kernel.run();
      for (; stop === Stop.NEED_ROOM; stop = this.kernel.run()) this.flush();
      if (stop === Stop.END_OF_ROWS) return Buffer.concat([this.kernel.unread(), bytes.subarray(offset)]);
      if (stop !== Stop.NEED_INPUT) throw new Error(`the kernel stopped with ${stop}`);
    }
    return undefined;
  }

  private flush(): void {
    this.window = (this.window + 1) % this.kernel.outputWindows;
    this.hash.update(this.kernel.takeWindow(this.window, () => Infinity));
  }
}

export interface Read {
  readonly end: EofPacket;
  readonly rows: number;
  /** SHA-256 of the INSERT text. */
  readonly text: string;
}

export async function read(session: Session, sql: string, kinds: readonly ValueKind[]): Promise<Read> {
  const sink = new CountingSink(kinds);
  const end = await session.select(sql, () => sink);
  return { end, rows: sink.rows, text: sink.digest() };
}
