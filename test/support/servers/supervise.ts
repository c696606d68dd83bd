/**
 * Commands that cannot outlive this process: each runs under supervisor.ts, which ends it when we are gone.
 */

import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { CleanUp, Order, Report } from './supervisor.ts';

/** What of a command's output is kept for the message of its failure. */
const KEPT_CHARACTERS = 2_000;

export class Supervisor {
  private readonly child: ChildProcess;
  private output = '';
  private running = false;
  private onOutput: () => void = () => undefined;
  private onEnd: (how: string) => void = () => undefined;

  constructor(cleanUp: CleanUp) {
    this.child = fork(fileURLToPath(new URL('./supervisor.js', import.meta.url)), [JSON.stringify(cleanUp)], {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child.on('message', (report: Report) => this.hear(report));
    this.child.on('exit', () => this.onEnd('the end of its supervisor'));
  }

  /**
   * Starts a command and resolves when its output matches.
   * @throws Error with the end of the output when the command ends before, or after `withinMs`.
   */
  start(command: readonly string[], ready: RegExp, withinMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => settle(`no answer within ${withinMs} ms`), withinMs);
      const settle = (failure?: string): void => {
        clearTimeout(late);
        this.onOutput = () => undefined;
        this.onEnd = () => undefined;
        if (failure === undefined) resolve();
        else reject(new Error(`${nameOf(command)}: ${failure}\n${this.output.trimEnd()}`));
      };
      this.output = '';
      this.onOutput = () => {
        if (ready.test(this.output)) settle();
      };
      this.onEnd = settle;
      this.order({ do: 'start', command });
    });
  }

  /**
   * Runs a command to its end.
   * @throws Error with the end of the output unless it exits with 0.
   */
  run(command: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.output = '';
      this.onEnd = (how) => {
        this.onEnd = () => undefined;
        if (how === 'exit code 0') resolve();
        else reject(new Error(`${nameOf(command)}: ${how}\n${this.output.trimEnd()}`));
      };
      this.order({ do: 'start', command });
    });
  }

  /** Kills the started command (SIGKILL) and waits for its end. */
  async kill(): Promise<void> {
    if (!this.running) return;
    const ended = new Promise<void>((resolve) => {
      this.onEnd = () => resolve();
    });
    this.order({ do: 'kill' });
    await ended;
  }

  /** Kills what still runs and waits until everything is cleaned up. May be called twice. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    await exited;
  }

  private order(order: Order): void {
    if (order.do === 'start') this.running = true;
    this.child.send(order, (error) => {
      if (error !== null) this.onEnd(error.message);
    });
  }

  private hear(report: Report): void {
    if ('ended' in report) {
      this.running = false;
      this.onEnd(report.ended);
      return;
    }
    this.output = (this.output + report.output).slice(-KEPT_CHARACTERS);
    this.onOutput();
  }
}

/** A command as one short line: a script among its arguments shows as its first words. */
function nameOf(command: readonly string[]): string {
  return command.join(' ').replaceAll(/\s+/g, ' ').slice(0, 160);
}
