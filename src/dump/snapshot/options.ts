/** How the connections of a dump are brought to one point in time. The words are mydumper's. */
export const LOCK_MODES = ['AUTO', 'FTWRL', 'LOCK_ALL', 'GTID', 'SAFE_NO_LOCK', 'NO_LOCK'] as const;

/**
 * - AUTO: the lightest lock the server offers; LOCK_ALL where the account may not take it.
 * - FTWRL: FLUSH TABLES WITH READ LOCK, on MariaDB too.
 * - LOCK_ALL: LOCK TABLES … READ over all tables of the dump.
 * - GTID: no lock; snapshots are opened again until all are proven equal.
 * - SAFE_NO_LOCK: no lock; snapshots are opened once and refused unless proven equal.
 * - NO_LOCK: no lock and no proof: the dump is not consistent.
 */
export type LockMode = (typeof LOCK_MODES)[number];

export interface LockOptions {
  readonly mode: LockMode;
  /** How long the lock is waited for, each time. */
  readonly maxWaitSeconds: number;
  /** How often it is asked for again after that. */
  readonly waitRetries: number;
  /** How long writes may stand still while the snapshots are opened; a lock held longer is given up. */
  readonly maxHeldSeconds: number;
  /** Statements that run for longer than this when the lock is wanted are in its way; 0: none is. */
  readonly longQuerySeconds: number;
  /** They are ended by KILL QUERY; otherwise the dump waits for them, or refuses. */
  readonly killsLongQueries: boolean;
  readonly longQueryRetries: number;
  readonly longQueryIntervalSeconds: number;
  /** Refuse to dump tables that are not transactional. */
  readonly transactionalOnly: boolean;
  /** Use the server's backup lock (LOCK INSTANCE FOR BACKUP, BACKUP STAGE), which keeps DDL out. */
  readonly withBackupLock: boolean;
}

/** mydumper's defaults, but for `transactionalOnly`: one MyISAM table is no reason to have no dump. */
export const DEFAULT_LOCK: LockOptions = {
  mode: 'AUTO',
  maxWaitSeconds: 60,
  waitRetries: 0,
  maxHeldSeconds: 60,
  longQuerySeconds: 60,
  killsLongQueries: false,
  longQueryRetries: 0,
  longQueryIntervalSeconds: 60,
  transactionalOnly: false,
  withBackupLock: true,
};

/** How long any session of the dump waits for a table that somebody else has locked. */
export function lockWaitSeconds({ maxWaitSeconds }: LockOptions = DEFAULT_LOCK): number {
  return Math.max(1, maxWaitSeconds);
}
