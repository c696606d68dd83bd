/** What the arguments are read against, from the process and the machine it runs on. */

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism, homedir, userInfo } from 'node:os';

import { ToolError } from '../base/errors.ts';
import type { Surroundings } from './command.ts';
import { usageError } from './values.ts';

/** A vault that does not answer must not hold up a backup for ever. */
const COMMAND_TIMEOUT_MS = 60_000;

export function surroundingsOf(program: string): Surroundings {
  const file = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(file) as { version: string };
  return {
    environment: process.env,
    loginName,
    home: homeDirectory(),
    readFile: (path) => readBytes(path).toString('utf8'),
    findFile,
    readBytes,
    filesIn: (directory) => reading(directory, () => readdirSync(directory)),
    outputOf,
    cores: availableParallelism(),
    columns: process.stdout.columns ?? 80,
    version: `${program} ${version} (Node ${process.versions.node}, ${process.platform} ${process.arch})`,
  };
}

function readBytes(path: string): Buffer {
  return reading(path, () => readFileSync(path));
}

/** @throws ToolError USAGE also for one that anybody may write to: what stands in it is run as ours, SQL and commands. */
function findFile(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const isOpenToAll = process.platform !== 'win32' && (statSync(path).mode & 0o002) !== 0;
    if (isOpenToAll)
      throw usageError(`${path} may be written to by anybody`, `chmod o-w ${path}, or say --no-defaults`);
    return text;
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    // ENOTDIR: a home directory such as /dev/null, as services have it. EACCES: another account's.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return undefined;
    throw new ToolError('USAGE', `cannot read ${path}`, { cause: error });
  }
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ToolError('USAGE', `cannot read ${path}`, { cause: error });
  }
}

/** Its stderr is ours: what it has to say is for the operator. */
function outputOf(command: string, args: readonly string[]): string {
  try {
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    return execFileSync(command, args, { encoding: 'utf8', timeout: COMMAND_TIMEOUT_MS, stdio: [...stdio] });
  } catch (error) {
    // Its message has the whole command line, which may hold what is nobody's business.
    const { code, status } = error as NodeJS.ErrnoException & { status?: number | null };
    const how = typeof status === 'number' ? `it ended with exit code ${status}` : (code ?? 'it was ended by a signal');
    throw usageError(`--password-command: ${command}: ${how}`);
  }
}

function homeDirectory(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/** @throws ToolError USAGE where the account has no name, as in a container that runs under a bare number. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    const name = process.env['USER'] ?? process.env['LOGNAME'];
    if (name === undefined || name === '') throw usageError('as whom to connect? name the account with --user');
    return name;
  }
}
