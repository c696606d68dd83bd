/** The machine's own mysqld or mariadbd, when it is of the lane; its system instance and its files stay untouched. */

import { tmpdir } from 'node:os';

import { findProgram, output } from './command.ts';
import type { Installation } from './instance.ts';
import { privateServers } from './instance.ts';
import type { Lane } from './lane.ts';
import { isVersionOf } from './lane.ts';
import type { FindSource } from './server.ts';

export const findLocally: FindSource = async (lane) => {
  const names = lane.product === 'MySQL' ? ['mysqld'] : ['mariadbd', 'mysqld'];
  const server = findProgram(...names);
  if (server === undefined) return `no ${names.join(' or ')} on PATH`;
  const version = await output([server, '--no-defaults', '--version']);
  if (!isVersionOf(lane, version)) return `${server} is another version: ${version.trim()}`;
  return privateServers(lane, localInstallation(lane, server));
};

function localInstallation(lane: Lane, server: string): Installation {
  const user = process.getuid?.() === 0 ? 'root' : undefined;
  const asUser = user === undefined ? [] : [`--user=${user}`];
  const client = lane.product === 'MySQL' ? findProgram('mysql') : findProgram('mariadb', 'mysql');
  return {
    origin: 'local',
    root: '',
    server: [server],
    client: client === undefined ? undefined : [client],
    instances: tmpdir(),
    user,
    newDataDirectory: (path, initial) =>
      lane.product === 'MySQL'
        ? [server, '--no-defaults', '--initialize-insecure', ...asUser, `--datadir=${path}`, ...initial]
        : [
            findProgram('mariadb-install-db', 'mysql_install_db') ?? 'mariadb-install-db',
            ...installDbArguments(path),
            ...asUser,
          ],
  };
}

/** `--force`: the look-up of the host's own name may fail, and nobody logs in by it. */
export function installDbArguments(path: string): string[] {
  return [
    '--no-defaults',
    '--force',
    '--skip-test-db',
    '--auth-root-authentication-method=normal',
    `--datadir=${path}`,
  ];
}
