/** One dump by one of the two programs: its command line, its figures, and what is left of it when it fails. */

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { TestServer } from '../../support/servers.ts';
import { measure } from './measure.ts';
import type { Usage } from './measure.ts';
import type { Scratch } from './scratch.ts';

export const TSDUMP = fileURLToPath(new URL('../../../../bin/tsdump.js', import.meta.url));

export interface Measurement extends Usage {
  /** Of the files in the dump. */
  readonly outputBytes: number;
  readonly files: number;
}

export interface DumpCommand {
  readonly database: string;
  readonly threads: number;
  readonly options: readonly string[];
}

export type CommandFor = (dump: string) => readonly string[];

export function ourCommand(server: TestServer, command: DumpCommand): CommandFor {
  return (dump) => [process.execPath, TSDUMP, '-d', dump, ...commonArguments(server, command), ...command.options];
}

export function peersCommand(peer: string, server: TestServer, command: DumpCommand): CommandFor {
  return (dump) => [peer, '-o', dump, ...commonArguments(server, command), ...command.options];
}

/** Options that both programs spell alike. */
function commonArguments({ host, port, user }: TestServer, { database, threads }: DumpCommand): string[] {
  return ['-h', host, '-P', String(port), '-u', user, '-B', database, '-t', String(threads), '-v', '1'];
}

/** A program did not do its work; the bench goes on with the others. */
export class CommandFailed extends Error {
  /** @param how "ended with exit code 3" */
  constructor(command: readonly string[], how: string, lastWords = '') {
    super([command.join(' '), how, lastWords].filter((line) => line !== '').join('\n'));
    this.name = 'CommandFailed';
  }
}

/**
 * Runs the command on a new directory, which is released afterwards.
 * @throws CommandFailed unless the exit code is one of `codes` and the dump has the file that either program writes last.
 */
export async function runDump(
  scratch: Scratch,
  commandFor: CommandFor,
  codes: readonly number[] = [0],
): Promise<Measurement> {
  const dump = scratch.newDump();
  try {
    return await dumpTo(dump, commandFor, codes);
  } finally {
    await scratch.release(dump, sizeOf(dump).files);
  }
}

/** Makes a dump that is kept; returns its directory. @throws CommandFailed as {@link runDump} does. */
export async function keepDump(scratch: Scratch, commandFor: CommandFor): Promise<string> {
  const dump = scratch.newDump();
  await dumpTo(dump, commandFor, [0]);
  return dump;
}

async function dumpTo(dump: string, commandFor: CommandFor, codes: readonly number[]): Promise<Measurement> {
  await promisify(execFile)('sync'); // what the run before left to write is not this one's
  const command = commandFor(dump);
  const { exitCode, lastWords, ...usage } = await measure(command);
  const isWhole = existsSync(join(dump, 'metadata'));
  if (isWhole && exitCode !== null && codes.includes(exitCode)) return { ...usage, ...sizeOf(dump) };
  const end = exitCode === null ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
  throw new CommandFailed(command, isWhole ? end : `${end} and left no metadata`, lastWords);
}

function sizeOf(directory: string): { files: number; outputBytes: number } {
  if (!existsSync(directory)) return { files: 0, outputBytes: 0 };
  const names = readdirSync(directory);
  let outputBytes = 0;
  for (const name of names) outputBytes += statSync(join(directory, name)).size;
  return { files: names.length, outputBytes };
}
