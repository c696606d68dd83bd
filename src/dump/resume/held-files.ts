/** Held files: which files of an interrupted dump still have the bytes that were written, read from the first to the last. */
import { lstatSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import type { JournalFile } from '../../format/journal.ts';
import { errnoOf, readError } from '../../format/storage-error.ts';
import { beginStoredHash, storedHashOf } from '../../kernel/stored-hash.ts';

const READ_BYTES = 1024 * 1024;
/** Reads under way: a disk wants more than one, and memory is to be small. */
const READS_AT_A_TIME = 4;
/** Small files are read as they come; then the event loop has its turn. */
const FILES_A_TURN = 200;

/** Names of those that hold. @throws ToolError STORAGE when the system does not let them be read. */
export async function heldFiles(
  directory: string,
  files: readonly JournalFile[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  const left = files.values();
  const lane = async (): Promise<void> => {
    let since = 0;
    for (const file of left) {
      signal.throwIfAborted();
      if (await holds(join(directory, file.name), file)) held.add(file.name);
      since += 1;
      if (since % FILES_A_TURN === 0) await turn();
    }
  };
  await Promise.all(Array.from({ length: READS_AT_A_TIME }, lane));
  return held;
}

async function holds(path: string, { storedBytes, xxh3 }: JournalFile): Promise<boolean> {
  try {
    const stats = lstatSync(path); // a link is not followed
    if (!stats.isFile() || stats.size !== storedBytes) return false;
    return (storedBytes <= READ_BYTES ? storedHashOf(readFileSync(path)) : await hashOf(path)) === xxh3;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw readError(error, path);
  }
}

async function hashOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  const hash = beginStoredHash();
  let isOpen = true;
  try {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) break;
      hash.add(buffer.subarray(0, bytesRead));
    }
    isOpen = false;
    return hash.end();
  } finally {
    if (isOpen) hash.drop();
    await file.close();
  }
}
