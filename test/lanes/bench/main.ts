/**
 * `npm run bench -- [options]`; `--help` lists them. Dumps with tsdump and with mydumper in turn, loads with tsload and with
 * myloader, and prints tables in Markdown; docs/BENCHMARKS.md says how to read them. The peers are to be built with -O3: their
 * packages are built without optimisation.
 *
 * Not part of `npm test`, and no time is asserted: figures are for reading. The exit code is 1 when a program failed.
 */
import { writeFile } from 'node:fs/promises';

import { findProgram } from '../../support/servers/command.ts';
import { startServer } from '../../support/servers.ts';
import type { LaneName, ManagedServer } from '../../support/servers.ts';
import { Bench, failureList } from './bench.ts';
import type { ServerItem } from './bench.ts';
import { choose, helpText, parseRequest } from './request.ts';
import type { Request } from './request.ts';
import { Scratch } from './scratch.ts';
import { comparisons } from './sections/comparisons.ts';
import { cost } from './sections/cost.ts';
import { dispatch } from './sections/dispatch.ts';
import { loadMemory } from './sections/load-memory.ts';
import { loads } from './sections/loads.ts';
import { memory } from './sections/memory.ts';
import { veryManyTables } from './sections/very-many-tables.ts';
import { describePrograms, describeServer } from './surroundings.ts';

const BUFFER_POOL_BYTES = 4 * 1024 ** 3;
/** mydumper reads EXPLAIN by column; and a value of 16 MiB must not be more than a tenth of the redo log. */
const MYSQL_ARGUMENTS = ['--explain-format=TRADITIONAL', '--innodb-redo-log-capacity=1G'];
/**
 * As far as the system lets it (ulimit -n): mydumper fails where 10,000 MyISAM tables cannot be open at once, two files each.
 * And a redo log as MySQL's here: with 96 MB, the default, a load waits for the disk, whoever sends it.
 */
const MARIADB_ARGUMENTS = ['--open-files-limit=65535', '--innodb-log-file-size=1G'];

async function main(request: Request): Promise<void> {
  const sections = [comparisons(), memory(), cost(), veryManyTables(), loads(), loadMemory(), dispatch()];
  const all = sections.flatMap(({ items }) => items);
  if (request.isHelp) return void process.stdout.write(helpText(all));
  const items = choose(all, request.only);
  const peers = {
    mydumper: process.env['MYDUMPER'] ?? findProgram('mydumper'),
    myloader: process.env['MYLOADER'] ?? findProgram('myloader'),
  };
  const bench = new Bench(request, await Scratch.make(), peers);
  if (peers.mydumper === undefined) bench.say('mydumper is not here (MYDUMPER=path): tsdump is measured alone');
  if (peers.myloader === undefined) bench.say('myloader is not here (MYLOADER=path): tsload is measured alone');
  const servers: ManagedServer[] = [];
  const settings: string[] = [];
  try {
    for (const item of items) {
      if (item.lane !== undefined) continue;
      bench.say(`${item.name}:`);
      await item.run(undefined, bench);
    }
    const onServers = items.filter((item): item is ServerItem => item.lane !== undefined);
    for (const lane of new Set(onServers.map((item) => item.lane))) {
      const server = await start(lane, bench);
      servers.push(server);
      settings.push(await describeServer(server));
      for (const item of onServers.filter((each) => each.lane === lane)) await run(item, server, bench);
      await server.kill(); // its files go last, like the dumps: see scratch.ts
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await bench.scratch.removeAll();
  }
  const surroundings = [...(await describePrograms(Object.values(peers))), ...settings];
  const used = sections.filter(({ figures }) => figures.length > 0);
  const tables = used.map(({ title, markdown }) => `### ${title}\n\n${markdown()}`);
  const { failures } = bench;
  const failed = failures.length === 0 ? [] : [`### Failures\n\n${failureList(failures)}`];
  process.stdout.write(`${[surroundings.join('\n'), ...tables, ...failed].join('\n\n')}\n`);
  if (request.json !== undefined) {
    const figures = Object.fromEntries(used.map((section) => [section.title, section.figures]));
    await writeFile(request.json, `${JSON.stringify({ surroundings, figures, failures }, undefined, 2)}\n`);
  }
  if (failures.length > 0) process.exitCode = 1;
}

function start(lane: LaneName, { say }: Bench): Promise<ManagedServer> {
  say(`starting ${lane}…`);
  const extraArgs = lane.startsWith('mysql') ? MYSQL_ARGUMENTS : MARIADB_ARGUMENTS;
  return startServer(lane, { bufferPoolBytes: BUFFER_POOL_BYTES, extraArgs, log: say });
}

async function run(item: ServerItem, server: ManagedServer, bench: Bench): Promise<void> {
  bench.say(`${item.name}:`);
  await item.run(server, bench);
}

await main(parseRequest(process.argv.slice(2)));
