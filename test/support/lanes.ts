/** What a server test begins with: the lanes of this run, connections, and databases of its own. */

import { randomBytes } from 'node:crypto';

import type { Connection, ConnectionOptions } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { inject } from 'vitest';

import type { LaneName, TestServer } from './servers.ts';

export interface LaneServers {
  readonly lane: LaneName;
  readonly source: TestServer;
  /** Another server than the source, but for lanes given by a single URL: drop there before restoring. */
  readonly target: TestServer;
}

/** The lanes of this run: `describe.each(laneServers())('$lane', ({ source, target }) => …)`. */
export function laneServers(): readonly LaneServers[] {
  return inject('lanes');
}

/** Lends a connection and closes it. */
export async function withConnection<T>(
  server: TestServer,
  use: (connection: Connection) => Promise<T>,
  options: ConnectionOptions = {},
): Promise<T> {
  const { host, port, user, password } = server;
  const connection = await createConnection({ host, port, user, password, multipleStatements: true, ...options });
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
}

/**
 * Lends a new, empty database and drops it: its name and a connection to it that may send several statements at once.
 * The name is the prefix and ten random hexadecimal digits.
 */
export async function withDatabase<T>(
  server: TestServer,
  prefix: string,
  use: (name: string, connection: Connection) => Promise<T>,
): Promise<T> {
  const name = uniqueName(prefix);
  try {
    return await withConnection(server, async (connection) => {
      await connection.query(`CREATE DATABASE \`${name}\`; USE \`${name}\``);
      return await use(name, connection);
    });
  } finally {
    // Only now: an open transaction of the connection lent would have held the DROP up.
    await dropDatabase(server, name);
  }
}

/**
 * Drops a database if it is there.
 * @throws Error when somebody's transaction holds its tables for ten seconds.
 */
export async function dropDatabase(server: TestServer, name: string): Promise<void> {
  await withConnection(server, (connection) =>
    connection.query(`SET lock_wait_timeout = 10, foreign_key_checks = 0; DROP DATABASE IF EXISTS \`${name}\``),
  );
}

/** A name no other test has: the prefix and ten random hexadecimal digits. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(5).toString('hex')}`;
}
