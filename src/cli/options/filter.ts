/** The options that say which objects a run is about, for both commands, and the files that some of them name. */

import type { Command } from 'commander';

import type { LoadStep } from '../../load/options.ts';
import type { TableRule } from '../../schema/filter/table-rules.ts';
import { option } from '../command.ts';
import type { Surroundings } from '../command.ts';
import type { OptionGroup } from './file.ts';
import { checkedRegex, tableRules } from './table-sections.ts';
import { collected, days, nameList, nonEmpty, once, tableList } from '../values.ts';

/** As commander gathers them. */
export interface FilterValues {
  readonly tablesList?: readonly string[];
  readonly regex?: readonly string[];
  readonly omitFromFile?: string;
}

export interface DumpFilterValues extends FilterValues {
  readonly ignoreEngines?: readonly string[];
  readonly where?: string;
  readonly partitionRegex?: string;
  readonly updatedSince?: number;
}

export function addFilterOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '-T, --tables-list <names>',
        'database.table entries, separated by commas; % and _ match as in LIKE',
        collected(tableList('--tables-list')),
      ),
    )
    .addOption(
      option(
        '-x, --regex <pattern>',
        'only what it matches, as database.table, whatever the case; several may be given, one has to match',
        collected((pattern) => [checkedRegex('--regex', pattern)]),
      ),
    )
    .addOption(
      option(
        '-O, --omit-from-file <file>',
        'leave out the databases and the tables (database.table) that this file lists, one a line',
        once('--omit-from-file', nonEmpty('--omit-from-file', 'a file')),
      ),
    );
}

/** Those that only a dump knows. */
export function addDumpFilterOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '-i, --ignore-engines <names>',
        'leave out tables of these engines, separated by commas',
        collected(nameList('--ignore-engines')),
      ),
    )
    .addOption(
      option(
        '--where <condition>',
        'SQL condition on the rows of every table',
        once('--where', nonEmpty('--where', 'a condition')),
      ),
    )
    .addOption(
      option(
        '--partition-regex <pattern>',
        'only the partitions whose names it matches',
        once('--partition-regex', (pattern) => checkedRegex('--partition-regex', pattern)),
      ),
    )
    .addOption(
      option(
        '-U, --updated-since <days>',
        'leave out the rows of tables that have not changed for so many days, where the server knows',
        days('--updated-since', { min: 1, max: 36_500 }),
      ),
    );
}

/** Steps of a load that can be left out. */
export function addLoadFilterOptions(command: Command): Command {
  return command
    .addOption(option('--skip-create-database', 'databases exist already'))
    .addOption(option('--skip-create-table', 'tables exist already; load their rows, and views and code'))
    .addOption(option('--skip-constraints', 'leave out foreign keys'))
    .addOption(option('--skip-triggers', 'leave out triggers'))
    .addOption(option('--no-triggers', 'the same').hideHelp())
    .addOption(option('--skip-post', 'leave out routines and events'));
}

export interface LoadFilterValues extends FilterValues {
  readonly skipCreateDatabase?: true;
  readonly skipCreateTable?: true;
  readonly skipConstraints?: true;
  readonly skipTriggers?: true;
  readonly triggers: boolean;
  readonly skipPost?: true;
}

export function withoutFrom(values: LoadFilterValues): ReadonlySet<LoadStep> {
  const { skipCreateDatabase, skipCreateTable, skipConstraints, skipTriggers, skipPost, triggers } = values;
  const steps: readonly (readonly [LoadStep, boolean | undefined])[] = [
    ['databases', skipCreateDatabase],
    ['tables', skipCreateTable],
    ['foreign keys', skipConstraints],
    ['triggers', skipTriggers === true || !triggers],
    ['routines', skipPost],
  ];
  return new Set(steps.filter(([, isOut]) => isOut === true).map(([step]) => step));
}

export interface FilterRequest {
  readonly tables: readonly string[];
  readonly regex: readonly string[];
  readonly omit: readonly string[];
  readonly tableRules: readonly TableRule[];
}

/** `groups` are those of the option files. @throws ToolError USAGE. */
export function filterFrom(
  values: FilterValues,
  groups: readonly OptionGroup[],
  { readFile }: Surroundings,
): FilterRequest {
  return {
    tables: values.tablesList ?? [],
    regex: values.regex ?? [],
    omit: values.omitFromFile === undefined ? [] : namesIn(readFile(values.omitFromFile)),
    tableRules: tableRules(groups),
  };
}

function namesIn(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}
