/**
 * Dumps and loads within the test's own process: both functions of the library with defaults that suit small data, what
 * they told, and a directory that is removed afterwards.
 */

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DEFAULT_LOCK, ToolError, dump, load, verify, verifyAgainst } from '../../src/index.ts';
import type {
  AgainstOptions,
  AgainstSummary,
  ConnectionOptions,
  DumpOptions,
  DumpSummary,
  Emit,
  Finding,
  LoadOptions,
  LoadSummary,
  RunEvent,
  VerifyOptions,
} from '../../src/index.ts';
import type { LaneServers } from './lanes.ts';
import { dropDatabase } from './lanes.ts';
import type { TestServer } from './servers.ts';

export interface Watch {
  /** Hears every event; what it throws ends the run. */
  readonly onEvent?: Emit;
  readonly signal?: AbortSignal;
}

export interface Run<Summary> {
  readonly summary: Summary;
  readonly events: readonly RunEvent[];
}

/**
 * Where nobody writes to what is dumped and only the load matters. On a target a lock would wait for rows of other tests'
 * loads, which wait for each other on purpose; on a source two dumps of tables without transactions hold each other up.
 */
export const NO_LOCK: NonNullable<DumpOptions['lock']> = { ...DEFAULT_LOCK, mode: 'NO_LOCK' };

export function connectionTo({ host, port, user, password }: TestServer): ConnectionOptions {
  return { host, port, user, password };
}

/** Lends a path at which nothing is yet, and removes what was put there. */
export async function withDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const parent = await mkdtemp(join(tmpdir(), 'tsdump-test-'));
  try {
    return await use(join(parent, 'dump'));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/** Everything of the databases, four connections, zstd, unless said otherwise. */
export async function runDump(
  server: TestServer,
  options: Partial<DumpOptions> & Pick<DumpOptions, 'directory' | 'databases'>,
  watch: Watch = {},
): Promise<Run<DumpSummary>> {
  return listened(watch, (emit, signal) =>
    dump(
      {
        connection: connectionTo(server),
        threads: 4,
        tables: [],
        codec: 'zstd',
        withSchemas: true,
        withData: true,
        withTriggers: true,
        withRoutines: true,
        withEvents: true,
        withViews: true,
        maxStatementBytes: 1_000_000,
        ...options,
      },
      { emit, signal },
    ),
  );
}

/** Definitions and rows, four connections, into a target that has nothing of it, unless said otherwise. */
export async function runLoad(
  server: TestServer,
  options: Partial<LoadOptions> & Pick<LoadOptions, 'directory'>,
  watch: Watch = {},
): Promise<Run<LoadSummary>> {
  return listened(watch, (emit, signal) =>
    load(
      {
        connection: connectionTo(server),
        threads: 4,
        dropTable: 'FAIL',
        withSchemas: true,
        withData: true,
        statementsPerTransaction: 1000,
        ...options,
      },
      { emit, signal },
    ),
  );
}

/** What is not as it should be in a dump. */
export async function findingsOf(directory: string, options: Partial<VerifyOptions> = {}): Promise<readonly Finding[]> {
  const { findings } = await verify(
    { directory, threads: 1, ...options },
    { emit: () => undefined, signal: new AbortController().signal },
  );
  return findings;
}

/** What a server has of a dump. */
export async function runAgainst(
  server: TestServer,
  options: Partial<AgainstOptions> & Pick<AgainstOptions, 'directory'>,
): Promise<AgainstSummary> {
  return verifyAgainst(
    { connection: connectionTo(server), threads: 2, ...options },
    { emit: () => undefined, signal: new AbortController().signal },
  );
}

/** A sentence for each difference, in order. */
export async function differencesOf(...given: Parameters<typeof runAgainst>): Promise<string[]> {
  const { differences } = await runAgainst(...given);
  return differences.map(({ object, what }) => `${object} ${what}`).sort();
}

async function listened<Summary>(
  { onEvent, signal = new AbortController().signal }: Watch,
  run: (emit: Emit, signal: AbortSignal) => Promise<Summary>,
): Promise<Run<Summary>> {
  const events: RunEvent[] = [];
  const emit: Emit = (event) => {
    events.push(event);
    onEvent?.(event);
  };
  return { summary: await run(emit, signal), events };
}

/** What a run that must fail failed with. */
export async function failureOf(run: Promise<unknown>): Promise<ToolError> {
  const outcome = await run.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (outcome === undefined) throw new Error('the run was to fail and did not');
  if (outcome.error instanceof ToolError) return outcome.error;
  throw outcome.error;
}

/** Makes room on the target; where that is the source too, the original goes, so read it and dump it first. */
export async function vacate({ target }: LaneServers, database: string): Promise<void> {
  await dropDatabase(target, database);
}

/** Drops a database wherever a test may have left it. */
export async function dropEverywhere({ source, target }: LaneServers, database: string): Promise<void> {
  for (const server of new Set([source, target])) await dropDatabase(server, database);
}

/** The names of a dump's data files of one table, in order. */
export async function dataFilesOf(directory: string, database: string, table: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.startsWith(`${database}.${table}.`)).sort();
}
