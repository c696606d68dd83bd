/** Tables: those of the dump as they are when the lock is taken, and the locking of those that no snapshot covers. */
import { describeError, ToolError } from '../../base/errors.ts';
import { someOf } from '../../base/some-of.ts';
import { connect } from '../../mysql/connect.ts';
import { saying, serverErrno, serverFailure } from '../../mysql/failure.ts';
import type { ConnectionOptions } from '../../mysql/options.ts';
import type { Session } from '../../mysql/session.ts';
import { prepareToRead } from '../../mysql/reading.ts';
import { TablesApart } from './apart.ts';
import { qualified, readInventory } from './inventory.ts';
import type { Inventory, KnownTable, Marks, Selection } from './inventory.ts';
import { lockListed } from './lock-tables.ts';
import { tooManyFiles } from './open-files.ts';
import type { LockWay, Scene } from './scene.ts';
import { keepOthersOut, letOthersIn } from './turn.ts';

export interface TablesRequest extends Scene {
  readonly connection: ConnectionOptions;
  readonly selection: Selection;
  /** Rows will be read. */
  readonly withData: boolean;
  /** Takes a session over that is opened on the way: it is closed with the dump, however that ends. */
  readonly adopt: (session: Session) => void;
}

/** A lock that is held already. */
interface HeldLock {
  readonly kind: string;
  readonly unlock: () => Promise<void>;
}

const HELD_FOR_APART =
  'the non-transactional tables cannot be locked alone, so all writes to the server wait until they are read';

/**
 * The server compares each table of a LOCK TABLES with all before it: 10,000 take 2.3 s, half as many 0.8 s. More are
 * locked by sessions of their own.
 */
const TABLES_A_SESSION = 10_000;

/** The tables of the dump as they were found last, and the sessions that hold those apart (5). */
export class SelectedTables {
  inventory: Inventory = new Map();
  private readonly request: TablesRequest;
  private readonly marks: Marks;
  /** A session that holds no lock, where the main one does and has to stay free for letting it go. */
  freeSession: Session | undefined;
  private apart: TablesApart | undefined;
  private readonly keepers: Session[] = [];
  /** Why those apart cannot be locked alone, as far as it is known. */
  private refusal: string | undefined;

  /** With marks where the inventory will be compared with a later one. */
  constructor(request: TablesRequest, marks: Marks) {
    this.request = request;
    this.marks = marks;
  }

  /** Lists the tables, and has a session ready for those that no snapshot covers. */
  async look(way?: LockWay): Promise<Inventory> {
    const { options, connection, server, withData, signal, adopt } = this.request;
    this.inventory = await saying('listing the tables', () => this.read());
    const found = withData ? this.tablesApart : [];
    this.refusal = tooManyFiles(found, server);
    if (found.length > 0 && options.transactionalOnly) {
      throw new ToolError(
        'CONSISTENCY',
        `not transactional, as --trx-tables asks: ${someOf(found.map(qualified), 5)}`,
        {
          hint: 'leave --trx-tables out: these tables are then locked until they are read',
        },
      );
    }
    const keepers = this.refusal === undefined ? Math.ceil(found.length / TABLES_A_SESSION) : 1;
    while (this.keepers.length < keepers) {
      const keeper = await connect(connection, signal);
      adopt(keeper);
      this.keepers.push(keeper);
    }
    if (way?.locksApartFirst === true) await this.lockApartNow(way);
    return this.inventory;
  }

  /** Locks what is apart. Where the account may not, the lock that is `held` stays until those tables are read. */
  async lockApart(held?: HeldLock): Promise<TablesApart | undefined> {
    const [first] = this.keepers;
    if (first === undefined || this.apart !== undefined) return this.apart;
    return (this.apart = await this.lockWith(first, held));
  }

  private get tablesApart(): KnownTable[] {
    return [...this.inventory.values()].filter(({ isApart }) => isApart);
  }

  /** Where the lock that is being taken stops these tables too, it is kept for them after a refusal: nobody waits for a second. */
  private async lockApartNow({ stopsApart }: LockWay): Promise<void> {
    if (stopsApart && this.refusal !== undefined) return;
    try {
      await this.lockApart();
    } catch (error) {
      if (!stopsApart || serverErrno(error) === undefined) throw error;
      this.refusal = describeError(error);
    }
  }

  private async lockWith(first: Session, held: HeldLock | undefined): Promise<TablesApart> {
    const { emit, options } = this.request;
    const { keepers } = this;
    if (held !== undefined && this.refusal !== undefined) return this.keepFor(this.refusal, first, held);
    await keepOthersOut(this.request, first);
    try {
      for (const keeper of keepers) {
        await keeper.execute(
          `SET SESSION wait_timeout = 86400, lock_wait_timeout = ${Math.max(1, options.maxWaitSeconds)}`,
        );
      }
      const locked = await lockListed(keepers, this.listing(), ({ isApart }) => isApart);
      const kind = `LOCK TABLES … READ of ${locked.length} non-transactional tables`;
      emit({ type: 'lock', state: 'held', kind });
      return new TablesApart({ kind, tables: locked.map(qualified), unlock: () => letGo(keepers), emit });
    } catch (error) {
      const doing = 'locking the non-transactional tables';
      if (serverErrno(error) === undefined) throw serverFailure(doing, error);
      if (held !== undefined) return this.keepFor(describeError(error), first, held);
      if (this.refusal === undefined) throw serverFailure(doing, error);
      throw new ToolError('LOCK', `the server refused while ${doing}`, { cause: error, hint: this.refusal });
    }
  }

  private async keepFor(why: string, free: Session, held: HeldLock): Promise<TablesApart> {
    const { server, emit } = this.request;
    await letOthersIn(free); // the lock that is held keeps them out
    await saying('preparing a session', () => prepareToRead(free, server));
    this.freeSession = free;
    emit({ type: 'warning', message: `${HELD_FOR_APART} (${why})` });
    return new TablesApart({ ...held, tables: this.tablesApart.map(qualified), emit });
  }

  /** The tables as they were found, and as they are when one of those is gone by now. */
  private listing(): () => Promise<Inventory> {
    let found: Inventory | undefined = this.inventory;
    return async () => {
      const tables = found ?? (await this.read());
      found = undefined;
      return tables;
    };
  }

  private read(): Promise<Inventory> {
    const { session, server, selection } = this.request;
    return readInventory(session, server, { selection, marks: this.marks });
  }
}

async function letGo(keepers: readonly Session[]): Promise<void> {
  for (const keeper of keepers) await keeper.execute('UNLOCK TABLES');
  for (const keeper of keepers) await keeper.close();
}
