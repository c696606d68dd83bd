/** tsdump's command line → DumpOptions. Pure: same arguments and surroundings, same result. */

import { DEFAULT_STATEMENT_BYTES } from '../dump/options.ts';
import type { DumpOptions } from '../dump/options.ts';
import type { Codec } from '../format/codec.ts';
import { addChunkOptions, chunkingFrom, throttleFrom } from './options/chunk.ts';
import type { ChunkValues } from './options/chunk.ts';
import { HELP_END, createCommand, option } from './command.ts';
import type { Request, Surroundings } from './command.ts';
import { addConnectionOptions, connectionFrom } from './options/connection.ts';
import type { ConnectionValues } from './options/connection.ts';
import { addDefinerOptions, definerFrom } from './options/definer.ts';
import type { DefinerValues } from './options/definer.ts';
import { addDumpFilterOptions, addFilterOptions, filterFrom } from './options/filter.ts';
import type { DumpFilterValues } from './options/filter.ts';
import { addFormatOptions, bareRowsFrom, duplicatesFrom, formatNotices } from './options/format.ts';
import type { FormatValues } from './options/format.ts';
import { addLockOptions, lockFrom, lockNotices } from './options/lock.ts';
import type { LockValues } from './options/lock.ts';
import { addHookOptions, addProgramOptions, hookFrom, programFrom } from './options/programs.ts';
import type { HookValues, ProgramValues } from './options/programs.ts';
import { addReportOptions, reportSettingsFrom } from './options/report.ts';
import type { ReportValues } from './options/report.ts';
import { addDumpResumeOption } from './options/resume.ts';
import type { ResumeValues } from './options/resume.ts';
import { addSourceOptions } from './options/sources.ts';
import { addKeepingOptions, addStopOption, upkeepFrom } from './options/upkeep.ts';
import type { UpkeepValues } from './options/upkeep.ts';
import { addForeignOptions } from './mydumper-options.ts';
import { resolveArguments } from './resolve.ts';
import { collected, directoryName, nameList, oneOf, size, usageError, wholeNumber } from './values.ts';

const MIB = 1024 ** 2;

/** The highest level each codec knows. */
const MAX_LEVEL = { zstd: 22, gzip: 9 } as const;

const NO_DATA_ADVICE = ' (to leave out the rows, say --no-data)';

interface DumpValues
  extends
    ChunkValues,
    ConnectionValues,
    DefinerValues,
    DumpFilterValues,
    FormatValues,
    HookValues,
    LockValues,
    ProgramValues,
    ReportValues,
    ResumeValues,
    UpkeepValues {
  readonly directory?: string;
  readonly outputdir?: string;
  readonly database?: readonly string[];
  readonly schemas: boolean;
  readonly data: boolean;
  readonly views: boolean;
  readonly triggers?: true;
  readonly routines?: true;
  readonly events?: true;
  readonly users?: true;
  readonly threads: number;
  readonly compress?: 'zstd' | 'gzip';
  readonly compressLevel?: number;
  readonly chunkFilesize?: number;
  readonly statementSize: number;
}

/** @throws ToolError USAGE with one line that says what was given and what is allowed. */
export function parseDumpArguments(argv: readonly string[], surroundings: Surroundings): Request<DumpOptions> {
  const answer = resolveArguments(['mydumper', 'tsdump'], () => dumpCommand(surroundings), argv, surroundings);
  if ('text' in answer) return { kind: 'print', text: answer.text };
  const values = answer.values as unknown as DumpValues;
  const { connection, askPassword } = connectionFrom(values, answer.sessionVariables, surroundings);
  const threads = values.threads === 0 ? surroundings.cores : values.threads;
  return {
    kind: 'run',
    askPassword,
    report: reportSettingsFrom(values),
    printsResult: values.json === true,
    upkeep: upkeepFrom(values),
    notices: [...answer.notices, ...lockNotices(values), ...formatNotices(values)],
    needsServer: answer.needsServer,
    options: {
      connection,
      directory: directoryFrom(values),
      clearsDirectory: values.clear === true,
      resume: values.resume === true,
      threads,
      databases: values.database ?? [],
      ...filterFrom(values, answer.groups, surroundings),
      ignoreEngines: values.ignoreEngines,
      where: values.where,
      partitionRegex: values.partitionRegex,
      updatedSinceDays: values.updatedSince,
      codec: codecFrom(values),
      hook: hookFrom(values),
      compressLevel: levelFrom(values),
      withSchemas: values.schemas,
      withData: values.data,
      withTriggers: values.triggers === true,
      withRoutines: values.routines === true,
      withEvents: values.events === true,
      withViews: values.views,
      withUsers: values.users === true,
      definer: definerFrom(values),
      ...chunkingFrom(values),
      throttle: throttleFrom(values, threads),
      maxFileBytes: values.chunkFilesize === 0 ? undefined : values.chunkFilesize,
      maxStatementBytes: values.statementSize,
      completeInsert: values.completeInsert === true,
      bareRows: bareRowsFrom(values),
      duplicates: duplicatesFrom(values),
      lock: lockFrom(values),
    },
  };
}

