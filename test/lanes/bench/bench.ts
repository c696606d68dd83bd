/** What every part of the benchmark is made of: items that run on a server, gathered in sections that end as a table. */

import type { LaneName, TestServer } from '../../support/servers.ts';
import { provide } from './datasets/dataset.ts';
import type { Dataset } from './datasets/dataset.ts';
import type { Request } from './request.ts';
import { CommandFailed, ourCommand, runDump } from './run-dump.ts';
import type { Scratch } from './scratch.ts';

interface AnyItem {
  /** For `--only`. */
  readonly name: string;
  /** One line for `--help`. */
  readonly describe: string;
  /** Runs only when it is named. */
  readonly isOptIn?: boolean;
}

export interface ServerItem extends AnyItem {
  readonly lane: LaneName;
  /** Leaves its figures with its section. */
  readonly run: (server: TestServer, bench: Bench) => Promise<void>;
}

/** One that needs no server. */
export interface LocalItem extends AnyItem {
  readonly lane?: undefined;
  readonly run: (server: undefined, bench: Bench) => Promise<void>;
}

export type Item = ServerItem | LocalItem;

export interface Section {
  readonly title: string;
  readonly items: readonly Item[];
  /** Plain data, for the JSON. */
  readonly figures: readonly unknown[];
  /** A table of the figures. */
  readonly markdown: () => string;
}

/** Paths of the programs that ours are measured against. */
export interface Peers {
  readonly mydumper: string | undefined;
  readonly myloader: string | undefined;
}

interface Failure {
  readonly work: string;
  readonly program: string;
  readonly message: string;
}

const WARM_UP_THREADS = 4;

/** One run of the benchmark. */
export class Bench {
  readonly request: Request;
  readonly scratch: Scratch;
  readonly peers: Peers;
  readonly failures: Failure[] = [];

  constructor(request: Request, scratch: Scratch, peers: Peers) {
    this.request = request;
    this.scratch = scratch;
    this.peers = peers;
  }

  readonly say = (line: string): void => void process.stderr.write(`${line}\n`);

  /** The action's result, or undefined when a command failed in it, which is noted and told. */
  async attempt<Result>(work: string, program: string, action: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      this.failures.push({ work, program, message: error.message });
      this.say(`  ${work}, ${program}: failed\n${error.message}`);
      return undefined;
    }
  }

  /** Makes the set where it is not there yet, and brings its rows into the server's memory: the first run is like the others. */
  async provide(server: TestServer, dataset: Dataset): Promise<void> {
    this.say(`  making ${dataset.describe}…`);
    await provide(server, dataset);
    const { database } = dataset;
    const command = ourCommand(server, { database, threads: WARM_UP_THREADS, options: [] });
    await this.attempt(`warming up ${database}`, 'tsdump', () => runDump(this.scratch, command));
  }
}

/** One line a failure and its command's last words below, for the end of the report. */
export function failureList(failures: readonly Failure[]): string {
  return failures
    .map(({ work, program, message }) => `- ${work}, ${program}: failed\n\n${message.replaceAll(/^/gm, '      ')}`)
    .join('\n');
}
