/**
 * Lock waits: which connections wait for which others, as far as the server tells this account.
 *
 * Rows: InnoDB knows both sides. Metadata locks (a table's definition, LOCK TABLES, FLUSH TABLES WITH READ LOCK): MySQL knows
 * both sides; MariaDB only tells that somebody waits, unless its plugin metadata_lock_info is installed, and then who
 * holds which table. So there the holders are guessed: those in the same database, then those in a transaction, then those
 * that have done nothing for longest.
 */
import { describeError } from '../base/errors.ts';
import { ServerErrno, serverErrno } from './failure.ts';
import { readProcesses } from './processes.ts';
import type { ServerProcess } from './processes.ts';
import type { ServerInfo } from './server.ts';
import type { Row, Session } from './session.ts';

export interface LockWait {
  readonly waiter: ServerProcess;
  /** Empty when the server does not say. */
  readonly holders: readonly ServerProcess[];
  /** Those of whom one may be the holder, when none is known; the likeliest first. */
  readonly mayHold: readonly ServerProcess[];
  /** "`shop`.`orders`"; '' when the server does not say. */
  readonly on: string;
}

export interface LockView {
  /** Our own, by connection id. */
  readonly ours: readonly ServerProcess[];
  /** Of ours. */
  readonly waits: readonly LockWait[];
  /** What the account may not see. */
  readonly unseen: readonly string[];
}

interface Pair {
  readonly waiter: number;
  readonly holder: number;
  readonly on: string;
}

/** "Waiting for table metadata lock", "Waiting for global read lock", …; not for the client's next bytes. */
const WAITING = /^waiting for (?!client)/i;

/** "system user", "event_scheduler": the server's own. */
const SYSTEM = /^(?:system user|event_scheduler)$/;

const MYSQL_PAIRS: readonly string[] = [
  // By transactions: the thread of a lock is the one that made it explicit, which may be the one that waits.
  `SELECT r.trx_mysql_thread_id, b.trx_mysql_thread_id, CONCAT('\`', l.OBJECT_SCHEMA, '\`.\`', l.OBJECT_NAME, '\`')
   FROM performance_schema.data_lock_waits w
   JOIN information_schema.INNODB_TRX r ON r.trx_id = w.REQUESTING_ENGINE_TRANSACTION_ID
   JOIN information_schema.INNODB_TRX b ON b.trx_id = w.BLOCKING_ENGINE_TRANSACTION_ID
   JOIN performance_schema.data_locks l ON l.ENGINE_LOCK_ID = w.REQUESTING_ENGINE_LOCK_ID AND l.ENGINE = w.ENGINE`,
  `SELECT r.PROCESSLIST_ID, b.PROCESSLIST_ID, IFNULL(CONCAT('\`', p.OBJECT_SCHEMA, IFNULL(CONCAT('\`.\`', p.OBJECT_NAME), ''), '\`'), '')
   FROM performance_schema.metadata_locks p
   JOIN performance_schema.metadata_locks g ON g.OBJECT_TYPE = p.OBJECT_TYPE AND g.OBJECT_SCHEMA <=> p.OBJECT_SCHEMA
     AND g.OBJECT_NAME <=> p.OBJECT_NAME AND g.LOCK_STATUS = 'GRANTED' AND g.OWNER_THREAD_ID <> p.OWNER_THREAD_ID
   JOIN performance_schema.threads r ON r.THREAD_ID = p.OWNER_THREAD_ID
   JOIN performance_schema.threads b ON b.THREAD_ID = g.OWNER_THREAD_ID
   WHERE p.LOCK_STATUS = 'PENDING' AND p.OBJECT_TYPE IN ('GLOBAL', 'COMMIT', 'BACKUP LOCK', 'SCHEMA', 'TABLE')`,
];

