/** Servers somebody else runs, named by URL. Nothing is started and nothing is stopped. */

import { findProgram } from './command.ts';
import type { Role } from './lane.ts';
import { urlVariable } from './lane.ts';
import type { Access, FindSource } from './server.ts';
import { clientArguments, describeServer } from './server.ts';

export const findInEnvironment: FindSource = async (lane) => {
  const variable = urlVariable(lane.name);
  const value = process.env[variable];
  if (value === undefined || value === '') return `${variable} is not set`;
  const access = parseUrls(variable, value);
  return {
    origin: 'environment',
    async start(role) {
      const client = findProgram('mariadb', 'mysql');
      const command = client === undefined ? undefined : [client, ...clientArguments(access[role])];
      const server = await describeServer(lane, role, 'environment', access[role], command);
      return { ...server, kill: refuseToKill, restart: refuseToKill, stop: () => Promise.resolve() };
    },
  };
};

function refuseToKill(): Promise<void> {
  return Promise.reject(new Error('a server of the environment is not ours to kill'));
}

/**
 * One URL serves both roles; two, with a comma between, are source and target.
 * @throws Error naming the variable when its value is not that.
 */
export function parseUrls(variable: string, value: string): Record<Role, Access> {
  const [source, target, ...more] = value.split(',').map((url) => parseUrl(variable, url.trim()));
  if (source === undefined || more.length > 0) throw new Error(`${variable}: one or two URLs are wanted`);
  return { source, target: target ?? source };
}

function parseUrl(variable: string, text: string): Access {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'mysql:' || url.hostname === '') {
    throw new Error(`${variable}: mysql://user:password@host:port is wanted`);
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    user: url.username === '' ? 'root' : decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    socketPath: url.searchParams.get('socketPath') ?? undefined,
  };
}
