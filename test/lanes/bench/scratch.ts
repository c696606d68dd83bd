/**
 * Where the dumps of a run go, and when they are removed.
 *
 * After thousands of files were deleted, ext4 creates new ones slowly for minutes: it passes over each inode that it freed not long
 * ago (12,000 files then took 8 s of system time instead of 1.3 s). So dumps of many files stay until the bench is over.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MANY_FILES = 500;

export class Scratch {
  private readonly directory: string;
  private dumps = 0;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<Scratch> {
    return new Scratch(await mkdtemp(join(tmpdir(), 'tsdump-bench-')));
  }

  /** A path that does not exist yet. */
  newDump(): string {
    this.dumps += 1;
    return join(this.directory, `dump-${this.dumps}`);
  }

  /** The dump is no longer needed. */
  async release(dump: string, files: number): Promise<void> {
    if (files < MANY_FILES) await rm(dump, { recursive: true, force: true });
  }

  async removeAll(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
