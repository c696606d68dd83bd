/**
 * Same point: whether a server has at two moments the same rows, by its binlog.
 *
 * As `GTID` and `SAFE_NO_LOCK` do (snapshot/without-lock.ts), this takes it that whatever changes rows is in the binlog: what is
 * written with sql_log_bin = 0 is not seen. A binlog that leaves databases out, or what a replica gets from its source, proves
 * nothing. A server that was started again has begun another file.
 */
import type { JournalPoint } from '../../format/journal.ts';
import { saying } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import { binlogStatus } from '../../mysql/binlog.ts';

/** Whether all that changes rows is in the binlog of this server. */
export async function isProvable(session: Session, server: ServerInfo): Promise<boolean> {
  if (!server.hasBinlog) return false;
  const [, , onlyDatabases, ignoredDatabases] = await saying('looking at the binlog', () =>
    textRow(session, binlogStatus(server)),
  );
  if (onlyDatabases !== '' || ignoredDatabases !== '') return false;
  const logsReplicated = server.variables.get('log_replica_updates') ?? server.variables.get('log_slave_updates');
  if (logsReplicated === 'ON') return true;
  const [, running] = await saying('looking for replication', () =>
    textRow(session, "SHOW GLOBAL STATUS LIKE 'Slaves_running'"),
  );
  return running === '0' && server.variables.get('gtid_slave_pos') === '';
}

/** Whether the rows of one are proven to be those of the other. */
export function isSamePoint(a: JournalPoint, b: JournalPoint): boolean {
  const areProvable = [a, b].every((point) => point.isProvable && point.isConsistent);
  const [there, here] = [a.position, b.position];
  return (
    areProvable &&
    there.file !== undefined &&
    there.file === here.file &&
    there.position === here.position &&
    there.gtidSet === here.gtidSet
  );
}
