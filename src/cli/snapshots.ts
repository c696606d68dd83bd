/**
 * Dumps side by side: numbered directories in one place, the newest complete one named by the link `last_dump`. The oldest goes
 * when a new one is complete, so that there are never fewer good dumps than were asked for, and never none.
 */

import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { ToolError } from '../base/errors.ts';
import { lockDirectory } from '../format/directory-lock.ts';
import { DIRECTORY_MODE } from '../format/directory.ts';
import { JOURNAL_NAME, METADATA_NAME } from '../format/names.ts';
import type { SnapshotRules } from './upkeep.ts';
import { storageError } from '../format/storage-error.ts';

const LINK_NAME = 'last_dump';

/**
 * Runs one dump into a directory of its own within `place`, and keeps the newest complete ones.
 *
 * @throws ToolError RESUME_REFUSED when there is none to go on with, ANOTHER_RUN when another run is at work there, STORAGE; what `dump` throws: then nothing was removed but what
 * earlier interrupted runs had left.
 */
export async function inSnapshots<T>(
  place: string,
  { count, resumes }: SnapshotRules,
  dump: (directory: string) => Promise<T>,
): Promise<T> {
  mkdirSync(place, { recursive: true, mode: DIRECTORY_MODE });
  const release = lockDirectory(place);
  try {
    // One directory more than are kept: the new dump is complete before the oldest goes.
    const slots = Array.from({ length: count + 1 }, (_, number) => String(number));
    const free = slots.find((slot) => !isComplete(join(place, slot)));
    const slot = resumes ? interrupted(place, slots) : (free ?? oldestFirst(place, slots)[0] ?? '0');
    if (!resumes) rmSync(join(place, slot), { recursive: true, force: true });
    const result = await dump(join(place, slot));
    point(place, slot);
    const complete = oldestFirst(place, numbered(place)).filter((each) => each !== slot);
    for (const old of complete.slice(0, Math.max(0, complete.length + 1 - count))) {
      rmSync(join(place, old), { recursive: true, force: true });
    }
    return result;
  } catch (error) {
    throw storageErrorOrSame(error, place);
  } finally {
    release();
  }
}

function storageErrorOrSame(error: unknown, place: string): unknown {
  return error instanceof Error && 'syscall' in error ? storageError(error, 'keeping dumps in', place) : error;
}

function numbered(place: string): string[] {
  return readdirSync(place).filter((name) => /^\d+$/.test(name) && lstatSync(join(place, name)).isDirectory());
}

function isComplete(directory: string): boolean {
  return existsSync(join(directory, METADATA_NAME));
}

function interrupted(place: string, slots: readonly string[]): string {
  const slot = slots.find((each) => !isComplete(join(place, each)) && existsSync(join(place, each, JOURNAL_NAME)));
  if (slot !== undefined) return slot;
  throw new ToolError(
    'RESUME_REFUSED',
    `nothing to resume: no dump in ${place} is interrupted and says how far it came`,
    {
      hint: 'dump without --resume',
    },
  );
}

/** Of the complete ones; `metadata` is what a dump ends with. */
function oldestFirst(place: string, slots: readonly string[]): string[] {
  const time = (slot: string): number => statSync(join(place, slot, METADATA_NAME)).mtimeMs;
  return slots.filter((slot) => isComplete(join(place, slot))).sort((a, b) => time(a) - time(b));
}

/** At once: whoever follows the link finds the old dump or the new one. */
function point(place: string, slot: string): void {
  const next = join(place, `.${LINK_NAME}.new`);
  rmSync(next, { force: true });
  symlinkSync(slot, next);
  renameSync(next, join(place, LINK_NAME));
}
