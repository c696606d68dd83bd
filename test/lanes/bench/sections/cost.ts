/** Cost: the CPU for the same rows must not grow with the chunks, files, tables or connections they are divided into. */

import type { TestServer } from '../../../support/servers.ts';
import type { Bench, Section } from '../bench.ts';
import { EMPTY } from '../datasets/dataset.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { ONE_TABLE, SYSBENCH, sysbenchIn } from '../datasets/sysbench.ts';
import { costTable } from '../report/cost.ts';
import type { CostFigure } from '../report/cost.ts';
import { ourCommand, runDump } from '../run-dump.ts';
import type { Measurement } from '../run-dump.ts';

interface Division {
  /** What grows from one to the next. */
  readonly group: string;
  readonly label: string;
  readonly dataset: Dataset;
  readonly threads: number;
  readonly options: readonly string[];
}

const ALL_ROWS = 4_000_000;
const THREADS = 4;

const chunks = (count: number): Division => ({
  group: 'chunks',
  label: String(count),
  dataset: ONE_TABLE,
  threads: THREADS,
  options: [`--rows=${ALL_ROWS / count}`],
});

/** Of one chunk, so that only the files' sizes end files. */
const filesOf = (megabytesEach: number | undefined): Division => ({
  group: 'files',
  label: megabytesEach === undefined ? '1' : `of ${megabytesEach} MiB`,
  dataset: ONE_TABLE,
  threads: THREADS,
  options: [`--rows=${ALL_ROWS}`, ...(megabytesEach === undefined ? [] : [`--chunk-filesize=${megabytesEach}`])],
});

const tables = (count: number, dataset = sysbenchIn(count)): Division => ({
  group: 'tables',
  label: String(count),
  dataset,
  threads: THREADS,
  options: [],
});

const connections = (threads: number): Division => ({
  group: 'threads',
  label: String(threads),
  dataset: SYSBENCH,
  threads,
  options: [],
});

const DIVISIONS: readonly Division[] = [
  ...[1, 16, 256].map(chunks),
  ...[undefined, 8, 1].map(filesOf),
  tables(1, ONE_TABLE),
  tables(4, SYSBENCH),
  tables(64),
  tables(1000),
  ...[1, 4, 16, 32].map(connections),
];
const RUNS = 3;

export function cost(): Section {
  const figures: CostFigure[] = [];
  return {
    title: 'CPU of tsdump for the same 4,000,000 rows, divided in different ways',
    items: [
      {
        name: 'cost',
        describe: 'CPU for the same 800 MB as 1 to 256 chunks, 1 to 800 files, 1 to 1000 tables, by 1 to 32 threads',
        lane: 'mysql-9.7',
        run: async (server, bench) => void figures.push(...(await costs(server, bench))),
      },
    ],
    figures,
    markdown: () => costTable(figures),
  };
}

async function costs(server: TestServer, bench: Bench): Promise<CostFigure[]> {
  for (const dataset of new Set([EMPTY, ...DIVISIONS.map((division) => division.dataset)])) {
    await bench.provide(server, dataset);
  }
  const figures = DIVISIONS.map((division) => ({ division, runs: [] as Measurement[], empty: [] as Measurement[] }));
  // Round by round, so that what the machine does for a while is not one division's alone.
  for (let round = 1; round <= RUNS; round += 1) {
    for (const { division, runs, empty } of figures) {
      const { group, label, dataset, threads, options } = division;
      const run = (database: string): Promise<Measurement> =>
        runDump(bench.scratch, ourCommand(server, { database, threads, options }));
      await bench.attempt(`cost, ${group} ${label}`, 'tsdump', async () => {
        runs.push(await run(dataset.database));
        empty.push(await run(EMPTY.database));
      });
    }
    bench.say(`  round ${round} of ${RUNS}`);
  }
  return figures
    .filter(({ empty }) => empty.length > 0)
    .map(({ division: { group, label, threads }, runs, empty }) => ({ group, label, threads, runs, empty }));
}
