/** The options that say what people get to read: of a run, or instead of one. */

import type { Command } from 'commander';

import type { ReportSettings } from '../../report/reporter.ts';
import { option } from '../command.ts';
import type { Surroundings } from '../command.ts';
import { SHELLS } from '../completion.ts';
import { DEFAULT_VERBOSITY, nonEmpty, oneOf, usageError, verbosity } from '../values.ts';
import type { Verbosity } from '../values.ts';

export interface ReportValues {
  readonly verbose?: Verbosity;
  readonly debug?: true;
  readonly quiet?: true;
  readonly logfile?: string;
  readonly logFormat?: 'text' | 'json';
  readonly machineLogJson?: true;
  readonly json?: true;
  readonly metricsFile?: string;
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
    .addOption(option('--debug', 'the same as --verbose=4').hideHelp())
    .addOption(option('--quiet', 'nothing on success, the reason of a failure otherwise: for cron'))
    .addOption(option('-L, --logfile <file>', 'log JSON lines into this file', nonEmpty('--logfile', 'a file')))
    .addOption(
      option(
        '--log-format <format>',
        'text, or json: one event a line, as mydumper --machine-log-json (default: text)',
        oneOf('--log-format', ['text', 'json']),
      ),
    )
    .addOption(option('--machine-log-json', "mydumper's name of --log-format=json").hideHelp())
    .addOption(
      option(
        '--metrics-file <file>',
        "write the result for Prometheus, to be read by node_exporter's textfile collector",
        nonEmpty('--metrics-file', 'a file'),
      ),
    )
    .addOption(option('--json', 'print the result on stdout, as one JSON object'))
    .addOption(
      option(
        '--completion <shell>',
        'print a script that completes options in bash, zsh or fish',
        oneOf('--completion', SHELLS),
      ),
    )
    .addOption(option('--man-page', 'print the manual page').hideHelp())
    .version(version, '-V, --version', 'name and version')
    .helpOption('-?, --help', 'this text');
}

export function reportSettingsFrom(values: ReportValues): ReportSettings {
  const { quiet, debug, logfile, logFormat, machineLogJson } = values;
  if (quiet === true && (values.verbose ?? 1) > 1) throw usageError('--quiet and --verbose contradict each other');
  const verbose = values.verbose ?? (debug === true ? 4 : undefined);
  return {
    terminalLevel: quiet === true ? 1 : (verbose ?? DEFAULT_VERBOSITY),
    // A log file is there to be read later: it tells the run's course unless asked to be brief.
    fileLevel: verbose ?? 3,
    logfile,
    isForMachines: (logFormat ?? (machineLogJson === true ? 'json' : 'text')) === 'json',
  };
}
