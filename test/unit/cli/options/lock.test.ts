import { expect, test } from 'vitest';

import { parseDumpArguments } from '../../../../src/cli/dump-arguments.ts';
import { DEFAULT_LOCK } from '../../../../src/index.ts';
import { PLAIN } from '../surroundings.ts';

function run(...argv: string[]) {
  const request = parseDumpArguments(['-d', 'x', ...argv], PLAIN);
  if (request.kind !== 'run') throw new Error('not a run');
  return { lock: request.options.lock, notices: request.notices };
}

test('nothing said: the lightest lock, a minute to wait for it, and no table refused', () => {
  expect(run()).toEqual({ lock: DEFAULT_LOCK, notices: [] });
});

test.each([
  [['--sync-thread-lock-mode=gtid'], { mode: 'GTID' }],
  [['--sync-thread-lock-mode', 'SAFE_NO_LOCK'], { mode: 'SAFE_NO_LOCK' }],
  [['--ftwrl-max-wait-time=5', '--ftwrl-timeout-retries=3'], { maxWaitSeconds: 5, waitRetries: 3 }],
  [['-l', '10', '-K'], { longQuerySeconds: 10, killsLongQueries: true }],
  [['--long-query-guard=0'], { longQuerySeconds: 0 }],
  [['--long-query-retries=2', '--long-query-retry-interval=7'], { longQueryRetries: 2, longQueryIntervalSeconds: 7 }],
  [['--trx-tables'], { transactionalOnly: true }],
  [['--trx-tables=1'], { transactionalOnly: true }],
  [['--trx-tables=0'], { transactionalOnly: false }],
  [['--no-trx-tables'], { transactionalOnly: false }],
  [['--no-backup-locks'], { withBackupLock: false }],
  [['--skip-ddl-locks'], { withBackupLock: false }],
])('%j', (argv, lock) => {
  expect(run(...argv)).toEqual({ lock: { ...DEFAULT_LOCK, ...lock }, notices: [] });
});

test.each([
  ['--lock-all-tables', { mode: 'LOCK_ALL' }, /--sync-thread-lock-mode=LOCK_ALL/],
  ['--no-locks', { mode: 'NO_LOCK' }, /--sync-thread-lock-mode=NO_LOCK/],
  ['-k', { mode: 'NO_LOCK' }, /--sync-thread-lock-mode=NO_LOCK/],
  ['--less-locking', {}, /what is done anyway/],
  ['--trx-consistency-only', { transactionalOnly: true }, /--trx-tables/],
])('the old %s still works and says its new name', (argument, lock, notice) => {
  const { lock: read, notices } = run(argument);
  expect(read).toEqual({ ...DEFAULT_LOCK, ...lock });
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(notice);
});

test('modes that contradict each other are refused', () => {
  expect(() => run('--no-locks', '--lock-all-tables')).toThrow(/contradict/);
  expect(() => run('--sync-thread-lock-mode=AUTO', '-k')).toThrow(/--sync-thread-lock-mode alone/);
  expect(run('--sync-thread-lock-mode=NO_LOCK', '-k').lock?.mode).toBe('NO_LOCK');
  expect(() => run('--sync-thread-lock-mode=NONE')).toThrow(/one of AUTO, FTWRL/);
});
