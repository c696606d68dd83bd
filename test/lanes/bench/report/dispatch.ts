/** The table of dispatch: one row a number of tables. */

import { againstGoal, markdownTable, median, range } from '../markdown.ts';

export interface DispatchFigure {
  readonly tables: number;
  readonly files: number;
  /** CPU seconds, run by run. */
  readonly runs: readonly number[];
  readonly goalSeconds: number | undefined;
}

export function dispatchTable(figures: readonly DispatchFigure[]): string {
  const rows = figures.map(({ tables, files, runs, goalSeconds }) => [
    String(tables),
    String(files),
    againstGoal(median(runs), goalSeconds),
    range(runs),
    ((1e6 * median(runs)) / files).toFixed(2),
  ]);
  return markdownTable(['tables', 'files', 'CPU s (goal)', 'median (range)', 'µs a file'], rows);
}
