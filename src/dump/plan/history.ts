/**
 * History: the past rows of system-versioned tables (MariaDB).
 *
 * They are read with FOR SYSTEM_TIME ALL and inserted with the moments between which each was valid, which a server
 * takes from MariaDB 10.11 on when system_versioning_insert_history is set.
 */
import type { Emit } from '../../base/events.ts';
import { ValueKind } from '../../kernel/forms.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import { quoteName, quoteQualified } from '../../schema/names.ts';
import type { Table, Versioning } from '../../schema/table.ts';
import type { DumpColumn } from '../task.ts';

/** Stands at the head of data files; MySQL and older servers pass over it. */
export const KEEP_HISTORY = '/*!101100 SET SYSTEM_VERSIONING_INSERT_HISTORY=1*/';

/**
 * The end of a row that is still valid, up to MariaDB 11.4 and from 11.5 on. Such rows are inserted with DEFAULT: to a
 * server of the other kind the value would be a moment like any other, and the row past.
 */
const ENDS_OF_TIME = "'2038-01-19 03:14:07.999999','2106-02-07 06:28:15.999999'";

const MARIADB_10_11 = 101_100;

/**
 * The two columns that tell when a row was valid; none where there is no past, or it cannot be kept. LOAD DATA has no
 * DEFAULT, so NULL stands for it in bare rows.
 */
export function historyColumns({ versioning }: Table, server: ServerInfo, isBare: boolean): DumpColumn[] {
  if (versioning === undefined || whyLost(versioning, server) !== undefined) return [];
  const start = quoteName(versioning.start);
  const end = quoteName(versioning.end);
  if (isBare) {
    const until = `IF(${end} IN (${ENDS_OF_TIME}),NULL,${end})`;
    return [
      { name: versioning.start, expression: start, kind: ValueKind.TEXT },
      { name: versioning.end, expression: until, kind: ValueKind.TEXT, through: 'end-of-time' },
    ];
  }
  const validUntil = `IF(${end} IN (${ENDS_OF_TIME}),'DEFAULT',QUOTE(${end}))`;
  return [
    { name: versioning.start, expression: start, kind: ValueKind.TEXT },
    { name: versioning.end, expression: validUntil, kind: ValueKind.NUMBER },
  ];
}

/** The condition of a row of the present. */
export function stillValid({ end }: Versioning): string {
  return `${quoteName(end)} IN (${ENDS_OF_TIME})`;
}

/** Names the tables whose present alone is dumped. */
export function nameLostHistory(tables: readonly Table[], server: ServerInfo, emit: Emit): void {
  for (const { database, name, versioning } of tables) {
    const why = versioning === undefined ? undefined : whyLost(versioning, server);
    if (why !== undefined) emit({ type: 'skipped', what: `history of ${quoteQualified(database, name)}`, why });
  }
}

function whyLost({ isByTransaction }: Versioning, server: ServerInfo): string | undefined {
  if (isByTransaction) return 'it is versioned by transaction, and no server lets rows of other transactions in';
  return server.version < MARIADB_10_11 ? 'servers before MariaDB 10.11 do not let past rows in' : undefined;
}
