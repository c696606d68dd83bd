/**
 * The log, by pino: JSON lines in a file, or one readable line an entry for people. Levels are mydumper's numbers. Secrets
 * never reach it: they are redacted by the name of their field, whoever logs them.
 */

import { openSync } from 'node:fs';

import { destination, pino } from 'pino';
import type { Logger, LoggerOptions } from 'pino';

import { ToolError } from '../base/errors.ts';
import { printable } from './text.ts';

/** 0 silent, 1 errors, 2 warnings, 3 info, 4 debug. */
export type LogLevel = 0 | 1 | 2 | 3 | 4;

const PINO_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

const SECRETS = ['password', '*.password', '*.*.password'];

function loggerOptions(program: string, level: LogLevel): LoggerOptions {
  return {
    level: PINO_LEVELS[level],
    base: { program, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRETS, censor: '***' },
  };
}

/** One line an entry: time of day, level where it matters, message. */
export function createTerminalLog(program: string, level: LogLevel, print: (line: string) => void): Logger {
  return pino(loggerOptions(program, level), { write: (json: string) => print(readableLine(json)) });
}

function readableLine(json: string): string {
  const entry = JSON.parse(json) as { time: string; level: string; msg?: string };
  const word = { error: 'error: ', warn: 'warning: ' }[entry.level] ?? '';
  return `${timeOfDay(new Date(entry.time))} ${word}${printable(entry.msg ?? '')}`;
}

export function timeOfDay(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/**
 * JSON lines appended to `path`, each written before the call returns: what a killed run had said is in the file.
 * When the file can no longer be written the run goes on and `onFailure` hears of it, once.
 *
 * @throws ToolError STORAGE when the file cannot be opened.
 */
export function createFileLog(
  program: string,
  level: LogLevel,
  path: string,
  onFailure: (error: Error) => void,
): Logger {
  const stream = destination({ fd: openForAppending(path), sync: true });
  let hasFailed = false;
  stream.on('error', (error: Error) => {
    if (!hasFailed) onFailure(error);
    hasFailed = true;
  });
  return pino(loggerOptions(program, level), stream);
}

/** @throws ToolError STORAGE when it cannot be opened. */
export function openForAppending(path: string): number {
  try {
    return openSync(path, 'a', 0o640);
  } catch (error) {
    throw new ToolError('STORAGE', `cannot open the log file ${path}`, {
      cause: error,
      hint: 'its directory has to exist and let us write',
    });
  }
}
