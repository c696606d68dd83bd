/** A worker seen from the main thread: nobody waits for a dead one, and errors arrive whole. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { afterEach, describe, expect, test } from 'vitest';

import { describeError, ToolError } from '../../../src/base/errors.ts';
import { WorkerThread } from '../../../src/threads/worker-thread.ts';
import type { FixtureMethods, Start } from './fixture.ts';

const threads: WorkerThread<FixtureMethods>[] = [];
const start = (data: Start = 'serve'): WorkerThread<FixtureMethods> => {
  const thread = new WorkerThread<FixtureMethods>(new URL('./fixture.js', import.meta.url), data);
  threads.push(thread);
  return thread;
};

afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.stop()));
});

/** That it rejects, and with what. */
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (result) => expect.fail(`resolved with ${String(result)}`),
    (error: unknown) => error,
  );

describe('a worker that lives', () => {
  test('answers many calls at a time, each with its own result, in whatever order they end', async () => {
    const thread = start();
    const ended: number[] = [];
    const calls = Array.from({ length: 500 }, async (_, value) => {
      const result = await thread.call('echoAfter', { turns: (499 - value) % 50, value });
      ended.push(value);
      return result;
    });
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 500 }, (_, value) => value));
    expect(ended).not.toEqual(ended.toSorted((a, b) => a - b));
  });

  test.each([[undefined], [null], [new Map([['__proto__', 1n]])], [Uint8Array.of(0, 255)]])(
    'copies %s',
    async (value) => {
      expect(await start().call('echoAfter', { turns: 0, value })).toEqual(value);
    },
  );

  test('sends errors with code, hint and causes, and goes on', async () => {
    const thread = start();
    const error = await failure(thread.call('refuse', 'cannot write a.sql'));
    expect(error).toBeInstanceOf(ToolError);
    expect(error).toMatchObject({ code: 'STORAGE', exitCode: 7, hint: 'make room', message: 'cannot write a.sql' });
    expect(describeError(error)).toBe('cannot write a.sql: disk full: ENOSPC');
    expect(await failure(thread.call('throwAtOnce', 'at once'))).toMatchObject({ message: 'at once' });
    expect(await thread.call('echoAfter', { turns: 0, value: 1 })).toBe(1);
  });

  test('says which method it has not', async () => {
    const thread = start() as unknown as WorkerThread<{ missing(argument: null): Promise<void> }>;
    expect(await failure(thread.call('missing', null))).toMatchObject({
      code: 'INTERNAL',
      message: 'missing: method missing of the worker',
    });
  });

  test('survives arguments and results that cannot be copied; the caller is told', async () => {
    const thread = start();
    const argument = { turns: 0, value: () => undefined };
    expect(describeError(await failure(thread.call('echoAfter', argument)))).toContain('could not be cloned');
    expect(describeError(await failure(thread.call('giveFunction', null)))).toContain('could not be cloned');
    expect(await thread.call('echoAfter', { turns: 0, value: 1 })).toBe(1);
  });
});

describe('a worker that dies', () => {
  test.each([
    ['throws at its start', 'throw', 'a worker thread died: no service today'],
    ['exits at its start', 'exit', 'a worker thread died: exit code 3'],
  ] as const)('because it %s rejects calls made before and after', async (_how, how, reason) => {
    const thread = start(how);
    const before = await Promise.all([failure(thread.call('never', null)), failure(thread.call('never', null))]);
    const after = await failure(thread.call('echoAfter', { turns: 0, value: 1 }));
    for (const error of [...before, after]) {
      expect(error).toMatchObject({ code: 'INTERNAL' });
      expect(describeError(error)).toBe(reason);
    }
  });

  test.each([
    ['exits', 'a worker thread died: exit code 9', (thread: WorkerThread<FixtureMethods>) => thread.call('exit', 9)],
    [
      'exits with code 0',
      'a worker thread died: exit code 0',
      (thread: WorkerThread<FixtureMethods>) => thread.call('exit', 0),
    ],
    [
      'throws aside',
      'a worker thread died: aside',
      (thread: WorkerThread<FixtureMethods>) => thread.call('throwAside', 'aside'),
    ],
  ] as const)('because it %s at work rejects every pending call and each later one', async (_how, reason, die) => {
    const thread = start();
    expect(await thread.call('echoAfter', { turns: 0, value: 1 })).toBe(1);
    const pending = [thread.call('never', null), thread.call('never', null), die(thread)].map(failure);
    const errors = [...(await Promise.all(pending)), await failure(thread.call('echoAfter', { turns: 0, value: 1 }))];
    expect(errors.map(describeError)).toEqual([reason, reason, reason, reason]);
  });

  test('because it is stopped rejects pending calls before stop() resolves, and each later one', async () => {
    const thread = start();
    await thread.call('echoAfter', { turns: 0, value: 1 });
    const settled: string[] = [];
    const pending = [1, 2].map(() => failure(thread.call('never', null)).then(() => settled.push('call')));
    await thread.stop();
    settled.push('stop');
    await Promise.all(pending);
    expect(settled).toEqual(['call', 'call', 'stop']);
    expect(await failure(thread.call('never', null))).toMatchObject({ code: 'INTERNAL' });
    await thread.stop();
  });

  test('because its module is not there rejects', async () => {
    const thread = new WorkerThread<FixtureMethods>(new URL('./no-such-module.js', import.meta.url), null);
    expect(describeError(await failure(thread.call('never', null)))).toContain(
      'a worker thread died: Cannot find module',
    );
  });
});

test('nothing keeps the process up once all are stopped', async () => {
  const code = `import { parentPort } from 'node:worker_threads';
    import { WorkerThread } from ${JSON.stringify(new URL('../../../src/threads/worker-thread.js', import.meta.url).href)};
    const thread = new WorkerThread(new URL(${JSON.stringify(new URL('./fixture.js', import.meta.url).href)}), 'serve');
    await thread.call('echoAfter', { turns: 0, value: 1 });
    await thread.stop();`;
  const outer = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  const [exitCode] = (await once(outer, 'exit')) as [number];
  expect(exitCode).toBe(0);
});
