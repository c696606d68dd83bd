/** docs/OPTIONS.md as the source has it: every option of mydumper and myloader 1.0.1, and of older versions, and what it is here. */

import type { Command, Option } from 'commander';

import { publicOptions } from '../../../src/cli/help.ts';
import { foreignOption } from '../../../src/cli/mydumper-options.ts';

/** "-d --no-data" or "--no-data": names alone, as --help of version 1.0.1 prints them. */
export interface PeerOptions {
  readonly mydumper: readonly string[];
  readonly myloader: readonly string[];
  readonly mydumperBefore1_0: readonly string[];
  readonly myloaderBefore1_0: readonly string[];
}

/** Where the meaning is not quite the same. */
const DIFFERENT: Readonly<Record<string, string>> = {
  '-d --no-data': '`-d` is the directory; `--no-data` is the same',
  '--tables-list': 'the same; several add up',
  '--rows': 'the rows a chunk has, counted off exactly; of MIN:START:MAX the second number',
  '--compress': 'without a codec zstd, not gzip; `--compress-level` besides',
  '--max-threads-per-table': 'without it, all connections may read or load one table',
  '--trx-tables': 'without it, tables without transactions are locked until they are read, and not refused',
  '--ssl-mode': 'all five modes, whatever the server is',
  '--throttle': 'one connection always goes on; none waits while tables without transactions are locked',
  '--logfile': 'JSON lines, in the shape of `--log-format=json`',
  '--tls-version': 'TLSv1.2 and TLSv1.3; older ones are not spoken',
  '--machine-log-json': 'a name of `--log-format=json`',
  '--outputdir': 'a name of `--directory`; there is no default, and it must be new, empty or given with `--clear`',
  '--clear': 'removes a dump and nothing else',
  '--snapshot-count': 'without `--daemon`: cron starts the runs; the oldest goes only when the new one is complete',
  '--defaults-file': 'instead of `/etc/mydumper.cnf` and the option files of all clients',
  '--optimize-keys': 'AUTO besides, the default: later for big tables only',
  '--sync-thread-lock-mode': 'AUTO takes the lightest lock that the account may take',
  '--ftwrl-max-wait-time': 'gives up, and kills nothing',
  '--exec':
    "no shell, and none of the server's password; `metadata` comes last, and only when it succeeded for all other files",
  '--exec-per-thread': 'no shell; the extension is needed; a program that fails ends the run',
  '--protocol': '`socket` needs `--socket`',
};

export function optionsPage(dump: Command, load: Command, peer: PeerOptions): string {
  const own = [dump, load].map((command) => ownTable(command, peer));
  return `# Options

Every option of mydumper and myloader 1.0.1, and what it is here. This page is made from the source: \`npm run docs\`.

- **same**: the same name and meaning.
- **different**: the same name; what differs is said.
- **name**: works, under the name of another option, with a line that says so.
- **nothing**: accepted, and does nothing: what it asks for is so anyway.
- **refused**: exit code 2 with the reason, since going on would do something else than was asked for.

Option files have the same names without the dashes. Words can be written in any case, sizes as 64M or 1G, times as 30s, 5m or 2h.

## mydumper → tsdump

${peerTable(dump, [...peer.mydumper, ...peer.mydumperBefore1_0])}

## myloader → tsload

${peerTable(load, [...peer.myloader, ...peer.myloaderBefore1_0])}

## Only in tsdump

${own[0]}

## Only in tsload

${own[1]}
`;
}

function peerTable(command: Command, names: readonly string[]): string {
  const rows = names.map((flags) => `| \`${flags.replace(' ', ', ')}\` | ${fateOf(command, flags)} |`);
  return ['| option | here |', '|---|---|', ...rows].join('\n');
}

function fateOf(command: Command, flags: string): string {
  const long = /--[\w-]+/.exec(flags)?.[0] ?? '';
  const different = DIFFERENT[flags] ?? DIFFERENT[long];
  const option = command.options.find((each) => each.long === long);
  const foreign = foreignOption(command.name(), long);
  const isCarried = option !== undefined && (foreign === undefined || !option.hidden);
  if (long === '--help' || long === '--version') return '**same**';
  if (isCarried && different !== undefined) return `**different**: ${different}`;
  if (isCarried) return option.hidden ? `**name**${newNameOf(option)}` : '**same**';
  if (foreign === undefined) throw new Error(`${command.name()}: nobody says what becomes of ${long}`);
  return `**${foreign.fate === 'idle' ? 'nothing' : 'refused'}**: ${foreign.why.replaceAll('|', '\\|')}`;
}

const NEW_NAMES: Readonly<Record<string, string>> = {
  '--less-locking': 'what is done anyway',
  '--lock-all-tables': '`--sync-thread-lock-mode=LOCK_ALL`',
  '--no-locks': '`--sync-thread-lock-mode=NO_LOCK`',
  '--trx-consistency-only': '`--trx-tables`',
  '--load-data': '`--format=LOAD_DATA`',
  '--csv': '`--format=CSV`',
  '--no-trx-tables': '`--trx-tables=0`',
  '--skip-ddl-locks': '`--no-backup-locks`',
  '--debug': '`--verbose=4`',
  '--innodb-optimize-keys': '`--optimize-keys`',
  '--overwrite-tables': '`--drop-table`',
  '--purge-mode': '`--drop-table`',
  '--no-schema': '`--no-schemas`',
  '--no-triggers': '`--skip-triggers`',
};

function newNameOf({ long }: Option): string {
  const name = NEW_NAMES[long ?? ''];
  if (name === undefined) throw new Error(`nobody says what ${long} is a name of`);
  return ` of ${name}`;
}

function ownTable(command: Command, peer: PeerOptions): string {
  const names = command.name() === 'tsdump' ? peer.mydumper : peer.myloader;
  const theirs = new Set(names.map((flags) => /--[\w-]+/.exec(flags)?.[0]));
  const rows = publicOptions(command)
    .filter(({ long }) => !theirs.has(long))
    .map(({ flags, description }) => `| \`${flags}\` | ${description.replaceAll('|', '\\|')} |`);
  return ['| option | meaning |', '|---|---|', ...rows].join('\n');
}
