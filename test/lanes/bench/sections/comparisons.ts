/** Pairs: tsdump and mydumper do the same work in turn, pair by pair on the same server. */

import { findProgram } from '../../../support/servers/command.ts';
import type { LaneName, TestServer } from '../../../support/servers.ts';
import type { Bench, Item, Section } from '../bench.ts';
import { EMPTY } from '../datasets/dataset.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { SMALL_TABLES, myisamTables } from '../datasets/many-tables.ts';
import { ONE_TABLE, SYSBENCH } from '../datasets/sysbench.ts';
import { WIDE } from '../datasets/wide.ts';
import { inPairs } from '../pairs.ts';
import { comparisonTable } from '../report/comparisons.ts';
import type { Comparison, Goal } from '../report/comparisons.ts';
import { CommandFailed, ourCommand, peersCommand, runDump } from '../run-dump.ts';
import type { Measurement } from '../run-dump.ts';

interface Work {
  readonly name: string;
  readonly lane: LaneName;
  readonly dataset: Dataset;
  readonly threads: number;
  readonly goal: Goal;
  /** Options of both. */
  readonly options?: readonly string[];
  /** Options that only mydumper needs for the same work. */
  readonly peersOptions?: readonly string[];
  /** A program that mydumper runs for it. */
  readonly peerRuns?: string;
}

const MYSQL = 'mysql-9.7';
const MARIADB = 'mariadb-10.11';
const zstd = { options: ['--compress=zstd'], peerRuns: 'zstd' };
const gzip = { options: ['--compress=gzip'], peerRuns: 'gzip' };
const loadData = { options: ['--format=LOAD_DATA'] };

const WORKS: readonly Work[] = [
  { name: 'start-up', lane: MYSQL, dataset: EMPTY, threads: 4, goal: {} },
  { name: 'plain', lane: MYSQL, dataset: SYSBENCH, threads: 4, goal: { wall: 0.8, cpu: 0.55 } },
  { name: 'zstd', lane: MYSQL, dataset: SYSBENCH, threads: 4, goal: { wall: 0.45, cpu: 0.4, size: 1.03 }, ...zstd },
  { name: 'gzip', lane: MYSQL, dataset: SYSBENCH, threads: 4, goal: { wall: 0.8 }, ...gzip },
  { name: 'load-data', lane: MYSQL, dataset: SYSBENCH, threads: 4, goal: { wall: 0.8 }, ...loadData },
  { name: 'one-table', lane: MYSQL, dataset: ONE_TABLE, threads: 8, goal: { wall: 0.8 } },
  { name: 'wide', lane: MYSQL, dataset: WIDE, threads: 4, goal: { wall: 0.8, cpu: 0.6 } },
  { name: 'small-tables', lane: MYSQL, dataset: SMALL_TABLES, threads: 8, goal: { wall: 0.15, cpu: 0.5 } },
  { name: 'plain-mariadb', lane: MARIADB, dataset: SYSBENCH, threads: 4, goal: { wall: 0.9, cpu: 0.55 } },
  {
    name: 'myisam',
    lane: MARIADB,
    dataset: myisamTables(10_000),
    threads: 8,
    goal: { wall: 0.15 },
    peersOptions: ['--trx-tables=0'],
  },
];

/** On MySQL 9 mydumper 1.0.1 asks for SHOW MASTER STATUS, which is gone, and ends with 1 after a dump that is whole. */
const PEERS_CODES = [0, 1];

export function comparisons(): Section {
  const figures: Comparison[] = [];
  const item = (work: Work): Item => ({
    name: work.name,
    lane: work.lane,
    describe: [work.dataset.describe, ...(work.options ?? []), `${work.threads} threads`].join(', '),
    run: async (server, bench) => void figures.push(await compare(work, server, bench)),
  });
  return {
    title: 'tsdump beside mydumper',
    items: WORKS.map(item),
    figures,
    markdown: () => comparisonTable(figures),
  };
}

async function compare(work: Work, server: TestServer, bench: Bench): Promise<Comparison> {
  const { name, dataset, threads, goal } = work;
  await bench.provide(server, dataset);
  const ours = { name: 'tsdump', run: () => runOurs(work, server, bench) };
  const theirs = { name: 'mydumper', run: () => runTheirs(work, server, bench) };
  const pairs = await inPairs(bench, name, ours, bench.peers.mydumper === undefined ? undefined : theirs);
  const product = `${server.product} ${server.version}`;
  return { name, server: product, describe: dataset.describe, threads, goal, ...pairs };
}

function runOurs(work: Work, server: TestServer, { scratch }: Bench): Promise<Measurement> {
  const { dataset, threads, options = [] } = work;
  return runDump(scratch, ourCommand(server, { database: dataset.database, threads, options }));
}

function runTheirs(work: Work, server: TestServer, { scratch, peers }: Bench): Promise<Measurement> {
  const { dataset, threads, options = [], peersOptions = [], peerRuns } = work;
  const { mydumper = '' } = peers;
  const command = { database: dataset.database, threads, options: [...options, ...peersOptions] };
  if (peerRuns !== undefined && findProgram(peerRuns) === undefined) {
    throw new CommandFailed([mydumper, ...command.options], `was not run: it needs the program ${peerRuns} on PATH`);
  }
  return runDump(scratch, peersCommand(mydumper, server, command), PEERS_CODES);
}
