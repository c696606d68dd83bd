import type { Duplex } from 'node:stream';

import type { ByteSource } from './byte-source.ts';
import { CompressedStream } from './compressed-stream.ts';
import { drained } from './drained.ts';
import { COM_QUERY, HEADER_BYTES, MAX_PAYLOAD_BYTES, packetHeader } from './packets.ts';

/** Room behind a packet that is being joined, for what follows it in the same chunk. */
const JOIN_SLACK_BYTES = 64 * 1024;

/** Servers take packets of 16 KiB however small their max_allowed_packet is; larger ones were not faster. */
const FILE_PACKET_BYTES = 16 * 1024;

/** From here on a copy of a statement costs more than a second piece to write. */
const UNCOPIED_BYTES = 64 * 1024;

const COM_QUERY_BYTE = Buffer.from([COM_QUERY]);
const NOTHING = Buffer.alloc(0);

/**
 * Payloads over a stream: cut into packets on the way out, joined on the way in, with the sequence numbers that both
 * sides count. Knows nothing of what the payloads say.
 */
export class PacketChannel {
  private readonly stream: Duplex;
  private readonly source: ByteSource;
  /** What has arrived; read up to `at`. */
  private bytes: Buffer = NOTHING;
  private at = 0;
  private sequence = 0;

  constructor(stream: Duplex, source: ByteSource) {
    this.stream = stream;
    this.source = source;
  }

  /** Sends a statement; text goes as UTF-8. */
  sendQuery(sql: string | Buffer): void {
    this.beginCommand();
    const bytes = Buffer.byteLength(sql);
    if (bytes >= UNCOPIED_BYTES && bytes + 1 < MAX_PAYLOAD_BYTES && typeof sql !== 'string') {
      this.stream.cork();
      this.stream.write(Buffer.concat([packetHeader(bytes + 1, this.sequence++), COM_QUERY_BYTE]));
      this.stream.write(sql);
      this.stream.uncork();
      return;
    }
    if (bytes + 1 < MAX_PAYLOAD_BYTES) {
      const packet = Buffer.allocUnsafe(HEADER_BYTES + 1 + bytes);
      packet.writeUIntLE(bytes + 1, 0, 3);
      packet[3] = this.sequence++;
      packet[4] = COM_QUERY;
      if (typeof sql === 'string') packet.write(sql, 5);
      else sql.copy(packet, 5);
      this.stream.write(packet);
      return;
    }
    const text = typeof sql === 'string' ? Buffer.from(sql) : sql;
    let payload: Buffer = Buffer.concat([COM_QUERY_BYTE, text]);
    for (;;) {
      const piece = payload.subarray(0, MAX_PAYLOAD_BYTES);
      this.stream.write(packetHeader(piece.length, this.sequence++));
      this.stream.write(piece);
      if (piece.length < MAX_PAYLOAD_BYTES) return;
      payload = payload.subarray(MAX_PAYLOAD_BYTES);
    }
  }

  /** Sends a command that fits into one packet. */
  sendCommand(payload: Buffer): void {
    this.beginCommand();
    this.stream.write(Buffer.concat([packetHeader(payload.length, this.sequence++), payload]));
  }

  /** Sends a statement as its parts come: at most one packet of 16 MiB waits to be full. */
  async sendQueryParts(parts: AsyncIterable<Buffer>): Promise<void> {
    this.beginCommand();
    let pending: Buffer[] = [COM_QUERY_BYTE];
    let pendingBytes = 1;
    for await (const part of parts) {
      let rest = part;
      while (pendingBytes + rest.length >= MAX_PAYLOAD_BYTES) {
        const taken = MAX_PAYLOAD_BYTES - pendingBytes;
        await this.writePacket([...pending, rest.subarray(0, taken)], MAX_PAYLOAD_BYTES);
        pending = [];
        pendingBytes = 0;
        rest = rest.subarray(taken);
      }
      // The part is borrowed from its reader: what waits for a full packet is copied.
      pending.push(Buffer.from(rest));
      pendingBytes += rest.length;
    }
    await this.writePacket(pending, pendingBytes);
  }

