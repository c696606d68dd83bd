/** The options that name programs which files go through, or which are run for them: mydumper's words, without a shell. */

import type { Command } from 'commander';

import { requireProgram } from '../../base/program.ts';
import { FILE_PLACE } from '../../dump/hook.ts';
import type { FileHook } from '../../dump/options.ts';
import type { ProgramCodec } from '../../format/program-codec.ts';
import { option } from '../command.ts';
import { once, usageError, wholeNumber } from '../values.ts';
import { words } from '../words.ts';

const DEFAULT_PARALLEL = 4;

export interface ProgramValues {
  readonly execPerThread?: readonly string[];
  readonly execPerThreadExtension?: string;
}

export interface HookValues {
  readonly exec?: readonly string[];
  readonly execThreads?: number;
}

/** `does`: what the program makes of what it reads. */
export function addProgramOptions(command: Command, does: 'packs' | 'unpacks'): Command {
  const what =
    does === 'packs'
      ? 'every file goes through this program, as /usr/bin/xz; in place of --compress'
      : 'files with this extension are read through this program, as "/usr/bin/xz -d"';
  return command
    .addOption(option('--exec-per-thread <command>', what, once('--exec-per-thread', program('--exec-per-thread'))))
    .addOption(option('--exec-per-thread-extension <ext>', 'what the names of such files end in, as .xz', extension));
}

export function addHookOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '--exec <command>',
        `run this for every file that is complete, with its path for ${FILE_PLACE}; metadata comes last`,
        once('--exec', program('--exec')),
      ),
    )
    .addOption(
      option(
        '--exec-threads <n>',
        `how many of them at the same time (default: ${DEFAULT_PARALLEL})`,
        wholeNumber('--exec-threads', { min: 1, max: 1024 }),
      ),
    );
}

/** @throws ToolError USAGE. */
export function programFrom({ execPerThread, execPerThreadExtension }: ProgramValues): ProgramCodec | undefined {
  if (execPerThread === undefined && execPerThreadExtension === undefined) return undefined;
  if (execPerThread === undefined) throw usageError('--exec-per-thread-extension needs --exec-per-thread');
  if (execPerThreadExtension === undefined) {
    throw usageError('--exec-per-thread needs --exec-per-thread-extension: what its files end in, as .xz');
  }
  requireProgram(execPerThread, '--exec-per-thread');
  return { program: execPerThread, extension: execPerThreadExtension };
}

/** @throws ToolError USAGE. */
export function hookFrom({ exec, execThreads }: HookValues): FileHook | undefined {
  if (exec === undefined) {
    if (execThreads !== undefined) throw usageError('--exec-threads needs --exec');
    return undefined;
  }
  requireProgram(exec, '--exec');
  const isPlaced = exec.slice(1).some((word) => word.includes(FILE_PLACE));
  if (!isPlaced) throw usageError(`--exec: "${exec.join(' ')}" has no ${FILE_PLACE}, where the file's path is put`);
  return { command: exec, parallel: execThreads ?? DEFAULT_PARALLEL };
}

function program(name: string): (text: string) => readonly string[] {
  return (text) => {
    const found = words(text);
    if (found.length === 0) throw usageError(`${name} needs a program, as /usr/bin/gzip`);
    return found;
  };
}

/** One that a name could have anyway would make files of the dump look like others. */
function extension(text: string): string {
  if (/^(?:\.\w[\w-]*)+$/.test(text) && !/\.(?:sql|dat|partial)$/.test(text)) return text;
  throw usageError(`--exec-per-thread-extension: "${text}" is not allowed; give one as .xz or .gpg`);
}
