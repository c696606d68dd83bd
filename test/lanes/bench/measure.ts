/** One run of a command, as the system accounts for it. */

import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export interface Usage {
  readonly wallSeconds: number;
  /** User and system time of the process and of all children it waited for: mydumper compresses in child processes. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** The largest resident set of the process itself; its children are not in it. */
  readonly peakBytes: number;
}

export interface Ended extends Usage {
  /** null: a signal ended it. */
  readonly exitCode: number | null;
  /** The end of what it said on standard error. */
  readonly lastWords: string;
}

const PEAK_INTERVAL_MS = 20;
const KEPT_CHARACTERS = 8192;
const KEPT_LINES = 12;

/** Runs a command to its end, whatever its exit code. @throws Error when it cannot be started at all. */
export async function measure(command: readonly string[]): Promise<Ended> {
  // The shell's own clock knows what waited-for children used, which the parent of a Node child is not told.
  const script = 'TIMEFORMAT="measured %3R %3U %3S"; time "$@"';
  const child = spawn('bash', ['-c', script, 'bash', ...command], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-KEPT_CHARACTERS)));
  const peak = watchPeak(child.pid);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const peakBytes = await peak();
  const figures = /measured (\S+) (\S+) (\S+)\s*$/.exec(said);
  if (figures === null) throw new Error(`no times were taken of ${command.join(' ')}:\n${said}`);
  const [wallSeconds = 0, userSeconds = 0, systemSeconds = 0] = figures.slice(1).map(Number);
  const lastWords = said.slice(0, figures.index).trimEnd().split('\n').slice(-KEPT_LINES).join('\n');
  return { wallSeconds, userSeconds, systemSeconds, peakBytes, exitCode, lastWords };
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
