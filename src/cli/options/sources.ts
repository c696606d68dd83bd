/** The options that say where other options are to be found, the same in both commands. */

import type { Command } from 'commander';

import { option } from '../command.ts';
import { nonEmpty, once } from '../values.ts';

export function addSourceOptions(command: Command): Command {
  return command
    .optionsGroup('Option files:')
    .addOption(
      option(
        '--defaults-file <file>',
        'read this option file instead of the usual ones',
        once('--defaults-file', nonEmpty('--defaults-file', 'a file')),
      ),
    )
    .addOption(
      option(
        '--defaults-extra-file <file>',
        'read this one too, last: what it says wins',
        once('--defaults-extra-file', nonEmpty('--defaults-extra-file', 'a file')),
      ),
    )
    .addOption(option('--no-defaults', 'read no option file'))
    .addOption(
      option('--print-config', 'print what each option comes to and where that was said, and do nothing else'),
    );
}
