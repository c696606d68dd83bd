/**
 * What people see of a run: events in; log lines, live view and last words out. The engines know nothing of it, and nothing
 * it does can stop them.
 */

import { writeSync } from 'node:fs';

import type { Emit, RunEvent } from '../base/events.ts';
import { Course } from './course.ts';
import { logEvent } from './event-log.ts';
import { createTerminalLog, openForAppending, timeOfDay } from './log.ts';
import type { LogLevel } from './log.ts';
import { showLines, showLive } from './progress.ts';
import type { Clock, Looks, Shown } from './progress.ts';
import { Screen } from './screen.ts';
import type { Terminal } from './screen.ts';
import { createMachineLog } from './machine-log.ts';
import type { MachineLog } from './machine-log.ts';
import type { Outcome } from './outcome.ts';
import { statusLines } from './status.ts';
import { printable } from './text.ts';

export interface ReportSettings {
  /** 0 silent, 1 errors, 2 warnings, 3 info, 4 debug. */
  readonly terminalLevel: LogLevel;
  readonly fileLevel: LogLevel;
  /** Log here, for machines, and not on the terminal. */
  readonly logfile?: string | undefined;
  /** Nothing but the log for machines, on the terminal or in the log file, every event of it: machine-log.ts. */
  readonly isForMachines?: boolean | undefined;
}

export interface ReporterOptions extends ReportSettings {
  readonly program: string;
  /** stderr: stdout is for what a program was asked to print. */
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Reporter {
  readonly emit: Emit;
  /** Takes the live view off the terminal; it comes back with the next redrawing. For when the terminal is somebody else's. */
  hide(): void;
  /** A line for people that is no event of the run, such as "interrupted". */
  notice(message: string): void;
  /** Says where the run stands, whatever the level: somebody has asked. */
  status(): void;
  /** Takes the live view away and says how it ended. What comes afterwards reaches the log file and no longer the terminal. */
  end(outcome: Outcome): void;
}

/** Progress and summary belong to the default level. */
const PROGRESS_LEVEL = 2;
const ALL_LEVELS = 4;

/** @throws ToolError STORAGE when the log file cannot be opened. */
export function openReporter(options: ReporterOptions): Reporter {
  const { clock, terminal, environment } = options;
  const screen = new Screen(terminal);
  let isOver = false;
  const print = (line: string): void => {
    if (!isOver) screen.print(line);
  };
  if (options.isForMachines === true) return openMachineReporter(options, screen);
  const stamped = (line: string): void => print(`${timeOfDay(new Date())} ${line}`);
  const file = fileLogOf(options, stamped);
  const log = createTerminalLog(options.terminalLevel, print);
  const course = new Course(clock.now());

  const shown: Shown[] = [];
  const unsaid: string[] = [];
  const isTalkative = options.terminalLevel >= PROGRESS_LEVEL;
  const isLive = isTalkative && canDrawOn(terminal, environment);
  if (isLive) shown.push(showLive(course, screen, clock, looksOf(environment)));
  if (isTalkative && !isLive) shown.push(showLines(course, stamped, clock));

  return {
    emit: (event) => {
      course.note(event, clock.now());
      if (file === undefined) logEvent(log, event);
      else file.event(event, clock.now());
      if (file === undefined && !isTalkative) unsaid.push(...warningsOf(event));
      for (const view of shown) view.touch();
    },
    hide: () => screen.clear(),
    notice: (message) => {
      file?.notice(message);
      if (options.terminalLevel > 0) stamped(message);
    },
    status: () => {
      const lines = statusLines(course, clock.now());
      file?.status();
      for (const line of lines) stamped(line);
    },
    end: (outcome) => {
      const { isSuccess, lines } = outcome;
      for (const view of shown) view.stop();
      file?.end(outcome);
      // Whoever wants to hear only of failures gets then what may have led to one.
      if (!isSuccess && options.terminalLevel > 0) for (const line of unsaid) print(line);
      if (!isSuccess || isTalkative) for (const line of lines) print(line);
      isOver = true;
    },
  };
}

/** stderr, or the log file, has JSON lines and nothing else. */
function openMachineReporter(options: ReporterOptions, screen: Screen): Reporter {
  const { program, logfile, clock } = options;
  const fd = logfile === undefined ? undefined : openForAppending(logfile);
  const log = createMachineLog(program, ALL_LEVELS, (line) => {
    if (fd === undefined) screen.print(line.trimEnd());
    else writeTo(fd, line);
  });
  let isOver = false;
  return {
    emit: (event) => {
      if (!isOver) log.event(event, clock.now());
    },
    hide: () => undefined,
    notice: (message) => log.notice(message),
    status: () => log.status(),
    end: (outcome) => {
      log.end(outcome);
      isOver = true;
      // Where the log is a file, people still learn of a failure.
      if (fd !== undefined && !outcome.isSuccess) for (const line of outcome.lines) screen.print(line);
    },
  };
}

/** At once: what a killed run had said is in the file. Out: why it could not be written; a run goes on without its log. */
function writeTo(fd: number, line: string): Error | undefined {
  try {
    writeSync(fd, line);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function warningsOf(event: RunEvent): string[] {
  if (event.type === 'warning') return [`warning: ${printable(event.message)}`];
  return event.type === 'skipped' ? [`left out: ${printable(`${event.what}: ${event.why}`)}`] : [];
}

function fileLogOf(options: ReporterOptions, print: (line: string) => void): MachineLog | undefined {
  const { program, fileLevel, logfile } = options;
  if (logfile === undefined) return undefined;
  const fd = openForAppending(logfile);
  let hasFailed = false;
  return createMachineLog(program, fileLevel, (line) => {
    const failure = writeTo(fd, line);
    if (failure === undefined || hasFailed) return;
    hasFailed = true;
    print(`warning: cannot write the log file ${logfile} any more: ${failure.message}`);
  });
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
