/** The table of peaks: one row a set, one column a way of dumping it. */

import { againstGoal, markdownTable, megabytes } from '../markdown.ts';
import type { Measurement } from '../run-dump.ts';

export interface MemoryFigure extends Measurement {
  readonly describe: string;
  readonly codec: string;
  readonly threads: number;
  /** What the peak should not exceed. */
  readonly goalBytes: number;
}

export function memoryTable(figures: readonly MemoryFigure[]): string {
  const columns = unique(figures.map(columnOf));
  const rows = unique(figures.map(({ describe }) => describe)).map((describe) => {
    const own = figures.filter((figure) => figure.describe === describe);
    const plainBytes = Math.max(...own.map(({ outputBytes }) => outputBytes));
    return [describe, megabytes(plainBytes).toFixed(0), ...columns.map((column) => peakIn(own, column))];
  });
  return markdownTable(['data', 'MB of SQL', ...columns], rows);
}

const columnOf = ({ codec, threads, goalBytes }: MemoryFigure): string =>
  `${codec}, ${threads} threads: peak MB (goal ${megabytes(goalBytes)})`;

function peakIn(figures: readonly MemoryFigure[], column: string): string {
  const figure = figures.find((each) => columnOf(each) === column);
  if (figure === undefined) return 'failed';
  const { peakBytes, goalBytes } = figure;
  return peakBytes <= goalBytes
    ? megabytes(peakBytes).toFixed(0)
    : againstGoal(megabytes(peakBytes), megabytes(goalBytes), 0);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
