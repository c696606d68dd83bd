/** tsload's option to go on with a load that was interrupted. */

import type { Command } from 'commander';

import { option } from '../command.ts';

export interface ResumeValues {
  readonly resume?: true;
}

/** To be called within the group of how things are done. */
export function addResumeOption(command: Command): Command {
  return command.addOption(
    option(
      '--resume',
      'go on with a load that was interrupted, given the same dump and options: what is in the target stays, nothing is ' +
        'loaded twice; --threads and other options of this group may differ',
    ),
  );
}
