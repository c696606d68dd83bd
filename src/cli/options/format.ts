/** tsdump's options for what rows look like in files, in mydumper's words. */

import type { Command } from 'commander';

import { MAX_SEPARATOR_BYTES } from '../../base/separators.ts';
import type { Separators } from '../../base/separators.ts';
import type { BareRows } from '../../dump/options.ts';
import type { Duplicates } from '../../format/load-data.ts';
import { CSV_SEPARATORS, LOAD_DATA_SEPARATORS, unescaped } from '../../format/load-data.ts';
import { option } from '../command.ts';
import { oneOf, usageError } from '../values.ts';

const FORMATS = ['INSERT', 'LOAD_DATA', 'CSV'] as const;
type Format = (typeof FORMATS)[number];

export interface FormatValues {
  readonly format?: Format;
  readonly loadData?: true;
  readonly csv?: true;
  readonly includeHeader?: true;
  readonly insertIgnore?: true;
  readonly replace?: true;
  readonly completeInsert?: true;
  readonly fieldsTerminatedBy?: string;
  readonly fieldsEnclosedBy?: string;
  readonly fieldsEscapedBy?: string;
  readonly linesStartingBy?: string;
  readonly linesTerminatedBy?: string;
}

const NAMES: Readonly<Record<keyof Separators, string>> = {
  fieldsTerminatedBy: '--fields-terminated-by',
  fieldsEnclosedBy: '--fields-enclosed-by',
  fieldsEscapedBy: '--fields-escaped-by',
  linesStartingBy: '--lines-starting-by',
  linesTerminatedBy: '--lines-terminated-by',
};

export function addFormatOptions(command: Command): Command {
  return command
    .optionsGroup('What rows look like:')
    .addOption(
      option(
        '--format <format>',
        'INSERT; LOAD_DATA or CSV: bare rows in files of their own (default: INSERT)',
        oneOf('--format', FORMATS),
      ),
    )
    .addOption(option('--load-data', 'old name').hideHelp())
    .addOption(option('--csv', 'old name').hideHelp())
    .addOption(option('--fields-terminated-by <text>', 'between values (default: \\t; of CSV a comma)', unescaped))
    .addOption(
      option(
        '--fields-enclosed-by <byte>',
        'around values but whole numbers and NULL (default: nothing; of CSV ")',
        unescaped,
      ),
    )
    .addOption(option('--fields-escaped-by <byte>', 'before special bytes (default: \\\\)', escapeByte))
    .addOption(option('--lines-starting-by <text>', 'before each row (default: nothing)', unescaped))
    .addOption(option('--lines-terminated-by <text>', 'behind each row (default: \\n)', unescaped))
    .addOption(option('--include-header', 'the names of the columns as the first line of each file'))
    .addOption(
      option(
        '-N, --insert-ignore',
        'INSERT IGNORE: who loads leaves out rows whose keys are there; tsload counts them',
      ),
    )
    .addOption(option('--replace', 'REPLACE: rows that are loaded take the place of those with the same keys'))
    .addOption(option('--complete-insert', 'INSERT statements name their columns'));
}

/** @throws ToolError USAGE for both at once. */
export function duplicatesFrom({ insertIgnore, replace }: FormatValues): Duplicates | undefined {
  if (insertIgnore === true && replace === true) {
    throw usageError(
      '--insert-ignore and --replace exclude each other: is a row that is there already to stay, or to be replaced?',
    );
  }
  if (insertIgnore === true) return 'IGNORE';
  return replace === true ? 'REPLACE' : undefined;
}

/** A backslash alone is itself, not the beginning of something. */
function escapeByte(text: string): string {
  return text === '\\' ? text : unescaped(text);
}

/** @throws ToolError USAGE for what contradicts itself, and for separators that LOAD DATA could not tell from values. */
export function bareRowsFrom(values: FormatValues): BareRows | undefined {
  const format = formatFrom(values);
  const given = (Object.keys(NAMES) as (keyof Separators)[]).filter((key) => values[key] !== undefined);
  if (format === 'INSERT') {
    const lost = [...given.map((key) => NAMES[key]), ...(values.includeHeader === true ? ['--include-header'] : [])];
    if (lost.length > 0) throw usageError(`${lost.join(', ')}: only for --format=LOAD_DATA or CSV`);
    return undefined;
  }
  const defaults = format === 'CSV' ? CSV_SEPARATORS : LOAD_DATA_SEPARATORS;
  const chosen = Object.fromEntries(given.map((key) => [key, values[key]])) as Partial<Separators>;
  return { separators: checked({ ...defaults, ...chosen }), withHeader: values.includeHeader === true };
}

export function formatNotices({ loadData, csv }: FormatValues): string[] {
  return [
    ...(loadData === true ? ['--load-data is an old name: use --format=LOAD_DATA'] : []),
    ...(csv === true ? ['--csv is an old name: use --format=CSV'] : []),
  ];
}

function formatFrom({ format, loadData, csv }: FormatValues): Format {
  const chosen = new Set<Format>([
    ...(format === undefined ? [] : [format]),
    ...(loadData === true ? (['LOAD_DATA'] as const) : []),
    ...(csv === true ? (['CSV'] as const) : []),
  ]);
  if (chosen.size > 1) throw usageError(`${[...chosen].join(' and ')} contradict each other: use --format alone`);
  return [...chosen][0] ?? 'INSERT';
}

/**
 * What begins a separator is escaped within values. So it must not be a letter or digit, which mean something else behind
 * the escape byte (\n, \0, \N), nor what numbers consist of, which are not escaped.
 */
function checked(separators: Separators): Separators {
  const { fieldsTerminatedBy, fieldsEnclosedBy, fieldsEscapedBy, linesStartingBy, linesTerminatedBy } = separators;
  const mark = '[!-*,/:-@[-`{-~]'; // printable, no letter or digit, not + - .
  demand('fieldsEscapedBy', fieldsEscapedBy, new RegExp(`^${mark}$`), 'one punctuation mark');
  demand('fieldsEnclosedBy', fieldsEnclosedBy, new RegExp(`^${mark}?$`), 'one punctuation mark, or nothing');
  // oxlint-disable-next-line no-control-regex -- a tab and a line end are what most people want here
  const separator = new RegExp(`^(?:${mark}|[\\x01-\\x20])[\\x01-\\x7f]{0,${MAX_SEPARATOR_BYTES - 1}}$`);
  const allowed = `at most ${MAX_SEPARATOR_BYTES} ASCII characters, the first no letter, digit, plus, minus or point`;
  demand('fieldsTerminatedBy', fieldsTerminatedBy, separator, allowed);
  demand('linesTerminatedBy', linesTerminatedBy, separator, allowed);
  // oxlint-disable-next-line no-control-regex -- as above
  demand('linesStartingBy', linesStartingBy, /^[\x01-\x7f]{0,255}$/, 'at most 255 ASCII characters');
  const begins = [fieldsTerminatedBy.charAt(0), fieldsEnclosedBy, fieldsEscapedBy, linesTerminatedBy.charAt(0)];
  const taken = begins.filter((each) => each !== '');
  if (new Set(taken).size < taken.length) {
    throw usageError(
      'the ends of fields and lines, what encloses and what escapes must each begin with another character',
    );
  }
  return separators;
}

function demand(key: keyof Separators, text: string, pattern: RegExp, allowed: string): void {
  if (pattern.test(text)) return;
  throw usageError(`${NAMES[key]}: ${JSON.stringify(text)} is not allowed; give ${allowed}`);
}
