import type { Duplex } from 'node:stream';

import type { ByteSource } from './byte-source.ts';
import { COM_QUERY, MAX_PAYLOAD_BYTES, packetHeader } from './packets.ts';

/** Room behind a packet that is being joined, for what follows it in the same chunk. */
const JOIN_SLACK_BYTES = 64 * 1024;

/** Servers take packets of 16 KiB however small their max_allowed_packet is; larger ones were not faster. */
const FILE_PACKET_BYTES = 16 * 1024;

const COM_QUERY_BYTE = Buffer.from([COM_QUERY]);

/**
 * Payloads over a stream: cut into packets on the way out, joined on the way in, with the sequence numbers that both
 * sides count. Knows nothing of what the payloads say.
 */
export class PacketChannel {
  private readonly stream: Duplex;
  private readonly source: ByteSource;
  private buffered: Buffer = Buffer.alloc(0);
  private sequence = 0;

  constructor(stream: Duplex, source: ByteSource) {
    this.stream = stream;
    this.source = source;
  }

  /** Sends a statement. */
  sendQuery(text: Buffer): void {
    this.sequence = 0;
    if (text.length + 1 < MAX_PAYLOAD_BYTES) {
      const packet = Buffer.allocUnsafe(5 + text.length);
      packetHeader(text.length + 1, this.sequence++).copy(packet);
      packet[4] = COM_QUERY;
      text.copy(packet, 5);
      this.stream.write(packet);
      return;
    }
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
    this.sequence = 0;
    this.stream.write(Buffer.concat([packetHeader(payload.length, this.sequence++), payload]));
  }

  /** Sends a statement as its parts come: at most one packet of 16 MiB waits to be full. */
  async sendQueryParts(parts: AsyncIterable<Buffer>): Promise<void> {
    this.sequence = 0;
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

  /** Sends what a LOAD DATA LOCAL reads, and the empty packet that ends it. The chunks are kept until they are sent. */
  async sendFile(chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += FILE_PACKET_BYTES) {
        const piece = chunk.subarray(at, at + FILE_PACKET_BYTES);
        await this.writePacket([piece], piece.length);
        if (this.source.lost !== undefined) throw this.source.lost;
      }
    }
    this.sendEmpty();
  }

  private async writePacket(pieces: readonly Buffer[], bytes: number): Promise<void> {
    this.stream.write(packetHeader(bytes, this.sequence++));
    const accepted = pieces.map((piece) => this.stream.write(piece)).at(-1) ?? true;
    if (accepted || this.source.lost !== undefined) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        this.stream.off('drain', settle).off('close', settle);
        resolve();
      };
      this.stream.on('drain', settle).on('close', settle);
    });
  }

  /** Sends an empty packet, the end of a file or the refusal of one. */
  sendEmpty(): void {
    this.stream.write(packetHeader(0, this.sequence));
  }

  /**
   * The next payload, joined where it continues over several packets: a view that is valid until the next read, so that
   * what is kept must be copied.
   */
  async readPayload(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (;;) {
      await this.fill(4);
      const length = this.buffered.readUIntLE(0, 3);
      this.sequence = (this.buffered.readUInt8(3) + 1) & 0xff;
      await this.fill(4 + length);
      const piece = this.buffered.subarray(4, 4 + length);
      this.buffered = this.buffered.subarray(4 + length);
      if (length < MAX_PAYLOAD_BYTES) return pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]);
      pieces.push(Buffer.from(piece));
    }
  }

  /** Makes at least so many bytes be buffered. Chunks are borrowed from the source, so they are joined by copying. */
  private async fill(bytes: number): Promise<void> {
    if (this.buffered.length >= bytes) return;
    if (this.buffered.length === 0) this.buffered = await this.source.next();
    if (this.buffered.length >= bytes) return;
    const joined = Buffer.allocUnsafe(Math.max(bytes, this.buffered.length) + JOIN_SLACK_BYTES);
    let have = this.buffered.copy(joined);
    while (have < bytes) {
      const chunk = await this.source.next();
      const room = joined.length - have;
      if (chunk.length > room) {
        this.buffered = Buffer.concat([joined.subarray(0, have), chunk]);
        return;
      }
      have += chunk.copy(joined, have);
    }
    this.buffered = joined.subarray(0, have);
  }

  /** Bytes that arrived and belong to no payload read so far, or else the next ones: for a reader of raw packets. */
  async readBytes(): Promise<Buffer> {
    const { buffered } = this;
    if (buffered.length === 0) return this.source.next();
    this.buffered = Buffer.alloc(0);
    return buffered;
  }

  /** Puts back what a reader of raw packets has not used; only when nothing else is buffered. */
  putBack(bytes: Buffer): void {
    this.buffered = bytes;
  }
}
