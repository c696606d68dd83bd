/** What a test server is to those who use it, and to those who provide one. */

import { createConnection } from 'mysql2/promise';

import type { Lane, LaneName, Product, Role } from './lane.ts';
import { isVersionOf, versionNumber } from './lane.ts';

export type Origin = 'environment' | 'docker' | 'local' | 'debian';

/** Plain data: it can be printed, provided to test files and sent to threads. */
export interface TestServer {
  readonly lane: LaneName;
  readonly role: Role;
  readonly product: Product;
  /** Three numbers, such as 10.11.18. */
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** As seen from here, also when the server lives in a root of its own. */
  readonly socketPath: string | undefined;
  /** `mysql://user:password@host:port` */
  readonly url: string;
  readonly origin: Origin;
  /** A mysql or mariadb client with all it needs to get in; options and a database's name can be appended. */
  readonly clientCommand: readonly string[] | undefined;
}

export interface ServerOptions {
  /** One line at a time about what takes long. */
  readonly log?: (line: string) => void;
  /** More arguments of mysqld or mariadbd; the last of two wins. */
  readonly extraArgs?: readonly string[];
  /** InnoDB's buffer pool; 512 MiB unless given. */
  readonly bufferPoolBytes?: number;
  /** Files that it may have open, as far as it does not ask for more itself. Containers have as many as their engine gives. */
  readonly maxOpenFiles?: number;
}

/** A server with its life in hand. */
export type ManagedServer = TestServer & {
  /** SIGKILL; the data stays for {@link restart}. */
  readonly kill: () => Promise<void>;
  /** Starts the killed server again on its data and its port; waits until it answers. */
  readonly restart: () => Promise<void>;
  /** Ends the server and removes its data. */
  readonly stop: () => Promise<void>;
};

/** One way of having a lane's servers on this machine. */
export interface ServerSource {
  readonly origin: Origin;
  start(role: Role, options: ServerOptions): Promise<ManagedServer>;
}

/** Looks for a way; a string says why there is none. */
export type FindSource = (lane: Lane, log: (line: string) => void) => Promise<ServerSource | string>;

export interface Access {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly socketPath: string | undefined;
}

/**
 * Logs in and describes the server.
 * @throws Error when nobody answers or the server is not of the lane.
 */
export async function describeServer(
  lane: Lane,
  role: Role,
  origin: Origin,
  access: Access,
  clientCommand: readonly string[] | undefined,
): Promise<TestServer> {
  const { host, port, user, password } = access;
  const version = await askVersion(access);
  if (!isVersionOf(lane, version)) throw new Error(`${host}:${port} is ${version}, not of the lane ${lane.name}`);
  const login = `${encodeURIComponent(user)}${password === '' ? '' : `:${encodeURIComponent(password)}`}`;
  return {
    ...access,
    lane: lane.name,
    role,
    product: lane.product,
    version: versionNumber(version),
    url: `mysql://${login}@${host}:${port}`,
    origin,
    clientCommand,
  };
}

/** VERSION() and, for servers that do not say it there, their product's name. */
async function askVersion({ host, port, user, password }: Access): Promise<string> {
  const connection = await createConnection({ host, port, user, password });
  try {
    const [rows] = await connection.query({
      sql: 'SELECT CONCAT(@@version, " ", @@version_comment)',
      rowsAsArray: true,
    });
    return (rows as unknown as string[][])[0]?.[0] ?? '';
  } finally {
    await connection.end();
  }
}

/** The arguments that bring a command-line client to a server. */
export function clientArguments(access: Access): string[] {
  const password = access.password === '' ? [] : [`--password=${access.password}`];
  return [
    '--no-defaults',
    '--protocol=tcp',
    `--host=${access.host}`,
    `--port=${access.port}`,
    `--user=${access.user}`,
    ...password,
  ];
}
