/** The arguments every server of ours runs with, wherever it runs. */

import type { Lane, Role } from './lane.ts';
import type { ServerOptions } from './server.ts';

const BUFFER_POOL_BYTES = 512 * 1024 * 1024;

export function commonArguments(lane: Lane, role: Role, options: ServerOptions): string[] {
  return [
    '--local-infile=1',
    '--event-scheduler=OFF',
    '--log-bin=binlog',
    `--server-id=${role === 'source' ? 1 : 2}`,
    // The tests ask whether the tool is right, not whether the disk is fast; a killed server still recovers.
    '--innodb-flush-log-at-trx-commit=2',
    '--sync-binlog=0',
    `--innodb-buffer-pool-size=${options.bufferPoolBytes ?? BUFFER_POOL_BYTES}`,
    // On MariaDB, without the last, an anonymous account can shadow the users of 127.0.0.1.
    ...(lane.product === 'MySQL' ? ['--mysqlx=OFF', '--secure-file-priv=NULL'] : ['--skip-name-resolve']),
    ...(options.extraArgs ?? []),
  ];
}
