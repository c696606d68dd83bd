/** What the figures depend on: versions of the programs, settings of the servers. */

import { availableParallelism } from 'node:os';

import { createConnection } from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';

import { output } from '../../support/servers/command.ts';
import type { TestServer } from '../../support/servers.ts';
import { TSDUMP } from './run-dump.ts';

const SETTINGS = ['innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'innodb_buffer_pool_size'];

export async function describeServer({ product, version, host, port, user, password }: TestServer): Promise<string> {
  const connection = await createConnection({ host, port, user, password });
  try {
    const [[values = {}]] = await connection.query<RowDataPacket[]>(
      `SELECT ${SETTINGS.map((name) => `@@GLOBAL.${name} AS ${name}`).join(', ')}`,
    );
    const settings = Object.entries(values).map(([name, value]) => `${name}=${String(value)}`);
    return `- ${product} ${version}: ${settings.join(', ')}`;
  } finally {
    await connection.end();
  }
}

export async function describePrograms(peers: readonly (string | undefined)[]): Promise<string[]> {
  const ours = await firstLine([process.execPath, TSDUMP, '--version']);
  const here = peers.filter((peer): peer is string => peer !== undefined);
  const theirs = await Promise.all(here.map((peer) => firstLine([peer, '--version'])));
  return [`- ${ours}, ${availableParallelism()} cores`, ...theirs.map((line) => `- ${line}`)];
}

async function firstLine(command: readonly string[]): Promise<string> {
  return (await output(command)).trim().split('\n')[0] ?? '';
}
