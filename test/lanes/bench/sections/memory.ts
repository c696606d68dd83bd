/** Memory: the peak of tsdump must not follow the data: not its size, nor its tables, its partitions or its rows' length. */

import type { TestServer } from '../../../support/servers.ts';
import type { Bench, Section } from '../bench.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { SMALL_TABLES } from '../datasets/many-tables.ts';
import { LARGE_VALUES, PARTITIONED } from '../datasets/shapes.ts';
import { FIFTY_MILLION, HALF_A_MILLION, ONE_TABLE, SYSBENCH } from '../datasets/sysbench.ts';
import { memoryTable } from '../report/memory.ts';
import type { MemoryFigure } from '../report/memory.ts';
import { ourCommand, runDump } from '../run-dump.ts';

const DATASETS: readonly Dataset[] = [HALF_A_MILLION, ONE_TABLE, SYSBENCH, SMALL_TABLES, PARTITIONED, LARGE_VALUES];
const CODECS = ['plain', 'zstd'] as const;
/** Connections, and what the peak may be. */
const GOALS = [
  { threads: 8, goalBytes: 300e6 },
  { threads: 32, goalBytes: 600e6 },
];

export function memory(): Section {
  const figures: MemoryFigure[] = [];
  return {
    title: 'Peak memory of tsdump',
    items: [
      {
        name: 'memory',
        describe: 'peak memory over 100 MB to 1 GB (--large: 10 GB), many tables, partitions, rows of 16 MiB',
        lane: 'mysql-9.7',
        run: async (server, bench) => {
          const datasets = bench.request.isLarge ? [...DATASETS, FIFTY_MILLION] : DATASETS;
          for (const dataset of datasets) {
            await bench.provide(server, dataset);
            figures.push(...(await peaksOver(dataset, server, bench)));
          }
        },
      },
    ],
    figures,
    markdown: () => memoryTable(figures),
  };
}

async function peaksOver({ database, describe }: Dataset, server: TestServer, bench: Bench): Promise<MemoryFigure[]> {
  const figures: MemoryFigure[] = [];
  for (const codec of CODECS) {
    for (const { threads, goalBytes } of GOALS) {
      const options = codec === 'plain' ? [] : [`--compress=${codec}`];
      const measured = await bench.attempt('memory', 'tsdump', () =>
        runDump(bench.scratch, ourCommand(server, { database, threads, options })),
      );
      if (measured === undefined) continue;
      figures.push({ describe, codec, threads, goalBytes, ...measured });
      bench.say(`  ${codec}, ${threads} threads: ${Math.round(measured.peakBytes / 1e6)} MB`);
    }
  }
  return figures;
}
