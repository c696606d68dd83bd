/**
 * One run at a time in a directory: a file that says who works there. It is made exclusively, names the process that made it,
 * and goes with the end of the run. One that a killed run has left is taken over: its process is gone, or another one, begun
 * later, has its number. A run on another machine (a shared file system) cannot be looked at and is believed.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { ToolError } from '../base/errors.ts';
import { FILE_MODE } from './files.ts';
import { errnoOf, storageError } from './storage-error.ts';

/** Hidden: no reader of a dump takes it for a part of it. */
export const LOCK_NAME = '.tsdump-lock';

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** What the system says of the process's beginning, to tell it from a later one of the same number. */
  readonly begun: string | undefined;
}

/** Returns what gives the directory back. @throws ToolError ANOTHER_RUN, STORAGE. */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, LOCK_NAME);
  const us: Holder = { host: hostname(), pid: process.pid, begun: begunOf(process.pid) };
  if (!create(path, us)) {
    const holder = readHolder(path);
    if (holder !== undefined && isAlive(holder)) {
      throw new ToolError(
        'ANOTHER_RUN',
        `another run is at work in ${directory}: process ${holder.pid} on ${holder.host}`,
        {
          hint:
            holder.host === us.host
              ? 'wait for it, or stop it'
              : `wait for it; if it is certain that it is gone, remove ${path}`,
        },
      );
    }
    rmSync(path, { force: true });
    if (!create(path, us)) throw new ToolError('ANOTHER_RUN', `another run has just begun in ${directory}`);
  }
  return () => rmSync(path, { force: true });
}

function create(path: string, holder: Holder): boolean {
  try {
    writeFileSync(path, `${JSON.stringify(holder)}\n`, { flag: 'wx', mode: FILE_MODE });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw storageError(error, 'creating', path);
  }
}

/** Undefined: it is gone meanwhile, or was cut short by a crash. */
function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) === 'ENOENT') return undefined;
    throw storageError(error, 'reading', path);
  }
}

function isAlive({ host, pid, begun }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false;
  }
  // Ourselves under a number that was another's: in a container every run is process 1.
  return begun === begunOf(pid);
}

/** Linux: ticks since the machine was booted, and which boot that was; undefined elsewhere. */
function begunOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The name of the program, in parentheses, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
