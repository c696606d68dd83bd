/** A quarter of a million tables: the figure per table must be that of ten thousand. */

import { mkdirSync, watch } from 'node:fs';

import { createConnection } from 'mysql2/promise';
import type { RowDataPacket } from 'mysql2/promise';

import type { TestServer } from '../../../support/servers.ts';
import type { Bench, Section } from '../bench.ts';
import { provide } from '../datasets/dataset.ts';
import { myisamTables } from '../datasets/many-tables.ts';
import { veryManyTablesTable } from '../report/very-many-tables.ts';
import type { VeryManyTables } from '../report/very-many-tables.ts';
import { ourCommand, runDump } from '../run-dump.ts';

const FEW = 10_000;
const THREADS = 8;

export function veryManyTables(): Section {
  const figures: VeryManyTables[] = [];
  return {
    title: 'Very many tables',
    items: [
      {
        name: 'quarter-million',
        describe: '250,000 MyISAM tables (--tables) beside 10,000: 5 GB of disk, many minutes',
        lane: 'mariadb-10.11',
        isOptIn: true,
        run: async (server, bench) => {
          for (const tables of [FEW, bench.request.tables]) {
            const figure = await bench.attempt(`${tables} tables`, 'tsdump', () => dumpOf(tables, server, bench));
            if (figure === undefined) return;
            figures.push(figure);
            bench.say(`  ${tables} tables: ${figure.wallSeconds} s`);
          }
        },
      },
    ],
    figures,
    markdown: () => veryManyTablesTable(figures),
  };
}

async function dumpOf(tables: number, server: TestServer, bench: Bench): Promise<VeryManyTables> {
  const dataset = myisamTables(tables);
  bench.say(`  making ${dataset.describe}…`);
  await provide(server, dataset);
  const commandFor = ourCommand(server, { database: dataset.database, threads: THREADS, options: [] });
  let firstData: FirstData | undefined;
  const statementsBefore = await statementsOf(server);
  try {
    const measured = await runDump(bench.scratch, (dump) => {
      mkdirSync(dump);
      firstData = new FirstData(dump);
      return commandFor(dump);
    });
    const statements = (await statementsOf(server)) - statementsBefore - 1;
    return { tables, statements, firstDataSeconds: firstData?.seconds, ...measured };
  } finally {
    firstData?.end();
  }
}

/** Sees the first file of rows appear in a directory. */
class FirstData {
  seconds: number | undefined;
  private readonly watcher;

  constructor(directory: string) {
    const startMs = performance.now();
    this.watcher = watch(directory, (_, name) => {
      if (this.seconds !== undefined || name === null || !/\.\d{5}\.sql/.test(name)) return;
      this.seconds = (performance.now() - startMs) / 1000;
      this.end(); // a million more events would follow
    });
  }

  end(): void {
    this.watcher.close();
  }
}

/** How many statements the server has been given, this one included. */
async function statementsOf({ host, port, user, password }: TestServer): Promise<number> {
  const connection = await createConnection({ host, port, user, password });
  try {
    const [rows] = await connection.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'Questions'");
    return Number(rows[0]?.['Value']);
  } finally {
    await connection.end();
  }
}
