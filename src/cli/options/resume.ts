/** The options to go on with a load, or with a dump, that was interrupted. */

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

/** To be called within the group of where a dump goes. */
export function addDumpResumeOption(command: Command): Command {
  return command.addOption(
    option(
      '--resume',
      'go on with the interrupted dump that the directory holds, of the same server and with the same options: finished ' +
        'tables stay; --threads, --rows and the lock may differ',
    ),
  );
}
