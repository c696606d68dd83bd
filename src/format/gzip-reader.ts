/**
 * Reading gzip: a file of members in, its text out, in chunks of bounded size (RFC 1952).
 *
 * Node's gunzip passes over short garbage after a member in silence, so the member headers and trailers are read here
 * and only the deflate streams between them are zlib's. Length and CRC of every member are verified.
 */

import { createInflateRaw, crc32 } from 'node:zlib';
import type { InflateRaw } from 'node:zlib';
import { ToolError } from '../base/errors.ts';
import type { ByteReader } from './byte-reader.ts';

const FIXED_HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
/** A header's file name or comment longer than this is not one. */
const MAX_TEXT_BYTES = 65_536;
const OUTPUT_BYTES = 256 * 1024;
const INPUT_BYTES = 64 * 1024;

/** The decoded text of a gzip file. Throws DUMP_DAMAGED with the offset when a member is cut, corrupt or no member. */
export async function* gzipDecoded(reader: ByteReader): AsyncGenerator<Buffer> {
  let members = 0;
  while (await reader.ensure(1)) {
    await takeHeader(reader);
    yield* inflatedMember(reader);
    members += 1;
  }
  if (members === 0) throw reader.damaged('is empty: not a gzip file');
}

async function takeHeader(reader: ByteReader): Promise<void> {
  const at = reader.offset;
  if (!(await reader.ensure(FIXED_HEADER_BYTES))) throw reader.damaged('is cut in a gzip header, or no gzip file,');
  const header = reader.take(FIXED_HEADER_BYTES);
  if (header.readUInt16BE(0) !== 0x1f8b) throw reader.damaged('holds bytes that are no gzip member', at);
  if (header[2] !== 8) throw reader.damaged('uses an unknown gzip method', at);
  const flags = header[3] ?? 0;
  if ((flags & FLAG_EXTRA) !== 0) {
    if (!(await reader.ensure(2))) throw reader.damaged('is cut in a gzip header');
    await takeHeaderPart(reader, reader.take(2).readUInt16LE(0));
  }
  if ((flags & FLAG_NAME) !== 0) await takeText(reader);
  if ((flags & FLAG_COMMENT) !== 0) await takeText(reader);
  if ((flags & FLAG_HEADER_CRC) !== 0) await takeHeaderPart(reader, 2);
}

async function takeHeaderPart(reader: ByteReader, bytes: number): Promise<void> {
  if (!(await reader.ensure(bytes))) throw reader.damaged('is cut in a gzip header');
  reader.take(bytes);
}

async function takeText(reader: ByteReader): Promise<void> {
  await reader.ensure(MAX_TEXT_BYTES);
  const end = reader.available.subarray(0, MAX_TEXT_BYTES).indexOf(0);
  if (end === -1) throw reader.damaged('is cut in a gzip header');
  reader.take(end + 1);
}

async function* inflatedMember(reader: ByteReader): AsyncGenerator<Buffer> {
  const at = reader.offset;
  const inflater = createInflateRaw({ chunkSize: OUTPUT_BYTES });
  let crc = 0;
  let length = 0;
  try {
    for await (const chunk of inflated(reader, inflater)) {
      crc = crc32(chunk, crc);
      length += chunk.length;
      yield chunk;
    }
  } finally {
    inflater.destroy();
  }
  if (!(await reader.ensure(TRAILER_BYTES))) throw reader.damaged('is cut in a gzip trailer');
  const trailer = reader.take(TRAILER_BYTES);
  const isWhole = trailer.readUInt32LE(0) === crc && trailer.readUInt32LE(4) === length % 2 ** 32;
  if (!isWhole) throw reader.damaged('does not match its checksum: corrupt gzip member', at);
}

/**
 * The text of one deflate stream. Afterwards the reader stands right behind it: what the last piece held beyond the
 * stream's end, the inflater reports as not written.
 */
async function* inflated(reader: ByteReader, inflater: InflateRaw): AsyncGenerator<Buffer> {
  const at = reader.offset;
  const output: AsyncIterator<Buffer> = inflater[Symbol.asyncIterator]();
  let next = output.next();
  let taken = 0;
  try {
    for (;;) {
      const eaten = feed(inflater, await nextPiece(reader));
      for (;;) {
        const result = await Promise.race([next, eaten]);
        if (result === 'eaten') break;
        if (result.done === true) {
          reader.take(inflater.bytesWritten - taken);
          return;
        }
        yield result.value;
        next = output.next();
      }
      reader.take(inflater.bytesWritten - taken);
      taken = inflater.bytesWritten;
    }
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw reader.damaged('does not decode: cut or corrupt gzip member', at, error);
  }
}

async function nextPiece(reader: ByteReader): Promise<Buffer | undefined> {
  return (await reader.ensure(1)) ? reader.available.subarray(0, INPUT_BYTES) : undefined;
}

/**
 * Resolves when the piece has been inflated whole; never when the stream ends before the piece does, or at the end of
 * the file, where the output's end or error follows.
 */
function feed(inflater: InflateRaw, piece: Buffer | undefined): Promise<'eaten'> {
  return new Promise((resolve, reject) => {
    if (piece === undefined) {
      inflater.end();
      return;
    }
    inflater.write(piece, (error) => {
      if (error === undefined || error === null) resolve('eaten');
      else reject(error);
    });
  });
}
