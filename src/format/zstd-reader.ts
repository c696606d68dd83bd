/**
 * Reading zstd: a file of frames in, its text out, in chunks of bounded size.
 *
 * The frame and block headers are walked here (RFC 8878, section 3.1.1), so where a frame ends is known without asking
 * a decoder: decoders are known to take a cut frame for a whole one. Frames of a few MiB, which is what tsdump writes,
 * are decoded whole by the native addon; longer ones, such as the single frame that the zstd program writes, block by
 * block by a decoder in JavaScript. The addon verifies a frame's checksum where there is one, the other does not.
 */

import { decompress } from '@mongodb-js/zstd';
import { Decompress } from 'fzstd';
import type { ByteReader } from './byte-reader.ts';

const FRAME_MAGIC = 0xfd2fb528;
/** A frame of user data that decoders pass over: 0x184D2A50 to 0x184D2A5F. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const MAX_HEADER_BYTES = 18;
const BLOCK_HEADER_BYTES = 3;
const MAX_BLOCK_BYTES = 128 * 1024;
/** Frames up to 8 MiB of text are decoded whole: a frame of ours holds about 2 MiB. */
const MAX_WHOLE_BLOCKS = (8 * 1024 * 1024) / MAX_BLOCK_BYTES;
/** What the zstd program accepts unless told --long; more would let a small file ask for any amount of memory. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

interface FrameHeader {
  readonly headerBytes: number;
  readonly checksumBytes: number;
}

/** The decoded text of a zstd file. Throws DUMP_DAMAGED with the offset when a frame is cut, corrupt or no frame. */
export async function* zstdDecoded(reader: ByteReader): AsyncGenerator<Buffer> {
  let frames = 0;
  while (await reader.ensure(1)) {
    if (!(await skipUserFrame(reader))) yield* decodedFrame(reader);
    frames += 1;
  }
  if (frames === 0) throw reader.damaged('is empty: not a zstd file');
}

async function skipUserFrame(reader: ByteReader): Promise<boolean> {
  if (!(await reader.ensure(4))) throw reader.damaged('is not a zstd frame, or cut,');
  if ((reader.available.readUInt32LE(0) & 0xfffffff0) >>> 0 !== SKIPPABLE_MAGIC) return false;
  if (!(await reader.ensure(8))) throw reader.damaged('is cut in a frame header');
  let left = 8 + reader.available.readUInt32LE(4);
  while (left > 0) {
    if (!(await reader.ensure(1))) throw reader.damaged('is cut in a skippable frame');
    left -= reader.take(Math.min(left, reader.available.length)).length;
  }
  return true;
}

async function* decodedFrame(reader: ByteReader): AsyncGenerator<Buffer> {
  const header = await frameHeader(reader);
  let bytes = header.headerBytes;
  for (let blocks = 0; blocks < MAX_WHOLE_BLOCKS; blocks += 1) {
    const block = await blockAt(reader, bytes);
    bytes += block.bytes;
    if (!block.isLast) continue;
    bytes += header.checksumBytes;
    if (!(await reader.ensure(bytes))) throw reader.damaged('is cut in the frame that begins');
    const text = await decodedWhole(reader, bytes);
    if (text.length > 0) yield text;
    return;
  }
  yield* decodedByBlocks(reader, header);
}

async function decodedWhole(reader: ByteReader, bytes: number): Promise<Buffer> {
  const at = reader.offset;
  try {
    return await decompress(reader.take(bytes));
  } catch (error) {
    throw reader.damaged('does not decode: corrupt zstd frame', at, error);
  }
}

/** Block by block: no block decodes to more than 128 KiB, so neither memory nor the event loop suffers. */
async function* decodedByBlocks(reader: ByteReader, header: FrameHeader): AsyncGenerator<Buffer> {
  let decoded: Buffer[] = [];
  const decoder = new Decompress((chunk) => {
    if (chunk.length > 0) decoded.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  });
  pushPiece(reader, decoder, header.headerBytes);
  for (let isLast = false; !isLast;) {
    const block = await blockAt(reader, 0);
    pushPiece(reader, decoder, block.bytes);
    yield* decoded;
    decoded = [];
    isLast = block.isLast;
  }
  if (!(await reader.ensure(header.checksumBytes))) throw reader.damaged('is cut in a frame checksum');
  reader.take(header.checksumBytes);
}

function pushPiece(reader: ByteReader, decoder: Decompress, bytes: number): void {
  const at = reader.offset;
  try {
    decoder.push(Buffer.from(reader.take(bytes))); // it keeps them
  } catch (error) {
    throw reader.damaged('does not decode: corrupt zstd block', at, error);
  }
}

/** The block whose header stands `at` bytes into the window, made available whole. */
async function blockAt(reader: ByteReader, at: number): Promise<{ bytes: number; isLast: boolean }> {
  if (!(await reader.ensure(at + BLOCK_HEADER_BYTES))) throw reader.damaged('is cut in the frame that begins');
  const header = reader.available.readUIntLE(at, BLOCK_HEADER_BYTES);
  const type = (header >> 1) & 3;
  const size = header >> 3;
  if (type === 3) throw reader.damaged('holds a block of reserved type', reader.offset + at);
  if (size > MAX_BLOCK_BYTES) throw reader.damaged('holds a block that is too long', reader.offset + at);
  // A run-length block stores one byte, whatever its size says.
  const bytes = BLOCK_HEADER_BYTES + (type === 1 ? 1 : size);
  if (!(await reader.ensure(at + bytes))) throw reader.damaged('is cut in the frame that begins');
  return { bytes, isLast: (header & 1) === 1 };
}

async function frameHeader(reader: ByteReader): Promise<FrameHeader> {
  await reader.ensure(MAX_HEADER_BYTES);
  const bytes = reader.available;
  if (bytes.readUInt32LE(0) !== FRAME_MAGIC) throw reader.damaged('holds bytes that are no zstd frame');
  const descriptor = bytes[4] ?? 0;
  const singleSegment = (descriptor >> 5) & 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? singleSegment : 1 << sizeFlag;
  const headerBytes = 5 + (1 - singleSegment) + dictionaryBytes + sizeBytes;
  if (bytes.length < headerBytes) throw reader.damaged('is cut in the frame that begins');
  if (((descriptor >> 3) & 1) === 1) throw reader.damaged('uses a reserved bit of zstd', reader.offset + 4);
  const windowBytes =
    singleSegment === 1 ? contentBytes(bytes, headerBytes, sizeBytes) : windowFromDescriptor(bytes[5] ?? 0);
  if (windowBytes > MAX_WINDOW_BYTES) {
    throw reader.damaged(
      `needs ${Math.ceil(windowBytes / 1_048_576)} MiB of memory to decode (compressed with zstd --long?): ` +
        'recompress it, frame',
    );
  }
  return { headerBytes, checksumBytes: ((descriptor >> 2) & 1) * 4 };
}

function contentBytes(bytes: Buffer, headerBytes: number, sizeBytes: number): number {
  const at = headerBytes - sizeBytes;
  if (sizeBytes === 8) return Number(bytes.readBigUInt64LE(at));
  return bytes.readUIntLE(at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
}

function windowFromDescriptor(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
