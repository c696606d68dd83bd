/** tsload's command line → LoadOptions. Pure: same arguments and surroundings, same result. */

import { DEFAULT_STATEMENTS_PER_TRANSACTION } from '../load/options.ts';
import type { DropTableMode, LoadOptions } from '../load/options.ts';
import { HELP_END, createCommand, option, spellOutBare } from './command.ts';
import type { Request, Surroundings } from './command.ts';
import { addConnectionOptions, connectionFrom } from './options/connection.ts';
import type { ConnectionValues } from './options/connection.ts';
import { addDefinerOptions, definerFrom } from './options/definer.ts';
import type { DefinerValues } from './options/definer.ts';
import { addFilterOptions, addLoadFilterOptions, filterFrom, withoutFrom } from './options/filter.ts';
import type { LoadFilterValues } from './options/filter.ts';
import { addIgnoreErrorsOption } from './options/ignore-errors.ts';
import type { IgnoreErrorsValues } from './options/ignore-errors.ts';
import { addResumeOption } from './options/resume.ts';
import type { ResumeValues } from './options/resume.ts';
import { addStopOption, upkeepFrom } from './options/upkeep.ts';
import type { StopValues } from './options/upkeep.ts';
import { addKeyOptions, keyNotices, keyTimeFrom, spellOutKeyTimes } from './options/keys.ts';
import type { KeyValues } from './options/keys.ts';
import { addLoadMethodOption } from './options/load-method.ts';
import type { LoadMethodValues } from './options/load-method.ts';
import { addLoadThreadsOption } from './options/load-threads.ts';
import type { LoadThreadsValues } from './options/load-threads.ts';
import { addProgramOptions, programFrom } from './options/programs.ts';
import type { ProgramValues } from './options/programs.ts';
import { addReportOptions, reportSettingsFrom } from './options/report.ts';
import type { ReportValues } from './options/report.ts';
import { addSourceOptions } from './options/sources.ts';
import { addLoadVerifyOption, isToBeVerified } from './options/verify.ts';
import type { LoadVerifyValues } from './options/verify.ts';
import { addTrustDumpOption } from './options/trust-dump.ts';
import type { TrustDumpValues } from './options/trust-dump.ts';
import { addForeignOptions } from './mydumper-options.ts';
import { resolveArguments } from './resolve.ts';
import { directoryName, nonEmpty, oneOf, usageError, wholeNumber } from './values.ts';
import type { ValueParser } from './values.ts';

const DROP_TABLE_MODES = ['FAIL', 'NONE', 'DROP', 'TRUNCATE', 'DELETE', 'SKIP'] as const satisfies DropTableMode[];

interface LoadValues
  extends
    ConnectionValues,
    LoadFilterValues,
    DefinerValues,
    ResumeValues,
    StopValues,
    LoadThreadsValues,
    KeyValues,
    LoadMethodValues,
    IgnoreErrorsValues,
    TrustDumpValues,
    LoadVerifyValues,
    ProgramValues,
    ReportValues {
  readonly directory?: string;
  readonly database?: string;
  readonly sourceDb?: string;
  readonly dropTable?: DropTableMode;
  readonly dropDatabase?: true;
  readonly overwriteTables?: true;
  readonly purgeMode?: DropTableMode;
  readonly data: boolean;
  readonly schemas: boolean;
  readonly users?: true;
  readonly schema: boolean;
  readonly threads: number;
  readonly enableBinlog?: true;
  readonly queriesPerTransaction: number;
}

export interface LoadRequest extends LoadOptions {
  /** The rows are read back and compared. */
  readonly isVerified: boolean;
}

