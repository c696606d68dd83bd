/** `--verify` of tsload: after the load, the target's definitions and rows are compared with the dump's. */

import type { Command } from 'commander';

import { option } from '../command.ts';
import { usageError } from '../values.ts';

export interface LoadVerifyValues {
  readonly verify?: true;
  readonly data: boolean;
}

export function addLoadVerifyOption(command: Command): Command {
  return command.addOption(
    option(
      '--verify',
      'afterwards compare the target with the dump: definitions, and all rows, by the hashes in its manifest',
    ),
  );
}

/** @throws ToolError USAGE. */
export function isToBeVerified({ verify, data }: LoadVerifyValues): boolean {
  if (verify === true && !data) throw usageError('--verify compares rows, and --no-data leaves them out');
  return verify === true;
}
