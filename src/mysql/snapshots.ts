/**
 * Snapshots of several connections, and the proof that all of them show the same although nobody was kept from writing.
 *
 * MariaDB (and Percona Server) tell within a snapshot where it lies in the binlog: equal places are equal snapshots.
 * MySQL does not. There the binlog must not move from before the first snapshot until after the last, and no commit may
 * be under way at its beginning: a transaction is in the binlog before InnoDB shows it. Commits under way hold a
 * metadata lock of type COMMIT, which performance_schema lists.
 *
 * What is not in the binlog (sql_log_bin = 0) is not seen by this proof.
 */
import type { BinlogPosition } from '../base/events.ts';
import { binlogEnd } from './binlog.ts';
import { saying } from './failure.ts';
import { textRow } from './server.ts';
import type { ServerInfo } from './server.ts';
import type { Session } from './session.ts';

/** Opens this session's part of the snapshot, in place of one it has. Out: the rows of `query` within it, as text. */
export async function beginSnapshot(session: Session, query: string | undefined): Promise<string> {
  await session.execute('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await session.execute('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  if (query === undefined) return '';
  const { rows } = await session.query(query);
  return rows.map((row) => row.map((value) => value?.toString('utf8') ?? '').join('\t')).join('\n');
}

/**
 * Opens the snapshot on all connections, each in place of the one before; asked a query, gives its rows as text, one
 * answer a connection.
 */
export type BeginEverywhere = (query?: string) => Promise<readonly string[]>;

const SNAPSHOT_PLACE = "SHOW STATUS LIKE 'binlog\\_snapshot\\_%'";

/** Once. Out: where all snapshots lie, without MariaDB's GTID; undefined: they are not proven to show the same. */
export async function openEqual(
  session: Session,
  server: ServerInfo,
  begin: BeginEverywhere,
): Promise<BinlogPosition | undefined> {
  const [tellsPlaces] = await saying('looking for snapshot positions', () => textRow(session, SNAPSHOT_PLACE));
  return tellsPlaces === undefined ? openWhileQuiet(session, server, begin) : openAndCompare(begin);
}

async function openAndCompare(begin: BeginEverywhere): Promise<BinlogPosition | undefined> {
  const places = new Set(await begin(SNAPSHOT_PLACE));
  const [place] = places;
  if (place === undefined || places.size > 1) return undefined;
  const value = (name: string): string | undefined => new RegExp(`^${name}\t(.*)$`, 'im').exec(place)?.[1];
  const [file, position] = [value('binlog_snapshot_file') ?? '', Number(value('binlog_snapshot_position'))];
  return { file, position, gtidSet: value('binlog_snapshot_gtid_executed') };
}

async function openWhileQuiet(
  session: Session,
  server: ServerInfo,
  begin: BeginEverywhere,
): Promise<BinlogPosition | undefined> {
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
