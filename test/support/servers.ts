/**
 * Real servers for tests and the demo. In: a lane's name. Out: two running servers of that kind, source and target, from
 * the first place that has them: URLs in the environment, docker compose, the machine's own binaries, Debian's packages.
 *
 * Guaranteed: what was started here ends with {@link RunningLane.stop} or with this process, however it ends, and its
 * data with it.
 */

import { findInDebian } from './servers/debian.ts';
import { findDocker } from './servers/docker.ts';
import { findInEnvironment } from './servers/environment.ts';
import type { Lane, LaneName, Role } from './servers/lane.ts';
import { laneNamed, urlVariable } from './servers/lane.ts';
import { findLocally } from './servers/local.ts';
import type { FindSource, ManagedServer, ServerOptions, ServerSource, TestServer } from './servers/server.ts';

export type { LaneName, Product, Role } from './servers/lane.ts';
export { lanesAskedFor } from './servers/lane.ts';
export type { ManagedServer, Origin, ServerOptions, TestServer } from './servers/server.ts';

export interface RunningLane {
  readonly source: TestServer;
  readonly target: TestServer;
  readonly stop: () => Promise<void>;
}

/**
 * Starts both servers of a lane.
 * @throws Error that says why the lane cannot be had here and how to supply it.
 */
export async function startLane(name: LaneName, options: ServerOptions = {}): Promise<RunningLane> {
  const servers = await startFirst(laneNamed(name), options, [findInEnvironment, ...OWN], ['source', 'target']);
  const [source, target] = servers;
  if (source === undefined || target === undefined) throw new Error(`${name}: a server is missing`);
  return {
    source: plainData(source),
    target: plainData(target),
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/**
 * Starts one server that can be killed and restarted; never one of the environment's, which are not ours to kill.
 * @throws Error as {@link startLane} does.
 */
export async function startServer(
  name: LaneName,
  { role = 'source', ...options }: ServerOptions & { readonly role?: Role } = {},
): Promise<ManagedServer> {
  const [server] = await startFirst(laneNamed(name), options, OWN, [role]);
  if (server === undefined) throw new Error(`${name}: the server is missing`);
  return server;
}

/** The places where servers of our own come from, in the order they are asked. */
const OWN: readonly FindSource[] = [findDocker, findLocally, findInDebian];

async function startFirst(
  lane: Lane,
  options: ServerOptions,
  places: readonly FindSource[],
  roles: readonly Role[],
): Promise<ManagedServer[]> {
  const log = options.log ?? (() => undefined);
  const reasons: string[] = [];
  for (const find of places) {
    try {
      const found = await find(lane, log);
      if (typeof found !== 'string') return await startRoles(found, roles, options);
      reasons.push(found);
    } catch (error) {
      // A URL is the operator's express wish: when it does not work, nothing else is what they wanted.
      if (find === findInEnvironment) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      log(`${lane.name}: ${reason}`);
      reasons.push(reason.split('\n')[0] ?? '');
    }
  }
  throw new Error(`lane ${lane.name} cannot be had (${reasons.join('; ')}). ${howToSupply(lane)}`);
}

/** All or none: when one fails, the others are stopped before the failure is told. */
async function startRoles(
  source: ServerSource,
  roles: readonly Role[],
  options: ServerOptions,
): Promise<ManagedServer[]> {
  const results = await Promise.allSettled(roles.map((role) => source.start(role, options)));
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure === undefined) return servers;
  await Promise.all(servers.map((server) => server.stop()));
  throw failure.reason;
}

function howToSupply(lane: Lane): string {
  const debian = lane.debian === undefined ? '' : ', or run as root on Debian';
  return (
    `Start a docker engine, put ${lane.product} ${lane.series} on PATH, ` +
    `or set ${urlVariable(lane.name)}=mysql://root:password@127.0.0.1:3306${debian}.`
  );
}

function plainData({ kill: _kill, restart: _restart, stop: _stop, ...server }: ManagedServer): TestServer {
  return server;
}
