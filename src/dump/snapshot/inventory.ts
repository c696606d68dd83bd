/**
 * Inventory: which tables there were at the snapshot, and by what a later look tells whether each is still the same.
 *
 * A table's mark is its creation time and the ids of its InnoDB tablespaces. Tried on MySQL 9.7, MariaDB 10.11 and 11.8
 * with every kind of ALTER: one of the two changes with each, also with TRUNCATE, with RENAME TABLE that puts another
 * table under the name (which a snapshot reads without an error, as gh-ost's and pt-osc's last step does), and with
 * EXCHANGE PARTITION. The ids want the PROCESS privilege; without it TRUNCATE still shows as error 1412 on reading.
 */
import { serverErrno, ServerErrno } from '../../mysql/failure.ts';
import type { ServerInfo } from '../../mysql/server.ts';
import type { Session } from '../../mysql/session.ts';
import { Filter } from '../../schema/filter/filter.ts';
import { quoteQualified, quoteString, SYSTEM_DATABASES } from '../../schema/names.ts';
import { hasRows, isTransactional } from '../../schema/table.ts';
import { ofTables } from '../catalog/some-tables.ts';
import type { DumpOptions } from '../options.ts';

export interface KnownTable {
  readonly database: string;
  readonly name: string;
  /** Empty: the server cannot say, the table is broken. */
  readonly engine: string;
  /** It has rows that no snapshot covers. */
  readonly isApart: boolean;
  readonly mark: string;
}

/**
 * Which tables have marks. DDL does not come to those that stay locked until they and their definitions are read, and a
 * MariaDB server opens each table for its mark: 10,000 MyISAM tables take a second, and 0.1 s without.
 */
export type Marks = 'none' | 'all' | 'of-unlocked';

/** For inventories that are compared with each other. A table without rows to read is locked no longer than others are. */
export function marksFor({ lock, tableRules = [], updatedSinceDays, partitionRegex }: DumpOptions): Marks {
  const mayLeaveRowsOut = tableRules.length > 0 || updatedSinceDays !== undefined || partitionRegex !== undefined;
  return lock?.mode === 'NO_LOCK' || mayLeaveRowsOut ? 'all' : 'of-unlocked';
}

/** Which tables the dump is about, by the same rules as its catalogue. */
export interface Selection {
  /** What follows a column that names a database, in a condition. */
  readonly databases: string;
  includes(database: string, table: string, engine: string): boolean;
}

export function selectionOf(options: DumpOptions): Selection {
  const filter = new Filter(options);
  const { databases, tables } = options;
  const names = (list: readonly string[]): string => `(${list.map(quoteString).join(', ')})`;
  const others = tables.length > 0 ? 'IS NOT NULL' : `NOT IN ${names(SYSTEM_DATABASES)}`;
  return {
    databases: databases.length > 0 ? `IN ${names(databases)}` : others,
    includes: (database, table, engine) =>
      filter.database(database) === undefined && filter.table(database, table, engine) === undefined,
  };
}

/** By qualified and quoted name. */
export type Inventory = ReadonlyMap<string, KnownTable>;

export const qualified = ({ database, name }: { database: string; name: string }): string =>
  quoteQualified(database, name);

const IS_TABLE = "TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')";

/**
 * Three catalogue queries, whatever the number of tables; one where nothing is marked. Marks cost the server more than all
 * the rest (60 ms for 6,000 InnoDB tables) and are of use only where a later look is compared with this one.
 */
export async function readInventory(
  session: Session,
  server: ServerInfo,
  { selection, marks }: { readonly selection: Selection; readonly marks: Marks },
): Promise<Inventory> {
  await session.execute('SET NAMES utf8mb4');
  const inventory = new Map<string, MarkedLater>();
  const unmarked: MarkedLater[] = [];
  await session.queryEach(
    `SELECT TABLE_SCHEMA, TABLE_NAME, ENGINE
       FROM information_schema.TABLES
      WHERE ${IS_TABLE} AND TABLE_SCHEMA ${selection.databases}`,
    (row) => {
      const [database = '', name = '', engine = ''] = row.map((value) => value?.toString('utf8') ?? '');
      if (!selection.includes(database, name, engine)) return;
      // A broken table may have no engine; reading it will say so.
      const isApart = engine !== '' && !isTransactional(engine) && hasRows(engine);
      const table = { database, name, engine, isApart, mark: '' };
      inventory.set(qualified(table), table);
      if (marks === 'all' || (marks === 'of-unlocked' && !isApart)) unmarked.push(table);
    },
  );
  if (unmarked.length > 0) await mark(session, server, unmarked);
  await session.execute('SET NAMES binary');
  return inventory;
}

type MarkedLater = { -readonly [Key in keyof KnownTable]: KnownTable[Key] };

async function mark(session: Session, server: ServerInfo, tables: readonly MarkedLater[]): Promise<void> {
  const wanted = new Map(tables.map((table) => [qualified(table), table]));
  const ids = await tablespaceIds(session, server);
  await session.queryEach(
    `SELECT TABLE_SCHEMA, TABLE_NAME, CREATE_TIME
       FROM information_schema.TABLES
      WHERE ${IS_TABLE} AND ${ofTables(tables, server)}`,
    (row) => {
      const [database = '', name = '', created = ''] = row.map((value) => value?.toString('utf8') ?? '');
      const table = wanted.get(quoteQualified(database, name));
      if (table !== undefined) table.mark = `${created} ${ids.get(`${database}/${name}`)?.join() ?? ''}`;
    },
  );
}

/** By "database/table", as far as the names in the file system can be read back. */
async function tablespaceIds(session: Session, server: ServerInfo): Promise<ReadonlyMap<string, string[]>> {
  const ids = new Map<string, string[]>();
  const table = server.product === 'MariaDB' ? 'INNODB_SYS_TABLES' : 'INNODB_TABLES';
  try {
    await session.queryEach(`SELECT NAME, TABLE_ID FROM information_schema.${table} ORDER BY NAME`, ([name, id]) => {
      const key = tableOfSpace(name?.toString('utf8') ?? '');
      const known = ids.get(key);
      if (known === undefined) ids.set(key, [id?.toString() ?? '']);
      else known.push(id?.toString() ?? '');
    });
  } catch (error) {
    if (serverErrno(error) !== ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR) throw error;
  }
  return ids;
}

/** "db/t@0020x#P#p0" → "db/t x": partitions count with their table, and @ with four digits is a character. */
export function tableOfSpace(space: string): string {
  return space
    .replace(/#p#.*$/is, '')
    .replaceAll(/@([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** What became of each table of `before` that is not the same any more. */
export function changesBetween(before: Inventory, after: Inventory): ReadonlyMap<string, string> {
  const changes = new Map<string, string>();
  for (const [name, table] of before) {
    const now = after.get(name);
    if (now === undefined) changes.set(name, 'it was dropped or renamed while it was dumped');
    else if (isOther(table.mark, now.mark)) changes.set(name, 'its definition was changed while it was dumped');
  }
  return changes;
}

/**
 * MariaDB does not always tell when a table was created: after an ALTER in place, adding a foreign key for one, it depends on
 * which of its open instances it asks (seen on 10.11). Then the ids decide, where they are known.
 */
function isOther(before: string, after: string): boolean {
  if (before === after) return false;
  const [there, here] = [before, after].map((text) => {
    const end = text.lastIndexOf(' ');
    return { created: text.slice(0, Math.max(0, end)), ids: text.slice(end + 1) };
  });
  if (there === undefined || here === undefined) return true;
  const isSilent = there.created === '' || here.created === '';
  return !isSilent || there.ids === '' || there.ids !== here.ids;
}