const MARIADB_PAIRS: readonly string[] = [
  `SELECT r.trx_mysql_thread_id, b.trx_mysql_thread_id, l.lock_table FROM information_schema.INNODB_LOCK_WAITS w
   JOIN information_schema.INNODB_TRX r ON r.trx_id = w.requesting_trx_id
   JOIN information_schema.INNODB_TRX b ON b.trx_id = w.blocking_trx_id
   JOIN information_schema.INNODB_LOCKS l ON l.lock_id = w.requested_lock_id`,
];
const IN_TRANSACTION = 'SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX';
const TABLE_HOLDERS = 'SELECT THREAD_ID, TABLE_NAME FROM information_schema.METADATA_LOCK_INFO';

/** @param own connection ids of ours, the looking session's not among them */
export async function readLockWaits(
  session: Session,
  { product }: ServerInfo,
  own: ReadonlySet<number>,
): Promise<LockView> {
  const reader = new Reader(session);
  const processes = new Map((await readProcesses(session)).map((each) => [each.id, each]));
  const pairs: Pair[] = [];
  for (const sql of product === 'MySQL' ? MYSQL_PAIRS : MARIADB_PAIRS) {
    for (const [waiter, holder, on = ''] of await reader.rows(sql)) {
      if (own.has(Number(waiter))) pairs.push({ waiter: Number(waiter), holder: Number(holder), on });
    }
  }
  const ours = [...processes.values()].filter(({ id }) => own.has(id));
  const others = [...processes.values()].filter(({ id }) => !own.has(id) && id !== session.connectionId);
  const waits: LockWait[] = [];
  for (const waiter of ours) {
    const known = pairs.filter((pair) => pair.waiter === waiter.id);
    const holders = [...new Set(known.map(({ holder }) => holder))].map((id) => processes.get(id) ?? unseen(id));
    if (holders.length > 0) waits.push({ waiter, holders, mayHold: [], on: known[0]?.on ?? '' });
    else if (WAITING.test(waiter.state)) {
      const mayHold = await reader.candidates(product, waiter, others);
      waits.push({ waiter, holders, mayHold, on: '' });
    }
  }
  return { ours, waits, unseen: reader.unseen };
}

class Reader {
  readonly unseen: string[] = [];
  private readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  /** None when the account may not see them, which is noted. */
  async rows(sql: string): Promise<string[][]> {
    try {
      const { rows } = await this.session.query(sql);
      return rows.map((row: Row) => row.map(textOf));
    } catch (error) {
      if (serverErrno(error) === undefined) throw error;
      if (serverErrno(error) !== ServerErrno.ER_UNKNOWN_TABLE) this.unseen.push(describeError(error));
      return [];
    }
  }

  /** Who may hold what this one waits for. */
  async candidates(
    product: ServerInfo['product'],
    waiter: ServerProcess,
    others: readonly ServerProcess[],
  ): Promise<readonly ServerProcess[]> {
    if (product === 'MySQL') return [];
    const tables = await this.rows(TABLE_HOLDERS);
    const known = new Set(
      tables.filter(([, table = '']) => waiter.statement.includes(table)).map(([id]) => Number(id)),
    );
    const holders = others.filter(({ id }) => known.has(id));
    if (holders.length > 0) return holders;
    const inTransaction = new Set((await this.rows(IN_TRANSACTION)).map(([id]) => Number(id)));
    const likelihood = ({ id, database }: ServerProcess): number =>
      (database !== '' && database === waiter.database ? 2 : 0) + (inTransaction.has(id) ? 1 : 0);
    return others
      .filter(({ state, command, user }) => !WAITING.test(state) && command !== 'Daemon' && !SYSTEM.test(user))
      .sort((a, b) => likelihood(b) - likelihood(a) || b.seconds - a.seconds);
  }
}

/** A connection that the account may not see. */
function unseen(id: number): ServerProcess {
  return { id, user: '', host: '', database: '', command: '', seconds: 0, state: '', statement: '' };
}

function textOf(value: Buffer | null | undefined): string {
  return value?.toString('utf8') ?? '';
}
