/** The table of costs: CPU a gigabyte, less what an empty dump costs, and how much more that is than undivided. */

import { markdownTable, median, megabytes, range } from '../markdown.ts';
import type { Measurement } from '../run-dump.ts';
import { cpu } from './pair-cells.ts';

export interface CostFigure {
  /** Figures of a group differ in one thing. */
  readonly group: string;
  /** How much of that thing. */
  readonly label: string;
  readonly threads: number;
  readonly runs: readonly Measurement[];
  /** Of a database without tables, with the same options. */
  readonly empty: readonly Measurement[];
}

const HEAD = [
  'divided into',
  '',
  'threads',
  'files',
  'wall s',
  'CPU s',
  'of it in the system',
  'CPU s of an empty dump',
  'net CPU s a GB',
  'against the first',
];

export function costTable(figures: readonly CostFigure[]): string {
  const rows = figures.map((figure) => {
    const { group, label, threads, runs, empty } = figure;
    const first = figures.find((each) => each.group === group) ?? figure;
    return [
      group,
      label,
      String(threads),
      String(median(runs.map(({ files }) => files))),
      range(runs.map(({ wallSeconds }) => wallSeconds)),
      range(runs.map(cpu)),
      median(runs.map(({ systemSeconds }) => systemSeconds)).toFixed(2),
      median(empty.map(cpu)).toFixed(2),
      netSecondsPerGigabyte(figure).toFixed(2),
      (netSecondsPerGigabyte(figure) / netSecondsPerGigabyte(first)).toFixed(2),
    ];
  });
  return markdownTable(HEAD, rows);
}

export function netSecondsPerGigabyte({ runs, empty }: CostFigure): number {
  const netSeconds = median(runs.map(cpu)) - median(empty.map(cpu));
  return netSeconds / (megabytes(median(runs.map(({ outputBytes }) => outputBytes))) / 1000);
}
