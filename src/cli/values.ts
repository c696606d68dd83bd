/**
 * Text of one option → value, or a usage error that says what was given and what is allowed. Each function here takes the
 * name the option is known by and returns the parser.
 */

import { ToolError } from '../base/errors.ts';

export type ValueParser<T> = ((text: string) => T) & {
  /** The words that are allowed, where they are few: for completion. */
  readonly words?: readonly string[];
};

export function usageError(message: string, hint?: string, cause?: unknown): ToolError {
  return new ToolError('USAGE', message, { hint, cause });
}

function refuse(option: string, given: string, allowed: string): ToolError {
  return usageError(`${option}: "${given}" is not allowed; give ${allowed}`);
}

export interface Range {
  readonly min: number;
  readonly max: number;
  /** What a special value means, e.g. "0: one a core". */
  readonly note?: string;
}

export function wholeNumber(option: string, { min, max, note }: Range): ValueParser<number> {
  const allowed = `a whole number from ${min} to ${max}${note === undefined ? '' : ` (${note})`}`;
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw refuse(option, text, allowed);
    return value;
  };
}

const UNITS = new Map([
  ['K', 1024],
  ['M', 1024 ** 2],
  ['G', 1024 ** 3],
  ['T', 1024 ** 4],
]);

/** "1000000", "64M", "1G": a bare number counts `bareUnitBytes`, a letter says its own (powers of 1024). */
export function size(option: string, bareUnitBytes: number, { min, max, note }: Range): ValueParser<number> {
  const unit = bareUnitBytes === 1 ? 'bytes' : 'MB';
  const example = `a size of ${min} to ${max} ${unit}, or with a unit, as 64M or 1G${note === undefined ? '' : ` (${note})`}`;
  return (text) => {
    const match = /^(\d{1,15})([KMGT]?)$/i.exec(text);
    const bytes = Number(match?.[1]) * (UNITS.get(match?.[2]?.toUpperCase() ?? '') ?? bareUnitBytes);
    if (!(bytes >= min * bareUnitBytes && bytes <= max * bareUnitBytes)) throw refuse(option, text, example);
    return bytes;
  };
}

const SECONDS = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
]);

/** "30", "30s", "5m", "2h", "1d" → seconds. */
export function duration(option: string, { min, max, note }: Range): ValueParser<number> {
  const allowed = `a time from ${min} to ${max} s, as 30, 30s or 5m${note === undefined ? '' : ` (${note})`}`;
  return (text) => {
    const match = /^(\d{1,15})([smhd]?)$/i.exec(text);
    const value = Number(match?.[1]) * (SECONDS.get(match?.[2]?.toLowerCase() ?? '') ?? 1);
    if (!(value >= min && value <= max)) throw refuse(option, text, allowed);
    return value;
  };
}

/** "7" or "7d". */
export function days(option: string, range: Range): ValueParser<number> {
  const number = wholeNumber(option, { ...range, note: 'days' });
  return (text) => number(text.replace(/(?<=\d)d$/i, ''));
}

/** One of a few words, in any case; the word is returned as it stands in `words`. */
export function oneOf<const Word extends string>(option: string, words: readonly Word[]): ValueParser<Word> {
  const parse = (text: string): Word => {
    const word = words.find((each) => each.toLowerCase() === text.toLowerCase());
    if (word === undefined) throw refuse(option, text, `one of ${words.join(', ')}`);
    return word;
  };
  return Object.assign(parse, { words });
}

export function nonEmpty(option: string, what: string): ValueParser<string> {
  return (text) => {
    if (text === '') throw refuse(option, text, what);
    return text;
  };
}

/**
 * A directory's name. One that looks like an option was meant as one: without this, `-d -o DIR`, where -d is the flag it is
 * to mydumper, would quietly work in a directory called "-o".
 */
export function directoryName(option: string, advice: string): ValueParser<string> {
  return (text) => {
    if (text === '' || text.startsWith('-')) throw usageError(`${option}: "${text}" is not a directory name${advice}`);
    return text;
  };
}

/** Names between commas. */
export function nameList(option: string): ValueParser<readonly string[]> {
  return (text) => {
    const names = text.split(',').map((name) => name.trim());
    if (names.includes('')) throw refuse(option, text, 'names separated by commas, without an empty one');
    return names;
  };
}

/** "database.table" entries between commas. */
export function tableList(option: string): ValueParser<readonly string[]> {
  const names = nameList(option);
  return (text) => {
    const entries = names(text);
    const wrong = entries.find((entry) => !/^[^.]+\.[^.]/.test(entry));
    if (wrong !== undefined)
      throw refuse(option, wrong, 'database.table entries, separated by commas; % and _ match any');
    return entries;
  };
}

/** For options whose occurrences add up. */
export function collected<T>(
  parse: ValueParser<readonly T[]>,
): (text: string, previous: readonly T[] | undefined) => T[] {
  return (text, previous) => [...(previous ?? []), ...parse(text)];
}

/** For options that would silently lose what an earlier one said. */
export function once<T>(option: string, parse: ValueParser<T>): (text: string, previous: T | undefined) => T {
  return (text, previous) => {
    if (previous !== undefined) throw usageError(`${option} was given more than once`);
    return parse(text);
  };
}

/** mydumper's --verbose: a level, or -v, -vv … counted upwards from the default. */
export function verbosity(text: string, previous: Verbosity | undefined): Verbosity {
  if (/^v*$/.test(text)) return Math.min(4, (previous ?? DEFAULT_VERBOSITY) + 1 + text.length) as Verbosity;
  return wholeNumber('--verbose', { min: 0, max: 4, note: '0 silent, 1 errors, 2 warnings, 3 info, 4 debug' })(
    text,
  ) as Verbosity;
}

export type Verbosity = 0 | 1 | 2 | 3 | 4;

export const DEFAULT_VERBOSITY: Verbosity = 2;
