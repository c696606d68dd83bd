/** The table of peaks of loads: one row a set, one column a way in which rows go. */

import { againstGoal, markdownTable, megabytes } from '../markdown.ts';

export interface LoadMemoryFigure {
  readonly describe: string;
  readonly way: string;
  readonly peakBytes: number;
  /** What the peak should not exceed. */
  readonly goalBytes: number;
}

export function loadMemoryTable(figures: readonly LoadMemoryFigure[]): string {
  const ways = [...new Set(figures.map(({ way }) => way))];
  const rows = [...new Set(figures.map(({ describe }) => describe))].map((describe) => [
    describe,
    ...ways.map((way) => peakOf(figures.find((figure) => figure.describe === describe && figure.way === way))),
  ]);
  return markdownTable(['data; peak MB (goal)', ...ways], rows);
}

function peakOf(figure: LoadMemoryFigure | undefined): string {
  return figure === undefined ? 'failed' : againstGoal(megabytes(figure.peakBytes), megabytes(figure.goalBytes), 0);
}