  /** Sends what a LOAD DATA LOCAL reads, and the empty packet that ends it. A chunk is borrowed until the next is asked for. */
  async sendFile(chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) {
      if (chunk.length > 0) await this.writeOut(chunk);
      if (this.source.lost !== undefined) throw this.source.lost;
    }
    this.sendEmpty();
  }

  /** The packets of a chunk with one system call; resolves when the system has them, or the stream is closed. */
  private async writeOut(chunk: Buffer): Promise<void> {
    const { stream } = this;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        stream.off('close', settle);
        resolve();
      };
      stream.on('close', settle);
      stream.cork();
      for (let at = 0; at < chunk.length; at += FILE_PACKET_BYTES) {
        const piece = chunk.subarray(at, at + FILE_PACKET_BYTES);
        stream.write(packetHeader(piece.length, this.sequence++));
        stream.write(piece, at + FILE_PACKET_BYTES < chunk.length ? undefined : settle);
      }
      stream.uncork();
    });
  }

  private beginCommand(): void {
    this.sequence = 0;
    if (this.stream instanceof CompressedStream) this.stream.beginCommand();
  }

  private async writePacket(pieces: readonly Buffer[], bytes: number): Promise<void> {
    this.stream.write(packetHeader(bytes, this.sequence++));
    const accepted = pieces.map((piece) => this.stream.write(piece)).at(-1) ?? true;
    if (!accepted && this.source.lost === undefined) await drained(this.stream);
  }

  /** Sends an empty packet, the end of a file or the refusal of one. */
  sendEmpty(): void {
    this.stream.write(packetHeader(0, this.sequence));
  }

  /**
   * The next payload if it has arrived whole, so that small answers are read without a wait for each; otherwise undefined,
   * and {@link readPayload} gets it. A view that is valid until the next read: what is kept must be copied.
   */
  takePayload(): Buffer | undefined {
    const { bytes, at } = this;
    const start = at + HEADER_BYTES;
    if (bytes.length < start) return undefined;
    const length = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    const end = start + length;
    if (length === MAX_PAYLOAD_BYTES || bytes.length < end) return undefined;
    this.sequence = (bytes[at + 3]! + 1) & 0xff;
    this.at = end;
    return bytes.subarray(start, end);
  }

  /** The next payload, joined where it continues over several packets; a view as {@link takePayload} gives. */
  async readPayload(): Promise<Buffer> {
    if (this.at === this.bytes.length) {
      this.putBack(await this.source.next());
      const payload = this.takePayload();
      if (payload !== undefined) return payload;
    }
    const pieces: Buffer[] = [];
    for (;;) {
      await this.fill(HEADER_BYTES);
      const length = this.bytes.readUIntLE(this.at, 3);
      this.sequence = (this.bytes.readUInt8(this.at + 3) + 1) & 0xff;
      await this.fill(HEADER_BYTES + length);
      const start = this.at + HEADER_BYTES;
      this.at = start + length;
      const piece = this.bytes.subarray(start, this.at);
      if (length < MAX_PAYLOAD_BYTES) return pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]);
      pieces.push(Buffer.from(piece));
    }
  }

  /** Makes at least so many bytes be at hand. Chunks are borrowed from the source, so they are joined by copying. */
  private async fill(bytes: number): Promise<void> {
    let have = this.bytes.length - this.at;
    if (have >= bytes) return;
    if (have === 0) {
      this.putBack(await this.source.next());
      have = this.bytes.length;
      if (have >= bytes) return;
    }
    const joined = Buffer.allocUnsafe(Math.max(bytes, have) + JOIN_SLACK_BYTES);
    this.bytes.copy(joined, 0, this.at);
    while (have < bytes) {
      const chunk = await this.source.next();
      const room = joined.length - have;
      if (chunk.length > room) return this.putBack(Buffer.concat([joined.subarray(0, have), chunk]));
      have += chunk.copy(joined, have);
    }
    this.putBack(joined.subarray(0, have));
  }

  /** For a reader of raw packets: what has arrived and belongs to no payload read so far; undefined: nothing has. */
  takeBytes(): Buffer | undefined {
    if (this.at === this.bytes.length) return undefined;
    const rest = this.bytes.subarray(this.at);
    this.putBack(NOTHING);
    return rest;
  }

  /** Puts back what a reader of raw packets has not used; only when nothing else is at hand. */
  putBack(bytes: Buffer): void {
    this.bytes = bytes;
    this.at = 0;
  }
}
