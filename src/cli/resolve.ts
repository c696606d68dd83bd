/**
 * The command line, and all that can stand in its place, → one value for each option. From what wins least to what wins:
 * the defaults, the environment, option files (src/cli/sources/option-files.ts), --login-path, a URL, the command line.
 */

import type { Command } from 'commander';

import type { SessionVariable } from '../mysql/options.ts';
import { completionScript } from './completion.ts';
import type { Shell } from './completion.ts';
import { readArguments } from './command.ts';
import type { Surroundings } from './command.ts';
import { manPage } from './man.ts';
import { foreignNotices } from './mydumper-options.ts';
import type { OptionGroup } from './options/file.ts';
import { readOptionFile } from './options/file.ts';
import { isTableSection } from './options/table-sections.ts';
import { printConfig } from './print-config.ts';
import { PASSWORD_ORIGIN, PASSWORD_VARIABLE_NOTICE, layerOfEnvironment } from './sources/environment.ts';
import { layerOf, layerOfOption, merge, optionNamed } from './sources/layer.ts';
import type { Layer, Setting } from './sources/layer.ts';
import { readLoginFile } from './sources/login-path.ts';
import { layerOfGroup, layersOfFiles, readOptionFiles } from './sources/option-files.ts';
import { sectionOf } from './sources/server-kind.ts';
import type { ProgramNames } from './sources/server-kind.ts';
import { optionsOfUrl } from './sources/url.ts';
import { variablesOfFiles } from './sources/variables.ts';
import { usageError } from './values.ts';

export interface Resolved {
  /** By commander's names; what nobody gave has its default, or is absent. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Of all option files, for those who read more in them. */
  readonly groups: readonly OptionGroup[];
  readonly sessionVariables: readonly SessionVariable[];
  readonly notices: readonly string[];
  /** Option files hold groups for certain servers, and `surroundings.server` is not there to choose by. */
  readonly needsServer: boolean;
}

export type Answer = { readonly text: string } | Resolved;

/** `make` returns a command that has not been used. @throws ToolError USAGE. */
export function resolveArguments(
  names: ProgramNames,
  make: () => Command,
  argv: readonly string[],
  surroundings: Surroundings,
): Answer {
  const command = make();
  const text = readArguments(command, argv);
  if (text !== undefined) return { text };
  const typed = layerOf(command, 'command line');
  const shell = textOf(typed, 'completion');
  if (shell !== undefined) return { text: completionScript(command, shell as Shell) };
  if (typed.has('manPage')) return { text: manPage(command, surroundings.version) };
  const { server, environment } = surroundings;
  const found = readOptionFiles(
    {
      noDefaults: typed.get('defaults')?.value === false,
      defaultsFile: textOf(typed, 'defaultsFile'),
      defaultsExtraFile: textOf(typed, 'defaultsExtraFile'),
    },
    surroundings,
  );
  const groups = found.flat();
  const files = layersOfFiles(found, names, server, make);
  const variables = variablesOfFiles(groups, names, server);
  const lowest = [layerOfEnvironment(environment, make), ...files.layers];
  const lower = merge([...lowest, typed]);
  const merged = merge([
    ...lowest,
    ...loginLayers(textOf(lower, 'loginPath'), surroundings, make),
    ...urlLayers(command.args[0], lower, make),
    typed,
  ]);
  const isFromVariable = merged.get('password')?.origin === PASSWORD_ORIGIN;
  const notices = [
    ...(isFromVariable ? [PASSWORD_VARIABLE_NOTICE] : []),
    ...unknownGroups(groups, names),
    ...variables.notices,
    ...foreignNotices(command, merged),
  ];
  const values = valuesOf(make(), merged);
  const needsServer = server === undefined && (files.needsServer || variables.needsServer);
  if (values['printConfig'] === true) return { text: printConfig(make(), merged, variables.session, needsServer) };
  return { values, groups, sessionVariables: variables.session, notices, needsServer };
}

function valuesOf(command: Command, merged: ReadonlyMap<string, Setting>): Record<string, unknown> {
  const values: Record<string, unknown> = { ...command.opts() };
  for (const [name, { value }] of merged) values[name] = value;
  return values;
}

function textOf(layer: Layer, name: string): string | undefined {
  return layer.get(name)?.value as string | undefined;
}

function loginLayers(
  name: string | undefined,
  { environment, home, readBytes, readFile, filesIn }: Surroundings,
  make: () => Command,
): Layer[] {
  if (name === undefined) return [];
  const path = environment['MYSQL_TEST_LOGIN_FILE'] ?? `${home ?? ''}/.mylogin.cnf`;
  const groups = readOptionFile(path, readLoginFile(path, readBytes(path)), { readFile, filesIn });
  const named = groups.filter((group) => group.name === name);
  if (named.length === 0) {
    const others = groups.map((group) => group.name).join(', ');
    throw usageError(`--login-path: ${path} has no ${name}; it has ${others === '' ? 'none' : others}`);
  }
  return [...groups.filter((group) => group.name === 'client'), ...named].map((group) =>
    layerOfGroup(group, make, true),
  );
}

function urlLayers(positional: string | undefined, lower: ReadonlyMap<string, Setting>, make: () => Command): Layer[] {
  const option = lower.get('url');
  if (positional !== undefined && option !== undefined) throw usageError('--url and a URL beside it: give one of them');
  const text = positional ?? (option?.value as string | undefined);
  if (text === undefined) return [];
  const origin = `URL (${option?.origin ?? 'command line'})`;
  const layer = new Map<string, Setting>();
  for (const [name, value] of optionsOfUrl(text)) {
    const command = make();
    const named = optionNamed(command, name);
    if (named === undefined) throw usageError(`--url: ${name} is no option of ${command.name()}`);
    for (const [key, setting] of layerOfOption(command, named, value, origin)) layer.set(key, setting);
  }
  return [layer];
}

/** Those that look as if they were for this program. */
function unknownGroups(groups: readonly OptionGroup[], names: ProgramNames): string[] {
  const ours = groups.filter(
    (group) => !isTableSection(group) && names.some((name) => group.name.startsWith(name)) && group.entries.length > 0,
  );
  return ours
    .filter(({ name }) => sectionOf(name, names) === undefined)
    .map(({ name, path, line }) => `${path}, line ${line}: the group [${name}] is not known and is passed over`);
}
