/**
 * Programs that the operator names, each run as it is: no shell looks at its words. They get this program's environment, but not
 * the server's password, which is none of their business.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';

import { ToolError } from './errors.ts';

/** The program's path, then its arguments. */
export type Command = readonly string[];

const SECRETS = new Set(['MYSQL_PWD']);
/** Of what a program said on stderr, the end, which says why it gave up. */
const WORDS_KEPT = 500;

/** @param option what named it. @throws ToolError USAGE when it could not be started. */
export function requireProgram([program = '']: Command, option: string): void {
  if (!isAbsolute(program))
    throw new ToolError('USAGE', `${option}: "${program}" needs its whole path, as /usr/bin/gzip`);
  try {
    accessSync(program, constants.X_OK);
  } catch (cause) {
    throw new ToolError('USAGE', `${option}: ${program} cannot be run`, { cause });
  }
}

interface Streams {
  readonly stdin: 'pipe' | 'ignore';
  readonly stdout: 'pipe' | 'ignore';
}

/** A program under way. */
export class RunningProgram {
  readonly process: ChildProcess;
  /** Rejects with a ToolError PROGRAM_FAILED when it does not end with exit code 0. */
  readonly ended: Promise<void>;

  /** @param what it is run for: "shop.orders.00000.sql.gz". */
  constructor([program = '', ...args]: Command, what: string, { stdin, stdout }: Streams) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRETS.has(name)));
    this.process = spawn(program, args, { env, stdio: [stdin, stdout, 'pipe'] });
    let words = '';
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-WORDS_KEPT);
    });
    this.ended = new Promise((resolve, reject) => {
      const fail = (how: string, cause?: unknown): void =>
        reject(new ToolError('PROGRAM_FAILED', `${program} for ${what} ${how}`, { cause }));
      this.process.once('error', (error) => fail('could not be run', error));
      this.process.once('close', (code, signal) => {
        const said = words.trim().replaceAll(/\s*\n\s*/g, '; ');
        const why = said === '' ? '' : `: ${said}`;
        if (code === 0) resolve();
        else fail(`${code === null ? `was ended by ${signal}` : `ended with exit code ${code}`}${why}`);
      });
    });
    this.ended.catch(() => undefined); // for who awaits it
  }

  stop(): void {
    this.process.kill();
  }
}