/** @throws ToolError USAGE with one line that says what was given and what is allowed. */
export function parseLoadArguments(argv: readonly string[], surroundings: Surroundings): Request<LoadRequest> {
  const spelt = spellOutBare(spellOutKeyTimes(argv), ['-o', '--drop-table'], 'DROP');
  const answer = resolveArguments(['myloader', 'tsload'], () => loadCommand(surroundings), spelt, surroundings);
  if ('text' in answer) return { kind: 'print', text: answer.text };
  const values = answer.values as unknown as LoadValues;
  const { connection, askPassword } = connectionFrom(values, answer.sessionVariables, surroundings);
  return {
    kind: 'run',
    askPassword,
    report: reportSettingsFrom(values),
    printsResult: values.json === true,
    upkeep: upkeepFrom(values),
    notices: [...answer.notices, ...noticesFrom(values), ...keyNotices(values)],
    needsServer: answer.needsServer,
    options: {
      connection,
      directory: directoryFrom(values),
      program: programFrom(values),
      threads: values.threads === 0 ? surroundings.cores : values.threads,
      maxThreadsPerTable: values.maxThreadsPerTable,
      sourceDatabase: values.sourceDb,
      targetDatabase: values.database,
      ...filterFrom(values, answer.groups, surroundings),
      without: withoutFrom(values),
      dropTable: dropTableFrom(values),
      dropsDatabases: dropsDatabasesFrom(values),
      withSchemas: values.schemas && values.schema,
      withData: values.data,
      withUsers: values.users === true,
      resume: values.resume === true,
      definer: definerFrom(values),
      optimizeKeys: keyTimeFrom(values),
      loadMethod: values.loadMethod,
      writesBinlog: values.enableBinlog,
      ignoreErrors: values.ignoreErrors,
      trustDump: values.trustDump === true,
      statementsPerTransaction: values.queriesPerTransaction,
      isVerified: isToBeVerified(values),
    },
  };
}

export function loadCommand(surroundings: Surroundings) {
  const command = createCommand(
    'tsload',
    'Loads a dump of tsdump or mydumper into MySQL or MariaDB, in parallel.',
    surroundings,
  );
  command
    .optionsGroup('Where from:')
    .addOption(
      option('-d, --directory <dir>', 'the directory of a finished dump (required)', directoryName('--directory', '')),
    );
  addConnectionOptions(command);
  command
    .optionsGroup('What to load, and where:')
    .addOption(option('-s, --source-db <name>', 'only this database of the dump', nonEmpty('--source-db', 'a name')));
  addLoadFilterOptions(addFilterOptions(command));
  command
    .addOption(option('-B, --database <name>', 'load into this database, whatever its name in the dump', oneDatabase))
    .addOption(option('--no-schemas', 'tables exist already: load their rows only'))
    .addOption(option('--no-schema', 'old name of --no-schemas').hideHelp())
    .addOption(option('--no-data', 'leave out the rows'))
    .addOption(option('--users', 'load users, roles and grants too; those that exist stay as they are'))
    .addOption(
      option(
        '-o, --drop-table [mode]',
        'what to do with tables that exist: FAIL, NONE, DROP, TRUNCATE, DELETE or SKIP; the mode is attached, as ' +
          '-oTRUNCATE or --drop-table=SKIP (default: FAIL; without a mode: DROP)',
        oneOf('--drop-table', DROP_TABLE_MODES),
      ),
    )
    .addOption(
      option(
        '--drop-database',
        'drop the databases of the dump first, with all that is in them; what the dump does not have is named',
      ),
    )
    .addOption(option('--overwrite-tables', 'old name of --drop-table').hideHelp())
    .addOption(option('--purge-mode <mode>', 'old name', oneOf('--purge-mode', DROP_TABLE_MODES)).hideHelp());
  addResumeOption(addDefinerOptions(command).optionsGroup('How:'))
    .addOption(
      option(
        '-t, --threads <n>',
        'connections that load at the same time; 0: one a core',
        wholeNumber('--threads', { min: 0, max: 1024, note: '0: one a core' }),
      ).default(4),
    )
    .addOption(
      option(
        '-q, --queries-per-transaction <n>',
        'INSERT statements in one transaction',
        wholeNumber('--queries-per-transaction', { min: 1, max: 1e9 }),
      ).default(DEFAULT_STATEMENTS_PER_TRANSACTION),
    );
  addTrustDumpOption(
    addIgnoreErrorsOption(
      command.addOption(
        option('-e, --enable-binlog', "write what is loaded to the server's binary log, for its replicas"),
      ),
    ),
  );
  addLoadVerifyOption(addKeyOptions(addLoadMethodOption(addLoadThreadsOption(command))));
  addProgramOptions(addStopOption(command), 'unpacks');
  addReportOptions(addSourceOptions(command), surroundings);
  return addForeignOptions(command).addHelpText(
    'after',
    `
Examples:
  tsload -d /backups/today -u root -p              everything into a new server
  tsload -d shop -s shop -B shop_test -oDROP -t 8  one database, as another
  tsload verify -d /backups/today                  is it whole? asks no server
${HELP_END}`,
  );
}

