/** tsload's option for dumps that hold more than dumps do. */

import type { Command } from 'commander';

import { option } from '../command.ts';

export interface TrustDumpValues {
  readonly trustDump?: true;
}

/** To be called within the group of how things are done. */
export function addTrustDumpOption(command: Command): Command {
  return command.addOption(
    option(
      '--trust-dump',
      'run every statement of the dump; without it those that no dump needs (DROP DATABASE, GRANT, SET GLOBAL, another ' +
        "object's CREATE, …) end the load, named",
    ),
  );
}
