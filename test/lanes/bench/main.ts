/**
 * `npm run bench -- [--only NAME,…] [--pairs N] [--json FILE]`: dumps with tsdump and with mydumper in turn, pair by pair on the same
 * server, and prints the medians as a table in Markdown. The peer is found through MYDUMPER or on PATH; build it with -O3
 * (its packages are built without optimisation). Without it only our own figures are printed.
 *
 * Not part of `npm test`, and no time is asserted: figures are for reading.
 */
import { execFile } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { createConnection } from 'mysql2/promise';

import { findProgram } from '../../support/servers/command.ts';
import { startServer } from '../../support/servers.ts';
import type { LaneName, ManagedServer, TestServer } from '../../support/servers.ts';
import { provide } from './datasets.ts';
import { measure } from './measure.ts';
import type { Measurement } from './measure.ts';
import { markdown } from './report.ts';
import type { Comparison } from './report.ts';
import { DUMP_WORKS, commonArguments } from './works.ts';
import type { DumpWork } from './works.ts';

const TSDUMP = fileURLToPath(new URL('../../../../bin/tsdump.js', import.meta.url));
const BUFFER_POOL_BYTES = 4 * 1024 ** 3;
/** On MySQL 9 mydumper 1.0.1 asks for SHOW MASTER STATUS, which is gone, and ends with 1 after a dump that is whole. */
const PEER_CODES = [0, 1];

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      pairs: { type: 'string', default: '5' },
      json: { type: 'string' },
    },
  });
  const works = chosenWorks(values.only);
  const peer = process.env['MYDUMPER'] ?? findProgram('mydumper');
  if (peer === undefined) say('mydumper is not here (MYDUMPER=path): only tsdump is measured');
  const directory = await mkdtemp(join(tmpdir(), 'tsdump-bench-'));
  const comparisons: Comparison[] = [];
  const settings: string[] = [];
  try {
    for (const lane of new Set(works.map((work) => work.lane))) {
      const server = await start(lane);
      try {
        settings.push(await describeServer(server));
        for (const work of works.filter((each) => each.lane === lane)) {
          comparisons.push(await compare(work, server, { peer, pairs: Number(values.pairs), directory }));
        }
      } finally {
        await server.stop();
      }
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const versions = await describeTools(peer);
  process.stdout.write(`${[...versions, ...settings].join('\n')}\n\n${markdown(comparisons)}\n`);
  if (values.json !== undefined) {
    await writeFile(values.json, `${JSON.stringify({ versions, settings, comparisons }, undefined, 2)}\n`);
  }
}

/** @throws Error for a name that no work has. */
function chosenWorks(only: string | undefined): readonly DumpWork[] {
  if (only === undefined) return DUMP_WORKS;
  return only.split(',').map((name) => {
    const work = DUMP_WORKS.find((each) => each.name === name);
    if (work === undefined)
      throw new Error(`no work ${name}; there are ${DUMP_WORKS.map((each) => each.name).join(', ')}`);
    return work;
  });
}

async function start(lane: LaneName): Promise<ManagedServer> {
  say(`starting ${lane}…`);
  const extraArgs = lane.startsWith('mysql') ? ['--explain-format=TRADITIONAL'] : []; // mydumper reads EXPLAIN by column
  return startServer(lane, { bufferPoolBytes: BUFFER_POOL_BYTES, extraArgs, log: say });
}

async function compare(
  work: DumpWork,
  server: TestServer,
  { peer, pairs, directory }: { peer: string | undefined; pairs: number; directory: string },
): Promise<Comparison> {
  say(`${work.name}: making ${work.dataset.describe}…`);
  await provide(server, work.dataset);
  const ours: Measurement[] = [];
  const theirs: Measurement[] = [];
  const common = commonArguments(work, server);
  const runOurs = async (): Promise<void> => {
    ours.push(
      await dumpInto(directory, (dump) => [process.execPath, TSDUMP, '-d', dump, ...common, '-v', '1', ...work.ours]),
    );
  };
  const runTheirs = async (): Promise<void> => {
    if (peer === undefined) return;
    const command = (dump: string): string[] => [peer, '-o', dump, ...common, '-v', '1', ...work.theirs];
    theirs.push(await dumpInto(directory, command, PEER_CODES));
  };
  await warmUp(server, work);
  for (let pair = 0; pair < pairs; pair += 1) {
    // Who goes first changes from pair to pair.
    for (const run of pair % 2 === 0 ? [runOurs, runTheirs] : [runTheirs, runOurs]) await run();
    say(`  pair ${pair + 1}: ${[ours, theirs].map((all) => all.at(-1)?.wallSeconds ?? '-').join(' s against ')} s`);
  }
  const { name, dataset, threads, goal } = work;
  const product = `${server.product} ${server.version}`;
  return { name, server: product, describe: dataset.describe, threads, goal, ours, theirs };
}

async function dumpInto(
  parent: string,
  commandFor: (dump: string) => string[],
  codes?: readonly number[],
): Promise<Measurement> {
  const dump = join(parent, 'dump');
  await promisify(execFile)('sync'); // what the run before left to write is not this one's
  const measurement = await measure(commandFor(dump), dump, codes);
  await access(join(dump, 'metadata')); // either program writes it last
  await rm(dump, { recursive: true });
  return measurement;
}

/** Brings the rows into the server's memory, so that the first run is like the others. */
async function warmUp(server: TestServer, { dataset, threads }: DumpWork): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tsdump-bench-warm-'));
  const account = ['-h', server.host, '-P', String(server.port), '-u', server.user];
  await measure([
    process.execPath,
    TSDUMP,
    '-d',
    directory,
    ...account,
    '-B',
    dataset.database,
    '-t',
    String(threads),
    '-v',
    '1',
  ]);
  await rm(directory, { recursive: true });
}

const DURABILITY = ['innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'innodb_buffer_pool_size'];

async function describeServer({ product, version, host, port, user, password }: TestServer): Promise<string> {
  const connection = await createConnection({ host, port, user, password });
  try {
    const [rows] = await connection.query(
      `SELECT ${DURABILITY.map((name) => `@@GLOBAL.${name} AS ${name}`).join(', ')}`,
    );
    const [values] = rows as Record<string, unknown>[];
    const settings = Object.entries(values ?? {}).map(([name, value]) => `${name}=${String(value)}`);
    return `- ${product} ${version}: ${settings.join(', ')}`;
  } finally {
    await connection.end();
  }
}

async function describeTools(peer: string | undefined): Promise<string[]> {
  const version = async (command: string, ...args: string[]): Promise<string> =>
    (await promisify(execFile)(command, args)).stdout.trim().split('\n')[0] ?? '';
  return [
    `- ${await version(process.execPath, TSDUMP, '--version')}, ${availableParallelism()} cores`,
    ...(peer === undefined ? [] : [`- ${await version(peer, '--version')}`]),
  ];
}

await main();
