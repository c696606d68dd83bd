/** One run of a command, as the system accounts for it. */

import { spawn } from 'node:child_process';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface Measurement {
  readonly wallSeconds: number;
  /** User and system time of the process and of all children it waited for: mydumper compresses in child processes. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** The largest resident set of the process itself; its children are not in it. */
  readonly peakBytes: number;
  /** Size of the files in the output directory; 0 without one. */
  readonly outputBytes: number;
}

const PEAK_INTERVAL_MS = 20;

/** @throws Error with the last of its output when the command ends with a code that is not among `codes`. */
export async function measure(
  command: readonly string[],
  outputDirectory?: string,
  codes: readonly number[] = [0],
): Promise<Measurement> {
  // The shell's own clock knows what waited-for children used, which the parent of a Node child is not told.
  const script = 'TIMEFORMAT="measured %3R %3U %3S"; time "$@"';
  const child = spawn('bash', ['-c', script, 'bash', ...command], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-8192)));
  const peak = watchPeak(child.pid);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const peakBytes = await peak();
  const figures = /measured (\S+) (\S+) (\S+)/.exec(said);
  if (code === null || !codes.includes(code) || figures === null)
    throw new Error(`${command.join(' ')} ended with ${code}:\n${said}`);
  const [wallSeconds = 0, userSeconds = 0, systemSeconds = 0] = figures.slice(1).map(Number);
  const outputBytes = outputDirectory === undefined ? 0 : await sizeOf(outputDirectory);
  return { wallSeconds, userSeconds, systemSeconds, peakBytes, outputBytes };
}

/** Linux keeps the high-water mark of a process as long as it lives, so the last look before its end is enough. */
function watchPeak(shell: number | undefined): () => Promise<number> {
  let peakBytes = 0;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    for (const pid of await childrenOf(shell)) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      peakBytes = Math.max(peakBytes, 1024 * Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0));
    }
  };
  const timer = setInterval(() => {
    looking = look();
  }, PEAK_INTERVAL_MS);
  return async () => {
    clearInterval(timer);
    await looking;
    return peakBytes;
  };
}

async function childrenOf(pid: number | undefined): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter((word) => word !== '');
}

async function sizeOf(directory: string): Promise<number> {
  const names = await readdir(directory);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
  return sizes.reduce((total, size) => total + size, 0);
}
