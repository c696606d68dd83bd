/**
 * A program as run.ts sees one, with an engine that only pretends: for tests of signals, exit codes and the live view.
 * FAKE_RUN says what it does; `node dist/test/cli/fake-engine.js -d x -t 12` with FAKE_RUN=long is worth a look in a terminal.
 */

import { setTimeout as wait } from 'node:timers/promises';

import { ERROR_CODES, ToolError } from '../../src/base/errors.ts';
import type { DumpSummary, Emit, Progress } from '../../src/base/events.ts';
import { parseDumpArguments } from '../../src/cli/dump-arguments.ts';
import { runProgram } from '../../src/cli/run.ts';
import type { DumpOptions } from '../../src/dump/options.ts';
import { dumpSummaryLines } from '../../src/report/summary.ts';

interface Run {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

const TABLES = 120;
const ROWS = 4_000_000;

type Engine = (options: DumpOptions, run: Run) => Promise<DumpSummary>;

const RUNS = {
  done: async (options: DumpOptions, { emit }: Run) => {
    emit({ type: 'server', product: 'MySQL', version: '9.7.4', where: '127.0.0.1:3306' });
    emit({ type: 'warning', message: 'a fake warning' });
    await Promise.resolve();
    return summaryOf(options);
  },
  skipped: async (options: DumpOptions, { emit }: Run) => {
    const skipped = { what: 'account `app`@`%`', why: 'the account may not read it' };
    emit({ type: 'skipped', ...skipped });
    await Promise.resolve();
    return { ...summaryOf(options), skipped: [skipped] };
  },
  options: async (options: DumpOptions) => {
    const { connection } = options;
    process.stderr.write(`${JSON.stringify({ title: process.title, connection })}\n`);
    await Promise.resolve();
    return summaryOf(options);
  },
  refused: async () => {
    await Promise.resolve();
    throw new ToolError('CONNECT', 'cannot connect to me@nowhere:3306', { cause: new Error('connect ECONNREFUSED') });
  },
  rejected: async (options: DumpOptions, { signal }: Run) => {
    void Promise.reject(new Error('nobody waits for this one'));
    await stopped(signal);
    return summaryOf(options);
  },
  /** Fails with the code that FAKE_CODE names. */
  coded: async () => {
    await Promise.resolve();
    throw new ToolError(ERROR_CODES.find((code) => code === process.env['FAKE_CODE']) ?? 'INTERNAL', 'as told');
  },
  dry: async () => new Promise<DumpSummary>(() => undefined),
  /** Says that it listens, so that a test knows when to send the signal. */
  waiting: async (options: DumpOptions, { emit, signal }: Run) => {
    emit({ type: 'phase', phase: 'data' });
    emit({ type: 'progress', progress: progressAt(0.5, ['`shop`.`orders` part 3', '']) });
    emit({ type: 'warning', message: 'listening' });
    await stopped(signal);
    return summaryOf(options);
  },
  /** Does not stop when asked to. */
  deaf: async (options: DumpOptions, { emit }: Run) => {
    emit({ type: 'warning', message: 'listening' });
    await wait(60_000);
    return summaryOf(options);
  },
  long,
} satisfies Record<string, Engine>;

/** What FAKE_RUN may say. */
export type FakeRun = keyof typeof RUNS;

/** Rejects with the reason once the run is to stop; alive until then. */
async function stopped(signal: AbortSignal): Promise<void> {
  try {
    await wait(60_000, undefined, { signal });
  } catch {
    throw signal.reason;
  }
}

async function long(options: DumpOptions, { emit, signal }: Run): Promise<DumpSummary> {
  emit({ type: 'phase', phase: 'connect' });
  emit({ type: 'server', product: 'MySQL', version: '9.7.4', where: '127.0.0.1:3306' });
  emit({ type: 'phase', phase: 'lock' });
  emit({ type: 'lock', state: 'wanted', kind: 'FLUSH TABLES WITH READ LOCK' });
  await wait(1500, undefined, { signal });
  emit({ type: 'lock', state: 'held', kind: 'FLUSH TABLES WITH READ LOCK' });
  emit({ type: 'lock', state: 'released', kind: 'FLUSH TABLES WITH READ LOCK', heldMs: 43 });
  emit({ type: 'totals', tables: TABLES, rows: ROWS, bytes: 8e8 });
  emit({ type: 'phase', phase: 'data' });
  const steps = Number(process.env['FAKE_STEPS'] ?? 100);
  for (let step = 1; step <= steps; step++) {
    await wait(250, undefined, { signal });
    const share = step / steps;
    const activities = Array.from({ length: options.threads }, (_, i) =>
      (step + i) % 5 === 0 ? '' : `\`shop\`.\`orders_of_${2000 + i}_日本語の長いテーブル名\u001B[31m\` part ${step}`,
    );
    emit({ type: 'progress', progress: progressAt(share, activities) });
    if (step % 20 === 0) emit({ type: 'warning', message: `a warning at step ${step}` });
  }
  return summaryOf(options);
}

function progressAt(share: number, activities: readonly string[]): Progress {
  return {
    tablesDone: Math.floor(TABLES * share),
    tablesTotal: TABLES,
    rowsDone: Math.floor(ROWS * share),
    rowsTotal: ROWS,
    bytesDone: 8e8 * share,
    storedBytes: 3.6e8 * share,
    storedBytesTotal: 0,
    activities,
  };
}

function summaryOf(options: DumpOptions): DumpSummary {
  return {
    directory: options.directory,
    databases: 1,
    tables: TABLES,
    views: 2,
    codeObjects: 3,
    rows: ROWS,
    earlierRows: 0,
    files: 480,
    bytes: 8e8,
    storedBytes: 3.6e8,
    seconds: 12.3,
    lockHeldMs: 43,
    tableLocksHeldMs: undefined,
    isConsistent: true,
    points: 1,
    position: { file: 'binlog.000003', position: 1234 },
    leftOut: {},
    skipped: [],
    warnings: ['a fake warning'],
  };
}

await runProgram({
  name: 'tsdump',
  parse: parseDumpArguments,
  run: async (options, run) => {
    const chosen = new Map<string, Engine>(Object.entries(RUNS)).get(process.env['FAKE_RUN'] ?? 'done');
    if (chosen === undefined) throw new ToolError('INTERNAL', 'no such FAKE_RUN');
    return chosen(options, run);
  },
  summaryLines: dumpSummaryLines,
  done: ({ directory }) => `tsdump finished: the dump in ${directory} is complete`,
});
