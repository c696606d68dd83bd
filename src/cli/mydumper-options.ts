/**
 * Options of mydumper and myloader that are not options here: accepted, and then refused or passed over, with what mydumper-table.ts
 * says of them. Those that are carried are options like any other; docs/OPTIONS.md, which a test holds against the source, lists both.
 */

import type { Command } from 'commander';

import { option } from './command.ts';
import type { Setting } from './sources/layer.ts';
import * as table from './mydumper-table.ts';
import { usageError } from './values.ts';

type Program = 'tsdump' | 'tsload';

interface ForeignOption {
  /** As commander reads them. */
  readonly flags: string;
  /** Undefined: of both programs. */
  readonly of?: Program | undefined;
  readonly fate: 'refused' | 'idle';
  /** Refused: the reason and the nearest way. Idle: how it is without. */
  readonly why: string;
}

const FOREIGN_OPTIONS: readonly ForeignOption[] = [
  ...optionsIn(table.IDLE, 'idle'),
  ...optionsIn(table.IDLE_OF_TSDUMP, 'idle', 'tsdump'),
  ...optionsIn(table.IDLE_OF_TSLOAD, 'idle', 'tsload'),
  ...optionsIn(table.REFUSED, 'refused'),
  ...optionsIn(table.REFUSED_OF_TSDUMP, 'refused', 'tsdump'),
  ...optionsIn(table.REFUSED_OF_TSLOAD, 'refused', 'tsload'),
];

function optionsIn(text: string, fate: ForeignOption['fate'], of?: Program): ForeignOption[] {
  let why = '';
  return text
    .trim()
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith(' ')) return [{ flags: line.trim(), of, fate, why }];
      why = line;
      return [];
    });
}

/** To be called last: what is an option of the command stays one. */
export function addForeignOptions(command: Command): Command {
  for (const { flags, of } of FOREIGN_OPTIONS) {
    if (of !== undefined && of !== command.name()) continue;
    const made = option(flags, '').hideHelp();
    const taken = command.options.find(({ long }) => long === made.long);
    if (taken !== undefined) continue;
    const isShortTaken = command.options.some(({ short }) => short !== undefined && short === made.short);
    command.addOption(isShortTaken ? option(flags.replace(/^-\w, /, ''), '').hideHelp() : made);
  }
  return command;
}

export function foreignOption(program: string, long: string): ForeignOption | undefined {
  return FOREIGN_OPTIONS.find(({ flags, of }) => (of ?? program) === program && longOf(flags) === long);
}

export function longOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? '';
}

/**
 * What to say of those that were given. Idle ones are told where they were typed; files, mydumper's own among them, are full
 * of them.
 *
 * @throws ToolError USAGE for a refused one.
 */
export function foreignNotices(command: Command, merged: ReadonlyMap<string, Setting>): string[] {
  const notices: string[] = [];
  for (const made of command.options) {
    const setting = merged.get(made.attributeName());
    // Its name may be an option's that is there, negated: --no-schema-checksums beside --schema-checksums.
    if (setting === undefined || !made.hidden) continue;
    const long = made.long ?? '';
    const foreign = foreignOption(command.name(), long);
    if (foreign === undefined || made.negate !== (setting.value === false)) continue;
    const where = setting.origin === 'command line' ? '' : `${setting.origin}: `;
    if (foreign.fate === 'refused') throw usageError(`${where}${long} is not carried: ${foreign.why}`);
    if (where === '') notices.push(`${long} does nothing here: ${foreign.why}`);
  }
  return notices;
}
