/**
 * The directory of a dump: made empty for tsdump, flushed as a whole, listed for tsload.
 */

import { execFile } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ToolError } from '../base/errors.ts';
import { someOf } from '../base/some-of.ts';
import { LOCK_NAME, lockDirectory } from './directory-lock.ts';
import { PARTIAL_SUFFIX, syncDirectory } from './files.ts';
import { JOURNAL_NAME, METADATA_NAME, parseFileName } from './names.ts';
import type { ProgramCodec } from './program-codec.ts';
import { errnoOf, readError, storageError } from './storage-error.ts';

export const DIRECTORY_MODE = 0o700;
/** Of a file system that is mounted where the dump goes. */
const FILE_SYSTEM_OWN = 'lost+found';
/** Flushes at a time where each file must be flushed by itself: 16 cost 0.3 ms a file, one by one 0.4 ms. */
const FLUSHES_AT_A_TIME = 16;
/** Listing blocks the event loop no longer than a few milliseconds. */
const STATS_PER_TURN = 2000;

/** A directory that is ours for the time of a run. */
export interface OpenedDirectory {
  /** Lets other runs in. Directories that had to be made, and that nothing was written to, are taken away again. */
  close(): Promise<void>;
}

/**
 * The directory of an interrupted dump, to go on with it.
 *
 * @throws ToolError RESUME_REFUSED when it holds none, or a whole one; ANOTHER_RUN, STORAGE.
 */
export async function openInterrupted(directory: string): Promise<OpenedDirectory> {
  refuseToResume(directory, await namesOf(directory));
  const release = lockDirectory(directory);
  try {
    // Looked at again when nobody else can write to it: the run that held it may have come to its end.
    refuseToResume(directory, await namesOf(directory));
  } catch (error) {
    release();
    throw error;
  }
  return { close: async () => release() };
}

function refuseToResume(directory: string, found: readonly string[]): void {
  if (found.includes(METADATA_NAME)) {
    throw new ToolError('RESUME_REFUSED', `nothing to resume: ${directory} holds a complete dump`, {
      hint: 'there is nothing left to do; for another dump name another directory, or begin anew: --clear',
    });
  }
  if (!found.includes(JOURNAL_NAME)) {
    const what = found.length === 0 ? 'no dump' : `no interrupted dump that says how far it came (no ${JOURNAL_NAME})`;
    throw new ToolError('RESUME_REFUSED', `nothing to resume: ${directory} holds ${what}`, {
      hint: `dump without --resume${found.length === 0 ? '' : '; --clear removes the remains of a dump first'}`,
    });
  }
}

/** None where there is no directory. */
async function namesOf(directory: string): Promise<string[]> {
  try {
    return await contentsOf(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    if (errnoOf(error) === 'ENOTDIR') throw notDirectory(directory, error);
    throw storageError(error, 'reading', directory);
  }
}

/** Removes what a dump has left but these. @throws ToolError STORAGE. */
export async function removeRemains(
  directory: string,
  kept: ReadonlySet<string>,
  program: ProgramCodec | undefined,
): Promise<void> {
  const remains = (await namesOf(directory)).filter((name) => {
    const { kind } = parseFileName(name, program);
    return kind !== 'unknown' && kind !== 'journal' && !kept.has(name);
  });
  for (const name of remains) await rm(join(directory, name), { force: true });
}

/**
 * Makes the directory, with its parents, or takes an empty one; with `clear` one that holds nothing but a dump, which is
 * removed. Throws DIRECTORY_NOT_EMPTY with what was found in it, ANOTHER_RUN when another run is at work in it, STORAGE when the
 * system refuses.
 */
export async function openDirectory(
  directory: string,
  { clear = false, program }: { readonly clear?: boolean; readonly program?: ProgramCodec | undefined } = {},
): Promise<OpenedDirectory> {
  const made: string[] = [];
  let release = (): void => undefined;
  const close = async (): Promise<void> => {
    release();
    await removeEmptyDirectories(made);
  };
  try {
    // Node's own recursive mkdir never ends where a parent that exists has no room for names, as in /proc.
    for (const path of (await missingPaths(directory)).reverse()) if (await makeDirectory(path)) made.unshift(path);
    // Looked at only when nobody else can write to it.
    const isEmpty = (await contentsOf(directory)).length === 0;
    if (isEmpty || (await readdir(directory)).some((name) => name === LOCK_NAME) || clear)
      release = lockDirectory(directory);
    const found = await contentsOf(directory);
    if (clear) await clearDirectory(directory, found, program);
    else if (found.length > 0) throw notEmpty(directory, found);
    return { close };
  } catch (error) {
    await close();
    if (errnoOf(error) === 'ENOTDIR') throw notDirectory(directory, error);
    throw storageError(error, 'making the directory', directory);
  }
}

async function contentsOf(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name !== FILE_SYSTEM_OWN && name !== LOCK_NAME);
}