/** tsdump's option of the name takes several: all the dump would go into one that is called "a,b". */
const oneDatabase: ValueParser<string> = (text) => {
  if (!text.includes(',')) return nonEmpty('--database', 'a name')(text);
  throw usageError(
    `--database: "${text}" is more than one name: all is loaded into one database. Databases of the dump are chosen with --source-db or --regex`,
  );
};

function directoryFrom({ directory }: LoadValues): string {
  if (directory === undefined) throw usageError('what to load? name the directory of a dump with --directory DIR');
  return directory;
}

function dropTableFrom(values: LoadValues): DropTableMode {
  const { dropTable, overwriteTables, purgeMode } = values;
  const older = purgeMode ?? (overwriteTables === true ? 'DROP' : undefined);
  if (dropTable !== undefined && older !== undefined && dropTable !== older) {
    throw usageError(`--drop-table=${dropTable} and the old names for it (${older}) differ: use --drop-table alone`);
  }
  const chosen = dropTable ?? older ?? (values.dropDatabase === true ? 'DROP' : 'FAIL');
  const isSecondPhase = !(values.schemas && values.schema);
  if (isSecondPhase && values.dropDatabase !== true && (chosen === 'DROP' || chosen === 'SKIP')) {
    throw usageError(
      `--drop-table=${chosen} and --no-schemas exclude each other: ` +
        `${chosen === 'DROP' ? 'what is dropped would not be created again' : 'nothing would be loaded'}; ` +
        '--drop-table=TRUNCATE empties the tables first',
    );
  }
  return chosen;
}

/** @throws ToolError USAGE where not all that is dropped would be created again. */
function dropsDatabasesFrom(values: LoadValues): boolean {
  if (values.dropDatabase !== true) return false;
  const inTheWay = [
    ...(values.tablesList === undefined ? [] : ['--tables-list']),
    ...(values.regex === undefined ? [] : ['--regex']),
    ...(values.omitFromFile === undefined ? [] : ['--omit-from-file']),
    ...(values.schemas && values.schema ? [] : ['--no-schemas']),
    ...(values.skipCreateTable === true ? ['--skip-create-table'] : []),
    ...(values.skipCreateDatabase === true ? ['--skip-create-database'] : []),
    ...(dropTableFrom(values) === 'DROP' ? [] : [`--drop-table=${dropTableFrom(values)}`]),
  ];
  if (inTheWay.length === 0) return true;
  throw usageError(
    `--drop-database and ${inTheWay[0]} exclude each other: what is dropped is to be created again, all of it`,
  );
}

function noticesFrom({ overwriteTables, purgeMode, schema }: LoadValues): string[] {
  return [
    ...(overwriteTables === true ? ['--overwrite-tables is an old name: use --drop-table'] : []),
    ...(purgeMode === undefined ? [] : [`--purge-mode is an old name: use --drop-table=${purgeMode}`]),
    ...(schema ? [] : ['--no-schema is an old name: use --no-schemas']),
  ];
}
