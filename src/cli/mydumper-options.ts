/**
 * Options of mydumper and myloader that are not options here, each with what becomes of it: `refused`, because going on would do
 * something else than was asked for, or `idle`, because what it asks for is so anyway. Those that are carried are options like
 * any other; docs/OPTIONS.md, which a test holds against the source, lists both.
 */

import type { Command } from 'commander';

import { option } from './command.ts';
import type { Setting } from './sources/layer.ts';
import { usageError } from './values.ts';

type Program = 'tsdump' | 'tsload';

interface ForeignOption {
  /** As commander reads them. */
  readonly flags: string;
  /** Undefined: of both programs. */
  readonly of?: Program;
  readonly fate: 'refused' | 'idle';
  /** Refused: the reason and the nearest way. Idle: how it is without. */
  readonly why: string;
}

const CHECKSUMS =
  'every file has its size and its rows in the manifest, every load counts its rows; there are no checksums of objects yet';
const STREAM =
  'there is no stream: dump into a directory and send that, as with tar or rsync, when its metadata file is there';
const PMM = 'use --metrics-file, whose format node_exporter and PMM read';

export const FOREIGN_OPTIONS: readonly ForeignOption[] = [
  // Of both.
  { flags: '--default-connection-database <name>', fate: 'idle', why: 'connections choose no database' },
  {
    flags: '--capath <dir>',
    fate: 'refused',
    why: 'put the certificates into one file: cat DIR/*.pem > ca.pem, and --ca ca.pem',
  },
  {
    flags: '--cipher <list>',
    fate: 'refused',
    why: 'the list is that of Node.js: node --tls-cipher-list=… in NODE_OPTIONS',
  },
  { flags: '--enable-cleartext-plugin', fate: 'refused', why: 'passwords are never sent in clear text' },
  { flags: '--pmm-path [dir]', fate: 'refused', why: PMM },
  { flags: '--pmm-resolution <word>', fate: 'refused', why: PMM },
  { flags: '-M, --checksum-all', fate: 'idle', why: CHECKSUMS },
  { flags: '--data-checksums', fate: 'idle', why: CHECKSUMS },
  { flags: '--schema-checksums', fate: 'idle', why: CHECKSUMS },
  { flags: '--no-schema-checksums', fate: 'idle', why: CHECKSUMS },
  { flags: '--routine-checksums', fate: 'idle', why: CHECKSUMS },
  ...['database', 'data', 'table', 'index', 'view', 'trigger', 'routine', 'event'].map((kind): ForeignOption => ({
    flags: `--skip-${kind}-checksums`,
    fate: 'idle',
    why: CHECKSUMS,
  })),
  { flags: '--server-version <version>', fate: 'refused', why: 'the server is asked, and says what it can' },
  { flags: '--dry-run', fate: 'refused', why: 'to see what options come to, say --print-config' },
  { flags: '--throttle [condition]', fate: 'refused', why: 'use fewer --threads' },
  {
    flags: '--source-control-command <word>',
    fate: 'refused',
    why: 'replication is not set up from a dump; metadata has the position',
  },
  {
    flags: '--source-data [what]',
    fate: 'refused',
    why: 'the position is always in metadata, as a comment; nothing is started by itself',
  },
  {
    flags: '--optimize-keys-engines <names>',
    fate: 'idle',
    why: 'keys of InnoDB tables are built later, see --optimize-keys of tsload',
  },
  {
    flags: '--set-names <names>',
    fate: 'idle',
    why: 'what is dumped and loaded are bytes, whatever their character set',
  },
  { flags: '--stream [how]', fate: 'refused', why: STREAM },
  {
    flags: '--tls-version <versions>',
    fate: 'refused',
    why: 'TLS 1.2 and 1.3 are spoken; for 1.3 alone say NODE_OPTIONS=--tls-min-v1.3',
  },
  {
    flags: '--ignore-errors <numbers>',
    fate: 'refused',
    why: 'what cannot be carried is named, the rest goes on, and exit code 3 says so',
  },
  // mydumper's.
  { flags: '-z, --tidb-snapshot <id>', of: 'tsdump', fate: 'refused', why: 'TiDB is not supported' },
  {
    flags: '--use-savepoints',
    of: 'tsdump',
    fate: 'idle',
    why: 'metadata locks are held as long as the snapshot, which keeps DDL from spoiling it',
  },
  { flags: '--max-time-per-select <s>', of: 'tsdump', fate: 'idle', why: 'chunks are sized by bytes; see --rows' },
  { flags: '--use-single-column', of: 'tsdump', fate: 'idle', why: 'chunks follow any key, with all its columns' },
  { flags: '--split-string-pk', of: 'tsdump', fate: 'idle', why: 'chunks follow any key, text included' },
  { flags: '--char-deep <n>', of: 'tsdump', fate: 'idle', why: 'chunks follow any key, text included' },
  { flags: '--char-chunk <n>', of: 'tsdump', fate: 'idle', why: 'chunks follow any key, text included' },
  { flags: '--rows-hard <n>', of: 'tsdump', fate: 'idle', why: 'chunks are counted off exactly; see --rows' },
  {
    flags: '--max-split-of-step-in-integer-chunk <n>',
    of: 'tsdump',
    fate: 'idle',
    why: 'chunks are counted off exactly; see --rows',
  },
  { flags: '--max-char-size <n>', of: 'tsdump', fate: 'idle', why: 'chunks follow any key, text included' },
  {
    flags: '--max-items-per-string-chunk <n>',
    of: 'tsdump',
    fate: 'idle',
    why: 'chunks follow any key, text included',
  },
  {
    flags: '-Y, --all-tablespaces',
    of: 'tsdump',
    fate: 'refused',
    why: 'tablespaces are not dumped; tables that lie in one say so, and get a file of their own where the target lacks it',
  },
  {
    flags: '--skip-constraints',
    of: 'tsdump',
    fate: 'refused',
    why: 'leave them out when loading: tsload --skip-constraints',
  },
  {
    flags: '--skip-indexes',
    of: 'tsdump',
    fate: 'refused',
    why: 'keys are part of the definition; tsload builds them last, see its --optimize-keys',
  },
  { flags: '--skip-metadata-sorting', of: 'tsdump', fate: 'idle', why: 'sorting takes no time worth the name' },
  {
    flags: '--views-as-tables',
    of: 'tsdump',
    fate: 'refused',
    why: 'views are dumped as views; INSERT … SELECT into a table of your own does the rest',
  },
  {
    flags: '--statement-terminated-by <text>',
    of: 'tsdump',
    fate: 'refused',
    why: 'statements end in ; and a newline, which every client reads',
  },
  {
    flags: '-N, --insert-ignore',
    of: 'tsdump',
    fate: 'refused',
    why: 'rows that are passed over in silence are lost; load into empty tables, see --drop-table of tsload',
  },
  {
    flags: '--replace',
    of: 'tsdump',
    fate: 'refused',
    why: 'rows would vanish in silence; load into empty tables, see --drop-table of tsload',
  },
  {
    flags: '--hex-blob',
    of: 'tsdump',
    fate: 'idle',
    why: 'bytes are escaped as they are: every client reads them, and files are half as long',
  },
  { flags: '--tz-utc', of: 'tsdump', fate: 'idle', why: 'times are always dumped in UTC' },
  {
    flags: '--skip-tz-utc',
    of: 'tsdump',
    fate: 'refused',
    why: 'TIMESTAMPs in the zone of a session lose the hour that comes twice; they are always in UTC',
  },
  {
    flags: '--default-character-set <names>',
    of: 'tsdump',
    fate: 'idle',
    why: 'what is dumped are bytes, whatever their character set',
  },
  {
    flags: '--load-data-character-set <name>',
    of: 'tsdump',
    fate: 'idle',
    why: 'files of bare rows are read as binary, and lose nothing so',
  },
  {
    flags: '--table-engine-for-view-dependency <name>',
    of: 'tsdump',
    fate: 'idle',
    why: 'tsload creates views in the order of what they read',
  },
  {
    flags: '--exit-if-broken-table-found',
    of: 'tsdump',
    fate: 'idle',
    why: 'a table that cannot be read is named, and the run ends with exit code 3 or an error',
  },
  {
    flags: '--no-check-generated-fields',
    of: 'tsdump',
    fate: 'idle',
    why: 'generated columns are known without a question more',
  },
  {
    flags: '--bulk-metadata-prefetch',
    of: 'tsdump',
    fate: 'idle',
    why: 'the catalogue is always read in a fixed number of queries',
  },
  {
    flags: '--order-by-primary',
    of: 'tsdump',
    fate: 'idle',
    why: 'chunks follow the primary key; within one, rows come as the server reads them, which is by that key nearly always',
  },
  {
    flags: '--compact',
    of: 'tsdump',
    fate: 'idle',
    why: 'the first lines of a file say how it is to be read, and stay',
  },
  {
    flags: '--use-defer',
    of: 'tsdump',
    fate: 'idle',
    why: 'the plan of chunks stays small, whatever the number of tables',
  },
  {
    flags: '--check-row-count',
    of: 'tsdump',
    fate: 'idle',
    why: 'all rows are read in one snapshot and counted; tsload compares',
  },
  {
    flags: '-e, --build-empty-files',
    of: 'tsdump',
    fate: 'idle',
    why: 'a table without rows needs no data file: its definition and its count are there',
  },
  { flags: '-D, --daemon', of: 'tsdump', fate: 'refused', why: 'let cron or systemd start it, see docs/cron.md' },
  {
    flags: '-I, --snapshot-interval <minutes>',
    of: 'tsdump',
    fate: 'refused',
    why: 'let cron or systemd start it, see docs/cron.md',
  },
  { flags: '--dirty', of: 'tsdump', fate: 'refused', why: 'old files among new ones make no dump; see --clear' },
  { flags: '--merge', of: 'tsdump', fate: 'refused', why: 'two points in time make no dump; give each a directory' },
  {
    flags: '--disk-limits <limits>',
    of: 'tsdump',
    fate: 'refused',
    why: 'a full disk ends the run with exit code 7; a paused dump would hold its snapshot open',
  },
  {
    flags: '--masquerade-filename',
    of: 'tsdump',
    fate: 'refused',
    why: 'names that a file cannot have are encoded, others are kept',
  },
  {
    flags: '--replica-data [what]',
    of: 'tsdump',
    fate: 'refused',
    why: 'the binlog position and GTID set of the server itself are in metadata',
  },
  {
    flags: '--success-on-1146',
    of: 'tsdump',
    fate: 'idle',
    why: 'a table that vanished during the dump is named, and the run ends with exit code 3',
  },
  { flags: '--use-fifo', of: 'tsdump', fate: 'idle', why: 'files are compressed within the program' },
  { flags: '--no-delete', of: 'tsdump', fate: 'refused', why: STREAM },
  {
    flags: '--identifier-quote-character <character>',
    fate: 'idle',
    why: 'dumps quote with `, and statements of other dumps are run as they are',
  },
  // myloader's.
  {
    flags: '--skip-indexes',
    of: 'tsload',
    fate: 'refused',
    why: 'a table without its keys is another table; to have them built last see --optimize-keys',
  },
  {
    flags: '-e, --enable-binlog',
    of: 'tsload',
    fate: 'refused',
    why: 'a load writes no binary log where the account may leave it out; give it an account without that privilege',
  },
  {
    flags: '--optimize-keys-batchsize <n>',
    of: 'tsload',
    fate: 'idle',
    why: 'keys of a table are added together, which is fastest',
  },
  {
    flags: '--disable-redo-log',
    of: 'tsload',
    fate: 'refused',
    why: 'a crash would lose the whole server; run ALTER INSTANCE DISABLE INNODB REDO_LOG yourself where that is all right',
  },
  { flags: '--checksum [what]', of: 'tsload', fate: 'idle', why: CHECKSUMS },
  {
    flags: '--drop-database',
    of: 'tsload',
    fate: 'refused',
    why: 'it would take tables that the dump never had; drop it yourself, or see --drop-table',
  },
  {
    flags: '--overwrite-unsafe',
    of: 'tsload',
    fate: 'refused',
    why: 'tables are dropped before any row is loaded; see --drop-table',
  },
  {
    flags: '--retry-count <n>',
    of: 'tsload',
    fate: 'idle',
    why: 'lock waits and deadlocks are tried again by themselves',
  },
  { flags: '--metadata-refresh-interval <n>', of: 'tsload', fate: 'idle', why: 'metadata is read once' },
  { flags: '--skip-table-sorting', of: 'tsload', fate: 'idle', why: 'sorting takes no time worth the name' },
  {
    flags: '--set-gtid-purged',
    of: 'tsload',
    fate: 'refused',
    why: 'it would change the whole server; run SET GLOBAL gtid_purged with the set that metadata has',
  },
  { flags: '--num-sequences <n>', of: 'tsload', fate: 'idle', why: 'sequences are counted by themselves' },
  {
    flags: '--max-threads-for-index-creation <n>',
    of: 'tsload',
    fate: 'idle',
    why: 'one number of connections, --threads, for all that is to do',
  },
  {
    flags: '--max-threads-for-post-actions <n>',
    of: 'tsload',
    fate: 'idle',
    why: 'one number of connections, --threads, for all that is to do',
  },
  {
    flags: '--max-threads-for-schema-creation <n>',
    of: 'tsload',
    fate: 'idle',
    why: 'one number of connections, --threads, for all that is to do',
  },
  {
    flags: '--serialized-table-creation',
    of: 'tsload',
    fate: 'idle',
    why: 'tables are created by as many connections as do not disturb each other',
  },
  {
    flags: '-r, --rows <n>',
    of: 'tsload',
    fate: 'idle',
    why: 'statements are sent as they stand, or cut to what the target takes',
  },
  {
    flags: '--max-statement-size <bytes>',
    of: 'tsload',
    fate: 'idle',
    why: 'statements are cut to what the target takes',
  },
  { flags: '--max-transaction-size <MB>', of: 'tsload', fate: 'idle', why: 'see --queries-per-transaction' },
  {
    flags: '--append-if-not-exist',
    of: 'tsload',
    fate: 'refused',
    why: 'say what is to be done with tables that exist: --drop-table=SKIP or NONE',
  },
  {
    flags: '--ignore-set <names>',
    of: 'tsload',
    fate: 'idle',
    why: 'what the files set is set only where the target knows it',
  },
  { flags: '-Q, --quote-character <word>', of: 'tsload', fate: 'idle', why: 'what metadata says of it is believed' },
  { flags: '--local-infile', of: 'tsload', fate: 'idle', why: 'what metadata says of it is believed' },
  { flags: '--fifodir <dir>', of: 'tsload', fate: 'idle', why: 'files are uncompressed within the program' },
  { flags: '--load-data-tmp-dir <dir>', of: 'tsload', fate: 'idle', why: 'files are uncompressed within the program' },
  {
    flags: '--show-warnings',
    of: 'tsload',
    fate: 'idle',
    why: 'every warning is read; one that means a changed value ends the load',
  },
  { flags: '-k, --kill-at-once', of: 'tsload', fate: 'idle', why: 'Ctrl-C asks no question, and twice ends at once' },
  { flags: '--mysqldump', of: 'tsload', fate: 'refused', why: 'a file of mysqldump is loaded by mysql < FILE' },
];

