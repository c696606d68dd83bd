/**
 * The process between the tests and what they start (a server, a build). In: orders over the IPC channel, the clean-up
 * as JSON in argv. Out: the command's output and its end, as messages.
 *
 * Guaranteed: when the channel closes, for whatever reason, kill -9 of the tests included, the command's whole process
 * group is killed, the clean-up is done, and this process ends. It runs in a session of its own, so Ctrl-C in the
 * terminal reaches it only as the end of its parent.
 */

import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

export type Order = { readonly do: 'start'; readonly command: readonly string[] } | { readonly do: 'kill' };

export type Report = { readonly output: string } | { readonly ended: string };

export interface CleanUp {
  /** Folders that go with the command. */
  readonly folders: readonly string[];
  /** Run when the command is dead, before the folders go. */
  readonly command?: readonly string[] | undefined;
}

const cleanUp = JSON.parse(process.argv[2] ?? '') as CleanUp;
/** Servers, chroot and debootstrap live in folders that not everybody's PATH has. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
let running: ChildProcess | undefined;

process.on('message', (order: Order) => {
  if (order.do === 'start') start(order.command);
  else killGroup();
});
process.once('disconnect', leave);
process.once('SIGTERM', leave);

function start([program = '', ...args]: readonly string[]): void {
  const child = spawn(program, args, { detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (output: string) => tell({ output }));
  }
  child.once('error', (error) => tell({ output: `${error.message}\n` }));
  child.once('close', (code, signal) => {
    running = undefined;
    tell({ ended: signal === null ? `exit code ${code}` : `signal ${signal}` });
  });
}

function tell(report: Report): void {
  // A report that cannot be delivered means that the tests are gone, and then 'disconnect' does what is needed.
  if (process.connected) process.send?.(report, () => undefined);
}

function killGroup(): void {
  if (running?.pid === undefined) return;
  try {
    process.kill(-running.pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: it ended by itself a moment ago.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function leave(): void {
  if (running === undefined) finish();
  else running.once('close', finish);
  killGroup();
}

function finish(): void {
  const [program, ...args] = cleanUp.command ?? [];
  if (program !== undefined) spawnSync(program, args, { stdio: 'ignore' });
  for (const folder of cleanUp.folders) rmSync(folder, { recursive: true, force: true });
  process.exit();
}
