/** Who is connected to a server, by the database that was chosen. */
import type { Connection, RowDataPacket } from 'mysql2/promise';

import { withConnection } from './lanes.ts';
import type { TestServer } from './servers.ts';

/**
 * Their ids. MySQL's information_schema.PROCESSLIST reads what everybody runs as well, and fails where that is no text
 * (error 3854).
 */
export async function connectionsIn(
  connection: Connection,
  { product }: TestServer,
  database: string,
): Promise<number[]> {
  const sql =
    product === 'MySQL'
      ? 'SELECT PROCESSLIST_ID AS id FROM performance_schema.threads WHERE PROCESSLIST_DB = ?'
      : 'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = ?';
  const [rows] = await connection.query<RowDataPacket[]>(sql, [database]);
  return (rows as { id: number }[]).map(({ id }) => id);
}

/** Resolves when nobody is in the database any more: a server takes a moment to end connections that were dropped or killed. */
export async function untilNobodyIsIn(server: TestServer, database: string): Promise<void> {
  await withConnection(server, async (connection) => {
    while ((await connectionsIn(connection, server, database)).length > 0) await connection.query('DO SLEEP(0.01)');
  });
}
