import type { PacketChannel } from './packet-channel.ts';
import {
  ConnectionLost,
  isEof,
  isError,
  isLocalInfileRequest,
  isOk,
  parseColumnDefinition,
  parseEof,
  parseError,
  parseOk,
  PayloadReader,
  SERVER_MORE_RESULTS_EXIST,
} from './packets.ts';
import type { ColumnDefinition, EofPacket, OkPacket } from './packets.ts';

/** What a server answers to commands, read off a channel packet by packet. */
export class Answers {
  private readonly channel: PacketChannel;

  constructor(channel: PacketChannel) {
    this.channel = channel;
  }

  /**
   * Reads OK or ERR; results that a statement returned against expectation are read to their end and dropped. Of several
   * answers it is the last, with the warnings of all.
   */
  async readOutcome(): Promise<OkPacket> {
    for (let warnings = 0; ;) {
      const payload = await this.readAnswer();
      const ok = isOk(payload) ? parseOk(payload) : emptyOk(await this.skipRows(payload));
      warnings += ok.warnings;
      if ((ok.statusFlags & SERVER_MORE_RESULTS_EXIST) === 0) return { ...ok, warnings };
    }
  }

  private async skipRows(columnCountPayload: Buffer): Promise<EofPacket> {
    await this.readColumnDefinitions(columnCount(columnCountPayload));
    for (;;) {
      const payload = await this.channel.readPayload();
      if (isError(payload)) throw parseError(payload);
      if (isEof(payload)) return parseEof(payload);
    }
  }

  /** The first packet of an answer; ERR is thrown. */
  async readAnswer(): Promise<Buffer> {
    for (;;) {
      const payload = await this.channel.readPayload();
      if (isError(payload)) throw parseError(payload);
      if (!isLocalInfileRequest(payload)) return payload;
      // We offered no file, or one that it has got: a server that wants one is refused with an empty packet, and then says ERR or OK.
      this.channel.sendEmpty();
    }
  }

  async skipColumns(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      if (this.channel.takePayload() === undefined) await this.channel.readPayload();
    }
    await this.readEof();
  }

  async readColumnDefinitions(count: number): Promise<readonly ColumnDefinition[]> {
    const columns: ColumnDefinition[] = [];
    while (columns.length < count) {
      columns.push(parseColumnDefinition(this.channel.takePayload() ?? (await this.channel.readPayload())));
    }
    await this.readEof();
    return columns;
  }

  private async readEof(): Promise<void> {
    const payload = this.channel.takePayload() ?? (await this.channel.readPayload());
    if (!isEof(payload)) throw new ConnectionLost('the server sent a malformed result set');
  }
}

/** Of the packet that begins a result. */
export function columnCount(payload: Buffer): number {
  if (isOk(payload)) throw new Error('a query was expected to return rows and returned none');
  return Number(new PayloadReader(payload).lengthEncoded());
}

function emptyOk({ statusFlags, warnings }: EofPacket): OkPacket {
  return { affectedRows: 0, lastInsertId: 0n, statusFlags, warnings, info: '' };
}
