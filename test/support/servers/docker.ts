/**
 * Servers from docker-compose.yml, when an engine answers. Every server is a compose project of its own with one
 * service, so that servers started alone and those of a lane are the same thing; its containers and volumes go with it.
 */

import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { commonArguments } from './arguments.ts';
import { succeeds } from './command.ts';
import type { Lane, Role } from './lane.ts';
import { freePort } from './port.ts';
import type { FindSource, ManagedServer, ServerOptions } from './server.ts';
import { describeServer } from './server.ts';
import { Supervisor } from './supervise.ts';

// From dist/test/support/servers/ to the root of the project.
const COMPOSE_FILE = fileURLToPath(new URL('../../../../docker-compose.yml', import.meta.url));
const ANSWERS_WITHIN_MS = 5_000;

export const findDocker: FindSource = async (lane) => {
  if (!(await succeeds(['docker', 'compose', 'version'], ANSWERS_WITHIN_MS))) return 'no docker compose';
  if (!(await succeeds(['docker', 'info'], ANSWERS_WITHIN_MS))) return 'no docker engine answers';
  return { origin: 'docker', start: (role, options) => startContainer(lane, role, options) };
};

async function startContainer(lane: Lane, role: Role, options: ServerOptions): Promise<ManagedServer> {
  const service = `${lane.name.replaceAll(/[-.]/g, '')}-${role}`;
  // Docker would choose another port at every start; a restarted server has to be found where it was.
  const port = await freePort();
  const variables = [
    `TSDUMP_SERVER_PORT=${port}`,
    `TSDUMP_SERVER_ARGS=${commonArguments(lane, role, options).join(' ')}`,
  ];
  const project = ['--file', COMPOSE_FILE, '--project-name', `tsdump-test-${randomUUID().slice(0, 8)}`];
  const compose = ['env', ...variables, 'docker', 'compose', ...project, '--profile', lane.name];
  const supervisor = new Supervisor({ folders: [], command: [...compose, 'down', '--volumes', '--timeout', '0'] });
  const up = (): Promise<void> => supervisor.run([...compose, 'up', '--quiet-pull', '--wait', service]);
  try {
    options.log?.(`${lane.name}: starting container ${service}`);
    await up();
    const access = { host: '127.0.0.1', port, user: 'root', password: '', socketPath: undefined };
    const client = lane.product === 'MySQL' ? 'mysql' : 'mariadb';
    const command = [
      ...compose,
      'exec',
      '--no-TTY',
      service,
      client,
      '--protocol=tcp',
      '--host=127.0.0.1',
      '--user=root',
    ];
    return {
      ...(await describeServer(lane, role, 'docker', access, command)),
      kill: () => supervisor.run([...compose, 'kill', service]),
      restart: up,
      stop: () => supervisor.end(),
    };
  } catch (error) {
    await supervisor.end();
    throw error;
  }
}
