/** The table of pairs: medians, ranges and ratios. */

import { markdownTable, median, megabytes, range } from '../markdown.ts';
import type { Pairs } from '../pairs.ts';
import type { Measurement } from '../run-dump.ts';
import { cpu, pairCells, wall } from './pair-cells.ts';

/** What the ratios ours / theirs should not exceed. */
export interface Goal {
  readonly wall?: number;
  readonly cpu?: number;
  readonly size?: number;
}

export interface Comparison extends Pairs<Measurement> {
  readonly name: string;
  readonly server: string;
  readonly describe: string;
  readonly threads: number;
  readonly goal: Goal;
}

const size = ({ outputBytes }: Measurement): number => outputBytes;

const HEAD =
  'work|server|threads|wall s, ours|theirs|ratio (goal)|CPU s, ours|theirs|ratio (goal)|MB, ours|theirs|ratio (goal)|peak MB, ours|theirs';

export function comparisonTable(comparisons: readonly Comparison[]): string {
  return markdownTable(HEAD.split('|'), comparisons.map(row));
}

function row({ name, server, threads, goal, ...pairs }: Comparison): string[] {
  const { both, ratio, peaks } = pairCells(pairs);
  return [
    name,
    server,
    String(threads),
    ...both((runs) => range(runs.map(wall))),
    ratio(wall, goal.wall),
    ...both((runs) => range(runs.map(cpu))),
    ratio(cpu, goal.cpu),
    ...both((runs) => megabytes(median(runs.map(size))).toFixed(1)),
    ratio(size, goal.size),
    ...peaks,
  ];
}
