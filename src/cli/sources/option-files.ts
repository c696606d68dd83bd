/**
 * Which option files are read, which of their groups hold for a program, and what their keys come to.
 *
 * Files, the later ones winning: {@link DEFAULT_FILES}, or instead of them all --defaults-file; then --defaults-extra-file.
 * Groups within a file, the more particular ones winning: those of all clients, mydumper's, our own, and then those for the
 * product and version of the server.
 */

import type { Command } from 'commander';

import { nearest } from '../nearest.ts';
import { clientValue, readOptionFile, unquotedValue } from '../options/file.ts';
import type { FileReader, OptionEntry, OptionGroup } from '../options/file.ts';
import { usageError } from '../values.ts';
import { layerOfOption, optionNamed } from './layer.ts';
import type { Layer, Setting } from './layer.ts';
import { isOfServer, sectionOf } from './server-kind.ts';
import type { ProgramNames, ServerKind } from './server-kind.ts';

/** Those of the servers' clients, and mydumper's; `~` is the home directory. One that is not there is passed over. */
export const DEFAULT_FILES = ['/etc/my.cnf', '/etc/mysql/my.cnf', '/etc/mydumper.cnf', '~/.my.cnf'];

const CLIENT_GROUPS = ['client', 'client-server', 'client-mariadb'];

/** Keys of the servers' clients that mean something here. What else stands in their groups is for others. */
const CLIENT_KEYS = new Map([
  ['host', 'host'],
  ['port', 'port'],
  ['socket', 'socket'],
  ['user', 'user'],
  ['password', 'password'],
  ['compress', 'compress-protocol'],
  ['ssl', 'ssl'],
  ['ssl-mode', 'ssl-mode'],
  ['ssl-ca', 'ca'],
  ['ssl-cert', 'cert'],
  ['ssl-key', 'key'],
]);

/** Say which files are read, or do something else than a run: too late, or out of place, in one of them. */
const COMMAND_LINE_ONLY = new Set([
  'defaults-file',
  'defaults-extra-file',
  'no-defaults',
  'print-config',
  'completion',
  'help',
  'version',
]);

export interface OptionFiles extends FileReader {
  /** The text of a file, undefined when there is none. @throws ToolError USAGE when it is there and cannot be read. */
  readonly findFile: (path: string) => string | undefined;
  readonly home: string | undefined;
}

export interface Chosen {
  readonly noDefaults: boolean;
  readonly defaultsFile: string | undefined;
  readonly defaultsExtraFile: string | undefined;
}

/** The groups of each file that there is, the file that wins last. @throws ToolError USAGE. */
export function readOptionFiles({ noDefaults, defaultsFile, defaultsExtraFile }: Chosen, files: OptionFiles) {
  const found: OptionGroup[][] = [];
  if (noDefaults && (defaultsFile ?? defaultsExtraFile) !== undefined) {
    throw usageError('--no-defaults leaves no use for --defaults-file and --defaults-extra-file');
  }
  if (!noDefaults && defaultsFile === undefined) {
    for (const each of DEFAULT_FILES) {
      if (each.startsWith('~') && files.home === undefined) continue;
      const path = each.replace(/^~/, files.home ?? '');
      const text = files.findFile(path);
      if (text !== undefined) found.push(readOptionFile(path, text, files));
    }
  }
  for (const path of [defaultsFile, defaultsExtraFile]) {
    if (path !== undefined) found.push(readOptionFile(path, files.readFile(path), files));
  }
  return found;
}

export interface FileLayers {
  readonly layers: readonly Layer[];
  /** Some groups hold for certain servers only, and the server is not known yet. */
  readonly needsServer: boolean;
}

/** What the files say to a program; `server` is undefined as long as nobody has asked it. */
export function layersOfFiles(
  found: readonly (readonly OptionGroup[])[],
  names: ProgramNames,
  server: ServerKind | undefined,
  make: () => Command,
): FileLayers {
  const layers: Layer[] = [];
  let needsServer = false;
  for (const groups of found) {
    const ranked: { readonly rank: number; readonly layer: Layer }[] = [];
    for (const group of groups) {
      if (CLIENT_GROUPS.includes(group.name)) ranked.push({ rank: 0, layer: layerOfGroup(group, make, true) });
      const section = sectionOf(group.name, names);
      if (section === undefined || section.variables !== undefined) continue;
      const rank = names.indexOf(section.program) + 1;
      if (section.server === undefined) ranked.push({ rank, layer: layerOfGroup(group, make, false) });
      else {
        const layer = layerOfServerGroup(group, make);
        if (layer.size > 0 && server === undefined) needsServer = true;
        if (server !== undefined && isOfServer(section.server, server)) {
          ranked.push({ rank: rank + section.server.length, layer });
        }
      }
    }
    ranked.sort((a, b) => a.rank - b.rank);
    layers.push(...ranked.map(({ layer }) => layer));
  }
  return { layers, needsServer };
}

/** Where to connect to cannot depend on what is found there. */
function layerOfServerGroup(group: OptionGroup, make: () => Command): Layer {
  const wrong = group.entries.find(({ key }) => CLIENT_KEYS.has(spelt(key)));
  if (wrong !== undefined) {
    throw usageError(
      `${group.path}, line ${wrong.line}: ${wrong.key} cannot stand in [${group.name}], which is read when the server is known`,
    );
  }
  return layerOfGroup(group, make, false);
}

/** @throws ToolError USAGE with file and line. */
export function layerOfGroup(group: OptionGroup, make: () => Command, isForAllClients: boolean): Layer {
  const layer = new Map<string, Setting>();
  for (const entry of group.entries) {
    const found = layerOfEntry(group, entry, make, isForAllClients);
    for (const [name, setting] of found) layer.set(name, setting);
  }
  return layer;
}

function layerOfEntry(group: OptionGroup, entry: OptionEntry, make: () => Command, isForAllClients: boolean): Layer {
  const { value, line } = entry;
  const origin = `${group.path}, line ${line}`;
  const key = spelt(entry.key);
  const command = make();
  const clientName = CLIENT_KEYS.get(key);
  if (isForAllClients && clientName === undefined) return new Map();
  // In [client], compress is about the connection; in our own groups it is the option of that name.
  const name = isForAllClients || optionNamed(command, key) === undefined ? (clientName ?? key) : key;
  const option = optionNamed(command, name);
  if (option === undefined || COMMAND_LINE_ONLY.has(key)) throw unknownKey(command, group, entry);
  const readValue = name === clientName ? clientValue : unquotedValue;
  const text = value === undefined ? undefined : readValue(value);
  return layerOfOption(command, option, text, origin);
}

function spelt(key: string): string {
  return key.replaceAll('_', '-').toLowerCase();
}

function unknownKey(command: Command, { name, path }: OptionGroup, { key, line }: OptionEntry) {
  const at = `${path}, line ${line}`;
  if (COMMAND_LINE_ONLY.has(spelt(key))) return usageError(`${at}: ${key} belongs on the command line`);
  const known = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long?.slice(2) ?? '');
  const meant = nearest(spelt(key), known);
  const question = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return usageError(`${at}: ${key} in [${name}] is no option of ${command.name()}${question}`);
}
