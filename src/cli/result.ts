/** The result of a run for those who are no people: --json and --metrics-file. */

import { writeSync } from 'node:fs';

import { describeError, toToolError } from '../base/errors.ts';
import type { ToolError } from '../base/errors.ts';
import { writeMetrics } from '../report/metrics.ts';
import type { Measured } from '../report/metrics.ts';

export interface Ending {
  readonly exitCode: number;
  readonly summary?: Measured;
  readonly error?: ToolError;
}

export interface Telling {
  readonly program: string;
  readonly directory: string;
  readonly printsResult: boolean;
  readonly metricsFile: string | undefined;
}

/** Called once, when the end is known. Returns what went wrong with the telling, which does not change how the run ended. */
export function tellResult(
  { program, directory, printsResult, metricsFile }: Telling,
  ending: Ending,
): string | undefined {
  const { exitCode, summary, error } = ending;
  if (printsResult) {
    const status = error !== undefined ? 'failed' : exitCode === 0 ? 'done' : 'incomplete';
    const reason = error === undefined ? {} : { code: error.code, error: describeError(error), hint: error.hint };
    printLine(JSON.stringify({ program, status, exitCode, ...summary, ...reason }));
  }
  if (metricsFile === undefined) return undefined;
  try {
    const seconds = performance.now() / 1000;
    writeMetrics(metricsFile, { program, directory, exitCode, seconds, summary }, Date.now());
    return undefined;
  } catch (failure) {
    return describeError(toToolError(failure));
  }
}

/** At once, since a crash ends the process with the next line. */
function printLine(line: string): void {
  try {
    writeSync(1, `${line}\n`);
  } catch {
    // A reader that went away.
  }
}
