/**
 * Processes: who else works on the server, and who stands in the way of a lock.
 *
 * Without the PROCESS privilege an account sees its own connections only; then nobody is named.
 */
import { serverErrno, ServerErrno } from '../../mysql/failure.ts';
import { readProcesses } from '../../mysql/processes.ts';
import type { ServerProcess } from '../../mysql/processes.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';

export interface Process extends ServerProcess {
  /** What it holds beside a running statement: "open transaction", "LOCK TABLES". */
  readonly holds?: string;
}

const MAX_NAMED = 5;

/** Everybody but this session. */
export async function otherProcesses(session: Session): Promise<Process[]> {
  return (await readProcesses(session)).filter(({ id }) => id !== session.connectionId);
}

/** Threads of replication and of the server itself show as other commands than these. */
export function isRunning({ command, user }: Process): boolean {
  return (command === 'Query' || command === 'Execute') && user !== 'system user' && user !== 'event_scheduler';
}

/**
 * Who was there before us and still is: statements that have run for as long as we waited, transactions as old, and
 * on MySQL the holders of table locks, which are idle. Called by the session that waited, after its wait has ended.
 */
export async function findBlockers(session: Session, server: ServerInfo, waitedSeconds: number): Promise<Process[]> {
  const processes = await otherProcesses(session);
  const held = new Map<number, string>();
  for (const id of await openTransactions(session, waitedSeconds)) held.set(id, 'open transaction');
  if (server.product === 'MySQL') for (const id of await lockHolders(session)) held.set(id, 'LOCK TABLES');
  // The server counts whole seconds, and ours began in the middle of one.
  const isOld = (process: Process): boolean => process.seconds >= Math.max(0, waitedSeconds - 1);
  return processes
    .filter((process) => held.has(process.id) || (isRunning(process) && isOld(process)))
    .map((process) => ({ ...process, ...(held.has(process.id) ? { holds: held.get(process.id)! } : {}) }))
    .sort((a, b) => b.seconds - a.seconds);
}

async function openTransactions(session: Session, seconds: number): Promise<number[]> {
  return idsOf(
    session,
    `SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX
      WHERE trx_started <= NOW() - INTERVAL ${Math.max(0, seconds - 1)} SECOND`,
  );
}

/** LOCK TABLES shows as one of these types; a running statement that changes data or a definition holds GLOBAL. */
async function lockHolders(session: Session): Promise<number[]> {
  return idsOf(
    session,
    `SELECT DISTINCT t.PROCESSLIST_ID
       FROM performance_schema.metadata_locks l JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID
      WHERE l.LOCK_STATUS = 'GRANTED' AND t.PROCESSLIST_ID IS NOT NULL AND t.PROCESSLIST_COMMAND = 'Sleep'
        AND l.LOCK_TYPE IN ('SHARED_READ_ONLY', 'SHARED_NO_READ_WRITE', 'SHARED_NO_WRITE', 'EXCLUSIVE')
        AND l.OBJECT_TYPE = 'TABLE'`,
  );
}

async function idsOf(session: Session, sql: string): Promise<number[]> {
  try {
    const { rows } = await session.query(sql);
    return rows.map(([id]) => Number(id?.toString()));
  } catch (error) {
    const errno = serverErrno(error);
    // Without the privilege to look, what can be seen otherwise is named.
    if (errno === ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR || errno === ServerErrno.ER_TABLEACCESS_DENIED_ERROR) {
      return [];
    }
    throw error;
  }
}

/** "connection 12 (app@10.0.0.3:4711, shop, 75 s): UPDATE …", the first few, with semicolons between. */
export function nameProcesses(processes: readonly Process[]): string {
  const named = processes.slice(0, MAX_NAMED).map(({ id, user, host, database, seconds, statement, holds }) => {
    const where = [`${user}@${host}`, ...(database === '' ? [] : [database]), `${seconds} s`].join(', ');
    const does = [...(holds === undefined ? [] : [holds]), ...(statement === '' ? [] : [statement])].join(', ');
    return `connection ${id} (${where}): ${does === '' ? 'idle' : does}`;
  });
  const rest = processes.length - named.length;
  return [...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}
