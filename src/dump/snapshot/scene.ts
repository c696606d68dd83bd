import type { Emit } from '../../base/events.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import type { Inventory } from './inventory.ts';
import type { LockOptions } from './options.ts';

/** What everything about the snapshot works with. */
export interface Scene {
  /** The session whose locks these are: they end with it at the latest. */
  readonly session: Session;
  readonly server: ServerInfo;
  readonly options: LockOptions;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/**
 * One way of making writes stand still. Both functions let the server's refusals through; a lock half taken is given
 * back by `unlock`.
 */
export interface LockWay {
  /** As people know it. */
  readonly kind: string;
  /** The non-transactional tables are locked while `look` looks, not after this lock is taken. */
  readonly locksApartFirst: boolean;
  /** This lock stops them too, and can be kept for them where they cannot be locked alone. */
  readonly stopsApart: boolean;
  /**
   * Takes the lock: nothing is committed from then on to the tables of the dump. `look` is called at the last
   * moment at which InnoDB tables are still written to; the tables it finds are those of the dump.
   */
  lock(scene: Scene, look: () => Promise<Inventory>): Promise<void>;
  unlock(session: Session): Promise<void>;
}
