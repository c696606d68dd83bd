/** Other tools beside ours: the servers' own command-line clients, and mydumper and myloader where they are given. */

import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';

import type { Fingerprint } from './fingerprint.ts';
import type { TestServer } from './servers.ts';

export interface ToolEnded {
  readonly code: number | null;
  /** stdout and stderr. */
  readonly said: string;
}

/** Runs a program to its end, a file as its input where one is given. */
export async function runTool(command: readonly string[], inputFile?: string): Promise<ToolEnded> {
  const [program = '', ...args] = command;
  const input = inputFile === undefined ? undefined : await open(inputFile);
  try {
    const child = spawn(program, args, { stdio: [input?.fd ?? 'ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, said };
  } finally {
    await input?.close();
  }
}

/** Runs a file of statements with the client that belongs to the server. @throws Error with what the client said. */
export async function clientRuns(server: TestServer, file: string, database?: string): Promise<void> {
  if (server.clientCommand === undefined) throw new Error(`${server.lane} has no client`);
  // From 9 on the mysql client obeys no commands (the delimiter is one) unless told to; older ones do not know the option.
  const isNew = server.product === 'MySQL' && Number.parseInt(server.version, 10) >= 9;
  // mariadb's throws the comments of bodies away unless told to keep them.
  const options = ['--comments', ...(isNew ? ['--commands'] : [])];
  const args = [...server.clientCommand, ...options, ...(database === undefined ? [] : [database])];
  const { code, said } = await runTool(args, file);
  if (code !== 0) throw new Error(`the client ended with ${code} in ${file}:\n${said}`);
}

/**
 * The path of mydumper or myloader that the operator has given; undefined, and a line that says how, when there is none.
 */
export function givenTool(variable: 'MYDUMPER' | 'MYLOADER'): string | undefined {
  const path = process.env[variable];
  if (path !== undefined && path !== '') return path;
  console.warn(`not tried: set ${variable} to the path of ${variable.toLowerCase()} 1.0 to try it with our dumps`);
  return undefined;
}

/** The options of mydumper and myloader that lead to a server. */
export function mydumperAccount({ host, port, user, password }: TestServer): string[] {
  return ['--host', host, '--port', String(port), '--user', user, ...(password === '' ? [] : ['--password', password])];
}

/**
 * What a way through other tools leaves as it was. In the format, bodies of code have a blank more between `;` and the end
 * of a line, which tsload takes away in dumps of ours; in mydumper's nobody can tell it from one that was there. And the
 * mariadb client reads carriage return and newline as newline (with --binary-mode it would obey no delimiter).
 */
export function withoutLineEnds(found: Fingerprint): Fingerprint {
  return new Map([...found].map(([key, text]) => [key, text.replaceAll(/(?<=;) +(?=\n)|\r(?=\n)/g, '')]));
}
