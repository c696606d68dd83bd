/**
 * The system's file errors as errors of ours: which file, what we were doing to it, and what the operator can do.
 */

import { ToolError } from '../base/errors.ts';

const HINTS = new Map([
  ['ENOSPC', 'the file system is full: free space or name a directory on another one'],
  ['EDQUOT', 'the disk quota is used up: free space or name a directory on another file system'],
  ['EACCES', 'check the permissions of the directory and who runs the command'],
  ['EPERM', 'check the permissions of the directory and who runs the command'],
  ['EROFS', 'the file system is mounted read-only: name a directory on another one'],
  ['EMFILE', 'raise the limit of open files (ulimit -n) or lower --threads'],
  ['ENFILE', "the machine's limit of open files is reached"],
  ['EIO', 'the disk reported an error: look into the kernel log'],
  ['ENAMETOOLONG', 'name a directory with a shorter path'],
]);

/** The errno word of a thrown value ("ENOSPC"), or undefined when the system did not throw it. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/**
 * A thrown value as a STORAGE error that says what was being done ("writing") to which path. What already is a
 * ToolError comes back as it is.
 */
export function storageError(thrown: unknown, doing: string, path: string): ToolError {
  if (thrown instanceof ToolError) return thrown;
  return new ToolError('STORAGE', `${doing} ${path}`, { cause: thrown, hint: HINTS.get(errnoOf(thrown) ?? '') });
}

/** As {@link storageError} for reading a dump, where a missing file means that the dump is not whole. */
export function readError(thrown: unknown, path: string): ToolError {
  if (errnoOf(thrown) === 'ENOENT') {
    return new ToolError('DUMP_INCOMPLETE', `${path} is missing`, { cause: thrown });
  }
  return storageError(thrown, 'reading', path);
}
