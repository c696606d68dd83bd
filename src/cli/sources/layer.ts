/**
 * Where values come from. Each source (a file, the environment, the command line) is a layer: what it says by commander's
 * names of the options, with its origin. Layers are laid over each other, and what an upper one says of a matter hides all
 * that lower ones say of it, under whatever name.
 */

import type { Command, Option } from 'commander';

import { ToolError, describeError } from '../../base/errors.ts';
import { readArguments } from '../command.ts';
import { usageError } from '../values.ts';

export interface Setting {
  /** Undefined: taken back, as by `no-data = 0`. */
  readonly value: unknown;
  /** "/etc/mydumper.cnf, line 3", "command line", "environment MYSQL_HOST". */
  readonly origin: string;
}

export type Layer = ReadonlyMap<string, Setting>;

/** Names for one matter: who says one of them in an upper layer does not mean the others in a lower one. */
const MATTERS: readonly (readonly string[])[] = [
  ['directory', 'outputdir'],
  ['password', 'askPassword', 'passwordFile', 'passwordCommand'],
  ['ssl', 'sslMode'],
  ['syncThreadLockMode', 'lockAllTables', 'locks'],
  ['backupLocks', 'skipDdlLocks'],
  ['trxTables', 'trxConsistencyOnly'],
  ['format', 'loadData', 'csv'],
  ['dropTable', 'overwriteTables', 'purgeMode'],
  ['optimizeKeys', 'innodbOptimizeKeys'],
  ['triggers', 'skipTriggers'],
  ['skipDefiner', 'replaceDefiner'],
];

/** Not both ways: a host does not say which port. */
const HIDES = new Map([
  ['host', ['socket']],
  ['port', ['socket']],
  ['socket', ['host', 'port']],
]);

/** The lowest first. */
export function merge(layers: readonly Layer[]): Map<string, Setting> {
  const merged = new Map<string, Setting>();
  for (const layer of layers) {
    for (const name of layer.keys()) {
      const rivals = [...(MATTERS.find((matter) => matter.includes(name)) ?? []), ...(HIDES.get(name) ?? [])];
      for (const rival of rivals) if (!layer.has(rival)) merged.delete(rival);
    }
    for (const [name, setting] of layer) {
      if (setting.value === undefined) merged.delete(name);
      else merged.set(name, setting);
    }
  }
  return merged;
}

/** What the arguments said that a command has read, and nothing of its defaults. */
export function layerOf(command: Command, origin: string): Layer {
  const values = command.opts<Record<string, unknown>>();
  const given = Object.keys(values).filter((name) => command.getOptionValueSource(name) === 'cli');
  return new Map(given.map((name) => [name, { value: values[name], origin }]));
}

/**
 * What one option says, given as a key and a value that is text.
 *
 * @throws ToolError USAGE that begins with the origin.
 */
export function layerOfOption(command: Command, option: Option, value: string | undefined, origin: string): Layer {
  try {
    const argument = argumentOf(option, value);
    if (argument === undefined) return new Map([[option.attributeName(), { value: undefined, origin }]]);
    readArguments(command, [argument]);
    return layerOf(command, origin);
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'USAGE') throw error;
    throw usageError(`${origin}: ${describeError(error)}`, error.hint);
  }
}

/** Undefined: a flag that is said not to hold. */
function argumentOf(option: Option, value: string | undefined): string | undefined {
  const long = option.long ?? '';
  if (option.required) {
    if (value === undefined) throw usageError(`${long.slice(2)} needs a value`);
    return `${long}=${value}`;
  }
  if (option.optional) return value === undefined ? long : `${long}=${value}`;
  return isYes(long, value) ? long : undefined;
}

function isYes(long: string, text: string | undefined): boolean {
  if (text === undefined || /^(?:1|true|on|yes)$/i.test(text)) return true;
  if (/^(?:0|false|off|no)$/i.test(text)) return false;
  throw usageError(`${long.slice(2)}: "${text}" is not allowed; give 1 or 0, or the name alone`);
}

export function optionNamed(command: Command, name: string): Option | undefined {
  const long = `--${name.replaceAll('_', '-').toLowerCase()}`;
  return command.options.find((each) => each.long === long);
}
