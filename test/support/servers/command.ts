/** Short commands and programs on PATH. */

import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * A command's standard output.
 * @throws Error with its standard error when it exits with anything but 0, or after `timeoutMs`.
 */
export async function output([program = '', ...args]: readonly string[], timeoutMs = 60_000): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { timeout: timeoutMs, killSignal: 'SIGKILL' });
  return stdout;
}

/** Whether a command exits with 0 in time. */
export function succeeds(command: readonly string[], timeoutMs: number): Promise<boolean> {
  return output(command, timeoutMs).then(
    () => true,
    () => false,
  );
}

/** The first of these programs on PATH or in /usr/sbin, with its path. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'].filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
