/**
 * What people see of a run: events in; log lines, live view and last words out. The engines know nothing of it, and nothing
 * it does can stop them.
 */

import type { Logger } from 'pino';

import type { Emit } from '../base/events.ts';
import { Course } from './course.ts';
import { logEvent } from './event-log.ts';
import { createFileLog, createTerminalLog, timeOfDay } from './log.ts';
import type { LogLevel } from './log.ts';
import { showLines, showLive } from './progress.ts';
import type { Clock, Looks, Shown } from './progress.ts';
import { Screen } from './screen.ts';
import type { Terminal } from './screen.ts';

export interface ReportSettings {
  /** 0 silent, 1 errors, 2 warnings, 3 info, 4 debug. */
  readonly terminalLevel: LogLevel;
  readonly fileLevel: LogLevel;
  /** Log here, as JSON lines, and not on the terminal. */
  readonly logfile?: string | undefined;
}

export interface ReporterOptions extends ReportSettings {
  readonly program: string;
  /** stderr: stdout is for what a program was asked to print. */
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

interface Outcome {
  readonly isSuccess: boolean;
  /** The last one says the same as the exit code. */
  readonly lines: readonly string[];
  /** For the log file. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Reporter {
  readonly emit: Emit;
  /** Takes the live view off the terminal; it comes back with the next redrawing. For when the terminal is somebody else's. */
  hide(): void;
  /** A line for people that is no event of the run, such as "interrupted". */
  notice(message: string): void;
  /** Takes the live view away and says how it ended. What comes afterwards reaches the log file and no longer the terminal. */
  end(outcome: Outcome): void;
}

/** Progress and summary belong to the default level. */
const PROGRESS_LEVEL = 2;

/** @throws ToolError STORAGE when the log file cannot be opened. */
export function openReporter(options: ReporterOptions): Reporter {
  const { clock, terminal, environment } = options;
  const screen = new Screen(terminal);
  let isOver = false;
  const print = (line: string): void => {
    if (!isOver) screen.print(line);
  };
  const stamped = (line: string): void => print(`${timeOfDay(new Date())} ${line}`);
  const file = fileLogOf(options, stamped);
  const log = file ?? createTerminalLog(options.program, options.terminalLevel, print);
  const course = new Course(clock.now());

  const shown: Shown[] = [];
  const isTalkative = options.terminalLevel >= PROGRESS_LEVEL;
  const isLive = isTalkative && canDrawOn(terminal, environment);
  if (isLive) shown.push(showLive(course, screen, clock, looksOf(environment)));
  if (isTalkative && !isLive) shown.push(showLines(course, stamped, clock));
  if (file !== undefined)
    shown.push(showLines(course, (line) => file.info({ event: 'progress', ...figures(course) }, line), clock));

  return {
    emit: (event) => {
      course.note(event, clock.now());
      logEvent(log, event);
      for (const view of shown) view.touch();
    },
    hide: () => screen.clear(),
    notice: (message) => {
      file?.warn(message);
      if (options.terminalLevel > 0) stamped(message);
    },
    end: ({ isSuccess, lines, fields }) => {
      for (const view of shown) view.stop();
      file?.[isSuccess ? 'info' : 'error'](fields, lines.at(-1));
      if (!isSuccess || isTalkative) for (const line of lines) print(line);
      isOver = true;
    },
  };
}

function fileLogOf(options: ReporterOptions, print: (line: string) => void): Logger | undefined {
  const { program, fileLevel, logfile } = options;
  if (logfile === undefined) return undefined;
  return createFileLog(program, fileLevel, logfile, (error) =>
    print(`warning: cannot write the log file ${logfile} any more: ${error.message}`),
  );
}

function figures({ progress }: Course): object {
  if (progress === undefined) return {};
  const { activities: _, ...numbers } = progress;
  return numbers;
}

/** A terminal that can move its cursor, with a person in front of it. */
function canDrawOn(terminal: Terminal, environment: ReporterOptions['environment']): boolean {
  const isRobot = environment['CI'] !== undefined && environment['CI'] !== '' && environment['CI'] !== 'false';
  return terminal.isTTY === true && environment['TERM'] !== 'dumb' && !isRobot;
}

function looksOf(environment: ReporterOptions['environment']): Looks {
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']].find(
    (each) => each !== undefined && each !== '',
  );
  return {
    colour: environment['NO_COLOR'] === undefined || environment['NO_COLOR'] === '',
    unicode: locale !== undefined && /utf-?8/i.test(locale),
  };
}
