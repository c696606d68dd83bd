/** What --help shows: the options that most runs need, and with --help=all every one. */

import type { Command, Option } from 'commander';

/** The common tenth, by their long names. */
const COMMON = new Set([
  'directory',
  'host',
  'user',
  'password',
  'ask-password',
  'url',
  'database',
  'source-db',
  'tables-list',
  'no-data',
  'no-schemas',
  'triggers',
  'routines',
  'events',
  'users',
  'drop-table',
  'resume',
  'threads',
  'compress',
  'clear',
  'snapshot-count',
  'defaults-file',
  'print-config',
  'verbose',
  'quiet',
  'help',
  'version',
]);

const HELP_ALL = '--help=all';

/** To be called before the arguments are read: which options help is to show. */
export function chooseHelp(command: Command, argv: readonly string[]): string[] {
  const isForAll = argv.includes(HELP_ALL);
  command.configureHelp({ ...command.configureHelp(), visibleOptions: () => shownOptions(command, isForAll) });
  return argv.map((argument) => (argument === HELP_ALL ? '--help' : argument));
}

function shownOptions(command: Command, isForAll: boolean): Option[] {
  const shown = publicOptions(command);
  return isForAll ? shown : shown.filter(({ long }) => COMMON.has(long?.slice(2) ?? ''));
}

/** All that are not old names or somebody else's, with --help. */
export function publicOptions(command: Command): Option[] {
  const help = command.createOption('-?, --help [all]', 'this text; --help=all: every option');
  help.helpGroupHeading = 'Output:';
  return [...command.options.filter(({ hidden }) => !hidden), help];
}
