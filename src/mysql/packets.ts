/**
 * The packets of the client/server protocol that we read and write ourselves, on a connection that mysql2 has opened
 * and authenticated. Source: the protocol chapters of MySQL's source documentation; MariaDB is the same here, because
 * neither CLIENT_DEPRECATE_EOF nor MariaDB's extended metadata is negotiated.
 */

/** In front of every payload: its length and a sequence number. */
export const HEADER_BYTES = 4;

/** The longest payload of one packet; a payload of exactly this length continues in the next packet. */
export const MAX_PAYLOAD_BYTES = 0xffffff;

export const COM_QUIT = 0x01;
export const COM_QUERY = 0x03;
export const COM_STMT_PREPARE = 0x16;
export const COM_SET_OPTION = 0x1b;

export const SERVER_MORE_RESULTS_EXIST = 0x0008;

export interface OkPacket {
  readonly affectedRows: number;
  readonly lastInsertId: bigint;
  readonly statusFlags: number;
  readonly warnings: number;
  /** E.g. "Records: 3  Deleted: 0  Skipped: 0  Warnings: 0". */
  readonly info: string;
}

export interface EofPacket {
  readonly warnings: number;
  readonly statusFlags: number;
}

/** One column of a result set, as the server describes it. */
export interface ColumnDefinition {
  readonly name: string;
  /** Protocol type number (enum_field_types). */
  readonly type: number;
  /** Collation id of the values as sent; 63 is binary. */
  readonly collation: number;
  readonly flags: number;
}

/** The server's own words for a statement it refused. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  /** The server's error number, e.g. 1146. */
  readonly errno: number;
  readonly sqlState: string;

  constructor(errno: number, sqlState: string, message: string) {
    super(`${message} (error ${errno}, SQLSTATE ${sqlState})`);
    this.errno = errno;
    this.sqlState = sqlState;
  }
}

/** The connection ended while it was needed. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** A read position in one payload. */
export class PayloadReader {
  private readonly payload: Buffer;
  private offset = 0;

  constructor(payload: Buffer, offset = 0) {
    this.payload = payload;
    this.offset = offset;
  }

  get done(): boolean {
    return this.offset >= this.payload.length;
  }

  u8(): number {
    const byte = this.payload[this.offset++];
    if (byte === undefined) throw new ConnectionLost('the server sent a malformed packet');
    return byte;
  }

  u16(): number {
    const value = this.payload.readUInt16LE(this.offset);
    this.offset += 2;
    return value;
  }

  skip(bytes: number): void {
    this.offset += bytes;
  }

  /** A length-encoded integer; undefined for NULL (0xFB). */
  lengthEncoded(): bigint | number | undefined {
    const first = this.u8();
    if (first < 0xfb) return first;
    if (first === 0xfb) return undefined;
    if (first === 0xfc) return this.u16();
    if (first === 0xfd) {
      const value = this.payload.readUIntLE(this.offset, 3);
      this.offset += 3;
      return value;
    }
    const value = this.payload.readBigUInt64LE(this.offset);
    this.offset += 8;
    return value;
  }

  /** A length-encoded string as a view into the payload; null for NULL. */
  bytes(): Buffer | null {
    const start = this.startOfString();
    return start === undefined ? null : this.payload.subarray(start, this.offset);
  }

  /** A length-encoded string in UTF-8; undefined for NULL. */
  text(): string | undefined {
    const start = this.startOfString();
    return start === undefined ? undefined : this.payload.toString('utf8', start, this.offset);
  }

  /** What is not read yet, as it lies there, a character a byte: equal only where all values are. */
  get rest(): string {
    return this.payload.toString('latin1', this.offset);
  }

  /** Passes over a length-encoded string. */
  private startOfString(): number | undefined {
    const length = this.lengthEncoded();
    if (length === undefined) return undefined;
    const start = this.offset;
    this.offset += Number(length);
    if (this.offset > this.payload.length) throw new ConnectionLost('the server sent a malformed packet');
    return start;
  }
}

export const isOk = (payload: Buffer): boolean => payload[0] === 0x00;
export const isError = (payload: Buffer): boolean => payload[0] === 0xff;
export const isEof = (payload: Buffer): boolean => payload[0] === 0xfe && payload.length < 9;
export const isLocalInfileRequest = (payload: Buffer): boolean => payload[0] === 0xfb;

export function parseOk(payload: Buffer): OkPacket {
  const reader = new PayloadReader(payload, 1);
  const affectedRows = Number(reader.lengthEncoded() ?? 0);
  const lastInsertId = BigInt(reader.lengthEncoded() ?? 0);
  const statusFlags = reader.u16();
  const warnings = reader.u16();
  // The documentation has it run to the packet's end; both servers send it with its length in front.
  const info = reader.done ? '' : (reader.bytes()?.toString('latin1') ?? '');
  return { affectedRows, lastInsertId, statusFlags, warnings, info };
}

export function parseEof(payload: Buffer): EofPacket {
  const reader = new PayloadReader(payload, 1);
  return { warnings: reader.u16(), statusFlags: reader.u16() };
}

export function parseError(payload: Buffer): ServerError {
  const errno = payload.readUInt16LE(1);
  // The SQLSTATE is absent from errors that the server sends before the handshake is over.
  const hasState = payload[3] === 0x23;
  const sqlState = hasState ? payload.toString('latin1', 4, 9) : 'HY000';
  return new ServerError(errno, sqlState, payload.toString('utf8', hasState ? 9 : 3));
}

export function parseColumnDefinition(payload: Buffer): ColumnDefinition {
  const reader = new PayloadReader(payload);
  for (let skipped = 0; skipped < 4; skipped++) reader.bytes(); // catalog, schema, table, original table
  const name = reader.bytes()?.toString('utf8') ?? '';
  reader.bytes(); // original name
  reader.skip(1); // length of what follows
  const collation = reader.u16();
  reader.skip(4); // display length
  const type = reader.u8();
  const flags = reader.u16();
  return { name, type, collation, flags };
}

export function packetHeader(payloadBytes: number, sequence: number): Buffer {
  return Buffer.from([payloadBytes & 0xff, (payloadBytes >> 8) & 0xff, payloadBytes >> 16, sequence & 0xff]);
}
