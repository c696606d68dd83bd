/** The table of very many tables: what each of them costs, and what the dump needs before the first. */

import { againstGoal, markdownTable, megabytes } from '../markdown.ts';
import type { Measurement } from '../run-dump.ts';

export interface VeryManyTables extends Measurement {
  readonly tables: number;
  /** That the server was given. */
  readonly statements: number;
  /** From the program's start to the first file of rows. */
  readonly firstDataSeconds: number | undefined;
}

/** SHOW CREATE TABLE and SELECT. */
const STATEMENTS_A_TABLE = 2;
const FIRST_DATA_GOAL_SECONDS = 30;
const PEAK_GOAL_MB = 1500;
/** Time a table against that of the first row. */
const GROWTH_GOAL = 1.3;

const HEAD = [
  'tables',
  'wall s',
  `first data after s (goal ${FIRST_DATA_GOAL_SECONDS})`,
  'ms a table',
  `against the first (goal ${GROWTH_GOAL})`,
  'CPU s',
  `peak MB (goal ${PEAK_GOAL_MB})`,
  'statements beyond two a table',
  'files',
];

export function veryManyTablesTable(figures: readonly VeryManyTables[]): string {
  const millisecondsATable = ({ wallSeconds, tables }: VeryManyTables): number => (1000 * wallSeconds) / tables;
  const rows = figures.map((figure) => {
    const { tables, wallSeconds, userSeconds, systemSeconds, peakBytes, firstDataSeconds, statements } = figure;
    const growth = millisecondsATable(figure) / millisecondsATable(figures[0] ?? figure);
    return [
      tables.toLocaleString('en'),
      wallSeconds.toFixed(1),
      firstDataSeconds === undefined ? 'not seen' : againstGoal(firstDataSeconds, FIRST_DATA_GOAL_SECONDS, 1),
      millisecondsATable(figure).toFixed(2),
      againstGoal(growth, GROWTH_GOAL),
      (userSeconds + systemSeconds).toFixed(1),
      againstGoal(megabytes(peakBytes), PEAK_GOAL_MB, 0),
      String(statements - STATEMENTS_A_TABLE * tables),
      String(figure.files),
    ];
  });
  return markdownTable(HEAD, rows);
}
