/** The variables that the servers' own clients read. */

import type { Command } from 'commander';

import { layerOfOption, optionNamed } from './layer.ts';
import type { Layer, Setting } from './layer.ts';

const VARIABLES = [
  ['MYSQL_HOST', 'host'],
  ['MYSQL_TCP_PORT', 'port'],
  ['MYSQL_UNIX_PORT', 'socket'],
  ['MYSQL_PWD', 'password'],
] as const;

/** One that is set but empty counts as not set, as shells and container files leave them. */
export function layerOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  make: () => Command,
): Layer {
  const layer = new Map<string, Setting>();
  for (const [variable, name] of VARIABLES) {
    const value = environment[variable];
    if (value === undefined || value === '') continue;
    // As in the servers' own client library: the environment's socket is for those who name no host.
    if (name === 'socket' && layer.has('host')) continue;
    const command = make();
    const option = optionNamed(command, name);
    if (option === undefined) continue;
    for (const [key, setting] of layerOfOption(command, option, value, `environment ${variable}`))
      layer.set(key, setting);
  }
  return layer;
}

export const PASSWORD_ORIGIN = 'environment MYSQL_PWD';
export const PASSWORD_VARIABLE_NOTICE =
  'the password was taken from MYSQL_PWD, which other processes of the account can read: see --password-file';
