/**
 * Options of mydumper and myloader that are not options here, and what becomes of each: a line says why, and those that it holds for
 * stand below it, as commander reads them. Refused: going on would do something else than was asked for; the line has the reason
 * and the nearest way. Idle: what they ask for is so anyway.
 */

export const IDLE = `
connections choose no database
    --default-connection-database <name>
files and the rows of each table always have hashes in the manifest; tsload checks them, --verify the definitions and rows of the target too
    -M, --checksum-all
    --data-checksums
    --schema-checksums
    --no-schema-checksums
    --routine-checksums
    --skip-database-checksums
    --skip-data-checksums
    --skip-table-checksums
    --skip-index-checksums
    --skip-view-checksums
    --skip-trigger-checksums
    --skip-routine-checksums
    --skip-event-checksums
keys of InnoDB tables are built later, see --optimize-keys of tsload
    --optimize-keys-engines <names>
what is dumped and loaded are bytes, whatever their character set
    --set-names <names>
dumps quote with \`, and statements of other dumps are run as they are
    --identifier-quote-character <character>
`;

export const IDLE_OF_TSDUMP = `
metadata locks are held as long as the snapshot, which keeps DDL from spoiling it
    --use-savepoints
chunks are sized by bytes; see --rows
    --max-time-per-select <s>
chunks follow any key, with all its columns
    --use-single-column
chunks follow any key, text included
    --split-string-pk
    --char-deep <n>
    --char-chunk <n>
    --max-char-size <n>
    --max-items-per-string-chunk <n>
chunks are counted off exactly; see --rows
    --rows-hard <n>
    --max-split-of-step-in-integer-chunk <n>
sorting takes no time worth the name
    --skip-metadata-sorting
bytes are escaped as they are: every client reads them, and files are half as long
    --hex-blob
times are always dumped in UTC
    --tz-utc
what is dumped are bytes, whatever their character set
    --default-character-set <names>
files of bare rows are read as binary, and lose nothing so
    --load-data-character-set <name>
tsload creates views in the order of what they read
    --table-engine-for-view-dependency <name>
a table that cannot be read is named, and the run ends with exit code 3 or an error
    --exit-if-broken-table-found
generated columns are known without a question more
    --no-check-generated-fields
the catalogue is always read in a fixed number of queries
    --bulk-metadata-prefetch
chunks follow the primary key; within one, rows come as the server reads them, which is by that key nearly always
    --order-by-primary
the first lines of a file say how it is to be read, and stay
    --compact
the plan of chunks stays small, whatever the number of tables
    --use-defer
all rows are read in one snapshot and counted; tsload compares
    --check-row-count
a table without rows needs no data file: its definition and its count are there
    -e, --build-empty-files
a table that vanished during the dump is named, and the run ends with exit code 3
    --success-on-1146
files are compressed within the program
    --use-fifo
`;

export const IDLE_OF_TSLOAD = `
keys of a table are added together, which is fastest
    --optimize-keys-batchsize <n>
files and the rows of each table always have hashes in the manifest; tsload checks them, --verify the definitions and rows of the target too
    --checksum [what]
lock waits and deadlocks are tried again by themselves
    --retry-count <n>
metadata is read once
    --metadata-refresh-interval <n>
sorting takes no time worth the name
    --skip-table-sorting
sequences are counted by themselves
    --num-sequences <n>
one number of connections, --threads, for all that is to do
    --max-threads-for-index-creation <n>
    --max-threads-for-post-actions <n>
    --max-threads-for-schema-creation <n>
tables are created by as many connections as do not disturb each other
    --serialized-table-creation
statements are sent as they stand, or cut to what the target takes
    -r, --rows <n>
statements are cut to what the target takes
    --max-statement-size <bytes>
see --queries-per-transaction
    --max-transaction-size <MB>
what the files set is set only where the target knows it
    --ignore-set <names>
what metadata says of it is believed
    -Q, --quote-character <word>
    --local-infile
files are uncompressed within the program
    --fifodir <dir>
    --load-data-tmp-dir <dir>
every warning is read; one that means a changed value ends the load
    --show-warnings
Ctrl-C asks no question, and twice ends at once
    -k, --kill-at-once
`;

export const REFUSED = `
passwords are never sent in clear text
    --enable-cleartext-plugin
use --metrics-file, whose format node_exporter and PMM read
    --pmm-path [dir]
    --pmm-resolution <word>
the server is asked, and says what it can
    --server-version <version>
to see what options come to, say --print-config
    --dry-run
replication is not set up by itself: docs/replica.md has the statements, metadata the position
    --source-control-command <word>
the position is always in metadata; docs/replica.md has the statements that make a replica of it
    --source-data [what]
there is no stream: dump into a directory and send that, as with tar or rsync, when its metadata file is there
    --stream [how]
what cannot be carried is named, the rest goes on, and exit code 3 says so
    --ignore-errors <numbers>
`;

export const REFUSED_OF_TSDUMP = `
TiDB is not supported
    -z, --tidb-snapshot <id>
tablespaces are not dumped; tables that lie in one say so, and get a file of their own where the target lacks it
    -Y, --all-tablespaces
leave them out when loading: tsload --skip-constraints
    --skip-constraints
keys are part of the definition; tsload builds them last, see its --optimize-keys
    --skip-indexes
views are dumped as views; INSERT … SELECT into a table of your own does the rest
    --views-as-tables
statements end in ; and a newline, which every client reads
    --statement-terminated-by <text>
TIMESTAMPs in the zone of a session lose the hour that comes twice; they are always in UTC
    --skip-tz-utc
let cron or systemd start it, see docs/cron.md
    -D, --daemon
    -I, --snapshot-interval <minutes>
old files among new ones make no dump; see --clear
    --dirty
two points in time make no dump; give each a directory
    --merge
a full disk ends the run with exit code 7; a paused dump would hold its snapshot open
    --disk-limits <limits>
names that a file cannot have are encoded, others are kept
    --masquerade-filename
the binlog position and GTID set of the server itself are in metadata
    --replica-data [what]
there is no stream: dump into a directory and send that, as with tar or rsync, when its metadata file is there
    --no-delete
`;

export const REFUSED_OF_TSLOAD = `
use fewer --threads
    --throttle [condition]
a table without its keys is another table; to have them built last see --optimize-keys
    --skip-indexes
a crash would lose the whole server; run ALTER INSTANCE DISABLE INNODB REDO_LOG yourself where that is all right
    --disable-redo-log
tables are dropped before any row is loaded; see --drop-table
    --overwrite-unsafe
it would change the whole server; docs/replica.md has the statements, metadata the set
    --set-gtid-purged
say what is to be done with tables that exist: --drop-table=SKIP or NONE
    --append-if-not-exist
a file of mysqldump is loaded by mysql < FILE
    --mysqldump
`;
