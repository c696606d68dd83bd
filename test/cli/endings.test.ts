/** However a run ends, the last line of stderr and the exit code say the same. The engine is a fake one: fake-engine.ts. */

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { existsSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

import { ERROR_CODES, ToolError } from '../../src/base/errors.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { withFolder } from '../support/cli.ts';
import type { FakeRun } from './fake-engine.ts';

const fakeEngine = fileURLToPath(new URL('fake-engine.js', import.meta.url));

const WAIT = { timeout: 60_000, interval: 20 };
/** util-linux's: runs a command on a terminal of its own. */
const hasScript = process.platform === 'linux' && ['/usr/bin/script', '/bin/script'].some((path) => existsSync(path));

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(fakeRun: FakeRun, args: readonly string[] = [], fakeCode: ErrorCode = 'INTERNAL'): Child {
  return spawn(process.execPath, [fakeEngine, '-d', 'x', ...args], {
    env: { ...process.env, FAKE_RUN: fakeRun, FAKE_CODE: fakeCode },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function end(child: Child, onText: (stderr: string) => void = () => undefined) {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onText(stderr);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr, last: stderr.trimEnd().split('\n').at(-1) };
}

test.each([
  ['done', 0, 'tsdump finished: the dump in x is complete'],
  ['skipped', 3, 'tsdump finished without 1 object named above (exit code 3)'],
  ['refused', 5, 'tsdump failed: CONNECT (exit code 5)'],
  ['rejected', 1, 'tsdump failed: INTERNAL (exit code 1)'],
  ['dry', 1, 'tsdump failed: INTERNAL (exit code 1)'],
] as const)('a run that is %s ends with %i', async (fakeRun, code, last) => {
  expect(await end(start(fakeRun))).toMatchObject({ code, last, stdout: '' });
});

test('every exit code is one that is documented, and the last line says the same', async () => {
  const documented = new Set(EXIT_CODES.flatMap(([codes]) => codes.split(', ')));
  const byExit = new Map(ERROR_CODES.map((code) => [new ToolError(code, '').exitCode, code]));
  expect(new Set(['0', ...[...byExit.keys()].map(String)])).toEqual(documented);
  for (const page of ['README.md', 'docs/trouble.md']) {
    const text = await readFile(new URL(`../../../${page}`, import.meta.url), 'utf8');
    const listed = [...text.matchAll(/^\| (\d[\d, ]*) \|/gm)].flatMap(([, codes = '']) => codes.split(', '));
    expect(new Set([...listed, '0', '1'])).toEqual(documented);
  }
  const ended = [...byExit].map(async ([exit, code]) => {
    expect(await end(start('coded', [], code))).toMatchObject({
      code: exit,
      last: `tsdump failed: ${code} (exit code ${exit})`,
      stdout: '',
    });
  });
  await Promise.all(ended);
});

test('what was left out is named even when nothing but errors is to be said', async () => {
  const { stderr } = await end(start('skipped', ['-v', '1']));
  expect(stderr).toContain('account `app`@`%`: the account may not read it');
});

test('the words of the system and a hint stand beside a failure', async () => {
  const { stderr } = await end(start('refused'));
  expect(stderr).toContain('tsdump: cannot connect to me@nowhere:3306: connect ECONNREFUSED\n');
  expect(stderr).toContain('check --host');
});

test.each([
  ['SIGINT', 130, 'INTERRUPTED'],
  ['SIGTERM', 143, 'TERMINATED'],
] as const)('%s asks the run to stop and is why it failed', async (signal, code, word) => {
  const child = start('waiting');
  let isSent = false;
  const ended = await end(child, (stderr) => {
    if (!isSent && stderr.includes('listening')) isSent = child.kill(signal);
  });
  expect(ended).toMatchObject({ code, last: `tsdump failed: ${word} (exit code ${code})` });
  expect(ended.stderr).toContain(`(${signal}): stopping; once more to stop at once`);
});

test('the time of --stop-after is over', async () => {
  const ended = await end(start('waiting', ['--stop-after=1s']));
  expect(ended).toMatchObject({ code: 9, last: 'tsdump failed: TIME_LIMIT (exit code 9)' });
  expect(ended.stderr).toContain('the time of --stop-after is over: stopping; Ctrl-C or SIGTERM to stop at once');
});

test('a second signal does not wait for a run that does not stop', async () => {
  const child = start('deaf');
  let sent = 0;
  const ended = await end(child, (stderr) => {
    if (sent === 0 && stderr.includes('listening')) sent += Number(child.kill('SIGINT'));
    if (sent === 1 && stderr.includes('stopping')) sent += Number(child.kill('SIGINT'));
  });
  expect(ended).toMatchObject({ code: 130, last: 'tsdump failed: INTERRUPTED (exit code 130)' });
});

test('SIGUSR1 is answered with where the run stands and what each connection is at, and changes nothing', async () => {
  const words =
    /status: 50 %, rows, .*: tables 60\/120, .*\n.*  connection 1: `shop`\.`orders` part 3\n.*  connection 2: idle\n/;
  const json = /"event":"status".*"rows_done":2000000.*"connections":\["`shop`\.`orders` part 3",""\]/;
  for (const [args, answer] of [
    [['-v', '2'], words],
    [['--log-format=json'], json],
  ] as const) {
    const child = start('waiting', args);
    let sent = 0;
    const ended = await end(child, (stderr) => {
      if (sent === 0 && stderr.includes('listening')) sent += Number(child.kill('SIGUSR1'));
      if (sent === 1 && answer.test(stderr)) sent += Number(child.kill('SIGTERM'));
    });
    expect(ended).toMatchObject({ code: 143, stdout: '' });
    expect(ended.stderr).toMatch(answer);
    expect(ended.stderr).not.toContain('Debugger');
  }
});

test('a closed terminal stops the run that was watched on it; one whose words go elsewhere, as under nohup, goes on', async () => {
  const child = spawn('nohup', [process.execPath, fakeEngine, '-d', 'x'], {
    env: { ...process.env, FAKE_RUN: 'waiting' satisfies FakeRun },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let sent = 0;
  const ended = await end(child, (stderr) => {
    if (sent === 0 && stderr.includes('listening')) sent += Number(child.kill('SIGHUP'));
    if (sent === 1 && stderr.includes('going on')) sent += Number(child.kill('SIGTERM'));
  });
  expect(ended).toMatchObject({ code: 143, last: 'tsdump failed: TERMINATED (exit code 143)' });
  expect(ended.stderr).toContain('(SIGTERM): stopping');

  if (!hasScript) return;
  await withFolder(async (folder) => {
    const log = join(folder, 'log');
    const line = [process.execPath, fakeEngine, '-d', 'x', '-v', '3', '-L', log].join(' ');
    const terminal = spawn('script', ['-qec', line, '/dev/null'], {
      env: { ...process.env, FAKE_RUN: 'waiting' satisfies FakeRun },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toContain('listening'), WAIT);
    terminal.kill('SIGKILL');
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toContain('"exit_code":143'), WAIT);
    expect(await readFile(log, 'utf8')).toContain('terminated (SIGHUP): stopping');
  });
});

test('readers of stdout and stderr that go away do not change how the run ends', async () => {
  const child = start('done', ['-vvv', '--json']);
  child.stdout.destroy();
  child.stderr.destroy();
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  expect(code).toBe(0);
});

test('the engine gets the password, the process list does not', async () => {
  const { stderr } = await end(start('options', ['-ptop-secret']));
  expect(JSON.parse(stderr.split('\n')[0] ?? '')).toMatchObject({
    title: expect.not.stringContaining('top-secret'),
    connection: { password: 'top-secret' },
  });
});

test('--quiet says nothing of a success, and of a failure the reason and the warnings before it', async () => {
  expect(await end(start('done', ['--quiet']))).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const { code, stderr } = await end(start('skipped', ['--quiet']));
  expect(code).toBe(3);
  expect(stderr).toContain('left out: account `app`@`%`: the account may not read it\n');
  expect(stderr.trimEnd()).toMatch(/\(exit code 3\)$/);
});

test.each([
  ['done', { status: 'done', exitCode: 0, rows: 4_000_000, warnings: ['a fake warning'] }],
  ['skipped', { status: 'incomplete', exitCode: 3 }],
  ['refused', { status: 'failed', exitCode: 5, code: 'CONNECT', error: expect.stringContaining('ECONNREFUSED') }],
] as const)('--json prints the result of a run that is %s as one object', async (fakeRun, result) => {
  const { stdout } = await end(start(fakeRun, ['--json', '--quiet']));
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({ program: 'tsdump', ...result });
});

test.each([
  ['done', 'finished', false, 0],
  ['refused', 'failed', true, 5],
] as const)(
  "--log-format=json: one event a line in the shape of mydumper's, of a run that is %s",
  async (fakeRun, status, fatal, exitCode) => {
    const { stdout, stderr } = await end(start(fakeRun, ['--log-format=json']));
    expect(stdout).toBe('');
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const first = events[0] ?? {};
    expect(first).toMatchObject({ event: 'dump_started', status: 'started', phase: 'startup' });
    expect(first['run_id']).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    events.forEach((event, i) => {
      expect(event).toMatchObject({
        schema_version: '1',
        event_version: '1',
        seq: i + 1,
        run_id: first['run_id'],
        kind: 'event',
      });
      expect(Object.keys(event)).toEqual(
        expect.arrayContaining(['ts', 'level', 'tool', 'program', 'pid', 'event', 'phase', 'status', 'fatal']),
      );
    });
    expect(events.at(-1)).toMatchObject({ event: 'dump_completed', status, fatal, exit_code: exitCode });
  },
);

test('--snapshot-count and --metrics-file: cron finds the last good dump and when it was, whatever came after', async () => {
  await withFolder(async (folder) => {
    const metrics = join(folder, 'tsdump.prom');
    const args = ['-d', folder, '-X', '2', '--metrics-file', metrics, '--quiet'];
    expect(await end(start('done', args))).toMatchObject({ code: 0, stderr: '' });
    const success = /^tsdump_last_success_timestamp_seconds.*$/m.exec(await readFile(metrics, 'utf8'))?.[0];
    expect(success).toBeDefined();
    expect(await end(start('refused', args))).toMatchObject({ code: 5 });
    expect(await readlink(join(folder, 'last_dump'))).toBe('0');
    const after = await readFile(metrics, 'utf8');
    expect(after).toContain(success);
    expect(after).toContain(`tsdump_exit_code{directory="${folder}"} 5\n`);
  });
});
