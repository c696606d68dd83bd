/**
 * Runs either program from its arguments to its exit code.
 *
 * Guaranteed:
 * 1. stdout carries what --help and the like print, with --json the result, and nothing else.
 * 2. The last line of stderr and the exit code say the same. Only a run that returned its summary ends with 0, and only
 *    when nothing that was asked for had to be left out.
 * 3. A password on the command line is gone from the process list before the first connection.
 */

import { SKIPPED_EXIT, ToolError, describeError, toToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import type { Measured } from '../report/metrics.ts';
import { connect } from '../mysql/connect.ts';
import type { ConnectionOptions } from '../mysql/options.ts';
import { textRow } from '../mysql/server.ts';
import { formatCounted } from '../report/format.ts';
import { createMachineLog } from '../report/machine-log.ts';
import { systemClock } from '../report/progress.ts';
import { openReporter } from '../report/reporter.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Request, RunRequest, Surroundings } from './command.ts';
import { askPassword } from './password.ts';
import { tellResult } from './result.ts';
import type { Ending, Telling } from './result.ts';
import { watchSignals } from './signals.ts';
import { inSnapshots } from './snapshots.ts';
import { serverKind } from './sources/server-kind.ts';
import type { ServerKind } from './sources/server-kind.ts';
import { surroundingsOf } from './surroundings.ts';
import { titleWithout } from './title.ts';
import type { Upkeep } from './upkeep.ts';

const MACHINE_LOG = /^--(?:log-format=json|machine-log-json)$/i;

interface RunOptions {
  /** Absent: no server is asked. */
  readonly connection?: ConnectionOptions | undefined;
  readonly directory: string;
}

export interface Program<Options extends RunOptions, Result extends Measured> {
  readonly name: string;
  readonly parse: (argv: readonly string[], surroundings: Surroundings) => Request<Options>;
  readonly run: (options: Options, run: { readonly emit: Emit; readonly signal: AbortSignal }) => Promise<Result>;
  readonly summaryLines: (summary: Result) => string[];
  /** The last line of a run that succeeded. */
  readonly done: (options: Options) => string;
  /** Why a run that came to its end has not succeeded; undefined: it has. */
  readonly verdict?: (summary: Result) => ToolError | undefined;
}

/** Ends the process. */
export async function runProgram<Options extends RunOptions, Result extends Measured>(
  program: Program<Options, Result>,
): Promise<never> {
  outliveReaders();
  keepDebuggerOut();
  // Should the event loop run dry before the end is reached, Node would leave with 0.
  process.exitCode = 1;
  const argv = process.argv.slice(2);
  let telling = earlyTelling(program.name, argv);
  try {
    const around = surroundingsOf(program.name);
    const first = program.parse(argv, around);
    if (first.kind === 'print') return await leave(process.stdout, first.text, 0);
    telling = tellingOf(program.name, first);
    const given = first.options.connection;
    process.title = titleWithout(given?.password, program.name, argv);
    const connection = first.askPassword && given !== undefined ? await withPassword(given) : given;
    // What option files say for certain servers is read once the server is known.
    const server = first.needsServer && connection !== undefined ? await askServerKind(connection) : undefined;
    const request = server === undefined ? first : program.parse(argv, { ...around, server });
    if (request.kind === 'print') return await leave(process.stdout, request.text, 0);
    const own = request.options.connection;
    const options =
      own === undefined
        ? request.options
        : { ...request.options, connection: { ...own, password: connection?.password } };
    const reporter = openReporter({
      ...request.report,
      program: program.name,
      terminal: process.stderr,
      clock: systemClock,
      environment: process.env,
    });
    for (const notice of request.notices) reporter.emit({ type: 'warning', message: notice });
    const exitCode = await runReported(program, options, reporter, tellingOf(program.name, request));
    return await leave(process.stderr, '', exitCode);
  } catch (thrown) {
    const error = toToolError(thrown);
    const untold = tellResult(telling, { exitCode: error.exitCode, error });
    if (untold !== undefined) process.stderr.write(`${program.name}: ${untold}\n`);
    return await leave(process.stderr, `${earlyWords(program.name, error, argv)}\n`, error.exitCode);
  }
}

function tellingOf<Options extends RunOptions>(
  name: string,
  { options, printsResult, upkeep }: RunRequest<Options>,
): Telling & Upkeep {
  return { program: name, directory: options.directory, printsResult, ...upkeep };
}

/** What is to be told of arguments that could not be read, as far as they can. */
function earlyTelling(name: string, argv: readonly string[]): Telling {
  const valueOf = (option: string): string | undefined => {
    const at = argv.findIndex((each) => each === option || each.startsWith(`${option}=`));
    const given = argv[at];
    return given === option ? argv[at + 1] : given?.slice(option.length + 1);
  };
  const directory = valueOf('--directory') ?? valueOf('-d') ?? valueOf('--outputdir') ?? valueOf('-o') ?? '';
  return { program: name, directory, printsResult: argv.includes('--json'), metricsFile: valueOf('--metrics-file') };
}

/** The exit code, after everything has been said. */
async function runReported<Options extends RunOptions, Result extends Measured>(
  program: Program<Options, Result>,
  options: Options,
  reporter: Reporter,
  telling: Telling & Upkeep,
): Promise<number> {
  const ending = endingOf(program.name, reporter, (end) => {
    const problem = tellResult(telling, end);
    if (problem !== undefined) reporter.notice(problem);
  });
  const crash = (thrown: unknown): void => process.exit(ending.failure(thrown));
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  process.on('exit', () => {
    process.exitCode = ending.failure(new Error('stopped before the end: nothing was left to wait for'));
  });
  process.on('SIGTSTP', () => {
    // The shell writes where the view is: leave it a clean place, then stop as the key (Ctrl-Z) asks.
    reporter.hide();
    process.kill(process.pid, 'SIGSTOP');
  });
  const signal = watchSignals({
    isAttended: process.stderr.isTTY,
    stopAfterSeconds: telling.stopAfterSeconds,
    onFirst: (error) => {
      const again = error.code === 'TIME_LIMIT' ? 'Ctrl-C or SIGTERM' : 'once more';
      reporter.notice(`${error.message}: stopping; ${again} to stop at once`);
    },
    onSecond: (error) => process.exit(ending.failure(error)),
    onHangUp: () => reporter.notice('the terminal was closed (SIGHUP): going on; SIGTERM stops the run'),
    onStatus: () => reporter.status(),
  });
  try {
    let chosen = options;
    const run = async (directory: string): Promise<Result> => {
      chosen = { ...options, directory };
      return program.run(chosen, { emit: reporter.emit, signal });
    };
    const { snapshots } = telling;
    const summary = await (snapshots === undefined
      ? run(options.directory)
      : inSnapshots(options.directory, snapshots, run));
    const error = program.verdict?.(summary);
    if (error !== undefined) return ending.failure(error, { lines: program.summaryLines(summary), summary });
    return ending.success(program.summaryLines(summary), program.done(chosen), summary);
  } catch (thrown) {
    return ending.failure(signal.aborted ? stopError(signal.reason as ToolError, thrown) : thrown);
  }
}

/** A run ends once, whoever says so first; later words change neither the last line nor the exit code. */
function endingOf(name: string, reporter: Reporter, tell: (ending: Ending) => void) {
  let exitCode: number | undefined;
  return {
    success: (lines: readonly string[], done: string, summary: Measured): number => {
      if (exitCode !== undefined) return exitCode;
      const left = summary.skipped.length;
      exitCode = left === 0 ? 0 : SKIPPED_EXIT;
      const last =
        left === 0
          ? done
          : `${name} finished without ${formatCounted(left, 'object')} named above (exit code ${exitCode})`;
      const fields = { event: 'finished', exitCode, summary };
      tell({ exitCode, summary });
      reporter.end({ isSuccess: left === 0, lines: [...lines, last], fields });
      return exitCode;
    },
    /** `found`: what a run that came to its end has found. */
    failure: (thrown: unknown, found: { lines: readonly string[]; summary?: Measured } = { lines: [] }): number => {
      if (exitCode !== undefined) return exitCode;
      const error = toToolError(thrown);
      exitCode = error.exitCode;
      const { code, stack } = error;
      tell({ exitCode, error, ...(found.summary === undefined ? {} : { summary: found.summary }) });
      const fields = { event: 'failed', exitCode, code, error: describeError(error), stack };
      reporter.end({ isSuccess: false, lines: [...found.lines, ...failureLines(name, error)], fields });
      return exitCode;
    },
  };
}

/** Why a stopped run failed: the signal, and what else went wrong on the way out. */
function stopError(reason: ToolError, thrown: unknown): ToolError {
  // The run may know what can be done now.
  if (thrown instanceof ToolError && thrown.code === reason.code && thrown.message === reason.message) return thrown;
  const isEcho = thrown instanceof Error && thrown.name === 'AbortError';
  return isEcho ? reason : new ToolError(reason.code, reason.message, { cause: thrown });
}

function failureLines(program: string, error: ToolError): string[] {
  return [
    `${program}: ${describeError(error)}`,
    ...(error.hint === undefined ? [] : [`  ${error.hint}`]),
    `${program} failed: ${error.code} (exit code ${error.exitCode})`,
  ];
}

/** Before there is a run, everything is said in one line; for machines, as of a run that has failed at once. */
function earlyWords(program: string, error: ToolError, argv: readonly string[]): string {
  const line = earlyErrorLine(program, error);
  if (!argv.some((each) => MACHINE_LOG.test(each))) return line;
  const lines: string[] = [];
  const log = createMachineLog(program, 4, (each) => lines.push(each.trimEnd()));
  const { exitCode, code } = error;
  log.end({
    isSuccess: false,
    lines: [line],
    fields: { event: 'failed', exitCode, code, error: describeError(error) },
  });
  return lines.join('\n');
}

function earlyErrorLine(program: string, error: ToolError): string {
  const advice = error.hint ?? (error.code === 'USAGE' ? `see ${program} --help` : undefined);
  return `${program}: ${describeError(error)}${advice === undefined ? '' : `; ${advice}`} (exit code ${error.exitCode})`;
}

async function withPassword(connection: ConnectionOptions): Promise<ConnectionOptions> {
  return { ...connection, password: await askPassword(`Password of ${connection.user}: `) };
}

/** @throws ToolError CONNECT, AUTHENTICATION, … */
async function askServerKind(connection: ConnectionOptions): Promise<ServerKind> {
  const session = await connect(connection);
  try {
    const [version = '', comment = ''] = await textRow(session, 'SELECT @@version, @@version_comment');
    return serverKind(version, comment);
  } finally {
    await session.close();
  }
}

/** A reader that went away (`2>&1 | head`) is no reason to end a dump, and there is nobody left to tell. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Node answers SIGUSR1 with a debugger, for whoever is on the machine. Until there is a run there is no status either. */
function keepDebuggerOut(): void {
  process.on('SIGUSR1', () => undefined);
}

async function leave(stream: NodeJS.WriteStream, text: string, exitCode: number): Promise<never> {
  await new Promise<void>((resolve) => {
    stream.write(text, () => resolve());
  });
  return process.exit(exitCode);
}
