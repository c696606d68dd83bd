import type { Session, Sql } from './session.ts';

/** What a server is and how it is set up, as far as a dump or a load behaves differently. */
export interface ServerInfo {
  readonly product: 'MySQL' | 'MariaDB';
  /** As the server prints it: "9.7.4-2", "10.11.18-MariaDB-0+deb12u1-log". */
  readonly versionText: string;
  /** Comparable: 9.7.4 → 90704, 10.11.18 → 101118. */
  readonly version: number;
  /** @@GLOBAL.sql_mode: what an unprepared session would have. */
  readonly sqlMode: string;
  readonly maxAllowedPacketBytes: number;
  readonly hasBinlog: boolean;
  /** Which settings the server has, and their values in a session of this account: SHOW VARIABLES. */
  readonly variables: ReadonlyMap<string, string>;
}

export async function inspectServer(session: Session): Promise<ServerInfo> {
  // Limits that the account begins with would cut or refuse what is asked here. Only MariaDB reads /*M! */, and it passes
  // over version comments of MySQL's 5.7 and later.
  await session.execute(
    `SET SESSION sql_select_limit = 18446744073709551615, sql_big_selects = 1
     /*!80000 , max_execution_time = 0 */ /*M! , max_statement_time = 0 */`,
  );
  const [versionText, sqlMode, maxPacket, logBin] = await textRow(
    session,
    'SELECT @@version, @@GLOBAL.sql_mode, @@max_allowed_packet, @@GLOBAL.log_bin',
  );
  const text = versionText ?? '';
  const [major, minor, patch] = (/^(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1) ?? []).map(Number);
  return {
    product: text.includes('MariaDB') ? 'MariaDB' : 'MySQL',
    versionText: text,
    version: (major ?? 0) * 10_000 + (minor ?? 0) * 100 + (patch ?? 0),
    sqlMode: sqlMode ?? '',
    maxAllowedPacketBytes: Number(maxPacket),
    hasBinlog: logBin === '1',
    variables: await readVariables(session),
  };
}

async function readVariables(session: Session): Promise<Map<string, string>> {
  const variables = new Map<string, string>();
  await session.queryEach('SHOW SESSION VARIABLES', ([name, value]) => {
    variables.set(name?.toString('latin1') ?? '', value?.toString('utf8') ?? '');
  });
  return variables;
}

/** Whether SHOW CREATE USER can be told to print hashes in hexadecimal: their salts hold any byte. From 8.0.17. */
export function hasHexHashes({ product, version }: ServerInfo): boolean {
  return product === 'MySQL' && version >= 80_017;
}

/** The first row of a small query as text; an empty array when there is none. */
export async function textRow(session: Session, sql: Sql): Promise<readonly (string | undefined)[]> {
  const { rows } = await session.query(sql);
  return (rows[0] ?? []).map((value) => value?.toString('utf8'));
}
