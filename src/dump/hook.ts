/**
 * Hook: a program of the operator's that is run for each file of the dump, to send it elsewhere or to sign it.
 *
 * In: names of files that have their final name and are not written to any more. Out: what it failed for. A few programs run at the
 * same time while the dump goes on; manifest and `metadata` come last, one after the other, and only when the program succeeded
 * for all other files: where `metadata` arrives, a whole dump has arrived.
 *
 * Not guaranteed: that a file it was run for is part of the dump in the end. Files of a table that changes beside the dump are
 * removed again; the manifest does not list them.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import pLimit from 'p-limit';

import { describeError, toToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { RunningProgram } from '../base/program.ts';
import { someOf } from '../base/some-of.ts';
import { MANIFEST_NAME, METADATA_NAME, NOT_UPDATED_NAME } from '../format/names.ts';
import type { DumpOptions, FileHook } from './options.ts';
import type { WrittenFile } from './task.ts';

/** Stands for the path of the file; mydumper's word. */
export const FILE_PLACE = 'FILENAME';

export class HookRunner {
  private readonly hook: FileHook;
  private readonly directory: string;
  /** Written when all others are there. */
  private readonly last: readonly string[];
  private readonly limit: ReturnType<typeof pLimit>;
  private readonly running = new Set<RunningProgram>();
  private readonly pending: Promise<void>[] = [];
  private readonly known = new Set<string>();
  private readonly failed: { readonly name: string; readonly why: string }[] = [];
  private isStopped = false;

  constructor(hook: FileHook, { directory, updatedSinceDays }: DumpOptions) {
    this.hook = hook;
    this.directory = directory;
    const notes = updatedSinceDays === undefined ? [] : [NOT_UPDATED_NAME];
    this.last = [...notes, MANIFEST_NAME, METADATA_NAME];
    this.limit = pLimit(hook.parallel);
  }

  /** Each file counts once, however often it is named. */
  add(files: readonly Pick<WrittenFile, 'name'>[]): void {
    for (const { name } of files) {
      if (this.known.has(name)) continue;
      this.known.add(name);
      this.pending.push(this.limit(() => this.run(name)));
    }
  }

  /** To be called when the dump is complete. Resolves when the program has been run for all files; tells what it failed for. */
  async finish(emit: Emit): Promise<void> {
    await Promise.all(this.pending);
    for (const name of this.last) if (this.failed.length === 0) await this.run(name);
    const [first] = this.failed;
    if (first === undefined || this.isStopped) return;
    const names = someOf(this.failed.map(({ name }) => name).sort());
    const why = `${first.why}; the dump is complete here, but the program was not run for ${METADATA_NAME}`;
    emit({ type: 'skipped', what: `--exec for ${names}`, why });
  }

  /** Ends what runs; nothing more is begun. */
  readonly stop = async (): Promise<void> => {
    this.isStopped = true;
    for (const program of this.running) program.stop();
    await Promise.allSettled([...this.running].map(({ ended }) => ended));
  };

  /** @throws never for the program's own failure: the others go on. */
  private async run(name: string): Promise<void> {
    const path = join(this.directory, name);
    if (this.isStopped || !existsSync(path)) return; // removed again with its table
    const [program = '', ...words] = this.hook.command;
    const command = [program, ...words.map((word) => word.replaceAll(FILE_PLACE, () => path))];
    const running = new RunningProgram(command, name, { stdin: 'ignore', stdout: 'ignore' });
    this.running.add(running);
    try {
      await running.ended;
    } catch (error) {
      this.failed.push({ name, why: describeError(toToolError(error)) });
    } finally {
      this.running.delete(running);
    }
  }
}
