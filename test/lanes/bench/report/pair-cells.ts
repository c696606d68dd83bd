/** What the tables of pairs have in common: a cell for each of the two, and a ratio. */

import { againstGoal, median, megabytes } from '../markdown.ts';
import type { Usage } from '../measure.ts';
import type { Pairs, Side } from '../pairs.ts';

export const wall = ({ wallSeconds }: Usage): number => wallSeconds;
export const cpu = ({ userSeconds, systemSeconds }: Usage): number => userSeconds + systemSeconds;

interface PairCells<Measured extends Usage> {
  /** What `text` says of the runs of each, where they can be told of. */
  readonly both: (text: (runs: readonly Measured[]) => string) => string[];
  /** The median of the pairs' ratios: what the machine did to one run of a pair, it mostly did to the other. */
  readonly ratio: (figure: (measured: Measured) => number, goal: number | undefined) => string;
  readonly peaks: readonly string[];
}

export function pairCells<Measured extends Usage>({ ours, theirs, failed }: Pairs<Measured>): PairCells<Measured> {
  const cell = (side: Side, runs: readonly Measured[], text: (runs: readonly Measured[]) => string): string => {
    if (failed.includes(side)) return 'failed';
    return runs.length === 0 ? '' : text(runs);
  };
  const both: PairCells<Measured>['both'] = (text) => [cell('ours', ours, text), cell('theirs', theirs, text)];
  return {
    both,
    ratio: (figure, goal) => {
      if (failed.length > 0 || theirs.length === 0) return '';
      // What the server does by itself costs no program anything.
      if (theirs.every((each) => figure(each) === 0)) return '';
      return againstGoal(median(ours.map((each, pair) => figure(each) / figure(theirs[pair] ?? each))), goal);
    },
    peaks: both((runs) => megabytes(Math.max(...runs.map(({ peakBytes }) => peakBytes))).toFixed(0)),
  };
}