/** To be called last: what is an option of the command stays one. */
export function addForeignOptions(command: Command): Command {
  for (const { flags, of } of FOREIGN_OPTIONS) {
    if (of !== undefined && of !== command.name()) continue;
    const made = option(flags, '').hideHelp();
    const taken = command.options.find(({ long }) => long === made.long);
    if (taken !== undefined) continue;
    const isShortTaken = command.options.some(({ short }) => short !== undefined && short === made.short);
    command.addOption(isShortTaken ? option(flags.replace(/^-\w, /, ''), '').hideHelp() : made);
  }
  return command;
}

export function foreignOption(program: string, long: string): ForeignOption | undefined {
  return FOREIGN_OPTIONS.find(({ flags, of }) => (of ?? program) === program && longOf(flags) === long);
}

export function longOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? '';
}

/**
 * What to say of those that were given. Idle ones are told where they were typed; files, mydumper's own among them, are full
 * of them.
 *
 * @throws ToolError USAGE for a refused one.
 */
export function foreignNotices(command: Command, merged: ReadonlyMap<string, Setting>): string[] {
  const notices: string[] = [];
  for (const made of command.options) {
    const setting = merged.get(made.attributeName());
    // Its name may be an option's that is there, negated: --no-schema-checksums beside --schema-checksums.
    if (setting === undefined || !made.hidden) continue;
    const long = made.long ?? '';
    const foreign = foreignOption(command.name(), long);
    if (foreign === undefined || made.negate !== (setting.value === false)) continue;
    const where = setting.origin === 'command line' ? '' : `${setting.origin}: `;
    if (foreign.fate === 'refused') throw usageError(`${where}${long} is not carried: ${foreign.why}`);
    if (where === '') notices.push(`${long} does nothing here: ${foreign.why}`);
  }
  return notices;
}
