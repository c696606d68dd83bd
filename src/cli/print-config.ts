/** --print-config: what each option comes to, and where that was said. */

import type { Command, Option } from 'commander';

import type { SessionVariable } from '../mysql/options.ts';
import type { Setting } from './sources/layer.ts';

/** Of no interest among the values: they say which files are read, or what to print. */
const LEFT_OUT = new Set(['help', 'version', 'printConfig', 'completion']);

/** An option a line: name, value, origin. */
export function printConfig(
  command: Command,
  merged: ReadonlyMap<string, Setting>,
  variables: readonly SessionVariable[],
  needsServer: boolean,
): string {
  const shown = command.options.filter((option) => {
    const name = option.attributeName();
    return !LEFT_OUT.has(name) && (!option.hidden || merged.has(name));
  });
  const lines = shown.map((option): [string, string, string] => {
    const setting = merged.get(option.attributeName());
    const name = option.long?.slice(2) ?? '';
    if (setting === undefined) return [name, defaultOf(option), 'default'];
    return [name, isSecret(option) ? '***' : textOf(option, setting.value), setting.origin];
  });
  const all = [
    ...lines,
    ...variables.map(({ name, value, origin }): [string, string, string] => [`session ${name}`, value, origin]),
  ];
  const nameWidth = Math.max(...all.map(([name]) => name.length));
  const valueWidth = Math.min(30, Math.max(...all.map(([, value]) => value.length)));
  const rest = needsServer ? ['what the files say for certain servers is read when the server is known\n'] : [];
  return [
    ...all.map(([name, value, origin]) => `${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${origin}\n`),
    ...rest,
  ].join('');
}

/** Asking for it is no secret. */
function isSecret(option: Option): boolean {
  return ['password', 'url'].includes(option.attributeName());
}

function textOf(option: Option, value: unknown): string {
  if (option.negate) return value === false ? 'yes' : 'no';
  if (value === true) return 'yes';
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Where the program finds it out later, its description says how. */
function defaultOf(option: Option): string {
  if (typeof option.defaultValue === 'number' || typeof option.defaultValue === 'string')
    return `${option.defaultValue}`;
  const described = /\(default: ([^()]*)\)/.exec(option.description)?.[1];
  if (described !== undefined) return described;
  return option.isBoolean() || option.negate ? 'no' : '';
}
