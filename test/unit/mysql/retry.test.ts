/** The retry loop with a clock of the test's own. */

import { describe, expect, test } from 'vitest';

import { ToolError } from '../../../src/base/errors.ts';
import { TABLE_MISSING, waitMs, withRetries } from '../../../src/mysql/retry.ts';
import type { RetryRun } from '../../../src/mysql/retry.ts';

interface Told {
  readonly run: RetryRun;
  /** Pauses in ms, as slept. */
  readonly slept: number[];
  /** Attempts, as told before each pause. */
  readonly retries: number[];
}

function told(given: Partial<RetryRun> = {}): Told {
  const slept: number[] = [];
  const retries: number[] = [];
  const run: RetryRun = {
    policy: { maxAttempts: 4, firstWaitMs: 100, maxWaitMs: 250 },
    isWorthRetrying: () => true,
    onRetry: (attempt) => {
      retries.push(attempt);
    },
    sleep: async (ms) => {
      slept.push(ms);
    },
    ...given,
  };
  return { run, slept, retries };
}

/** Fails `times` times, then returns the number of the attempt. */
function failing(times: number, error: unknown = new Error('not yet')): (attempt: number) => Promise<number> {
  return async (attempt) => {
    if (attempt <= times) throw error;
    return attempt;
  };
}

test('what succeeds at once is done once', async () => {
  const { run, slept } = told();
  expect(await withRetries(run, failing(0))).toBe(1);
  expect(slept).toEqual([]);
});

test('pauses double up to the longest', async () => {
  const { run, slept, retries } = told();
  expect(await withRetries(run, failing(3))).toBe(4);
  expect(slept).toEqual([100, 200, 250]);
  expect(retries).toEqual([1, 2, 3]);
});

test('a table that is missing is waited for half a minute', () => {
  const pauses = Array.from({ length: TABLE_MISSING.maxAttempts - 1 }, (_, at) => waitMs(TABLE_MISSING, at + 1));
  expect(pauses).toEqual([500, 1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000]);
});

describe('the last failure is thrown', () => {
  test('with the number of tries, its code, hint and cause', async () => {
    const cause = new Error('the words of the server');
    const error = new ToolError('SERVER_REFUSED', 'the server refused', { hint: 'do this', cause });
    const { run, slept } = told();
    const thrown: unknown = await withRetries(run, failing(99, error)).catch((caught: unknown) => caught);
    expect(thrown).toBeInstanceOf(ToolError);
    expect(thrown).toMatchObject({ code: 'SERVER_REFUSED', hint: 'do this', cause });
    expect(String(thrown)).toContain('the server refused (tried 4 times)');
    expect(slept).toHaveLength(3);
  });

  test('as it is when it is not ours', async () => {
    const error = new Error('foreign');
    await expect(withRetries(told().run, failing(99, error))).rejects.toBe(error);
  });
});

test('what is not worth retrying is thrown at once and untouched', async () => {
  const error = new ToolError('PRIVILEGE', 'not allowed');
  const { run, slept } = told({ isWorthRetrying: () => false });
  await expect(withRetries(run, failing(99, error))).rejects.toBe(error);
  expect(slept).toEqual([]);
});

test('an aborted sleep ends the retries', async () => {
  const aborted = new ToolError('INTERRUPTED', 'interrupted');
  let attempts = 0;
  const { run } = told({ sleep: () => Promise.reject(aborted) });
  const action = async (): Promise<never> => {
    attempts++;
    throw new Error('not yet');
  };
  await expect(withRetries(run, action)).rejects.toBe(aborted);
  expect(attempts).toBe(1);
});
