/**
 * Starts the servers of the lanes asked for (TSDUMP_LANES, otherwise the required ones) before the first server test and
 * stops them after the last. Test files see them through laneServers() of lanes.ts.
 */

import type { TestProject } from 'vitest/node';

import { describeError } from '../../src/base/errors.ts';
import type { LaneServers } from './lanes.ts';
import type { LaneName, RunningLane } from './servers.ts';
import { lanesAskedFor, startLane } from './servers.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const names = lanesAskedFor(process.env['TSDUMP_LANES']);
  const lanes = await Promise.all(names.map(startOrName));
  const running = lanes.filter((lane) => lane !== undefined);
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((lane) => lane.stop()));
  };
  // Less than what was asked for is good enough for a look at a laptop, but proves nothing; no lane at all tests nothing.
  if (running.length === 0 || (running.length < names.length && isCi())) {
    await stop();
    throw new Error('the server tests need the servers named above as NOT TESTED');
  }
  project.provide('lanes', running.map(withoutStop));
  return stop;
}

async function startOrName(name: LaneName): Promise<RunningLane | undefined> {
  const startedMs = performance.now();
  try {
    const lane = await startLane(name, { log: say });
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    say(`${name}: ${lane.source.product} ${lane.source.version} (${lane.source.origin}) in ${seconds} s`);
    return lane;
  } catch (error) {
    say(`NOT TESTED: ${describeError(error)}`);
    return undefined;
  }
}

function withoutStop({ source, target }: RunningLane): LaneServers {
  return { lane: source.lane, source, target };
}

function isCi(): boolean {
  const value = process.env['CI'] ?? '';
  return value !== '' && value !== 'false' && value !== '0';
}

function say(line: string): void {
  process.stderr.write(`servers: ${line}\n`);
}

declare module 'vitest' {
  export interface ProvidedContext {
    lanes: readonly LaneServers[];
  }
}
