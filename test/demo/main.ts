/**
 * `npm run demo [lane]`: the main job on throw-away servers. Two servers are started, one is filled with a web shop of
 * 1.6 million rows, tsdump dumps it, tsload restores it into the other, and an oracle that shares no code with either
 * compares the two. Ends with 1 on any difference; leaves nothing behind.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { startLane } from '../support/servers.ts';
import type { LaneName, RunningLane, TestServer } from '../support/servers.ts';
import { fillShop } from '../support/shop.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const DATABASE = 'shop';
/** The first that can be had is taken. */
const LANES: readonly LaneName[] = ['mysql-9.7', 'mariadb-10.11'];

const say = (line = ''): void => void process.stderr.write(`${line}\n`);

interface Step {
  readonly command: string;
  readonly seconds: number;
}

const lane = await startFirst(
  (process.argv[2] as LaneName | undefined) === undefined ? LANES : [process.argv[2] as LaneName],
);
const directory = await mkdtemp(join(tmpdir(), 'tsdump-demo-'));
const cleanUp = async (): Promise<void> => {
  await lane.stop();
  await rm(directory, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().then(() => process.exit(signal === 'SIGINT' ? 130 : 143)));
}
try {
  process.exitCode = await demonstrate(lane, join(directory, 'dump'));
} finally {
  await cleanUp();
}

async function startFirst(names: readonly LaneName[]): Promise<RunningLane> {
  const reasons: string[] = [];
  for (const name of names) {
    say(`starting two ${name} servers (the first time this fetches them, about a minute)…`);
    try {
      return await startLane(name, { log: (line) => say(`  ${line}`) });
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`no server to demonstrate on\n${reasons.join('\n')}`);
}

async function demonstrate({ source, target }: RunningLane, dump: string): Promise<number> {
  say(`filling the ${source.product} ${source.version} server with a web shop…`);
  const shop = await fillShop(source.url, { database: DATABASE });
  say(`  ${shop.rows.toLocaleString('en')} rows in ${shop.tables} tables, ${shop.seconds.toFixed(1)} s`);
  const steps = [
    await run('tsdump', [
      '-d',
      dump,
      ...account(source),
      '-B',
      DATABASE,
      '-t',
      '4',
      '-c',
      '--triggers',
      '--routines',
      '--events',
    ]),
    await run('tsload', ['-d', dump, ...account(target), '-t', '4']),
  ];
  say('\ncomparing both servers, object by object and row by row…');
  const [expected, actual] = await Promise.all(
    [source, target].map(({ url }) => fingerprint(url, { databases: [DATABASE] })),
  );
  if (expected === undefined || actual === undefined) throw new Error('a fingerprint is missing');
  const differences = diffFingerprints(expected, actual);
  say(`\n${'─'.repeat(78)}`);
  say(`${shop.rows.toLocaleString('en')} rows, ${await describeFiles(dump)}`);
  for (const { command, seconds } of steps) say(`${`${seconds.toFixed(1)} s`.padStart(8)}  ${command}`);
  for (const difference of differences.slice(0, 20)) say(`DIFFERENT: ${difference}`);
  say(
    differences.length === 0
      ? `equal: ${expected.size} definitions and contents compared between ${source.port} and ${target.port}`
      : `NOT EQUAL: ${differences.length} differences`,
  );
  return differences.length === 0 ? 0 : 1;
}

function account({ host, port, user }: TestServer): string[] {
  return ['-h', host, '-P', String(port), '-u', user];
}

/** Runs one of our commands in the terminal of this one, so that its live view is seen. */
async function run(program: string, args: readonly string[]): Promise<Step> {
  const script = join(ROOT, 'bin', `${program}.js`);
  const command = `${program} ${args.join(' ')}`;
  say(`\n$ ${command}`);
  const began = performance.now();
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${relative(ROOT, script)} ended with exit code ${code}`);
  return { command, seconds: (performance.now() - began) / 1000 };
}

async function describeFiles(directoryOfDump: string): Promise<string> {
  const names = await readdir(directoryOfDump);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directoryOfDump, name))).size));
  const bytes = sizes.reduce((total, size) => total + size, 0);
  return `${names.length} files, ${(bytes / 1e6).toFixed(1)} MB on disk`;
}
