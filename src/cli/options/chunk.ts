/** The options that say how tables are divided between connections. */

import type { Command } from 'commander';

import type { ThrottleRule } from '../../dump/options.ts';
import { option } from '../command.ts';
import { usageError, wholeNumber } from '../values.ts';
import type { ValueParser } from '../values.ts';

/** As commander gathers them. */
export interface ChunkValues {
  readonly rows?: number;
  readonly maxThreadsPerTable?: number;
  readonly splitPartitions?: true;
  readonly throttle?: ThrottleRule | true;
}

export function addChunkOptions(command: Command): Command {
  return command
    .addOption(option('-r, --rows <n>', 'rows a chunk of a table aims at (default: by size)', rowsPerChunk))
    .addOption(
      option(
        '--max-threads-per-table <n>',
        'connections that read one table at the same time (default: all)',
        wholeNumber('--max-threads-per-table', { min: 1, max: 1024 }),
      ),
    )
    .addOption(option('--split-partitions', 'read each partition on its own'))
    .addOption(
      option(
        '--throttle [condition]',
        'one connection reads and the others wait while a status variable of the server is above a limit, as ' +
          'Threads_running=25 (without a condition: Threads_running, twice --threads)',
        throttleRule,
      ),
    );
}

export function chunkingFrom({ rows, maxThreadsPerTable, splitPartitions }: ChunkValues): {
  readonly rowsPerChunk: number | undefined;
  readonly maxThreadsPerTable: number | undefined;
  readonly splitPartitions: boolean;
} {
  // "By size" is the default and has a word of its own only in mydumper's form.
  const rowsPerChunk = rows === 0 ? undefined : rows;
  return { rowsPerChunk, maxThreadsPerTable, splitPartitions: splitPartitions === true };
}

/** mydumper's form: VARIABLE=N, with or without `max:` in front. */
const throttleRule: ValueParser<ThrottleRule> = (text) => {
  const [, variable, limit] = /^(?:max:)?([A-Za-z]\w*)=(\d{1,15})$/.exec(text) ?? [];
  if (variable !== undefined) return { variable, limit: Number(limit) };
  throw usageError(`--throttle: "${text}" is not allowed; give a status variable and a number, as Threads_running=25`);
};

const aim = wholeNumber('--rows', { min: 1, max: 1e15 });
const bound = /^\d{1,15}$/;

/**
 * N, or mydumper's MIN:START and MIN:START:MAX. There, chunks begin with START rows and change with the time they take;
 * here they are counted off exactly, so START is what they have. START = 0 leaves it to the tool, as there.
 */
const rowsPerChunk: ValueParser<number> = (text) => {
  const [min = '', start, max = '0', ...more] = text.split(':');
  if (start === undefined) return aim(text);
  if (more.length > 0 || ![min, start, max].every((each) => bound.test(each))) {
    throw usageError(`--rows: "${text}" is not allowed; give N, MIN:START or MIN:START:MAX, each a whole number`);
  }
  return Number(start);
};

/** The dump's own connections are among those that run. */
export function throttleFrom({ throttle }: ChunkValues, threads: number): ThrottleRule | undefined {
  return throttle === true ? { variable: 'Threads_running', limit: 2 * threads } : throttle;
}
