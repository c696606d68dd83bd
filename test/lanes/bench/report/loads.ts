/** The table of loads: tsload beside another way of bringing the same rows to the same server. */

import { markdownTable, range } from '../markdown.ts';
import type { Usage } from '../measure.ts';
import type { Pairs } from '../pairs.ts';
import { cpu, pairCells, wall } from './pair-cells.ts';

export interface LoadComparison extends Pairs<Usage> {
  readonly name: string;
  readonly server: string;
  readonly describe: string;
  readonly threads: number;
  /** What tsload is measured against. */
  readonly beside: string;
  /** What the ratio of the times should not exceed. */
  readonly goal: number;
}

const HEAD =
  'work|server|threads|beside|wall s, ours|theirs|ratio (goal)|CPU s, ours|theirs|ratio|peak MB, ours|theirs';

export function loadsTable(loads: readonly LoadComparison[]): string {
  const rows = loads.map(({ name, server, threads, beside, goal, ...pairs }) => {
    const { both, ratio, peaks } = pairCells(pairs);
    return [
      name,
      server,
      String(threads),
      beside,
      ...both((runs) => range(runs.map(wall))),
      ratio(wall, goal),
      ...both((runs) => range(runs.map(cpu))),
      ratio(cpu, undefined),
      ...peaks,
    ];
  });
  return markdownTable(HEAD.split('|'), rows);
}
