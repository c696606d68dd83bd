import { ToolError } from '../base/errors.ts';

/** How often and how patiently something is tried again. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
}

/**
 * A table that does not exist although we created it: seen when a server's dictionary lags behind its DDL, and when
 * another client drops and creates the table anew. 0.5 s doubling to 5 s, ten times: half a minute in all.
 */
export const TABLE_MISSING: RetryPolicy = { maxAttempts: 10, firstWaitMs: 500, maxWaitMs: 5000 };

/** The pause in front of attempt `attempt` + 1, in ms. */
export function waitMs(policy: RetryPolicy, attempt: number): number {
  return Math.min(policy.maxWaitMs, policy.firstWaitMs * 2 ** (attempt - 1));
}

export interface RetryRun {
  readonly policy: RetryPolicy;
  readonly isWorthRetrying: (error: unknown) => boolean;
  /** Told before each pause; `attempt` counts the tries that failed, from 1. */
  readonly onRetry: (attempt: number, waitMs: number, error: unknown) => void | Promise<void>;
  /** Passes time; rejects when the run is aborted. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** The only retry loop of the project. The last failure is thrown, with the number of tries. */
export async function withRetries<T>(run: RetryRun, action: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action(attempt);
    } catch (error) {
      if (!run.isWorthRetrying(error)) throw error;
      if (attempt >= run.policy.maxAttempts) {
        throw error instanceof ToolError
          ? new ToolError(error.code, `${error.message} (tried ${attempt} times)`, {
              cause: error.cause,
              hint: error.hint,
            })
          : error;
      }
      const pause = waitMs(run.policy, attempt);
      await run.onRetry(attempt, pause, error);
      await run.sleep(pause);
    }
  }
}
