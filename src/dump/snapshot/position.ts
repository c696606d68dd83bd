import { ToolError } from '../../base/errors.ts';
import type { BinlogPosition } from '../../base/events.ts';
import { serverFailure } from '../../mysql/failure.ts';
import { textRow } from '../../mysql/server.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';

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
    const [file, position] = await textRow(session, 'SHOW MASTER STATUS');
    const [gtid] = await textRow(session, 'SELECT @@GLOBAL.gtid_binlog_pos');
    return { file, position: Number(position), gtidSet: gtid === '' ? undefined : gtid };
  }
  // SHOW MASTER STATUS went away with 8.4; its successor came with 8.2.
  const statement = server.version >= 80_200 ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
  const [file, position, , , gtidSet] = await textRow(session, statement);
  return { file, position: Number(position), gtidSet: gtidSet === '' ? undefined : gtidSet?.replaceAll('\n', '') };
}
