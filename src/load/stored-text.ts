/**
 * Stored text: what files of a dump hold, held against the hashes that the manifest has of their stored bytes.
 *
 * In: a file. Out: its text, and behind the last of it DUMP_DAMAGED when these are not the bytes that were written. What is read
 * whole before it is sent is checked so; rows that are sent meanwhile are not committed before the end is reached, or the whole
 * file was read for it ({@link refuseAltered}).
 */
import { ToolError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import { decodedChunks } from '../format/codec.ts';
import type { DecodeOptions } from '../format/codec.ts';
import { SpareBuffers } from '../format/plain-reader.ts';
import { beginStoredHash } from '../kernel/stored-hash.ts';
import { serverErrno } from '../mysql/failure.ts';
import { retryPolicyOf } from '../mysql/retry.ts';
import type { DumpFile } from './contents.ts';

type StoredFile = Pick<DumpFile, 'name' | 'path' | 'codec' | 'xxh3' | 'rows'>;

/** As decodedChunks of format/codec.ts. */
export async function* storedText(file: StoredFile, options: DecodeOptions = {}): AsyncGenerator<Buffer> {
  const { path, codec, xxh3 } = file;
  if (xxh3 === undefined) return yield* decodedChunks(path, codec, options);
  const hash = beginStoredHash();
  let isOpen = true;
  const onRead = (storedBytes: number, read: Buffer): void => {
    hash.add(read);
    options.onRead?.(storedBytes, read);
  };
  try {
    yield* decodedChunks(path, codec, { ...options, onRead });
    isOpen = false;
    if (hash.end() !== xxh3) throw altered(file);
  } finally {
    if (isOpen) hash.drop();
  }
}

/** Reads a file, and that of its rows, to the end. @throws ToolError DUMP_DAMAGED, DUMP_INCOMPLETE, STORAGE. */
export async function refuseAltered(file: StoredFile): Promise<void> {
  if (file.xxh3 !== undefined) {
    const buffers = SpareBuffers.forOneFile();
    for await (const chunk of storedText({ ...file, codec: 'none' }, { buffers })) buffers.give(chunk);
  }
  if (file.rows !== undefined) await refuseAltered(file.rows);
}

const ALTERED_PERHAPS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ROWS_DIFFER', 'FOREIGN_STATEMENT']);

/** Why a file could not be loaded: what a server refuses may be what was altered. */
export async function reasonOf(file: StoredFile, failure: unknown): Promise<unknown> {
  const isSuspect = failure instanceof ToolError && ALTERED_PERHAPS.has(failure.code);
  if (!isSuspect && (serverErrno(failure) === undefined || retryPolicyOf(failure) !== undefined)) return failure;
  try {
    await refuseAltered(file);
    return failure;
  } catch (error) {
    return error;
  }
}

function altered({ name }: StoredFile): ToolError {
  return new ToolError('DUMP_DAMAGED', `${name} is not as it was written: its bytes do not have the manifest's hash`);
}
