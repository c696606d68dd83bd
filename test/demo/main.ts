/**
 * `npm run demo [lane]`: the main job on throw-away servers. Two servers are started, one is filled with a web shop of
 * 1.6 million rows, tsdump dumps it, tsload restores it into the other, and an oracle that shares no code with either
 * compares the two. Ends with 1 on any difference; leaves nothing behind.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { DumpSummary, LoadSummary } from '../../src/index.ts';
import { diffFingerprints, fingerprint } from '../support/fingerprint.ts';
import { lanesAskedFor, startLane } from '../support/servers.ts';
import type { LaneName, RunningLane, TestServer } from '../support/servers.ts';
import { fillShop } from '../support/shop.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const DATABASE = 'shop';
/** The first that can be had is taken. */
const LANES: readonly LaneName[] = ['mysql-9.7', 'mariadb-10.11'];

const say = (line = ''): void => void process.stderr.write(`${line}\n`);

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

async function demonstrate({ source, target }: RunningLane, directory: string): Promise<number> {
  const dump = join(directory, 'dump');
  say(`filling the ${source.product} ${source.version} server with a web shop…`);
  const shop = await fillShop(source.url, { database: DATABASE });
  say(`  ${count(shop.rows)} rows in ${shop.tables} tables, ${shop.seconds.toFixed(1)} s`);
  const code = ['--triggers', '--routines', '--events'];
  const dumped = await run<DumpSummary>('tsdump', [
    '-d',
    dump,
    ...account(source),
    '-B',
    DATABASE,
    '-t',
    '4',
    '-c',
    ...code,
  ]);
  const loaded = await run<LoadSummary>('tsload', ['-d', dump, ...account(target), '-t', '4']);
  say('\ncomparing both servers, object by object and row by row…');
  const [expected, actual] = await Promise.all(
    [source, target].map(({ url }) => fingerprint(url, { databases: [DATABASE] })),
  );
  if (expected === undefined || actual === undefined) throw new Error('a fingerprint is missing');
  const differences = diffFingerprints(expected, actual);
  for (const line of summaryLines(dumped, loaded)) say(line);
  for (const difference of differences.slice(0, 20)) say(`DIFFERENT: ${difference}`);
  say(
    differences.length === 0
      ? `  result      equal: ${expected.size} definitions and contents were compared`
      : `  result      NOT EQUAL: ${differences.length} differences`,
  );
  return differences.length === 0 ? 0 : 1;
}

function summaryLines(dumped: Finished<DumpSummary>, loaded: Finished<LoadSummary>): string[] {
  const { summary } = dumped;
  const rate = (rows: number, bytes: number, seconds: number): string =>
    `${seconds.toFixed(1)} s, ${count(Math.round(rows / seconds))} rows/s, ${megabytes(bytes / seconds)}/s of SQL`;
  return [
    `\n${'─'.repeat(78)}`,
    `  dumped      ${count(summary.rows)} rows, ${megabytes(summary.bytes)} of SQL in ${summary.files} files`,
    `  on disk     ${megabytes(summary.storedBytes)}, ${(summary.bytes / summary.storedBytes).toFixed(1)} times smaller`,
    `  lock        writes were held up for ${Math.round(summary.lockHeldMs ?? 0)} ms`,
    `  tsdump      ${rate(summary.rows, summary.bytes, summary.seconds)}`,
    `  tsload      ${rate(loaded.summary.rows, loaded.summary.bytes, loaded.summary.seconds)}`,
    `  commands    ${dumped.command}`,
    `              ${loaded.command}`,
  ];
}

function account({ host, port, user }: TestServer): string[] {
  return ['-h', host, '-P', String(port), '-u', user];
}

interface Finished<Summary> {
  readonly command: string;
  readonly summary: Summary;
}

/** Runs one of our commands in the terminal of this one, so that its live view is seen; its result has the numbers. */
async function run<Summary>(program: string, args: readonly string[]): Promise<Finished<Summary>> {
  const script = join(ROOT, 'bin', `${program}.js`);
  const command = `${program} ${args.join(' ')}`;
  say(`\n$ ${command}`);
  const child = spawn(process.execPath, [script, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${relative(ROOT, script)} ended with exit code ${code}`);
  return { command, summary: JSON.parse(stdout) as Summary };
}

const count = (number: number): string => number.toLocaleString('en');
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function main(asked: string | undefined): Promise<number> {
  const lane = await startFirst(asked === undefined ? LANES : lanesAskedFor(asked));
  const directory = await mkdtemp(join(tmpdir(), 'tsdump-demo-'));
  const cleanUp = async (): Promise<void> => {
    await lane.stop();
    await rm(directory, { recursive: true, force: true });
  };
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => void cleanUp().then(() => process.exit(code)));
  }
  try {
    return await demonstrate(lane, directory);
  } finally {
    await cleanUp();
  }
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  say(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
