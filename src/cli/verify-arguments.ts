/** The command line of `tsload verify` → VerifyOptions or AgainstOptions. Pure: same arguments and surroundings, same result. */

import type { AgainstOptions, VerifyOptions } from '../verify/options.ts';
import { createCommand, option } from './command.ts';
import type { Request, Surroundings } from './command.ts';
import { addConnectionOptions, connectionFrom } from './options/connection.ts';
import type { ConnectionValues } from './options/connection.ts';
import { addProgramOptions, programFrom } from './options/programs.ts';
import type { ProgramValues } from './options/programs.ts';
import { addReportOptions, reportSettingsFrom } from './options/report.ts';
import type { ReportValues } from './options/report.ts';
import { addSourceOptions } from './options/sources.ts';
import { upkeepFrom } from './options/upkeep.ts';
import { resolveArguments } from './resolve.ts';
import type { Resolved } from './resolve.ts';
import { isServerUrl } from './sources/url.ts';
import { directoryName, nonEmpty, usageError, wholeNumber } from './values.ts';

/** The first argument. */
export const VERIFY = 'verify';

const AGAINST = '--against';
const DEFAULT_CONNECTIONS = 4;

interface VerifyValues extends ConnectionValues, ProgramValues, ReportValues {
  readonly directory?: string;
  /** True: given without a host. */
  readonly against?: string | true;
  readonly sourceDb?: string;
  readonly database?: string;
  readonly skipDefiner?: true;
  readonly trustDump?: true;
  readonly threads?: number;
}

export interface VerifyRequest extends VerifyOptions {
  /** No server is asked. */
  readonly connection?: undefined;
}

export function asksForServer(argv: readonly string[]): boolean {
  return argv.some((argument) => argument === AGAINST || argument.startsWith(`${AGAINST}=`));
}

/** @throws ToolError USAGE with one line that says what was given and what is allowed. */
export function parseVerifyArguments(argv: readonly string[], surroundings: Surroundings): Request<VerifyRequest> {
  const answer = resolved(argv, surroundings);
  if ('text' in answer) return { kind: 'print', text: answer.text };
  const values = answer.values as unknown as VerifyValues;
  if (values.sourceDb !== undefined || values.database !== undefined || values.skipDefiner === true) {
    throw usageError(`--source-db, --database and --skip-definer need ${AGAINST}: without it no server is asked`);
  }
  const { threads = 0 } = values;
  return {
    ...common(answer, values),
    askPassword: false,
    needsServer: false,
    options: {
      directory: directoryFrom(values),
      program: programFrom(values),
      threads: threads === 0 ? surroundings.cores : threads,
      trustDump: values.trustDump,
    },
  };
}

/** @throws ToolError USAGE with one line that says what was given and what is allowed. */
export function parseAgainstArguments(argv: readonly string[], surroundings: Surroundings): Request<AgainstOptions> {
  const answer = resolved(argv, surroundings);
  if ('text' in answer) return { kind: 'print', text: answer.text };
  const values = answer.values as unknown as VerifyValues;
  const { against, threads = DEFAULT_CONNECTIONS } = values;
  if (values.trustDump === true)
    throw usageError(`--trust-dump does not go with ${AGAINST}, which runs none of its files`);
  if (typeof against === 'string' && isServerUrl(against))
    throw usageError(`${AGAINST} takes a host; a URL goes behind --url`);
  const host = typeof against === 'string' ? { host: against } : {};
  const { connection, askPassword } = connectionFrom({ ...values, ...host }, answer.sessionVariables, surroundings);
  return {
    ...common(answer, values),
    askPassword,
    needsServer: answer.needsServer,
    options: {
      directory: directoryFrom(values),
      program: programFrom(values),
      connection,
      threads: threads === 0 ? surroundings.cores : threads,
      sourceDatabase: values.sourceDb,
      targetDatabase: values.database,
      definer: values.skipDefiner === true ? { kind: 'skip' } : undefined,
    },
  };
}

function resolved(argv: readonly string[], surroundings: Surroundings): { readonly text: string } | Resolved {
  const own = argv[0] === VERIFY ? argv.slice(1) : argv;
  return resolveArguments(['tsload-verify', 'tsload-verify'], () => verifyCommand(surroundings), own, surroundings);
}

function common({ notices }: Resolved, values: VerifyValues) {
  return {
    kind: 'run',
    report: reportSettingsFrom(values),
    printsResult: values.json === true,
    upkeep: upkeepFrom(values),
    notices,
  } as const;
}

function directoryFrom({ directory }: VerifyValues): string {
  if (directory === undefined) throw usageError('what to look at? name the directory of a dump with --directory DIR');
  return directory;
}

function verifyCommand(surroundings: Surroundings) {
  const command = createCommand(
    'tsload verify',
    'Says whether a dump of tsdump or mydumper is as it was written: every file is there, none too many, sizes and ' +
      'hashes are those of the manifest, compressed data and statements are whole, rows as many as there should be, ' +
      'and no statement in it is one that tsload would refuse to run. ' +
      'With --against: whether a server has the rows of a dump of tsdump, and its objects as they are defined there.',
    surroundings,
  );
  command
    .addOption(
      option('-d, --directory <dir>', 'the directory of a finished dump (required)', directoryName('--directory', '')),
    )
    .addOption(
      option(
        '-t, --threads <n>',
        'threads that read files (default: one a core), or connections that read rows (default: 4); 0: one a core',
        wholeNumber('--threads', { min: 0, max: 1024, note: '0: one a core' }),
      ),
    );
  command.addOption(
    option('--trust-dump', 'do not name statements that tsload would refuse because no dump needs them'),
  );
  addProgramOptions(command, 'unpacks')
    .optionsGroup('A server beside the dump:')
    .addOption(
      option(`${AGAINST} [host]`, 'compare this server with the dump; files of rows are read only where rows differ'),
    )
    .addOption(option('-s, --source-db <name>', 'only this database of the dump', nonEmpty('--source-db', 'a name')))
    .addOption(
      option(
        '-B, --database <name>',
        'look in this database, whatever its name in the dump',
        nonEmpty('--database', 'a name'),
      ),
    )
    .addOption(option('--skip-definer', 'do not compare the definers of views and code'));
  addConnectionOptions(command);
  addReportOptions(addSourceOptions(command), surroundings);
  return command.addHelpText(
    'after',
    `
Examples:
  tsload verify -d /backups/today                             is it whole? asks no server
  tsload verify -d /backups/today --against db2 -u backup -p  does db2 have what it has?
Exit codes: 0 as it was written, 4 the server differs, 8 the dump is incomplete or damaged;
  2 usage, 5 connection or privilege, 7 storage, 130/143 interrupted.`,
  );
}
