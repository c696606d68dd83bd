/**
 * Without lock: snapshots that are opened while others write, and the proof that all of them show the same.
 *
 * MariaDB (and Percona Server) tell within a snapshot where it lies in the binlog: equal places are equal snapshots.
 * MySQL does not. There the binlog must not move from before the first snapshot until after the last, and no commit may
 * be under way at its beginning: a transaction is in the binlog before InnoDB shows it. Commits under way hold a
 * metadata lock of type COMMIT, which performance_schema lists.
 *
 * What is not in the binlog (sql_log_bin = 0) is not seen by this proof.
 */
import { ToolError } from '../../base/errors.ts';
import type { BinlogPosition } from '../../base/events.ts';
import { saying } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import { quoteString } from '../../schema/names.ts';
import { binlogEnd } from './position.ts';
import type { Scene } from './scene.ts';

/**
 * Opens the snapshot on all connections, each in place of the one before; asked a query, gives its rows as text, one
 * answer a connection.
 */
export type BeginEverywhere = (query?: string) => Promise<readonly string[]>;

/** A round takes milliseconds: on a server with a few hundred commits a second one of these many meets a quiet moment. */
const ROUNDS = 200;

const SNAPSHOT_PLACE = "SHOW STATUS LIKE 'binlog\\_snapshot\\_%'";

/**
 * Rounds of snapshots until one is proven equal; SAFE_NO_LOCK has one round only.
 *
 * @throws ToolError CONSISTENCY when none is; USAGE when the server gives nothing to prove it by.
 */
export async function openEqualSnapshots(scene: Scene, begin: BeginEverywhere): Promise<BinlogPosition> {
  const { server, options } = scene;
  if (!server.hasBinlog) {
    throw new ToolError('CONSISTENCY', `--sync-thread-lock-mode=${options.mode} compares binlog positions`, {
      hint: 'the server keeps no binlog: use AUTO or LOCK_ALL',
    });
  }
  const rounds = options.mode === 'GTID' ? ROUNDS : 1;
  const openOnce = (await tellsPlaces(scene)) ? openAndCompare : openWhileQuiet;
  for (let round = 1; round <= rounds; round++) {
    scene.signal.throwIfAborted();
    const position = await openOnce(scene, begin);
    if (position !== undefined) return position;
  }
  throw new ToolError(
    'CONSISTENCY',
    `others committed while the snapshots were opened (${rounds} times of ${rounds})`,
    {
      hint: 'use --sync-thread-lock-mode=AUTO, or GTID, which tries many times, or fewer --threads',
    },
  );
}

async function tellsPlaces({ session }: Scene): Promise<boolean> {
  const [name] = await saying('looking for snapshot positions', () => textRow(session, SNAPSHOT_PLACE));
  return name !== undefined;
}

async function openAndCompare({ session, server }: Scene, begin: BeginEverywhere): Promise<BinlogPosition | undefined> {
  const places = new Set(await begin(SNAPSHOT_PLACE));
  const [place] = places;
  if (place === undefined || places.size > 1) return undefined;
  const value = (name: string): string | undefined => new RegExp(`^${name}\t(.*)$`, 'im').exec(place)?.[1];
  const [file, position] = [value('binlog_snapshot_file') ?? '', Number(value('binlog_snapshot_position'))];
  if (server.product !== 'MariaDB') return { file, position, gtidSet: value('binlog_snapshot_gtid_executed') };
  const [gtid] = await saying('reading the GTID of the snapshot', () =>
    textRow(session, `SELECT BINLOG_GTID_POS(${quoteString(file)}, ${position})`),
  );
  return { file, position, gtidSet: gtid === '' ? undefined : gtid };
}

async function openWhileQuiet({ session, server }: Scene, begin: BeginEverywhere): Promise<BinlogPosition | undefined> {
  const before = await binlogEnd(session, server);
  const [commits] = await saying('looking for commits under way', () =>
    textRow(
      session,
      `SELECT COUNT(*) FROM performance_schema.metadata_locks
        WHERE OBJECT_TYPE = 'COMMIT' AND LOCK_STATUS = 'GRANTED'`,
    ),
  );
  if (commits !== '0') return undefined;
  await begin();
  const after = await binlogEnd(session, server);
  return before.file === after.file && before.position === after.position ? after : undefined;
}
