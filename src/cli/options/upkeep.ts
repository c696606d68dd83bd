/** The options for runs that come again and again: what is cleared away, what is kept, and when they have to be over. */

import type { Command } from 'commander';

import { option } from '../command.ts';
import type { Upkeep } from '../upkeep.ts';
import { duration, usageError, wholeNumber } from '../values.ts';

export interface StopValues {
  readonly stopAfter?: number;
}

export interface UpkeepValues extends StopValues {
  readonly clear?: true;
  readonly resume?: true;
  readonly snapshotCount?: number;
  readonly metricsFile?: string;
}

/** To be called within the group of where a dump goes. */
export function addKeepingOptions(command: Command): Command {
  return command
    .addOption(option('--clear', 'remove the dump that the directory holds, and nothing else, first'))
    .addOption(
      option(
        '-X, --snapshot-count <n>',
        'keep the newest n dumps, in numbered directories within the directory; the link last_dump names the newest',
        wholeNumber('--snapshot-count', { min: 1, max: 10_000 }),
      ),
    );
}

/** Node's timers take no longer ones. */
const MAX_DAYS = 24;

/** To be called within the group of how things are done. */
export function addStopOption(command: Command): Command {
  return command.addOption(
    option(
      '--stop-after <time>',
      'stop in good order when so much time has passed, as 90m or 6h, with exit code 9; --resume goes on (default: never)',
      duration('--stop-after', { min: 1, max: MAX_DAYS * 86_400 }),
    ),
  );
}

/** @throws ToolError USAGE. */
export function upkeepFrom({ clear, resume, snapshotCount, metricsFile, stopAfter }: UpkeepValues): Upkeep {
  if (clear === true && resume === true) {
    throw usageError('--clear and --resume exclude each other: one begins anew, the other goes on');
  }
  if (clear === true && snapshotCount !== undefined) {
    throw usageError('--clear and --snapshot-count exclude each other: the oldest dump goes by itself');
  }
  const snapshots = snapshotCount === undefined ? undefined : { count: snapshotCount, resumes: resume === true };
  return { snapshots, metricsFile, stopAfterSeconds: stopAfter };
}
