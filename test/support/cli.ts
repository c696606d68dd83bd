/**
 * The commands as an operator runs them: bin/tsdump.js and bin/tsload.js as processes of their own, with pipes where a
 * terminal would be. What they said and how they ended comes out.
 */

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { expect } from 'vitest';

const ROOT = new URL('../../../', import.meta.url);

export type Program = 'tsdump' | 'tsload';

export interface Ended {
  /** Null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of stderr. */
  readonly last: string;
}

type Environment = Readonly<Record<string, string>>;

/** A command that runs what follows it, such as `nice -n 5`. */
export type Before = readonly string[];

/** Has the shell do something to itself, such as set a limit, before it becomes the command. */
export function shellDoes(what: string): Before {
  return ['sh', '-c', `${what} && exec "$@"`, 'sh'];
}

/** A command under way. */
export class RunningProgram {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  private stdout = '';
  private stderr = '';
  private readonly listeners = new Set<() => void>();

  constructor(program: Program, args: readonly string[], environment: Environment = {}, before: Before = []) {
    const script = fileURLToPath(new URL(`bin/${program}.js`, ROOT));
    const [command, ...rest] = [...before, process.execPath, script, ...args];
    this.child = spawn(command ?? '', rest, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      for (const listener of this.listeners) listener();
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code) => {
        const { stdout, stderr } = this;
        resolve({ code, stdout, stderr, last: stderr.trimEnd().split('\n').at(-1) ?? '' });
      });
    });
  }

  /** Resolves once stderr holds the text; rejects when the command ends without having said it. */
  async said(text: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (this.stderr.includes(text)) resolve();
      };
      this.listeners.add(look);
      look();
      void this.ended.then(({ stderr }) => reject(new Error(`"${text}" was never said:\n${stderr}`)));
    });
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.child.kill(signal)) throw new Error(`the command is gone, ${signal} came too late`);
  }
}

/** Runs a command to its end. */
export async function runProgram(
  program: Program,
  args: readonly string[],
  environment: Environment = {},
  before: Before = [],
): Promise<Ended> {
  return new RunningProgram(program, args, environment, before).ended;
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The options that lead to a server. */
export function account({ host, port, user, password }: Address): string[] {
  return ['-h', host, '-P', String(port), '-u', user, ...(password === '' ? [] : [`--password=${password}`])];
}

/** Lends a new, empty folder and removes it with all it holds. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tsdump-test-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a command that must succeed; throws what it said otherwise. */
export async function mustRun(program: Program, args: readonly string[]): Promise<Ended> {
  const ended = await runProgram(program, args);
  if (ended.code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${ended.code}:\n${ended.stderr}`);
  return ended;
}

/**
 * Holds a run against what a user is promised of every failure: nothing on stdout, never "finished", the last line says
 * the exit code, and the lines before it, three at most, hold all the `words`. Returns what was said about the reason.
 */
export function expectFailure(ended: Ended, code: number, name: string, words: readonly (string | RegExp)[]): string {
  expect(ended.stderr).not.toContain('finished');
  expect(ended.stderr).not.toMatch(/\bat .*\.js:\d+|node:internal|Warning:/);
  const said = ended.stderr.trimEnd().split('\n');
  const reason = said.filter((line) => !/^\d\d:\d\d:\d\d /.test(line)).slice(0, -1);
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.last).toMatch(new RegExp(`^ts(dump|load) failed: ${name} \\(exit code ${code}\\)$`));
  expect(reason.length, ended.stderr).toBeLessThanOrEqual(2);
  const text = reason.join('\n');
  for (const word of words) expect(text).toMatch(word);
  return text;
}
