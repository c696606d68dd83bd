/** What is compared: each work is one data set, one server, and the two command lines that do the same with it. */

import type { LaneName, TestServer } from '../../support/servers.ts';
import { MYISAM_TABLES, ONE_TABLE, SMALL_TABLES, SYSBENCH, WIDE } from './datasets.ts';
import type { Dataset } from './datasets.ts';

export interface DumpWork {
  readonly name: string;
  readonly lane: LaneName;
  readonly dataset: Dataset;
  readonly threads: number;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  /** What the ratios ours / theirs should not exceed. */
  readonly goal: { readonly wall: number; readonly cpu?: number; readonly size?: number };
}

const MYSQL = 'mysql-9.7';
const MARIADB = 'mariadb-10.11';

export const DUMP_WORKS: readonly DumpWork[] = [
  work('plain', MYSQL, SYSBENCH, 4, [], [], { wall: 0.8, cpu: 0.55 }),
  work('plain-mariadb', MARIADB, SYSBENCH, 4, [], [], { wall: 0.9, cpu: 0.55 }),
  work('zstd', MYSQL, SYSBENCH, 4, ['--compress=zstd'], ['--compress=zstd'], { wall: 0.45, cpu: 0.4, size: 1.03 }),
  work('gzip', MYSQL, SYSBENCH, 4, ['--compress=gzip'], ['--compress=gzip'], { wall: 0.8 }),
  work('one-table', MYSQL, ONE_TABLE, 8, [], [], { wall: 0.8 }),
  work('wide', MYSQL, WIDE, 4, [], [], { wall: 0.8, cpu: 0.6 }),
  work('small-tables', MYSQL, SMALL_TABLES, 8, [], [], { wall: 0.15, cpu: 0.5 }),
  work('myisam', MARIADB, MYISAM_TABLES, 8, [], ['--trx-tables=0'], { wall: 0.15 }),
  work('load-data', MYSQL, SYSBENCH, 4, ['--format=LOAD_DATA'], ['--format=LOAD_DATA'], { wall: 0.8 }),
];

function work(
  name: string,
  lane: LaneName,
  dataset: Dataset,
  threads: number,
  ours: readonly string[],
  theirs: readonly string[],
  goal: DumpWork['goal'],
): DumpWork {
  return { name, lane, dataset, threads, ours, theirs, goal };
}

/** Options that both programs spell alike. */
export function commonArguments({ dataset, threads }: DumpWork, server: TestServer): string[] {
  const { host, port, user } = server;
  return ['-h', host, '-P', String(port), '-u', user, '-B', dataset.database, '-t', String(threads)];
}
