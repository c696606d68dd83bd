import type { Duplex } from 'node:stream';

import type { ByteSource } from './byte-source.ts';
import {
  COM_QUERY,
  COM_QUIT,
  ConnectionLost,
  isEof,
  isError,
  isLocalInfileRequest,
  isOk,
  MAX_PAYLOAD_BYTES,
  packetHeader,
  parseColumnDefinition,
  parseEof,
  parseError,
  parseOk,
  PayloadReader,
  SERVER_MORE_RESULTS_EXIST,
  ServerError,
} from './packets.ts';
import type { ColumnDefinition, EofPacket, OkPacket } from './packets.ts';

/** A row of a small result: one Buffer a column, in the bytes the server sent; null for NULL. */
export type Row = readonly (Buffer | null)[];

export interface ResultSet {
  readonly columns: readonly ColumnDefinition[];
  readonly rows: readonly Row[];
}

/**
 * Takes the rows of one SELECT as raw packets. `take` gets the bytes as they come, cut anywhere; it returns undefined
 * to get more, or, at the packet that ends the rows, that packet and whatever follows it. The bytes are borrowed until
 * the promise settles: the socket is not read meanwhile, which is the back-pressure.
 */
export interface RowSink {
  take(bytes: Buffer): Promise<Buffer | undefined>;
}

/** A server says goodbye within milliseconds; one that does not must not hold up the end of a run. */
const CLOSE_TIMEOUT_MS = 5000;

/** Room behind a packet that is being joined, for what follows it in the same chunk. */
const JOIN_SLACK_BYTES = 64 * 1024;

/** SQL as it leaves: text is sent as UTF-8, bytes as they are. */
export type Sql = string | Buffer;

/**
 * One authenticated connection, used by one caller at a time: a second command before the first has ended throws.
 * Statements leave as bytes and values come back as bytes; nothing here decodes a character set.
 *
 * Errors: {@link ServerError} when the server refuses (the session goes on), {@link ConnectionLost} when it is gone.
 * Whatever else is thrown, by a sink for instance, passes through and ends the connection: an answer was left half read.
 */
export class Session {
  /** The server's connection id, as KILL wants it. */
  readonly connectionId: number;
  private readonly stream: Duplex;
  private readonly source: ByteSource;
  private buffered: Buffer = Buffer.alloc(0);
  private sequence = 0;
  private busyWith: string | undefined;

  constructor(stream: Duplex, source: ByteSource, connectionId: number) {
    this.stream = stream;
    this.source = source;
    this.connectionId = connectionId;
  }

  /** True until the connection is closed or lost. */
  get isUsable(): boolean {
    return this.source.lost === undefined;
  }

  /** Runs a statement that returns no rows. */
  async execute(sql: Sql): Promise<OkPacket> {
    return this.exclusively(sql, async () => {
      this.sendQuery(sql);
      return this.readOutcome();
    });
  }

  /**
   * Runs a statement too long to be held in memory, or held in pieces: the parts are sent as they come, at most one
   * packet of 16 MiB is buffered.
   */
  async executeParts(parts: AsyncIterable<Buffer>): Promise<OkPacket> {
    return this.exclusively('a statement in parts', async () => {
      await this.sendQueryParts(parts);
      return this.readOutcome();
    });
  }

  /** Runs a query with a small result. */
  async query(sql: Sql): Promise<ResultSet> {
    const rows: Row[] = [];
    const columns = await this.queryEach(sql, (row) =>
      rows.push(row.map((value) => (value === null ? null : Buffer.from(value)))),
    );
    return { columns, rows };
  }

  /** Runs a query and lends each row as it comes, valid during the call; for catalogue queries with many rows. */
  async queryEach(sql: Sql, onRow: (row: Row) => void): Promise<readonly ColumnDefinition[]> {
    return this.exclusively(sql, async () => {
      this.sendQuery(sql);
      const columns = await this.readColumns();
      for (;;) {
        const payload = await this.readPayload();
        if (isError(payload)) throw parseError(payload);
        if (isEof(payload)) return columns;
        onRow(parseRow(payload, columns.length));
      }
    });
  }

  /**
   * Runs a data SELECT and streams its rows as raw packets into the sink that `open` makes from the column list.
   * Returns the warning count of the result, which matters: a value cut by the server is only a warning.
   */
  async select(
    sql: Sql,
    open: (columns: readonly ColumnDefinition[]) => RowSink | Promise<RowSink>,
  ): Promise<EofPacket> {
    return this.exclusively(sql, async () => {
      this.sendQuery(sql);
      const sink = await open(await this.readColumns());
      let rest = this.buffered.length > 0 ? await sink.take(this.takeBuffered()) : undefined;
      while (rest === undefined) rest = await sink.take(await this.source.next());
      this.buffered = rest;
      const last = await this.readPayload();
      if (isError(last)) throw parseError(last);
      return parseEof(last);
    });
  }

  /** Ends the connection politely, within 5 s. Never throws: what was to be done has been done. */
  async close(): Promise<void> {
    if (!this.isUsable || this.busyWith !== undefined) return this.destroy();
    const deadline = setTimeout(() => this.stream.destroy(), CLOSE_TIMEOUT_MS);
    const ended = new Promise<void>((resolve) => {
      this.stream.once('close', resolve);
      this.stream.once('error', () => resolve());
    });
    this.stream.end(Buffer.concat([packetHeader(1, 0), Buffer.from([COM_QUIT])]));
    await ended;
    clearTimeout(deadline);
  }

