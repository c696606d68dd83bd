import { ToolError } from '../base/errors.ts';
import type { BinlogPosition } from '../base/events.ts';
import { serverFailure } from './failure.ts';
import { textRow } from './server.ts';
import type { ServerInfo } from './server.ts';
import type { Session } from './session.ts';

/** Where the binlog ends now; empty when the server keeps none. @throws ToolError PRIVILEGE with the grant to ask for. */
export async function binlogEnd(session: Session, server: ServerInfo): Promise<BinlogPosition> {
  try {
    return await readPosition(session, server);
  } catch (error) {
    const { code, message, cause } = serverFailure('reading the binlog position', error);
    const privilege = server.product === 'MariaDB' ? 'BINLOG MONITOR' : 'REPLICATION CLIENT';
    const hint = code === 'PRIVILEGE' ? `GRANT ${privilege} ON *.* TO the account` : undefined;
    throw new ToolError(code, message, { cause, hint });
  }
}

async function readPosition(session: Session, server: ServerInfo): Promise<BinlogPosition> {
  if (!server.hasBinlog) return {};
  if (server.product === 'MariaDB') {
    const [file, position] = await textRow(session, binlogStatus(server));
    const [gtid] = await textRow(session, 'SELECT @@GLOBAL.gtid_binlog_pos');
    return { file, position: Number(position), gtidSet: gtid === '' ? undefined : gtid };
  }
  const [file, position, , , gtidSet] = await textRow(session, binlogStatus(server));
  return { file, position: Number(position), gtidSet: gtidSet === '' ? undefined : gtidSet?.replaceAll('\n', '') };
}

/** File, position, the databases that are in it only, those that are not in it, and on MySQL the GTID set. */
export function binlogStatus({ product, version }: ServerInfo): string {
  // SHOW MASTER STATUS went away with MySQL 8.4; its successor came with 8.2.
  return product === 'MySQL' && version >= 80_200 ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
}
