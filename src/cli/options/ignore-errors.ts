/** tsload's option for errors of rows that are not to end the load. */

import type { Command } from 'commander';

import { option } from '../command.ts';
import { usageError } from '../values.ts';

export interface IgnoreErrorsValues {
  readonly ignoreErrors?: readonly number[];
}

export function addIgnoreErrorsOption(command: Command): Command {
  return command.addOption(
    option(
      '--ignore-errors <numbers>',
      'rows that the server refuses with these error numbers, as 1062,1452, are left out, counted and named; the load ' +
        'then ends with exit code 3',
      errorNumbers,
    ),
  );
}

function errorNumbers(value: string): readonly number[] {
  if (!/^ *[1-9]\d{0,5} *(, *[1-9]\d{0,5} *)*$/.test(value)) {
    throw usageError(`--ignore-errors: "${value}" is not allowed; give error numbers of the server, as 1062,1452`);
  }
  return value.split(',').map(Number);
}
