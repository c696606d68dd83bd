/** The options that say how a dump comes to one point in time: their help, their older names, and their values → LockOptions. */

import type { Command } from 'commander';

import { DEFAULT_LOCK, LOCK_MODES } from '../../dump/snapshot/options.ts';
import type { LockMode, LockOptions } from '../../dump/snapshot/options.ts';
import { option } from '../command.ts';
import { duration, oneOf, usageError, wholeNumber } from '../values.ts';

/** As commander gathers them. */
export interface LockValues {
  readonly syncThreadLockMode?: LockMode;
  readonly ftwrlMaxWaitTime: number;
  readonly ftwrlTimeoutRetries: number;
  readonly longQueryGuard: number;
  readonly killLongQueries?: true;
  readonly longQueryRetries: number;
  readonly longQueryRetryInterval: number;
  /** False: --no-trx-tables. */
  readonly trxTables?: '0' | '1' | false;
  readonly backupLocks: boolean;
  readonly skipDdlLocks?: true;
  readonly lockAllTables?: true;
  readonly lessLocking?: true;
  /** False: --no-locks. */
  readonly locks: boolean;
  readonly trxConsistencyOnly?: true;
}

const DAY_SECONDS = 86_400;
const seconds = (name: string, note?: string): ((text: string) => number) =>
  duration(name, { min: note === undefined ? 1 : 0, max: DAY_SECONDS, ...(note === undefined ? {} : { note }) });
const times = (name: string): ((text: string) => number) => wholeNumber(name, { min: 0, max: 1e6 });

export function addLockOptions(command: Command): Command {
  return command
    .optionsGroup('One point in time:')
    .addOption(
      option(
        '--sync-thread-lock-mode <mode>',
        'AUTO: the lightest lock there is; FTWRL; LOCK_ALL: LOCK TABLES, for accounts without RELOAD; GTID: no lock, ' +
          'snapshots until all are equal; SAFE_NO_LOCK: the same, once; NO_LOCK: not consistent (default: AUTO)',
        oneOf('--sync-thread-lock-mode', LOCK_MODES),
      ),
    )
    .addOption(
      option(
        '--ftwrl-max-wait-time <s>',
        'give the lock up after waiting so long',
        seconds('--ftwrl-max-wait-time'),
      ).default(DEFAULT_LOCK.maxWaitSeconds),
    )
    .addOption(
      option('--ftwrl-timeout-retries <n>', 'and ask again, so often', times('--ftwrl-timeout-retries')).default(
        DEFAULT_LOCK.waitRetries,
      ),
    )
    .addOption(
      option(
        '-l, --long-query-guard <s>',
        'statements running for longer are in the way; 0: none is',
        seconds('--long-query-guard', '0: off'),
      ).default(DEFAULT_LOCK.longQuerySeconds),
    )
    .addOption(option('-K, --kill-long-queries', 'end them instead of refusing to dump'))
    .addOption(
      option('--long-query-retries <n>', 'look again, so often', times('--long-query-retries')).default(
        DEFAULT_LOCK.longQueryRetries,
      ),
    )
    .addOption(
      option(
        '--long-query-retry-interval <s>',
        'after so long',
        seconds('--long-query-retry-interval', '0: at once'),
      ).default(DEFAULT_LOCK.longQueryIntervalSeconds),
    )
    .addOption(
      option(
        '--trx-tables [0|1]',
        'refuse tables that are not transactional (default: lock them until they are read)',
        oneOf('--trx-tables', ['0', '1']),
      ).preset('1'),
    )
    .addOption(option('--no-trx-tables', 'the same as --trx-tables=0').hideHelp())
    .addOption(option('--no-backup-locks', 'leave the backup lock alone, which keeps DDL out'))
    .addOption(option('--skip-ddl-locks', 'the same').hideHelp())
    .addOption(option('--less-locking', 'old name').hideHelp())
    .addOption(option('--lock-all-tables', 'old name').hideHelp())
    .addOption(option('-k, --no-locks', 'old name').hideHelp())
    .addOption(option('--trx-consistency-only', 'old name').hideHelp());
}

/** @throws ToolError USAGE when an old name and --sync-thread-lock-mode differ. */
export function lockFrom(values: LockValues): LockOptions {
  return {
    mode: modeFrom(values),
    maxWaitSeconds: values.ftwrlMaxWaitTime,
    waitRetries: values.ftwrlTimeoutRetries,
    maxHeldSeconds: DEFAULT_LOCK.maxHeldSeconds,
    longQuerySeconds: values.longQueryGuard,
    killsLongQueries: values.killLongQueries === true,
    longQueryRetries: values.longQueryRetries,
    longQueryIntervalSeconds: values.longQueryRetryInterval,
    transactionalOnly: values.trxTables === '1' || values.trxConsistencyOnly === true,
    withBackupLock: values.backupLocks && values.skipDdlLocks !== true,
  };
}

function modeFrom({ syncThreadLockMode, lockAllTables, locks }: LockValues): LockMode {
  const older: LockMode[] = [
    ...(lockAllTables === true ? (['LOCK_ALL'] as const) : []),
    ...(locks ? [] : (['NO_LOCK'] as const)),
  ];
  const chosen = new Set([...(syncThreadLockMode === undefined ? [] : [syncThreadLockMode]), ...older]);
  if (chosen.size > 1) {
    throw usageError(`${[...chosen].join(' and ')} contradict each other: use --sync-thread-lock-mode alone`);
  }
  return [...chosen][0] ?? DEFAULT_LOCK.mode;
}

export function lockNotices({ lockAllTables, locks, lessLocking, trxConsistencyOnly }: LockValues): string[] {
  return [
    ...(lockAllTables === true ? ['--lock-all-tables is an old name: use --sync-thread-lock-mode=LOCK_ALL'] : []),
    ...(locks ? [] : ['--no-locks is an old name: use --sync-thread-lock-mode=NO_LOCK']),
    ...(lessLocking === true
      ? ['--less-locking is an old name for what is done anyway: only tables that are not transactional stay locked']
      : []),
    ...(trxConsistencyOnly === true ? ['--trx-consistency-only is an old name: use --trx-tables'] : []),
  ];
}
