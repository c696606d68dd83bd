/** How long a statement may be, and how strings in it are read. */
import type { ServerInfo } from '../../mysql/server.ts';
import type { DumpContents, DumpTable } from '../contents.ts';
import { hasBackslashEscapes } from './literal-settings.ts';

export interface StatementLimits {
  /** The longest statement that the target takes. */
  readonly maxBytes: number;
  /** No statement of the table is longer; undefined when the dump does not say. */
  readonly longestBytes: number | undefined;
  /** False for a dump written under NO_BACKSLASH_ESCAPES. */
  readonly backslashEscapes: boolean;
}

export function statementLimits(server: ServerInfo, contents: DumpContents, table: DumpTable): StatementLimits {
  return {
    maxBytes: longestStatementFor(server),
    longestBytes: table.longestStatementBytes,
    backslashEscapes: hasBackslashEscapes(contents.sqlMode),
  };
}

/** Two bytes less than max_allowed_packet: measured on MySQL 9.7, MariaDB 10.11 and 11.8, from 64 KiB to 20 MiB. */
export function longestStatementFor({ maxAllowedPacketBytes }: ServerInfo): number {
  return maxAllowedPacketBytes - 2;
}

/** What lets a statement of so many bytes in: max_allowed_packet is a multiple of 1024. */
export function tooLongHint(bytes: number): string {
  return `SET GLOBAL max_allowed_packet = ${Math.ceil((bytes + 2) / 1024) * 1024} on the target (1 GiB is the most), and load again`;
}