  /** Drops the connection at once; a command under way rejects with ConnectionLost. */
  destroy(reason = 'the connection was closed on our side'): void {
    this.source.fail(new ConnectionLost(reason));
    this.stream.destroy();
  }

  private async exclusively<T>(sql: Sql, run: () => Promise<T>): Promise<T> {
    const what = typeof sql === 'string' ? sql.slice(0, 80) : sql.toString('utf8', 0, 80);
    if (this.busyWith !== undefined) throw new Error(`session is busy with "${this.busyWith}", cannot run "${what}"`);
    if (this.source.lost !== undefined) throw this.source.lost;
    this.busyWith = what;
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ServerError)) this.destroy(`the connection was given up within "${what}"`);
      throw error;
    } finally {
      this.busyWith = undefined;
    }
  }

  private sendQuery(sql: Sql): void {
    const text = typeof sql === 'string' ? Buffer.from(sql) : sql;
    this.sequence = 0;
    if (text.length + 1 < MAX_PAYLOAD_BYTES) {
      const packet = Buffer.allocUnsafe(5 + text.length);
      packetHeader(text.length + 1, this.sequence++).copy(packet);
      packet[4] = COM_QUERY;
      text.copy(packet, 5);
      this.stream.write(packet);
      return;
    }
    let payload: Buffer = Buffer.concat([Buffer.from([COM_QUERY]), text]);
    for (;;) {
      const piece = payload.subarray(0, MAX_PAYLOAD_BYTES);
      this.stream.write(packetHeader(piece.length, this.sequence++));
      this.stream.write(piece);
      if (piece.length < MAX_PAYLOAD_BYTES) return;
      payload = payload.subarray(MAX_PAYLOAD_BYTES);
    }
  }

  private async sendQueryParts(parts: AsyncIterable<Buffer>): Promise<void> {
    this.sequence = 0;
    let pending: Buffer[] = [Buffer.from([COM_QUERY])];
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

  private async writePacket(pieces: readonly Buffer[], bytes: number): Promise<void> {
    this.stream.write(packetHeader(bytes, this.sequence++));
    const accepted = pieces.map((piece) => this.stream.write(piece)).at(-1) ?? true;
    if (accepted || !this.isUsable) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        this.stream.off('drain', settle).off('close', settle);
        resolve();
      };
      this.stream.on('drain', settle).on('close', settle);
    });
  }

  /** Reads OK or ERR; results that a statement returned against expectation are read to their end and dropped. */
  private async readOutcome(): Promise<OkPacket> {
    for (;;) {
      const payload = await this.readAnswer();
      if (isOk(payload)) {
        const ok = parseOk(payload);
        if ((ok.statusFlags & SERVER_MORE_RESULTS_EXIST) === 0) return ok;
        continue;
      }
      const end = await this.skipRows(payload);
      if ((end.statusFlags & SERVER_MORE_RESULTS_EXIST) === 0) {
        return { affectedRows: 0, lastInsertId: 0n, statusFlags: end.statusFlags, warnings: end.warnings, info: '' };
      }
    }
  }

  private async skipRows(columnCountPayload: Buffer): Promise<EofPacket> {
    await this.readColumnDefinitions(columnCountPayload);
    for (;;) {
      const payload = await this.readPayload();
      if (isError(payload)) throw parseError(payload);
      if (isEof(payload)) return parseEof(payload);
    }
  }

  /** The first packet of an answer; ERR is thrown. */
  private async readAnswer(): Promise<Buffer> {
    for (;;) {
      const payload = await this.readPayload();
      if (isError(payload)) throw parseError(payload);
      if (!isLocalInfileRequest(payload)) return payload;
      // We asked for no file: a server that wants one is refused with an empty packet, and then says ERR or OK.
      this.stream.write(packetHeader(0, this.sequence));
    }
  }

  private async readColumns(): Promise<readonly ColumnDefinition[]> {
    const payload = await this.readAnswer();
    if (isOk(payload)) throw new Error('a query was expected to return rows and returned none');
    return this.readColumnDefinitions(payload);
  }

  private async readColumnDefinitions(columnCountPayload: Buffer): Promise<readonly ColumnDefinition[]> {
    const count = Number(new PayloadReader(columnCountPayload).lengthEncoded());
    const columns: ColumnDefinition[] = [];
    while (columns.length < count) columns.push(parseColumnDefinition(await this.readPayload()));
    const eof = await this.readPayload();
    if (!isEof(eof)) throw new ConnectionLost('the server sent a malformed result set');
    return columns;
  }

  /**
   * The next payload, joined where it continues over several packets: a view that is valid until the next read, so that
   * what is kept must be copied.
   */
  private async readPayload(): Promise<Buffer> {
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

  private takeBuffered(): Buffer {
    const bytes = this.buffered;
    this.buffered = Buffer.alloc(0);
    return bytes;
  }
}

function parseRow(payload: Buffer, columnCount: number): Row {
  const reader = new PayloadReader(payload);
  const row: (Buffer | null)[] = [];
  for (let column = 0; column < columnCount; column++) row.push(reader.bytes());
  return row;
}
