/**
 * Packets as a server would send them, for tests of what reads them. Values are latin1 strings, one character a byte, so
 * that what a test compares can be read.
 */

/** A row as the server holds it: one byte a character; null for NULL. */
export type ByteRow = readonly (string | null)[];

/** The longest payload of one packet; one of exactly this length goes on in the next packet. */
export const MAX_PAYLOAD_BYTES = 0xffffff;

/** Protocol type numbers. */
export const FieldType = { NEWDECIMAL: 246, VAR_STRING: 253 } as const;

/** A length-encoded integer. */
export function lengthEncoded(value: number): string {
  if (value < 0xfb) return String.fromCharCode(value);
  if (value < 0x10000) return `\xfc${littleEndian(value, 2)}`;
  if (value < 0x1000000) return `\xfd${littleEndian(value, 3)}`;
  return `\xfe${littleEndian(value, 8)}`;
}

/** A number's bytes, the lowest first. */
export function littleEndian(value: number, bytes: number): string {
  let text = '';
  for (let left = value; text.length < bytes; left = Math.floor(left / 256)) text += String.fromCharCode(left % 256);
  return text;
}

export function lengthEncodedText(value: string | null): string {
  return value === null ? '\xfb' : lengthEncoded(value.length) + value;
}

/** The payload of one row of a text result set. */
export function rowPayload(row: ByteRow): string {
  return row.map(lengthEncodedText).join('');
}

/** A payload as one packet, or several when it is too long for one. */
export function packets(payload: string, sequence = 0): string {
  if (payload.length < MAX_PAYLOAD_BYTES) return packet(payload, sequence);
  return (
    packet(payload.slice(0, MAX_PAYLOAD_BYTES), sequence) + packets(payload.slice(MAX_PAYLOAD_BYTES), sequence + 1)
  );
}

/** One packet, whatever its payload is. */
export function packet(payload: string, sequence = 0): string {
  return littleEndian(payload.length, 3) + String.fromCharCode(sequence & 0xff) + payload;
}

export function rowPackets(rows: readonly ByteRow[]): string {
  return rows.map((row, at) => packets(rowPayload(row), at)).join('');
}

export function eofPayload(warnings = 0, statusFlags = 2): string {
  return `\xfe${littleEndian(warnings, 2)}${littleEndian(statusFlags, 2)}`;
}

export function errorPayload(errno: number, sqlState: string, message: string): string {
  return `\xff${littleEndian(errno, 2)}#${sqlState}${message}`;
}

export function okPayload(affectedRows = 0, warnings = 0, info = '', statusFlags = 2): string {
  const infoText = info === '' ? '' : lengthEncodedText(info);
  return `\x00${lengthEncoded(affectedRows)}\x00${littleEndian(statusFlags, 2)}${littleEndian(warnings, 2)}${infoText}`;
}

/** The description of one column of a result set. */
export function columnPayload(name: string, type: number, collation = 63, flags = 0): string {
  const names = ['def', 'db', 't', 't', name, name].map(lengthEncodedText).join('');
  return `${names}\x0c${littleEndian(collation, 2)}${littleEndian(255, 4)}${String.fromCharCode(type)}${littleEndian(flags, 2)}\0\0\0`;
}

/** The bytes of a text whose characters are bytes. */
export function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
