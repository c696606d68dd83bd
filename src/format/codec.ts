/**
 * How files of a dump are compressed, behind one interface.
 *
 * Writing: a block of text in (about 2 MiB), one complete zstd frame or gzip member out. Frames and members one after
 * another are one valid file, for us and for the zstd and gzip programs, so blocks of a file can be compressed
 * independently and at the same time. Reading: a path in, the text out in bounded chunks, whoever wrote the file.
 *
 * What speaks zstd is loaded when it is first needed: that takes 10 ms in each thread.
 */

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ByteReader } from './byte-reader.ts';
import type { OnRead } from './byte-reader.ts';
import { gzipDecoded } from './gzip-reader.ts';
import { plainChunks, SpareBuffers } from './plain-reader.ts';
import { packBlock, unpacked } from './program-codec.ts';
import type { ProgramCodec } from './program-codec.ts';

export type CodecName = 'none' | 'zstd' | 'gzip';

/** One of ours by its name, or a program of the operator's. */
export type Codec = CodecName | ProgramCodec;

const gzipMember = promisify(gzip) as (block: Uint8Array, options: { level: number }) => Promise<Buffer>;

/** Level 1 packs text of a dump 10 % better than level 3 here and takes 40 % of its time. */
const DEFAULT_ZSTD_LEVEL = 1;
const DEFAULT_GZIP_LEVEL = 6;

const SUFFIXES = new Map<CodecName, string>([
  ['none', ''],
  ['zstd', '.zst'],
  ['gzip', '.gz'],
]);

/** What a codec appends to a file's name: '', '.zst', '.gz', or a program's extension. */
export function codecSuffix(codec: Codec): string {
  return typeof codec === 'string' ? (SUFFIXES.get(codec) ?? '') : codec.extension;
}

/** The codec a file's name speaks of; files with the extension of `program` are that one's. */
export function codecOfName(name: string, program?: ProgramCodec): Codec {
  if (program !== undefined && name.endsWith(program.extension)) return program;
  if (name.endsWith('.zst')) return 'zstd';
  return name.endsWith('.gz') ? 'gzip' : 'none';
}

export function programIn(codec: Codec): ProgramCodec | undefined {
  return typeof codec === 'string' ? undefined : codec;
}

export interface PackOptions {
  readonly codec: Codec;
  /** zstd 1 to 22, gzip 1 to 9; undefined: the codec's default. */
  readonly compressLevel?: number | undefined;
}

/** All that goes into the file of this name. @throws ToolError PROGRAM_FAILED. */
export async function packFile(
  text: Uint8Array,
  name: string,
  { codec, compressLevel }: PackOptions,
): Promise<Uint8Array> {
  return typeof codec === 'string' ? compressBlock(text, codec, compressLevel) : packBlock(text, codec, name);
}

/**
 * A block as one zstd frame or gzip member; with codec 'none' the block itself. The block must not be changed until
 * the promise settles: it is compressed on libuv's threads without a copy. Levels: zstd 1 to 22, gzip 1 to 9.
 */
export async function compressBlock(block: Uint8Array, codec: CodecName, level?: number): Promise<Uint8Array> {
  if (codec === 'none') return block;
  if (codec === 'gzip') return gzipMember(block, { level: level ?? DEFAULT_GZIP_LEVEL });
  const bytes = Buffer.isBuffer(block) ? block : Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const { compress } = await import('@mongodb-js/zstd');
  return compress(bytes, level ?? DEFAULT_ZSTD_LEVEL);
}

export interface DecodeOptions {
  /** Called with the stored bytes after each read of the file. */
  readonly onRead?: OnRead | undefined;
  /** To be given back the chunks in them that are done with; without them a chunk may be kept for ever. */
  readonly buffers?: SpareBuffers | undefined;
}

/**
 * The text of a file, in chunks of at most a few MiB (2 MiB in our own dumps) that the consumer may keep. The file is
 * closed when the iteration ends, early or not. Throws DUMP_INCOMPLETE when there is no such file, DUMP_DAMAGED with
 * path and offset when it is cut, corrupt or has anything behind its last frame, STORAGE when it cannot be read.
 */
export async function* decodedChunks(path: string, codec: Codec, options: DecodeOptions = {}): AsyncGenerator<Buffer> {
  const { onRead = () => undefined, buffers = SpareBuffers.forOneFile() } = options;
  if (typeof codec !== 'string') return yield* unpacked(path, codec, onRead);
  if (codec === 'none') return yield* plainChunks(path, onRead, buffers);
  const reader = await ByteReader.open(path, onRead);
  try {
    if (codec === 'zstd') yield* (await import('./zstd-reader.ts')).zstdDecoded(reader);
    else yield* gzipDecoded(reader);
  } finally {
    await reader.close();
  }
}
