/** The options that say what people get to read: of a run, or instead of one. */

import type { Command } from 'commander';

import type { ReportSettings } from '../../report/reporter.ts';
import { option } from '../command.ts';
import type { Surroundings } from '../command.ts';
import { DEFAULT_VERBOSITY, nonEmpty, verbosity } from '../values.ts';
import type { Verbosity } from '../values.ts';

export interface ReportValues {
  readonly verbose?: Verbosity;
  readonly logfile?: string;
}

export function addReportOptions(command: Command, { version }: Surroundings): Command {
  return command
    .optionsGroup('Output:')
    .addOption(
      option(
        '-v, --verbose [level]',
        '0 silent, 1 errors, 2 warnings, 3 info, 4 debug; -v is 3, -vv is 4 (default: 2; 3 with --logfile)',
        verbosity,
      ).preset(''),
    )
    .addOption(option('-L, --logfile <file>', 'log JSON lines into this file', nonEmpty('--logfile', 'a file')))
    .version(version, '-V, --version', 'name and version')
    .helpOption('-?, --help', 'this text');
}

export function reportSettingsFrom({ verbose, logfile }: ReportValues): ReportSettings {
  return {
    terminalLevel: verbose ?? DEFAULT_VERBOSITY,
    // A log file is there to be read later: it tells the run's course unless asked to be brief.
    fileLevel: verbose ?? 3,
    logfile,
  };
}
