/** The option that says how many connections share a table while it is loaded. */

import type { Command } from 'commander';

import { option } from '../command.ts';
import { wholeNumber } from '../values.ts';

/** As commander gathers them. */
export interface LoadThreadsValues {
  readonly maxThreadsPerTable?: number;
}

/** To be called within the group of how things are done. */
export function addLoadThreadsOption(command: Command): Command {
  return command.addOption(
    option(
      '--max-threads-per-table <n>',
      'connections that load one table at the same time (default: all)',
      wholeNumber('--max-threads-per-table', { min: 1, max: 1024 }),
    ),
  );
}
