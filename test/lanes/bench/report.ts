/** What a benchmark found: medians, ranges and ratios, as a table in Markdown. */

import type { Measurement } from './measure.ts';

export interface Comparison {
  readonly name: string;
  readonly server: string;
  readonly describe: string;
  readonly threads: number;
  readonly goal: { readonly wall: number; readonly cpu?: number; readonly size?: number };
  readonly ours: readonly Measurement[];
  /** Empty without a peer. */
  readonly theirs: readonly Measurement[];
}

type Figure = (measurement: Measurement) => number;

const wall: Figure = ({ wallSeconds }) => wallSeconds;
const cpu: Figure = ({ userSeconds, systemSeconds }) => userSeconds + systemSeconds;
const size: Figure = ({ outputBytes }) => outputBytes;

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export function markdown(comparisons: readonly Comparison[]): string {
  const head =
    '| work | server | threads | wall s, ours | theirs | ratio (goal) | CPU s, ours | theirs | ratio (goal) | MB, ours | theirs | peak MiB, ours | theirs |';
  const rule = `|${' --- |'.repeat(13)}`;
  return [head, rule, ...comparisons.map(row)].join('\n');
}

function row({ name, server, threads, goal, ours, theirs }: Comparison): string {
  const cells = [
    name,
    server,
    String(threads),
    range(ours, wall),
    range(theirs, wall),
    ratio(ours, theirs, wall, goal.wall),
    range(ours, cpu),
    range(theirs, cpu),
    ratio(ours, theirs, cpu, goal.cpu),
    (median(ours.map(size)) / 1e6).toFixed(1),
    theirs.length === 0 ? '' : (median(theirs.map(size)) / 1e6).toFixed(1),
    peak(ours),
    peak(theirs),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** "2.31 (2.20–2.60)": the median, and between which values it lies. */
function range(measurements: readonly Measurement[], figure: Figure): string {
  if (measurements.length === 0) return '';
  const values = measurements.map(figure);
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
}

/** The median of the pairs' ratios: what the machine did to one run of a pair, it mostly did to the other. */
function ratio(
  ours: readonly Measurement[],
  theirs: readonly Measurement[],
  figure: Figure,
  goal: number | undefined,
): string {
  if (theirs.length === 0) return '';
  const ratios = ours.map((each, pair) => figure(each) / figure(theirs[pair] ?? each));
  const value = median(ratios);
  const verdict = goal === undefined ? '' : ` (${goal}${value <= goal ? '' : ', missed'})`;
  return `${value.toFixed(2)}${verdict}`;
}

function peak(measurements: readonly Measurement[]): string {
  if (measurements.length === 0) return '';
  return String(Math.round(Math.max(...measurements.map(({ peakBytes }) => peakBytes)) / 2 ** 20));
}
