/**
 * Keys that are added to a table when its rows are there.
 *
 * In: the keys taken out of its CREATE TABLE. Out: they exist, in the order they had, or each that could not be added is
 * named, with the server's words and the statement that adds it: rows are there by then, and other tables are none the worse.
 */
import { describeError } from '../base/errors.ts';
import type { Skipped } from '../base/events.ts';
import { saying, serverErrno } from '../mysql/failure.ts';
import { retryPolicyOf } from '../mysql/retry.ts';
import type { Session } from '../mysql/session.ts';
import { addClauses } from '../schema/ddl.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import type { TableKey } from '../schema/table-keys.ts';
import type { DumpTable } from './contents.ts';
import type { LoadOptions } from './options.ts';
import type { LoadSessions } from './session.ts';

/** What was taken out of a CREATE TABLE statement. */
export interface SetAside {
  readonly foreignKeys: readonly Buffer[];
  /** Foreign keys of its definition that the table has already. */
  readonly presentForeignKeys?: readonly Buffer[] | undefined;
  readonly keys: readonly TableKey[];
  /** The SET statements that stand before it in its file. */
  readonly settings: readonly Buffer[];
}

export const NOTHING_ASIDE: SetAside = { foreignKeys: [], keys: [], settings: [] };

/**
 * Of rows as they lie in the files. MySQL 9.7, four tables with one secondary key each, all in memory: later is 5 % slower at
 * 1 and 4 MB a table and 11 % faster at 16 MB; more keys, and tables larger than memory, gain more.
 */
const BIG_TABLE_BYTES = 8 * 1024 * 1024;
/** Of what is compressed there is more than can be seen: zstd makes dump text about half as long. */
const COMPRESSION = 2;

export function hasKeysLater(table: DumpTable, { optimizeKeys = 'AUTO', withData }: LoadOptions): boolean {
  if (!withData || table.dataFiles.length === 0 || optimizeKeys === 'SKIP') return false;
  return optimizeKeys !== 'AUTO' || isBig(table);
}

/** Whether its keys come later when nothing else is said. */
export function isBig({ dataFiles }: DumpTable): boolean {
  let bytes = 0;
  for (const { storedBytes, codec, rows } of dataFiles) {
    bytes += (rows?.codec ?? codec) === 'none' ? storedBytes : COMPRESSION * storedBytes;
  }
  return bytes >= BIG_TABLE_BYTES;
}

/**
 * Adds them all. The session's database is the table's; its settings are others afterwards.
 *
 * @throws ToolError for what is worth another try (mysql/retry.ts). Whatever else the server refuses is returned.
 */
export async function addKeys(
  session: Session,
  { modes }: LoadSessions,
  { database, name }: DumpTable,
  { keys, settings }: SetAside,
): Promise<readonly Skipped[]> {
  const table = quoteQualified(database, name);
  const refused: Skipped[] = [];
  for (const sql of settings) await saying(`adding the keys of ${table}`, () => modes.execute(session, sql));
  const add = async (some: readonly TableKey[]): Promise<void> => {
    const sql = addClauses(
      table,
      some.map(({ clause }) => clause),
    );
    try {
      await saying(`adding keys of ${table}`, () => session.execute(sql));
    } catch (error) {
      if (serverErrno(error) === undefined || retryPolicyOf(error) !== undefined) throw error;
      if (some.length === 1) refused.push(describeRefusal(table, some[0], sql, error));
      else for (const one of some) await add([one]);
    }
  };
  for (const some of together(keys)) await add(some);
  return refused;
}

/**
 * What one ALTER adds, in turn. InnoDB builds one fulltext key at a time, and MariaDB copies the table to build two. The
 * first one gives the rows a number and so writes the table anew, in which the other keys are best built at once.
 * A million rows with one fulltext and five other keys, MySQL 9.7: 19 to 28 s from run to run, where the rows alone take 4 s
 * and rows with all keys in place 42 s. A larger innodb_ddl_buffer_size gained nothing.
 */
function together(keys: readonly TableKey[]): TableKey[][] {
  const [first, ...more] = keys.filter(({ isFulltext }) => isFulltext);
  const others = keys.filter(({ isFulltext }) => !isFulltext);
  return [[...others, ...(first === undefined ? [] : [first])], ...more.map((key) => [key])];
}

function describeRefusal(table: string, key: TableKey | undefined, sql: Buffer, error: unknown): Skipped {
  const what = `key ${key?.name === undefined ? key?.clause.toString() : quoteName(key.name)} of table ${table}`;
  return { what, why: `${describeError(error)}; once the rows allow it: ${sql.toString().replaceAll('\n', ' ')}` };
}
