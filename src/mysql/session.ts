import type { Duplex } from 'node:stream';

import { Answers, columnCount } from './answers.ts';
import type { ByteSource } from './byte-source.ts';
import { PacketChannel } from './packet-channel.ts';
import {
  COM_QUIT,
  COM_SET_OPTION,
  COM_STMT_PREPARE,
  ConnectionLost,
  isEof,
  isError,
  isLocalInfileRequest,
  packetHeader,
  parseEof,
  parseError,
  PayloadReader,
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
 * it returns or its promise settles: the socket is not read meanwhile, which is the back-pressure.
 */
export interface RowSink {
  take(bytes: Buffer): Buffer | undefined | Promise<Buffer | undefined>;
}

/** A server says goodbye within milliseconds; one that does not must not hold up the end of a run. */
const CLOSE_TIMEOUT_MS = 5000;

/** SQL as it leaves: text is sent as UTF-8, bytes as they are. */
export type Sql = string | Buffer;

/** What became of one of several statements. */
export type Outcome = OkPacket | ServerError;

/**
 * Of statements that are sent before the first of them is answered. Less than what one frame of a compressed connection
 * holds, which are counted by both sides together within a command.
 */
const MAX_IN_FLIGHT_BYTES = 256 * 1024;

/** It was read, and is of a kind that is run only as it stands. */
const ER_UNSUPPORTED_PS = 1295;

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
  private readonly channel: PacketChannel;
  private readonly answers: Answers;
  private busyWith: Sql | undefined;
  private wasBusyWith: string | undefined;

  constructor(stream: Duplex, source: ByteSource, connectionId: number) {
    this.stream = stream;
    this.source = source;
    this.channel = new PacketChannel(stream, source);
    this.answers = new Answers(this.channel);
    this.connectionId = connectionId;
  }

  /** True until the connection is closed or lost. */
  get isUsable(): boolean {
    return this.source.lost === undefined;
  }

  /** How the statement begins that was under way when the connection was dropped on our side; the server may not know. */
  get abandoned(): string | undefined {
    return this.wasBusyWith;
  }

  /** Runs a statement that returns no rows. */
  async execute(sql: Sql): Promise<OkPacket> {
    return this.exclusively(sql, async () => {
      this.channel.sendQuery(sql);
      return this.answers.readOutcome();
    });
  }

  /**
   * Runs statements that return no rows and ask for no file, in their order, each whatever became of those before it. They
   * leave without waiting for each other's answers, as many as 256 KiB hold: together they take one round trip. One outcome
   * each, in order. When the connection is lost, what became of any of them is not known.
   */
  async executeEach(statements: readonly Sql[]): Promise<readonly Outcome[]> {
    return this.inFlight(statements, () => this.answers.readOutcome());
  }

  /** Runs queries with small results as {@link executeEach} runs statements. */
  async queryAll(queries: readonly Sql[]): Promise<readonly (ResultSet | ServerError)[]> {
    return this.inFlight(queries, async () => {
      const rows: Row[] = [];
      const columns = await this.readRows((row, count) => rows.push(valuesOf(row, count).map(copied)));
      return { columns, rows };
    });
  }

  private async inFlight<T>(
    statements: readonly Sql[],
    readAnswer: () => Promise<T>,
  ): Promise<readonly (T | ServerError)[]> {
    return this.exclusively(statements[0] ?? '', async () => {
      const outcomes: (T | ServerError)[] = [];
      let sent = 0;
      let inFlightBytes = 0;
      for (const statement of statements) {
        this.stream.cork();
        for (let next = statements[sent]; next !== undefined; next = statements[++sent]) {
          const bytes = Buffer.byteLength(next);
          if (inFlightBytes > 0 && inFlightBytes + bytes > MAX_IN_FLIGHT_BYTES) break;
          inFlightBytes += bytes;
          this.channel.sendQuery(next);
        }
        this.stream.uncork();
        this.busyWith = statement;
        outcomes.push(await readAnswer().catch(refusal));
        inFlightBytes -= Buffer.byteLength(statement);
      }
      return outcomes;
    });
  }

  /**
   * Runs a statement too long to be held in memory, or held in pieces: the parts are sent as they come, at most one
   * packet of 16 MiB is buffered.
   */
  async executeParts(parts: AsyncIterable<Buffer>): Promise<OkPacket> {
    return this.exclusively('a statement in parts', async () => {
      await this.channel.sendQueryParts(parts);
      return this.answers.readOutcome();
    });
  }

  /**
   * Runs a LOAD DATA LOCAL statement. When the server asks for `fileName`, which must be the one that the statement names,
   * it gets the chunks, whatever their number. A request for any other file ends the connection. So does an error of the
   * chunks: half a file must not be taken for a whole one.
   */
  async loadLocal(sql: Sql, fileName: string, chunks: AsyncIterable<Buffer>): Promise<OkPacket> {
    return this.exclusively(sql, async () => {
      this.channel.sendQuery(sql);
      const payload = await this.channel.readPayload();
      if (isError(payload)) throw parseError(payload);
      if (!isLocalInfileRequest(payload)) throw new Error('the server did not ask for the file of a LOAD DATA LOCAL');
      if (payload.toString('utf8', 1) !== fileName)
        throw new Error('the server asked for a file that it was not told of');
      await this.channel.sendFile(chunks);
      return this.answers.readOutcome();
    });
  }

  /**
   * Has the server read a statement without running it. Done when it is one that it can read and will not prepare, as it is
   * with CREATE of routines, triggers and events; of several statements in one it says that there is an error behind the first.
   *
   * @throws ServerError for what it cannot read as one statement.
   */
  async parse(sql: Buffer): Promise<void> {
    await this.exclusively(sql, async () => {
      this.channel.sendCommand(Buffer.concat([Buffer.from([COM_STMT_PREPARE]), sql]));
      await this.answers.readAnswer().catch((error: unknown) => {
        if (!(error instanceof ServerError) || error.errno !== ER_UNSUPPORTED_PS) throw error;
      });
    });
  }

  /** Whether one {@link execute} may carry several statements, which it may not until told. */
  async allowSeveralStatements(isAllowed: boolean): Promise<void> {
    return this.exclusively('COM_SET_OPTION', async () => {
      this.channel.sendCommand(Buffer.from([COM_SET_OPTION, isAllowed ? 0 : 1, 0]));
      await this.answers.readAnswer();
    });
  }

  /** Runs a query with a small result. */
  async query(sql: Sql): Promise<ResultSet> {
    const rows: Row[] = [];
    const columns = await this.queryEach(sql, (row) => rows.push(row.map(copied)));
    return { columns, rows };
  }

  /** Runs a query and lends each row as it comes, valid during the call. */
  async queryEach(sql: Sql, onRow: (row: Row) => void): Promise<readonly ColumnDefinition[]> {
    return this.readEach(sql, (row, columns) => onRow(valuesOf(row, columns)));
  }

  /** As {@link queryEach}, the rows still undecoded; for catalogue queries with many of them. */
  async readEach(sql: Sql, onRow: (row: PayloadReader, columns: number) => void): Promise<readonly ColumnDefinition[]> {
    return this.exclusively(sql, async () => {
      this.channel.sendQuery(sql);
      return this.readRows(onRow);
    });
  }

  private async readRows(onRow: (row: PayloadReader, columns: number) => void): Promise<readonly ColumnDefinition[]> {
    const columns = await this.answers.readColumnDefinitions(columnCount(await this.answers.readAnswer()));
    for (;;) {
      const payload = this.channel.takePayload() ?? (await this.channel.readPayload());
      if (isError(payload)) throw parseError(payload);
      if (isEof(payload)) return columns;
      onRow(new PayloadReader(payload), columns.length);
    }
  }

  /**
   * Runs a data SELECT and streams its rows as raw packets into the sink that `open` makes. Returns the warning count of
   * the result, which matters: a value cut by the server is only a warning.
   */
  async select(sql: Sql, open: () => RowSink): Promise<EofPacket> {
    return this.exclusively(sql, async () => {
      this.channel.sendQuery(sql);
      await this.answers.skipColumns(columnCount(await this.answers.readAnswer()));
      const sink = open();
      for (let rest: Buffer | undefined; rest === undefined;) {
        const taken = sink.take(this.channel.takeBytes() ?? (await this.source.next()));
        rest = taken instanceof Promise ? await taken : taken;
        if (rest !== undefined) this.channel.putBack(rest);
      }
      const last = this.channel.takePayload() ?? (await this.channel.readPayload());
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
    if (this.isUsable) this.wasBusyWith = this.busyWith && beginningOf(this.busyWith);
    this.source.fail(new ConnectionLost(reason));
    this.stream.destroy();
  }

  private async exclusively<T>(sql: Sql, run: () => Promise<T>): Promise<T> {
    const { busyWith } = this;
    if (busyWith !== undefined)
      throw new Error(`session is busy with "${beginningOf(busyWith)}", cannot run "${beginningOf(sql)}"`);
    if (this.source.lost !== undefined) throw this.source.lost;
    this.busyWith = sql;
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ServerError)) this.destroy(`the connection was given up within "${beginningOf(sql)}"`);
      throw error;
    } finally {
      this.busyWith = undefined;
    }
  }
}

/** Of an error that leaves the session in order. */
function refusal(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  throw error;
}

function valuesOf(row: PayloadReader, columns: number): Row {
  const values: (Buffer | null)[] = [];
  while (values.length < columns) values.push(row.bytes());
  return values;
}

const copied = (value: Buffer | null): Buffer | null => (value === null ? null : Buffer.from(value));

/** For messages, and so without what may be the hash of a password. */
function beginningOf(sql: Sql): string {
  const text = typeof sql === 'string' ? sql.slice(0, 80) : sql.toString('utf8', 0, 80);
  return text.replace(/ IDENTIFIED .*/s, ' IDENTIFIED …');
}
