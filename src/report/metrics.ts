/**
 * The result of a run as a file for node_exporter's textfile collector: Prometheus' text format, base units. It is replaced
 * at once, so that no scrape sees half of it, and after a failure too: the time of the last success is carried over.
 */

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import type { Skipped } from '../base/events.ts';
import { ToolError } from '../base/errors.ts';

/** What summaries of all kinds have in common; a kind may lack some of it. */
export interface Measured {
  readonly seconds?: number;
  readonly tables?: number;
  readonly rows?: number;
  readonly bytes?: number;
  readonly storedBytes?: number;
  readonly lockHeldMs?: number | undefined;
  readonly warnings?: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** Unlike all else that is written it is for others: the exporter is another user's program. */
const METRICS_MODE = 0o644;

export interface RunResult {
  readonly program: string;
  readonly directory: string;
  readonly exitCode: number;
  readonly seconds: number;
  /** Undefined: the run failed. */
  readonly summary: Measured | undefined;
}

/** `nowMs`: since 1970. @throws ToolError STORAGE. */
export function writeMetrics(path: string, result: RunResult, nowMs: number): void {
  const text = metricsText(result, nowMs, lastSuccess(path, result.program));
  const partial = `${path}.${process.pid}.partial`;
  try {
    writeFileSync(partial, text, { mode: METRICS_MODE });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new ToolError('STORAGE', `cannot write the metrics file ${path}`, { cause: error });
  }
}

export function metricsText(result: RunResult, nowMs: number, lastSuccessSeconds: number | undefined): string {
  const { program, exitCode, seconds, summary } = result;
  const now = nowMs / 1000;
  const success = exitCode === 0 ? now : lastSuccessSeconds;
  const lock = summary?.lockHeldMs;
  const metrics: (readonly [name: string, help: string, value: number | undefined])[] = [
    ['last_run_timestamp_seconds', 'When the last run ended.', now],
    ['last_success_timestamp_seconds', 'When the last run ended that did all it was asked for.', success],
    ['exit_code', 'Exit code of the last run, 0 for success.', exitCode],
    ['duration_seconds', 'How long the last run took.', summary?.seconds ?? seconds],
    ['tables', 'Tables of the last run.', summary?.tables],
    ['rows', 'Rows of the last run.', summary?.rows],
    ['sql_bytes', 'Rows of the last run as SQL text.', summary?.bytes],
    ['stored_bytes', 'Bytes of the last run on disk.', summary?.storedBytes],
    ['lock_held_seconds', 'How long the last run held writes up.', lock === undefined ? undefined : lock / 1000],
    ['warnings', 'Warnings of the last run.', summary?.warnings?.length],
    ['skipped', 'Objects that the last run could not carry.', summary?.skipped.length],
  ];
  const labels = `{directory="${result.directory.replaceAll(/[\\"\n]/g, (each) => (each === '\n' ? '\\n' : `\\${each}`))}"}`;
  return metrics
    .filter(([, , value]) => value !== undefined)
    .map(([name, help, value]) => {
      const full = `${program.replaceAll(' ', '_')}_${name}`;
      return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${full}${labels} ${value}\n`;
    })
    .join('');
}

/** From the file as it stands; undefined when there is none, or it never was. */
function lastSuccess(path: string, program: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const value = new RegExp(`^${program}_last_success_timestamp_seconds\\{.*\\} ([\\d.e+]+)$`, 'm').exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  } catch {
    return undefined;
  }
}
