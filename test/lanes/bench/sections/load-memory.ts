/** Memory of loads: the peak of tsload must not follow the data: not its size, nor its statements' or rows' length. */

import type { TestServer } from '../../../support/servers.ts';
import type { Bench, Section } from '../bench.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { LARGE_VALUES } from '../datasets/shapes.ts';
import { HALF_A_MILLION, SYSBENCH } from '../datasets/sysbench.ts';
import { WIDE } from '../datasets/wide.ts';
import { loadMemoryTable } from '../report/load-memory.ts';
import type { LoadMemoryFigure } from '../report/load-memory.ts';
import { keepDump, ourCommand } from '../run-dump.ts';
import { countRows, emptyTarget, ourLoad, runLoad } from '../run-load.ts';

const DATASETS: readonly Dataset[] = [HALF_A_MILLION, SYSBENCH, WIDE, LARGE_VALUES];
const THREADS = 8;
const GOAL_BYTES = 300e6;

interface Way {
  readonly name: string;
  /** Of tsdump, which makes the files. */
  readonly dump: readonly string[];
  readonly load: readonly string[];
}

const WAYS: readonly Way[] = [
  { name: 'INSERT', dump: [], load: ['--load-method=insert'] },
  { name: 'rewritten', dump: [], load: ['--load-method=load-data'] },
  { name: 'zstd', dump: ['--compress=zstd'], load: [] },
  { name: 'gzip', dump: ['--compress=gzip'], load: [] },
  { name: 'statements of 16 MiB', dump: ['--statement-size=16000000'], load: ['--load-method=insert'] },
  { name: 'LOAD_DATA', dump: ['--format=LOAD_DATA'], load: [] },
];

export function loadMemory(): Section {
  const figures: LoadMemoryFigure[] = [];
  return {
    title: `Peak memory of tsload, ${THREADS} threads`,
    items: [
      {
        name: 'load-memory',
        describe: 'peak memory of loads of 100 MB to 1 GB, by each way rows go',
        lane: 'mysql-9.7',
        run: async (server, bench) => {
          for (const dataset of DATASETS) {
            await bench.provide(server, dataset);
            for (const way of WAYS) await measureOne(dataset, way, server, bench, figures);
          }
          await emptyTarget(server);
        },
      },
    ],
    figures,
    markdown: () => loadMemoryTable(figures),
  };
}

async function measureOne(
  { database, describe }: Dataset,
  { name, ...options }: Way,
  server: TestServer,
  bench: Bench,
  figures: LoadMemoryFigure[],
): Promise<void> {
  await bench.attempt(`load-memory, ${name}`, 'tsload', async () => {
    const makeDump = ourCommand(server, { database, threads: THREADS, options: options.dump });
    const dump = await keepDump(bench.scratch, makeDump);
    await emptyTarget(server);
    const command = ourLoad(server, { dump, threads: THREADS, options: options.load });
    const { peakBytes } = await runLoad(server, command, await countRows(server, database));
    figures.push({ describe, way: name, peakBytes, goalBytes: GOAL_BYTES });
    bench.say(`  ${name}: ${Math.round(peakBytes / 1e6)} MB`);
  });
}
