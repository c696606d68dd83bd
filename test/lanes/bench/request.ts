/** The command line of `npm run bench`. */

import { parseArgs } from 'node:util';

export interface Request {
  /** Names of items or of whole sections; undefined: all that are not opt-in. */
  readonly only: readonly string[] | undefined;
  readonly pairs: number;
  /** Where the figures go as JSON. */
  readonly json: string | undefined;
  /** Whether memory is measured over 10 GB too. */
  readonly isLarge: boolean;
  /** Of the lane of very many tables. */
  readonly tables: number;
  readonly isHelp: boolean;
}

const DEFAULT_PAIRS = 5;
export const QUARTER_MILLION = 250_000;

/** @throws Error for what it does not understand. */
export function parseRequest(args: readonly string[]): Request {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      pairs: { type: 'string' },
      json: { type: 'string' },
      large: { type: 'boolean', default: false },
      tables: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    only: values.only?.split(',').map((name) => name.trim()),
    pairs: wholeNumber('--pairs', values.pairs, DEFAULT_PAIRS),
    json: values.json,
    isLarge: values.large,
    tables: wholeNumber('--tables', values.tables, QUARTER_MILLION),
    isHelp: values.help,
  };
}

function wholeNumber(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option}: "${text}" is not a whole number above 0`);
  return value;
}

interface Choosable {
  readonly name: string;
  readonly isOptIn?: boolean;
}

/**
 * What is asked for, in its own order.
 * @throws Error for a name that nothing has.
 */
export function choose<Each extends Choosable>(items: readonly Each[], only: Request['only']): Each[] {
  if (only === undefined) return items.filter(({ isOptIn }) => isOptIn !== true);
  const unknown = only.find((name) => !items.some((item) => item.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no ${unknown}; there are ${items.map(({ name }) => name).join(', ')}`);
  }
  return items.filter(({ name }) => only.includes(name));
}

export function helpText(items: readonly (Choosable & { readonly describe: string })[]): string {
  const width = Math.max(...items.map(({ name }) => name.length));
  const list = items.map((item) => {
    const optIn = item.isOptIn === true ? ' (only when named)' : '';
    return `  ${item.name.padEnd(width)}  ${item.describe}${optIn}`;
  });
  return `npm run bench -- [options]

Dumps with tsdump and with mydumper in turn, loads with tsload and with myloader, and prints tables in Markdown. The peers are
found through the environment's MYDUMPER and MYLOADER or on PATH; without them only ours are measured. docs/BENCHMARKS.md says
how to read the figures.

  --only NAME,…   only these, of the list below
  --pairs N       pairs of runs for each comparison (default: ${DEFAULT_PAIRS})
  --json FILE     all figures, run by run
  --large         measure memory over 10 GB of rows too: 25 GB of disk and some 20 minutes more
  --tables N      tables of the quarter-million (default: ${QUARTER_MILLION})
  -h, --help      this

${list.join('\n')}
`;
}
