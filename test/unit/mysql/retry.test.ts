/** The retry loop with a clock of the test's own. */

import { describe, expect, test } from 'vitest';

import { ToolError } from '../../../src/base/errors.ts';
import { ConnectionLost, ServerError } from '../../../src/mysql/packets.ts';
import { retryPolicyOf, TABLE_MISSING, waitMs, withRetries } from '../../../src/mysql/retry.ts';
import type { RetryRun } from '../../../src/mysql/retry.ts';

const POLICY = { maxAttempts: 4, firstWaitMs: 100, maxWaitMs: 250 };

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
    policyFor: () => POLICY,
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
  const { run, slept } = told({ policyFor: () => undefined });
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

test('counting begins anew when something was achieved', async () => {
  let achieved = 0;
  const { run, retries } = told({ progress: () => achieved });
  const failsFiveTimes = failing(5);
  const action = async (attempt: number): Promise<number> => {
    if (attempt === 3) achieved++;
    return failsFiveTimes(attempt);
  };
  expect(await withRetries(run, action)).toBe(6);
  expect(retries).toEqual([1, 2, 1, 2, 3]);
});

test('a lost server is waited for as long as the policy says, whatever the number of tries', async () => {
  const patient = { maxAttempts: Infinity, firstWaitMs: 1000, maxWaitMs: 1000, maxTotalMs: 60_000 };
  let nowMs = 0;
  const { run, slept } = told({
    policyFor: () => patient,
    now: () => nowMs,
    sleep: async (ms) => {
      slept.push(ms);
      nowMs += ms;
    },
  });
  await expect(withRetries(run, failing(999))).rejects.toThrow('not yet');
  expect(slept).toHaveLength(61);
});

test('pauses with a random part are between half and whole', () => {
  const policy = { ...POLICY, hasJitter: true };
  expect([0, 0.5, 1].map((random) => waitMs(policy, 1, random))).toEqual([100, 75, 50]);
});

describe('what is worth another try', () => {
  const refused = (errno: number): Error =>
    new ToolError('SERVER_REFUSED', 'refused', { cause: new ServerError(errno, 'HY000', 'words') });
  const unconnected = (fields: object): Error =>
    new ToolError('CONNECT', 'cannot connect', { cause: Object.assign(new Error('words'), fields) });

  test('a deadlock, at once', () => {
    expect(retryPolicyOf(refused(1213))).toMatchObject({ firstWaitMs: 5, hasJitter: true });
  });

  test.each([
    ['a lost connection', new ToolError('SERVER_GONE', 'lost', { cause: new ConnectionLost('gone') })],
    ['a server that shuts down', refused(1053)],
    ['a killed session', refused(1927)],
    ['a server that is not up yet', unconnected({ code: 'ECONNREFUSED', errno: -111 })],
    ['a server without a free connection', unconnected({ code: 'ER_CON_COUNT_ERROR', errno: 1040 })],
  ])('%s, for minutes', (_, error) => {
    expect(retryPolicyOf(error)).toMatchObject({ maxTotalMs: 300_000 });
  });

  test.each([
    ['a duplicate key', refused(1062)],
    ['a wrong password', new ToolError('AUTHENTICATION', 'no', { cause: new Error('denied') })],
    ['a file of ours that is gone', Object.assign(new Error('no such file'), { code: 'ENOENT' })],
  ])('not %s', (_, error) => {
    expect(retryPolicyOf(error)).toBeUndefined();
  });
});
