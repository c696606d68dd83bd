import { ToolError } from '../base/errors.ts';
import { ServerErrno } from './failure.ts';
import { ConnectionLost, ServerError } from './packets.ts';

/** How often and how patiently something is tried again. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
  /** From the first failure on; default: no limit. */
  readonly maxTotalMs?: number;
  /** Pauses are cut by a random part, at most half, so that two that were in each other's way do not meet again. */
  readonly hasJitter?: boolean;
}

/**
 * A table that does not exist although we created it: seen when a server's dictionary lags behind its DDL, and when
 * another client drops and creates the table anew. 0.5 s doubling to 5 s, ten times: half a minute in all.
 */
export const TABLE_MISSING: RetryPolicy = { maxAttempts: 10, firstWaitMs: 500, maxWaitMs: 5000 };

/** The server ended our transaction in favour of another, or its like in a cluster: the other is through in a moment. */
const DEADLOCK: RetryPolicy = { maxAttempts: 40, firstWaitMs: 5, maxWaitMs: 2000, hasJitter: true };
/** Whoever holds the lock has held it for as long as the server's limit. */
const LOCK_WAIT: RetryPolicy = { maxAttempts: 10, firstWaitMs: 50, maxWaitMs: 5000, maxTotalMs: 1_800_000 };
/** Lost, restarting, or without a free connection. InnoDB's recovery of much that was open takes minutes. */
const SERVER_GONE: RetryPolicy = { maxAttempts: Infinity, firstWaitMs: 100, maxWaitMs: 5000, maxTotalMs: 300_000 };
/** Somebody ended the statement, perhaps by mistake; who does it again means it. */
const INTERRUPTED: RetryPolicy = { maxAttempts: 5, firstWaitMs: 200, maxWaitMs: 2000 };

/** Source: MySQL's and MariaDB's server error message references. */
const BY_ERRNO: ReadonlyMap<number, RetryPolicy> = new Map([
  [ServerErrno.ER_LOCK_DEADLOCK, DEADLOCK],
  [ServerErrno.ER_CHECKREAD, DEADLOCK],
  [ServerErrno.ER_WARN_I_S_SKIPPED_TABLE, DEADLOCK], // MySQL: it is being altered, or a table that refers to it is
  [ServerErrno.ER_TOO_MANY_CONCURRENT_TRXS, DEADLOCK],
  [ServerErrno.ER_TRANSACTION_ROLLBACK_DURING_COMMIT, DEADLOCK],
  [ServerErrno.ER_LOCK_WAIT_TIMEOUT, LOCK_WAIT],
  [ServerErrno.ER_CON_COUNT_ERROR, SERVER_GONE],
  [ServerErrno.ER_UNKNOWN_COM_ERROR, SERVER_GONE], // a node of a Galera cluster that is out of it
  [ServerErrno.ER_SERVER_SHUTDOWN, SERVER_GONE],
  [ServerErrno.ER_FORCING_CLOSE, SERVER_GONE],
  [ServerErrno.ER_NEW_ABORTING_CONNECTION, SERVER_GONE],
  [ServerErrno.ER_NET_READ_ERROR, SERVER_GONE],
  [ServerErrno.ER_NET_READ_INTERRUPTED, SERVER_GONE],
  [ServerErrno.ER_NET_ERROR_ON_WRITE, SERVER_GONE],
  [ServerErrno.ER_NET_WRITE_INTERRUPTED, SERVER_GONE],
  [ServerErrno.ER_TOO_MANY_USER_CONNECTIONS, SERVER_GONE],
  [ServerErrno.ER_CONNECTION_KILLED, SERVER_GONE],
  [ServerErrno.ER_SERVER_OFFLINE_MODE, SERVER_GONE],
  [ServerErrno.ER_SERVER_ISNT_AVAILABLE, SERVER_GONE],
  [ServerErrno.ER_SESSION_WAS_KILLED, SERVER_GONE],
  [ServerErrno.ER_CLIENT_INTERACTION_TIMEOUT, SERVER_GONE],
  [ServerErrno.ER_QUERY_INTERRUPTED, INTERRUPTED],
]);

/** What the system, or the driver while it connects, says of a server that is not there, or not there yet. */
const BY_CODE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT', // its socket file
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
]);

/** How to try again what failed with this; undefined: it would fail again. */
export function retryPolicyOf(error: unknown): RetryPolicy | undefined {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if (current instanceof ConnectionLost) return SERVER_GONE;
    const { errno, code } = current as Partial<NodeJS.ErrnoException>;
    const policy = errno === undefined ? undefined : BY_ERRNO.get(errno);
    if (policy !== undefined) return policy;
    if (current instanceof ServerError) return undefined;
    if (error instanceof ToolError && error.code === 'CONNECT' && BY_CODE.has(code ?? '')) return SERVER_GONE;
  }
  return undefined;
}

/** True when the server could be reached and had no connection left for us. */
export function isOutOfConnections(error: unknown): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const { errno } = current as Partial<NodeJS.ErrnoException>;
    if (errno === ServerErrno.ER_CON_COUNT_ERROR || errno === ServerErrno.ER_TOO_MANY_USER_CONNECTIONS) return true;
  }
  return false;
}

/** The pause in front of attempt `attempt` + 1, in ms; `random` is from 0 to 1. */
export function waitMs(policy: RetryPolicy, attempt: number, random = 0): number {
  const longest = Math.min(policy.maxWaitMs, policy.firstWaitMs * 2 ** (attempt - 1));
  return policy.hasJitter === true ? Math.ceil(longest * (1 - random / 2)) : longest;
}

export interface RetryRun {
  /** How to try again after this failure; undefined: not at all. */
  readonly policyFor: (error: unknown) => RetryPolicy | undefined;
  /** Told before each pause; `attempt` counts the tries that failed in this way, from 1. */
  readonly onRetry: (attempt: number, waitMs: number, error: unknown) => void | Promise<void>;
  /** Passes time; rejects when the run is aborted. */
  readonly sleep: (ms: number) => Promise<void>;
  /** A number that grows when something was achieved that the next try goes on from: counting begins anew then. */
  readonly progress?: () => number;
  /** In ms; default: the system's. */
  readonly now?: () => number;
}

/** The only retry loop of the project. The last failure is thrown, with the number of tries. */
export async function withRetries<T>(run: RetryRun, action: (attempt: number) => Promise<T>): Promise<T> {
  const { now = () => performance.now(), progress = () => 0 } = run;
  let series = new Map<RetryPolicy, { readonly sinceMs: number; failures: number }>();
  let achieved = progress();
  for (let attempt = 1; ; attempt++) {
    try {
      return await action(attempt);
    } catch (error) {
      const policy = run.policyFor(error);
      if (policy === undefined) throw error;
      if (progress() !== achieved) series = new Map();
      achieved = progress();
      const failed = series.get(policy) ?? { sinceMs: now(), failures: 0 };
      series.set(policy, failed);
      failed.failures++;
      const { failures } = failed;
      if (failures >= policy.maxAttempts || now() - failed.sinceMs > (policy.maxTotalMs ?? Infinity)) {
        throw withTries(error, failures);
      }
      const pause = waitMs(policy, failures, Math.random());
      await run.onRetry(failures, pause, error);
      await run.sleep(pause);
    }
  }
}

function withTries(error: unknown, tries: number): unknown {
  if (!(error instanceof ToolError)) return error;
  const { code, message, cause, hint } = error;
  return new ToolError(code, `${message} (tried ${tries} times)`, { cause, hint });
}
