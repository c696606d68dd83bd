/**
 * Private servers of an installation (the machine's own, or one in a root). Each has a new folder with its data and
 * its socket, and a port chosen by the system; both end with the server.
 */

import { chown, mkdtemp, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { commonArguments } from './arguments.ts';
import type { Lane, Role } from './lane.ts';
import { freePort } from './port.ts';
import type { Access, ManagedServer, ServerOptions, ServerSource } from './server.ts';
import { clientArguments, describeServer } from './server.ts';
import { Supervisor } from './supervise.ts';

export interface Installation {
  readonly origin: 'local' | 'debian';
  /** The folder that is `/` to the server; '' when that is the machine's. */
  readonly root: string;
  /** How mysqld or mariadbd is called. */
  readonly server: readonly string[];
  readonly client: readonly string[] | undefined;
  /** Where instances get their folders, as seen from outside the root. */
  readonly instances: string;
  /** The server's `--user`, when it is to leave root. */
  readonly user: string | undefined;
  /** A command that makes an initialised datadir, as seen from outside the root, for a server with these arguments. */
  newDataDirectory(path: string, initialArguments: readonly string[]): readonly string[];
}

/** The longest path the system takes for a socket, less the closing zero; macOS's is the shortest. */
const LONGEST_SOCKET_PATH = 103;
const STARTS_WITHIN_MS = 120_000;
const ATTEMPTS = 3;

export function privateServers(lane: Lane, installation: Installation): ServerSource {
  return {
    origin: installation.origin,
    start: (role, options) => startInstance(lane, role, installation, options),
  };
}

async function startInstance(
  lane: Lane,
  role: Role,
  installation: Installation,
  options: ServerOptions,
): Promise<ManagedServer> {
  const folder = await newFolder(installation.instances);
  const supervisor = new Supervisor({ folders: [folder] });
  try {
    // MySQL holds a server to the setting that its data began with.
    const initial = (options.extraArgs ?? []).filter((argument) => argument.startsWith('--lower-case-table-names='));
    await supervisor.run(installation.newDataDirectory(join(folder, 'data'), initial));
    const { port, command } = await startOnFreePort(supervisor, (candidate) => [
      ...limited(options.maxOpenFiles),
      ...installation.server,
      ...instanceArguments(installation, folder, candidate),
      ...commonArguments(lane, role, options),
    ]);
    const access = accessTo(folder, port);
    const client = installation.client && [...installation.client, ...clientArguments(access)];
    const server = await describeServer(lane, role, installation.origin, access, client);
    return {
      ...server,
      kill: () => supervisor.kill(),
      restart: () => supervisor.start(command, READY, STARTS_WITHIN_MS),
      stop: () => supervisor.end(),
    };
  } catch (error) {
    await supervisor.end();
    throw error;
  }
}

function limited(files: number | undefined): string[] {
  return files === undefined ? [] : ['sh', '-c', 'ulimit -n "$0"; exec "$@"', String(files)];
}

const READY = /ready for connections/;
const PORT_TAKEN = /Address already in use|Bind on TCP\/IP port/i;

/** The system's free port may be somebody else's a moment later: then another one is tried. */
async function startOnFreePort(
  supervisor: Supervisor,
  commandOn: (port: number) => string[],
): Promise<{ port: number; command: string[] }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const command = commandOn(port);
    try {
      await supervisor.start(command, READY, STARTS_WITHIN_MS);
      return { port, command };
    } catch (error) {
      if (attempt === ATTEMPTS || !PORT_TAKEN.test(String(error))) throw error;
    }
  }
}

async function newFolder(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, 'tsdump-'));
  // The server may run as another user than we do: the parent belongs to that user.
  const { uid, gid } = await stat(parent);
  if (process.getuid?.() === 0) await chown(folder, uid, gid);
  return folder;
}

function instanceArguments(installation: Installation, folder: string, port: number): string[] {
  const inside = folder.slice(installation.root.length);
  return [
    '--no-defaults',
    ...(installation.user === undefined ? [] : [`--user=${installation.user}`]),
    `--datadir=${inside}/data`,
    `--socket=${inside}/s.sock`,
    `--pid-file=${inside}/server.pid`,
    `--tmpdir=${inside}`, // servers that share one take each other's temporary files
    `--port=${port}`,
    '--bind-address=127.0.0.1',
  ];
}

function accessTo(folder: string, port: number): Access {
  const socketPath = join(folder, 's.sock');
  const reachable = Buffer.byteLength(socketPath) <= LONGEST_SOCKET_PATH;
  return { host: '127.0.0.1', port, user: 'root', password: '', socketPath: reachable ? socketPath : undefined };
}
