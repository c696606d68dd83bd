import { setTimeout } from 'node:timers/promises';

import { describeError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { retryPolicyOf, withRetries } from '../mysql/retry.ts';
import type { RetryPolicy } from '../mysql/retry.ts';

/** What is tried again when it fails in passing. */
export interface Attempts {
  /** For messages: a file, say. */
  readonly what: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** How to try again after this failure; undefined: not at all. Default: as mysql/retry.ts has it. */
  readonly policyFor?: (error: unknown) => RetryPolicy | undefined;
  /** A number that grows when something was achieved: counting begins anew then. */
  readonly achieved?: () => number;
  /** To be done before each further try; `attempt` counts those that failed in this way. */
  readonly onFailure?: (error: unknown, attempt: number) => void | Promise<void>;
}

/** Runs `action` until it succeeds, and tells of each try that did not. The last failure is thrown. */
export async function retried<T>(attempts: Attempts, action: (attempt: number) => Promise<T>): Promise<T> {
  const { what, emit, signal, policyFor = retryPolicyOf, achieved = () => 0, onFailure = () => undefined } = attempts;
  return withRetries(
    {
      // What fails because the run is ended is no failure of its own.
      policyFor: (error) => (signal.aborted ? undefined : policyFor(error)),
      onRetry: async (attempt, waitMs, error) => {
        emit({ type: 'retry', what, attempt, waitMs, reason: describeError(error) });
        await onFailure(error, attempt);
      },
      sleep: (ms) => setTimeout(ms, undefined, { signal }),
      progress: achieved,
    },
    action,
  );
}
