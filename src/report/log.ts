/** The log for people, by pino: one readable line an entry. Levels are mydumper's numbers. */

import { openSync } from 'node:fs';

import { pino } from 'pino';
import type { Logger } from 'pino';

import { ToolError } from '../base/errors.ts';
import { printable } from './text.ts';

/** 0 silent, 1 errors, 2 warnings, 3 info, 4 debug. */
export type LogLevel = 0 | 1 | 2 | 3 | 4;

const PINO_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

/** It quotes statements, and with them what is in tables. */
const LOG_MODE = 0o600;

/** One line an entry: time of day, level where it matters, message. */
export function createTerminalLog(level: LogLevel, print: (line: string) => void): Logger {
  const options = {
    level: PINO_LEVELS[level],
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, { write: (json: string) => print(readableLine(json)) });
}

function readableLine(json: string): string {
  const entry = JSON.parse(json) as { time: string; level: string; msg?: string };
  const word = { error: 'error: ', warn: 'warning: ' }[entry.level] ?? '';
  return `${timeOfDay(new Date(entry.time))} ${word}${printable(entry.msg ?? '')}`;
}

export function timeOfDay(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** @throws ToolError STORAGE when it cannot be opened. */
export function openForAppending(path: string): number {
  try {
    return openSync(path, 'a', LOG_MODE);
  } catch (error) {
    throw new ToolError('STORAGE', `cannot open the log file ${path}`, {
      cause: error,
      hint: 'its directory has to exist and let us write',
    });
  }
}