export function dumpCommand(surroundings: Surroundings) {
  const command = createCommand(
    'tsdump',
    'A consistent, parallel dump of a MySQL or MariaDB server into a directory.',
    surroundings,
  );
  command
    .optionsGroup('Where to:')
    .addOption(
      option(
        '-d, --directory <dir>',
        'a new or empty directory for the dump (required)',
        directoryName('--directory', NO_DATA_ADVICE),
      ),
    )
    .addOption(option('-o, --outputdir <dir>', "the same, under mydumper's name", directoryName('--outputdir', '')));
  addConnectionOptions(addDumpResumeOption(addKeepingOptions(command)));
  command
    .optionsGroup('What to dump:')
    .addOption(
      option(
        '-B, --database <names>',
        "databases, separated by commas (default: all but the server's own)",
        collected(nameList('--database')),
      ),
    );
  addDumpFilterOptions(addFilterOptions(command));
  command
    .addOption(option('-m, --no-schemas', 'leave out the definitions of databases, tables and views'))
    .addOption(option('--no-data', 'leave out the rows'))
    .addOption(option('-W, --no-views', 'leave out views'))
    .addOption(option('-G, --triggers', 'dump triggers'))
    .addOption(option('--no-triggers', 'not, whatever was said before').hideHelp())
    .addOption(option('-R, --routines', 'dump stored procedures and functions'))
    .addOption(option('-E, --events', 'dump events'))
    .addOption(option('--users', 'dump users, roles and grants, those of the whole server'));
  addDefinerOptions(command)
    .optionsGroup('How:')
    .addOption(
      option(
        '-t, --threads <n>',
        'connections that read at the same time; 0: one a core',
        wholeNumber('--threads', { min: 0, max: 1024, note: '0: one a core' }),
      ).default(4),
    )
    .addOption(
      option(
        '-c, --compress [codec]',
        'zstd (also when no codec is named) or gzip',
        oneOf('--compress', ['zstd', 'gzip']),
      ).preset('zstd'),
    )
    .addOption(
      option(
        '--compress-level <n>',
        'zstd: 1 to 22, gzip: 1 to 9 (default: the fastest)',
        wholeNumber('--compress-level', { min: 1, max: MAX_LEVEL.zstd }),
      ),
    )
    .addOption(
      option(
        '-F, --chunk-filesize <MB>',
        'begin a new data file after so much; also as 64M or 1G (default: off)',
        size('--chunk-filesize', MIB, { min: 0, max: MIB, note: '0: off' }),
      ),
    )
    .addOption(
      option(
        '-s, --statement-size <bytes>',
        'keep INSERT statements below this; also as 1M',
        size('--statement-size', 1, { min: 1, max: 1024 * MIB }),
      ).default(DEFAULT_STATEMENT_BYTES),
    );
  addChunkOptions(command);
  addHookOptions(addProgramOptions(addStopOption(command), 'packs'));
  addFormatOptions(command);
  addLockOptions(command);
  addReportOptions(addSourceOptions(command), surroundings);
  return addForeignOptions(command).addHelpText(
    'after',
    `
Examples:
  tsdump -d /backups/today -u backup -p -c            everything, with zstd
  tsdump -d shop -B shop -GRE -t 8 -h db.example.org  one database with its code
${HELP_END}`,
  );
}

function directoryFrom({ directory, outputdir }: DumpValues): string {
  if (directory !== undefined && outputdir !== undefined && directory !== outputdir) {
    throw usageError(`--directory ${directory} and --outputdir ${outputdir} differ: give one of them`);
  }
  const chosen = directory ?? outputdir;
  if (chosen === undefined) throw usageError('where to dump? name a new or empty directory with --directory DIR');
  return chosen;
}

function codecFrom(values: DumpValues): Codec {
  const program = programFrom(values);
  if (program !== undefined && values.compress !== undefined) {
    throw usageError('--compress and --exec-per-thread exclude each other: which of them is to pack the files?');
  }
  return program ?? values.compress ?? 'none';
}

function levelFrom({ compress, compressLevel }: DumpValues): number | undefined {
  if (compressLevel === undefined) return undefined;
  if (compress === undefined) throw usageError('--compress-level needs --compress');
  if (compressLevel > MAX_LEVEL[compress]) {
    throw usageError(
      `--compress-level: "${compressLevel}" is not allowed; ${compress} knows 1 to ${MAX_LEVEL[compress]}`,
    );
  }
  return compressLevel;
}
