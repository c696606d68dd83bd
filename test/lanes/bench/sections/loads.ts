/** Loads: tsload and myloader, or another way, bring the same files into the same server, in turn, pair by pair. */

import type { LaneName, TestServer } from '../../../support/servers.ts';
import type { Bench, Item, Section } from '../bench.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { MANY_KEYS } from '../datasets/keys.ts';
import { SMALL_TABLES } from '../datasets/many-tables.ts';
import { SYSBENCH } from '../datasets/sysbench.ts';
import type { Usage } from '../measure.ts';
import { inPairs } from '../pairs.ts';
import type { Program } from '../pairs.ts';
import { loadsTable } from '../report/loads.ts';
import type { LoadComparison } from '../report/loads.ts';
import { keepDump, ourCommand } from '../run-dump.ts';
import { copyOnServer, countRows, emptyTarget, ourLoad, peersLoad, runLoad, withSession } from '../run-load.ts';

interface Work {
  readonly name: string;
  readonly lane: LaneName;
  readonly dataset: Dataset;
  readonly threads: number;
  /** For the time of tsload, divided by the other's. */
  readonly goal: number;
  /** What tsload is measured against; myloader unless given. */
  readonly beside?: 'INSERT … SELECT' | 'tsload, plain files';
  /** Of tsdump, which makes the files. */
  readonly dumpOptions?: readonly string[];
  /** The server takes no files from clients. */
  readonly isLocalOff?: boolean;
  /** The tables are there already, empty and with all their keys. */
  readonly isSecondPhase?: boolean;
}

const MYSQL = 'mysql-9.7';
const MARIADB = 'mariadb-10.11';
const PLAIN = { lane: MYSQL, dataset: SYSBENCH, threads: 4 } as const;
const SMALL = { lane: MYSQL, dataset: SMALL_TABLES, threads: 16 } as const;
const loadData = { dumpOptions: ['--format=LOAD_DATA'] };
const zstd = { dumpOptions: ['--compress=zstd'] };

const WORKS: readonly Work[] = [
  { name: 'load-insert', ...PLAIN, goal: 0.55 },
  { name: 'load-limit', ...PLAIN, goal: 1.6, beside: 'INSERT … SELECT' },
  { name: 'load-without-local', ...PLAIN, goal: 0.95, isLocalOff: true },
  { name: 'load-data-files', ...PLAIN, goal: 0.9, ...loadData },
  { name: 'load-zstd', ...PLAIN, goal: 1.1, ...zstd, beside: 'tsload, plain files' },
  { name: 'load-keys', lane: MYSQL, dataset: MANY_KEYS, threads: 4, goal: 0.6 },
  { name: 'load-small', ...SMALL, goal: 0.3 },
  { name: 'load-small-rows', ...SMALL, goal: 0.3, isSecondPhase: true },
  { name: 'load-mariadb', ...PLAIN, lane: MARIADB, goal: 0.85 },
];

export function loads(): Section {
  const figures: LoadComparison[] = [];
  const dumps = new Map<string, Promise<string>>();
  return {
    title: 'tsload beside myloader',
    items: WORKS.map((work): Item => ({
      name: work.name,
      lane: work.lane,
      describe: describe(work),
      run: async (server, bench) => void figures.push(await new Loads(work, server, bench, dumps).compare()),
    })),
    figures,
    markdown: () => loadsTable(figures),
  };
}

function describe({ dataset, dumpOptions = [], isLocalOff, isSecondPhase, threads, beside }: Work): string {
  return [
    dataset.describe,
    ...dumpOptions,
    ...(isLocalOff === true ? ['local_infile OFF'] : []),
    ...(isSecondPhase === true ? ['--no-schema'] : []),
    `${threads} threads`,
    ...(beside === undefined ? [] : [`beside ${beside}`]),
  ].join(', ');
}

/** One work on its server. */
class Loads {
  private readonly work: Work;
  private readonly server: TestServer;
  private readonly bench: Bench;
  /** Shared by all works: files are made once. */
  private readonly dumps: Map<string, Promise<string>>;

  constructor(work: Work, server: TestServer, bench: Bench, dumps: Map<string, Promise<string>>) {
    this.work = work;
    this.server = server;
    this.bench = bench;
    this.dumps = dumps;
  }

  async compare(): Promise<LoadComparison> {
    const { bench, server, work } = this;
    const { name, dataset, threads, goal, isLocalOff } = work;
    await bench.provide(server, dataset);
    const expectedRows = await countRows(server, dataset.database);
    const theirs = await this.other(expectedRows);
    const ours = { name: 'tsload', run: await this.our(work.dumpOptions, expectedRows) };
    if (isLocalOff === true) await this.letFilesIn(false);
    const pairs = await inPairs(bench, name, ours, theirs);
    if (isLocalOff === true) await this.letFilesIn(true);
    await emptyTarget(server);
    const product = `${server.product} ${server.version}`;
    const beside = work.beside ?? 'myloader';
    return { name, server: product, describe: dataset.describe, threads, beside, goal, ...pairs };
  }

  private async other(expectedRows: number): Promise<Program<Usage> | undefined> {
    const { server, work, bench } = this;
    const name = work.beside ?? 'myloader';
    if (work.beside === 'INSERT … SELECT') {
      return { name, run: () => this.onEmpty(() => copyOnServer(server, work.dataset.database)) };
    }
    if (work.beside === 'tsload, plain files') return { name, run: await this.our([], expectedRows) };
    const { myloader } = bench.peers;
    if (myloader === undefined) return undefined;
    const command = peersLoad(myloader, server, { ...(await this.command(work.dumpOptions)), options: this.phase() });
    return { name, run: () => this.onEmpty(() => runLoad(server, command, expectedRows)) };
  }

  private async our(dumpOptions: readonly string[] | undefined, expectedRows: number): Promise<() => Promise<Usage>> {
    const command = ourLoad(this.server, { ...(await this.command(dumpOptions)), options: this.phase() });
    return () => this.onEmpty(() => runLoad(this.server, command, expectedRows));
  }

  private async onEmpty(run: () => Promise<Usage>): Promise<Usage> {
    const { server, work } = this;
    await emptyTarget(server);
    if (work.isSecondPhase === true) {
      const command = ourLoad(server, { ...(await this.command(work.dumpOptions)), options: ['--no-data'] });
      await runLoad(server, command, 0);
    }
    return run();
  }

  private phase(): readonly string[] {
    return this.work.isSecondPhase === true ? ['--no-schemas'] : [];
  }

  private async command(dumpOptions: readonly string[] = []): Promise<{ dump: string; threads: number }> {
    const { server, work, bench, dumps } = this;
    const { database } = work.dataset;
    const key = [server.lane, database, ...dumpOptions].join(' ');
    const make = (): Promise<string> =>
      keepDump(bench.scratch, ourCommand(server, { database, threads: work.threads, options: dumpOptions }));
    const dump = dumps.get(key) ?? make();
    dumps.set(key, dump);
    return { dump: await dump, threads: work.threads };
  }

  private letFilesIn(isOn: boolean): Promise<unknown> {
    return withSession(this.server, (session) => session.query(`SET GLOBAL local_infile = ${isOn ? 1 : 0}`));
  }
}
