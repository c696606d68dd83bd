/** The option that says when tsload builds keys. */

import type { Command } from 'commander';

import type { KeyTime } from '../../load/options.ts';
import { option, spellOutBare } from '../command.ts';
import { oneOf } from '../values.ts';

const KEY_TIMES = ['AUTO', 'AFTER_IMPORT_PER_TABLE', 'AFTER_IMPORT_ALL_TABLES', 'SKIP'] as const satisfies KeyTime[];

/** As commander gathers them. */
export interface KeyValues {
  readonly optimizeKeys: KeyTime;
  readonly innodbOptimizeKeys?: KeyTime;
}

/** To be called within the group of how things are done. */
export function addKeyOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '--optimize-keys [mode]',
        'when to build keys other than the primary: AUTO, with the rows for small tables and after them for big ones; ' +
          'AFTER_IMPORT_PER_TABLE or AFTER_IMPORT_ALL_TABLES, after the rows of the table or of all; SKIP, with the ' +
          'rows (without a mode: AFTER_IMPORT_PER_TABLE)',
        oneOf('--optimize-keys', KEY_TIMES),
      ).default('AUTO'),
    )
    .addOption(
      option(
        '--innodb-optimize-keys [mode]',
        'old name of --optimize-keys',
        oneOf('--innodb-optimize-keys', KEY_TIMES),
      ).hideHelp(),
    );
}

/** As an option without its argument is read by myloader. */
export function spellOutKeyTimes(argv: readonly string[]): string[] {
  const perTable: KeyTime = 'AFTER_IMPORT_PER_TABLE';
  return ['--optimize-keys', '--innodb-optimize-keys'].reduce<string[]>(
    (given, name) => spellOutBare(given, [name], perTable),
    [...argv],
  );
}

export function keyTimeFrom({ optimizeKeys, innodbOptimizeKeys }: KeyValues): KeyTime {
  return innodbOptimizeKeys ?? optimizeKeys;
}

export function keyNotices({ innodbOptimizeKeys }: KeyValues): string[] {
  return innodbOptimizeKeys === undefined ? [] : ['--innodb-optimize-keys is an old name: use --optimize-keys'];
}
