/**
 * What both programs share around commander: its errors become usage errors of one line, and help and version become text
 * to print. Nothing here writes, exits or looks at the process: arguments and surroundings come in, a value goes out.
 */

import { Argument, Command, CommanderError, Option } from 'commander';

import type { ToolError } from '../base/errors.ts';
import type { ReportSettings } from '../report/reporter.ts';
import { chooseHelp } from './help.ts';
import { nearest } from './nearest.ts';
import type { Upkeep } from './upkeep.ts';
import type { ServerKind } from './sources/server-kind.ts';
import { isServerUrl } from './sources/url.ts';
import { usageError } from './values.ts';

/** What the arguments are read against. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The account of the operating system, the servers' clients' default user; throws when it has no name. */
  readonly loginName: () => string;
  readonly cores: number;
  /** Undefined where the account has none. */
  readonly home: string | undefined;
  /** The text of a file in UTF-8. @throws ToolError USAGE when it cannot be read. */
  readonly readFile: (path: string) => string;
  /** The same, but undefined when there is no such file. */
  readonly findFile: (path: string) => string | undefined;
  /** @throws ToolError USAGE when it cannot be read. */
  readonly readBytes: (path: string) => Buffer;
  /** Names in a directory. @throws ToolError USAGE when it cannot be read. */
  readonly filesIn: (directory: string) => readonly string[];
  /** What a command prints, without a shell between. @throws ToolError USAGE when it fails. */
  readonly outputOf: (command: string, args: readonly string[]) => string;
  /** Undefined as long as nobody has asked it; option files can have groups for certain servers. */
  readonly server?: ServerKind | undefined;
  /** Columns for --help. */
  readonly columns: number;
  /** What --version prints. */
  readonly version: string;
}

/** What the command line asks for. */
export type Request<Options> = { readonly kind: 'print'; readonly text: string } | RunRequest<Options>;

export interface RunRequest<Options> {
  readonly kind: 'run';
  readonly options: Options;
  /** The password is to be asked for on the terminal and put into options.connection. */
  readonly askPassword: boolean;
  readonly report: ReportSettings;
  /** The result is to be printed on stdout, as JSON. */
  readonly printsResult: boolean;
  readonly upkeep: Upkeep;
  /** What is to be said before the run: old names, what has no effect, … */
  readonly notices: readonly string[];
  /** Option files have groups for certain servers: to be asked for again with `surroundings.server`. */
  readonly needsServer: boolean;
}

/** Behind the options of either program. */
export const HELP_END = `
All options: --help=all. Sizes can be given as 64M or 1G, times as 30s or 5m.
Exit codes: 0 done, 1 failed, 2 usage, 3 done, but something named was left out,
  4 rows differ, 5 connection or privilege, 6 lock or consistency, 7 storage,
  8 damaged dump, 9 stopped by --stop-after, 11 another run at work,
  130/143 interrupted.
Environment: MYSQL_HOST, MYSQL_TCP_PORT, MYSQL_UNIX_PORT, MYSQL_PWD, NO_COLOR.
Option files: /etc/my.cnf, /etc/mysql/my.cnf, /etc/mydumper.cnf, ~/.my.cnf.`;

export function createCommand(name: string, description: string, { columns }: Surroundings): Command {
  return new Command(name)
    .description(description)
    .usage('--directory DIR [options] [mysql://USER@HOST/DATABASE]')
    .addArgument(new Argument('[url]').argParser(serverUrl))
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureHelp({ helpWidth: Math.max(60, Math.min(columns, 100)), optionDescription: describeOption });
}

function describeOption({ description, defaultValue }: Option): string {
  return typeof defaultValue === 'number' ? `${description} (default: ${defaultValue})` : description;
}

export function option<T>(flags: string, description: string, parse?: (text: string, previous: T) => T): Option {
  const made = new Option(flags, description);
  if (parse === undefined) return made;
  const { words } = parse as { readonly words?: readonly string[] };
  if (words !== undefined) made.argChoices = [...words];
  return made.argParser(parse);
}

function unexpected(text: string): ToolError {
  return usageError(
    `unexpected argument: ${text} (directories go behind -d, databases behind -B, what may be left out directly behind its option, as -oDROP)`,
  );
}

/** The only argument without a name. @throws ToolError USAGE for anything else. */
export function serverUrl(text: string): string {
  if (isServerUrl(text)) return text;
  throw unexpected(text);
}

/** Help or version text as `printed`, or undefined when there are options to act on. @throws ToolError USAGE. */
export function readArguments(command: Command, argv: readonly string[]): string | undefined {
  let printed = '';
  command.configureOutput({
    writeOut: (text) => {
      printed += text;
    },
    outputError: () => undefined,
  });
  try {
    command.parse(chooseHelp(command, argv), { from: 'user' });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return printed;
    throw explain(thrown, command);
  }
}

/** commander's message as one line of ours. */
function explain(error: CommanderError, command: Command): ToolError {
  if (error.code === 'commander.excessArguments') {
    return unexpected(command.args[0] ?? '');
  }
  const needsValue = /'(?:-., )?(--[\w-]+).*' argument missing$/.exec(error.message);
  if (needsValue !== null) return usageError(`${needsValue[1]} needs a value`);
  const unknown = /unknown option '([^=]*).*'$/s.exec(error.message)?.[1];
  if (unknown === undefined) return usageError(error.message.replace(/^error: /, ''));
  const meant = nearest(unknown, namesOf(command));
  return usageError(`unknown option ${unknown}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`);
}

function namesOf(command: Command): string[] {
  const shown = command.options.filter(({ hidden }) => !hidden);
  return [...shown.map(({ long }) => long ?? ''), '--help'];
}

/**
 * Options with an optional value take it only attached, as --name=VALUE or -nVALUE; commander would also take the next
 * argument. A bare one is spelt out here, before commander sees it.
 */
export function spellOutBare(argv: readonly string[], names: readonly string[], value: string): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv.map((argument, i) => (i < end && names.includes(argument) ? `${names.at(-1)}=${value}` : argument));
}
