/** The table of pairs: medians, ranges and ratios. */

import { againstGoal, markdownTable, median, megabytes, range } from '../markdown.ts';
import type { Measurement } from '../run-dump.ts';

/** What the ratios ours / theirs should not exceed. */
export interface Goal {
  readonly wall?: number;
  readonly cpu?: number;
  readonly size?: number;
}

export interface Comparison {
  readonly name: string;
  readonly server: string;
  readonly describe: string;
  readonly threads: number;
  readonly goal: Goal;
  readonly ours: readonly Measurement[];
  /** Empty without a peer. */
  readonly theirs: readonly Measurement[];
  /** Programs that failed, whose runs up to then are left out of the table. */
  readonly failed: readonly string[];
}

type Figure = (measurement: Measurement) => number;

const wall: Figure = ({ wallSeconds }) => wallSeconds;
const cpu: Figure = ({ userSeconds, systemSeconds }) => userSeconds + systemSeconds;
const size: Figure = ({ outputBytes }) => outputBytes;

const HEAD =
  'work|server|threads|wall s, ours|theirs|ratio (goal)|CPU s, ours|theirs|ratio (goal)|MB, ours|theirs|ratio (goal)|peak MB, ours|theirs';

export function comparisonTable(comparisons: readonly Comparison[]): string {
  return markdownTable(HEAD.split('|'), comparisons.map(row));
}

function row({ name, server, threads, goal, ours, theirs, failed }: Comparison): string[] {
  const sides = [
    { runs: ours, isFailed: failed.includes('tsdump') },
    { runs: theirs, isFailed: failed.includes('mydumper') },
  ];
  const both = (text: (runs: readonly Measurement[]) => string): string[] =>
    sides.map(({ runs, isFailed }) => (isFailed ? 'failed' : runs.length === 0 ? '' : text(runs)));
  const compared = (figure: Figure, limit: number | undefined): string =>
    failed.length > 0 || theirs.length === 0 ? '' : againstGoal(ratio(ours, theirs, figure), limit);
  return [
    name,
    server,
    String(threads),
    ...both((runs) => range(runs.map(wall))),
    compared(wall, goal.wall),
    ...both((runs) => range(runs.map(cpu))),
    compared(cpu, goal.cpu),
    ...both((runs) => megabytes(median(runs.map(size))).toFixed(1)),
    compared(size, goal.size),
    ...both((runs) => megabytes(Math.max(...runs.map(({ peakBytes }) => peakBytes))).toFixed(0)),
  ];
}

/** The median of the pairs' ratios: what the machine did to one run of a pair, it mostly did to the other. */
function ratio(ours: readonly Measurement[], theirs: readonly Measurement[], figure: Figure): number {
  return median(ours.map((each, pair) => figure(each) / figure(theirs[pair] ?? each)));
}
