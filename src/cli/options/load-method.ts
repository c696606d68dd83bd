/** tsload's option for the way in which rows of INSERT statements are sent. */

import type { Command } from 'commander';

import type { LoadMethod } from '../../load/options.ts';
import { option } from '../command.ts';
import { oneOf } from '../values.ts';

const LOAD_METHODS = ['auto', 'insert', 'load-data'] as const satisfies LoadMethod[];

export interface LoadMethodValues {
  readonly loadMethod: LoadMethod;
}

export function addLoadMethodOption(command: Command): Command {
  return command.addOption(
    option(
      '--load-method <method>',
      'INSERT statements as they stand (insert), or their rows through LOAD DATA LOCAL where these are stored the same ' +
        '(load-data); auto: LOAD DATA where the target allows it (local_infile)',
      oneOf('--load-method', LOAD_METHODS),
    ).default('auto'),
  );
}