/** `metadata` goes first: what is half removed must not look like a dump. */
async function clearDirectory(directory: string, found: readonly string[], program?: ProgramCodec): Promise<void> {
  const strange = found.filter((name) => parseFileName(name, program).kind === 'unknown');
  if (strange.length > 0) {
    throw new ToolError('DIRECTORY_NOT_EMPTY', `${directory} holds what is no part of a dump: ${someOf(strange)}`, {
      hint: 'only a dump is cleared away: name another directory, or empty this one yourself',
    });
  }
  const first = found.filter((name) => name === METADATA_NAME);
  for (const name of [...first, ...found]) await rm(join(directory, name), { force: true });
}

/** The path and those of its parents that do not exist, innermost first. */
async function missingPaths(directory: string): Promise<string[]> {
  const missing: string[] = [];
  let path = resolve(directory);
  while (!(await exists(path))) {
    missing.push(path);
    path = dirname(path);
  }
  return missing;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** False when another run was quicker: dumps that begin together may share a new parent. */
async function makeDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: DIRECTORY_MODE });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes directories that nothing was written to, innermost first; one with files stays, for somebody to look at. */
async function removeEmptyDirectories(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    try {
      await rmdir(directory);
    } catch (error) {
      if (errnoOf(error) === 'ENOTEMPTY') return;
      throw storageError(error, 'removing', directory);
    }
  }
}

function notEmpty(directory: string, found: readonly string[]): ToolError {
  if (found.includes(METADATA_NAME))
    return new ToolError('DIRECTORY_NOT_EMPTY', `${directory} holds a complete dump already`);
  const names = found.toSorted();
  const remainder = names.find((name) => name.endsWith(PARTIAL_SUFFIX)) ?? names.find(isOfDump);
  if (remainder !== undefined || found.includes(JOURNAL_NAME)) {
    const hint = found.includes(JOURNAL_NAME)
      ? 'go on with it: the command it was begun with, and --resume; or begin anew: --clear'
      : 'it cannot be gone on with: begin anew with --clear, or name another directory';
    return new ToolError(
      'DIRECTORY_NOT_EMPTY',
      `${directory} holds an interrupted dump (${remainder ?? JOURNAL_NAME})`,
      { hint },
    );
  }
  return new ToolError('DIRECTORY_NOT_EMPTY', `${directory} is not empty: ${someOf(names)}`);
}

function isOfDump(name: string): boolean {
  return 'codec' in parseFileName(name);
}

function notDirectory(path: string, cause: unknown): ToolError {
  return new ToolError('STORAGE', `${path} is not a directory`, { cause, hint: 'name a directory, not a file' });
}

/** Makes every file of a dump and the directory itself durable; at least those `names`. Throws STORAGE when the disk does not take it. */
export async function flushDirectory(directory: string, names?: readonly string[]): Promise<void> {
  if (!(await flushFileSystem(directory))) await flushEachFile(directory, names ?? (await readdir(directory)));
  syncDirectory(directory);
}

