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
}

export async function inspectServer(session: Session): Promise<ServerInfo> {
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
  };
}

/** The first row of a small query as text; an empty array when there is none. */
export async function textRow(session: Session, sql: Sql): Promise<readonly (string | undefined)[]> {
  const { rows } = await session.query(sql);
  return (rows[0] ?? []).map((value) => value?.toString('utf8'));
}
