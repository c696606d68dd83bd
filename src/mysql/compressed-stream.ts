/**
 * The compressed protocol: packets travel in frames of their own, each deflated unless that would not shrink it.
 *
 * A frame is 3 bytes length as it travels, 1 byte sequence, 3 bytes length of what is in it (0: it is not deflated), then
 * that. Frames are counted from 0 with each command, by both sides together. Frames and packets need not end together.
 */
import { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';

import { drained } from './drained.ts';
import { ConnectionLost } from './packets.ts';

const HEADER_BYTES = 7;
/** Of what is put into one frame; the protocol's limit is 16 MiB. */
const MAX_FRAME_BYTES = 512 * 1024;
/** Servers leave shorter ones as they are, too: deflate would not shrink them. */
const MIN_DEFLATED_BYTES = 50;

const deflated = promisify(deflate) as (bytes: Buffer) => Promise<Buffer>;
const inflated = promisify(inflate) as (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** Plain packets on this side, frames on the other. Closing and errors are those of the stream beneath. */
export class CompressedStream extends Duplex {
  private readonly stream: Duplex;
  /** What came of a frame that is not whole, and how much must be there before it can go on. */
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private neededBytes = HEADER_BYTES;
  private isReceiving = false;
  private wantsMore = true;
  private sequence = 0;
  /** Where commands begin that are to be sent yet, counted as {@link sentBytes}. */
  private readonly commands: number[] = [];
  /** Of all packets. */
  private sentBytes = 0;

  constructor(stream: Duplex) {
    super({ allowHalfOpen: false });
    this.stream = stream;
    stream.on('data', (chunk: Buffer) => {
      stream.pause();
      this.receive(chunk).catch((error: unknown) => this.destroy(error as Error));
    });
    stream.on('end', () => this.push(null));
    stream.on('error', (error) => this.destroy(error));
    stream.on('close', () => this.destroy());
  }

  /**
   * To be called before a command is written. One may be written before the last was answered; then each is to fit into one
   * frame.
   */
  beginCommand(): void {
    this.commands.push(this.sentBytes + this.writableLength);
  }

  override _read(): void {
    this.wantsMore = true;
    if (!this.isReceiving) this.stream.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error) => void): void {
    void this.send(chunk, done);
  }

  override _final(done: (error?: Error) => void): void {
    this.stream.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.stream.destroy();
    done(error);
  }

  private async send(bytes: Buffer, done: (error?: Error) => void): Promise<void> {
    if (this.commands[0] === this.sentBytes) {
      this.commands.shift();
      this.sequence = 0;
    }
    try {
      await this.sendFrames(bytes);
      this.sentBytes += bytes.length;
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  }

  private async sendFrames(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += MAX_FRAME_BYTES) {
      const piece = bytes.subarray(at, at + MAX_FRAME_BYTES);
      const sequence = this.sequence++; // an answer to an earlier command may come while this is deflated
      const packed = piece.length < MIN_DEFLATED_BYTES ? piece : await deflated(piece);
      const isSmaller = packed.length < piece.length;
      const body = isSmaller ? packed : piece;
      const header = Buffer.allocUnsafe(HEADER_BYTES);
      header.writeUIntLE(body.length, 0, 3);
      header[3] = sequence & 0xff;
      header.writeUIntLE(isSmaller ? piece.length : 0, 4, 3);
      this.stream.write(header);
      if (!this.stream.write(body)) await drained(this.stream);
    }
  }

  /** Takes the frames out of what arrived, in order; the stream beneath stands still meanwhile. */
  private async receive(chunk: Buffer): Promise<void> {
    this.isReceiving = true;
    this.pending.push(chunk);
    this.pendingBytes += chunk.length;
    for (let frame = this.nextFrame(); frame !== undefined; frame = this.nextFrame()) {
      const { body, bytes } = frame;
      const packets = bytes === 0 ? body : await inflated(body, { maxOutputLength: bytes });
      if (bytes > 0 && packets.length !== bytes) throw new ConnectionLost('the server sent a malformed frame');
      if (packets.length > 0) this.wantsMore = this.push(packets);
    }
    this.isReceiving = false;
    if (this.wantsMore) this.stream.resume();
  }

  private nextFrame(): { readonly body: Buffer; readonly bytes: number } | undefined {
    if (this.pendingBytes < this.neededBytes) return undefined;
    const all =
      this.pending.length === 1 && this.pending[0] !== undefined ? this.pending[0] : Buffer.concat(this.pending);
    const end = HEADER_BYTES + all.readUIntLE(0, 3);
    this.neededBytes = all.length < end ? end : HEADER_BYTES;
    this.pending = [all.length < end ? all : all.subarray(end)];
    if (all.length < end) return undefined;
    this.pendingBytes = all.length - end;
    this.sequence = (all.readUInt8(3) + 1) & 0xff;
    return { body: all.subarray(HEADER_BYTES, end), bytes: all.readUIntLE(4, 3) };
  }
}