/** One flush for all files, by coreutils' `sync --file-system`; false where there is no such program. */
async function flushFileSystem(directory: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    await promisify(execFile)('sync', ['-f', '--', directory], { env: { ...process.env, LC_ALL: 'C' } });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || isUnknownOption(error)) return false;
    throw storageError(error, 'flushing the file system of', directory);
  }
}

function isUnknownOption(error: unknown): boolean {
  return error instanceof Error && /(unrecognized|unknown|invalid|illegal) option/.test(error.message);
}

async function flushEachFile(directory: string, names: readonly string[]): Promise<void> {
  const left = [...names];
  const flushNext = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) await flushFile(join(directory, name));
  };
  await Promise.all(Array.from({ length: FLUSHES_AT_A_TIME }, flushNext));
}

async function flushFile(path: string): Promise<void> {
  try {
    if (!lstatSync(path).isFile()) return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw storageError(error, 'flushing', path);
  }
}

/** What lies in the directory of a dump. */
export interface DumpListing {
  readonly directory: string;
  /** Every regular file with its size in bytes, `metadata` included, sorted by name. */
  readonly files: ReadonlyMap<string, number>;
  /** Names of what is no regular file (directories, symbolic links, …): never read. */
  readonly others: readonly string[];
}

/**
 * Lists a finished dump. Throws DUMP_INCOMPLETE when it has no `metadata` file or the directory does not exist, DUMP_DAMAGED
 * when something else than a file has the name of one of a dump, STORAGE when it cannot be read.
 */
export async function listDump(directory: string): Promise<DumpListing> {
  const files = new Map<string, number>();
  const others: string[] = [];
  const prefix = join(directory, sep);
  let stats = 0;
  for (const name of await namesIn(directory)) {
    const bytes = fileBytes(prefix + name);
    if (bytes === undefined) others.push(name);
    else files.set(name, bytes);
    stats += 1;
    if (stats % STATS_PER_TURN === 0) await turn();
  }
  refuseOthers(directory, others);
  if (!files.has(METADATA_NAME)) throw incomplete(directory, files);
  return { directory, files, others };
}

/** A link may lead anywhere, and a pipe never end. To pass them over would be to lose their rows. */
function refuseOthers(directory: string, others: readonly string[]): void {
  const ofDump = others.filter((name) => !['unknown', 'note', 'partial'].includes(parseFileName(name).kind));
  if (ofDump.length === 0) return;
  throw new ToolError('DUMP_DAMAGED', `${directory} holds what is no regular file: ${someOf(ofDump)}`, {
    hint: 'links, pipes, devices and directories are not read: put a copy of the file in its place',
  });
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') throw notDirectory(directory, error);
    if (errnoOf(error) !== 'ENOENT') throw readError(error, directory);
    const hint = 'check the name after --directory';
    throw new ToolError('DUMP_INCOMPLETE', `there is no directory ${directory}`, { cause: error, hint });
  }
}

/** The size of a regular file; a link is not followed. */
function fileBytes(path: string): number | undefined {
  try {
    const stats = lstatSync(path);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    throw readError(error, path);
  }
}

function incomplete(directory: string, files: ReadonlyMap<string, number>): ToolError {
  if (files.size === 0) {
    const hint = 'name the directory that holds the metadata file of a dump';
    return new ToolError('DUMP_INCOMPLETE', `${directory} holds no dump`, { hint });
  }
  const hint = files.has(JOURNAL_NAME)
    ? 'the dump was interrupted, or is still being written: tsdump --resume goes on with it; or load another dump'
    : 'the dump was interrupted, or is still being written, or the file was lost: load another dump';
  return new ToolError('DUMP_INCOMPLETE', `${directory} holds no complete dump: it has no metadata file`, { hint });
}
