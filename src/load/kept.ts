/**
 * Kept tables: those that the target had before the load, and that keep the definition they have there.
 *
 * What the dump's definition says of them beyond columns is compared with the target: keys that are not there, as an
 * interrupted load leaves a table whose keys were to come last, and a counter that stands lower.
 */
import pLimit from 'p-limit';

import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { saying } from '../mysql/failure.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteName, quoteQualified, quoteString } from '../schema/names.ts';
import { counterOf, keysOf } from '../schema/table-keys.ts';
import type { TableKey } from '../schema/table-keys.ts';
import type { DumpContents, DumpTable } from './contents.ts';
import { isBig } from './keys.ts';
import type { LoadOptions } from './options.ts';
import type { LoadRecord } from './resume/record.ts';
import { readDefinitions } from './send/definitions.ts';
import { askTarget } from './target.ts';
import type { Target } from './target.ts';

export interface IncompleteTable {
  readonly table: DumpTable;
  /** Of the dump's definition, in its order. */
  readonly missing: readonly TableKey[];
}

const FILES_AT_A_TIME = 16;
const EXPIRY = 'information_schema_stats_expiry';

/** Tables of the dump whose rows go into, or stay in, a table that was there. */
export function keptTables({ tables }: DumpContents, target: Target, options: LoadOptions): readonly DumpTable[] {
  const isReplaced = options.withSchemas && options.dropTable === 'DROP';
  return tables.filter(
    ({ database, name, whenPresent }) => !(isReplaced && whenPresent === undefined) && target.has(database, name),
  );
}

/**
 * Which keys of the dump the target's tables lack. Definitions are read of those tables only that may have been left
 * without keys: big ones, and ones that have no key but the primary.
 */
export async function findIncomplete(
  session: Session,
  target: Target,
  tables: readonly DumpTable[],
): Promise<readonly IncompleteTable[]> {
  const withRows = tables.filter(({ dataFiles, schemaFile }) => dataFiles.length > 0 && schemaFile !== undefined);
  if (withRows.length === 0) return [];
  const present = await readKeys(session, target, databasesOf(withRows));
  const suspects = withRows.filter((table) => isBig(table) || !present.has(target.key(table.database, table.name)));
  const compared = await eachDefinition(suspects, (table, definition) => {
    const names = present.get(target.key(table.database, table.name)) ?? new Set();
    const missing = keysOf(definition)?.filter(({ name }) => name !== undefined && !names.has(name.toLowerCase()));
    return missing === undefined || missing.length === 0 ? undefined : { table, missing };
  });
  return compared;
}

export function describeIncomplete(found: readonly IncompleteTable[]): string {
  return someOf(
    found.map(({ table, missing }) => {
      const names = missing.map(({ name }) => quoteName(name ?? ''));
      const keys = `${names.length === 1 ? 'key' : 'keys'} ${someOf(names, 10)}`;
      return `${quoteQualified(table.database, table.name)} lacks the ${keys}`;
    }),
  );
}

/** Tells of tables that are loaded or left alone although they lack keys. */
export async function warnOfIncomplete(
  session: Session,
  target: Target,
  tables: readonly DumpTable[],
  emit: Emit,
): Promise<void> {
  const found = await findIncomplete(session, target, tables);
  if (found.length === 0) return;
  emit({
    type: 'warning',
    message: `in the target, ${describeIncomplete(found)} of the dump, as a load that was interrupted leaves it: add what is missing, or load anew with --drop-table`,
  });
}

/** The tables whose counters may stand lower than in the dump: they were not created by this run, and were loaded. */
export function countersToRaise(
  { tables }: DumpContents,
  kept: readonly DumpTable[],
  { isResumed }: LoadRecord,
  { withSchemas, dropTable }: LoadOptions,
): readonly DumpTable[] {
  const isLeftAlone = withSchemas && dropTable === 'SKIP';
  if (!isResumed) return isLeftAlone ? [] : kept;
  return isLeftAlone ? tables.filter((table) => !kept.includes(table)) : tables;
}

/** Brings the counters of kept tables that were loaded, where they stand lower than in the dump, to what they were there. */
export async function raiseCounters(
  session: Session,
  server: ServerInfo,
  target: Target,
  tables: readonly DumpTable[],
): Promise<void> {
  const withRows = tables.filter(
    ({ dataFiles, schemaFile, whenPresent }) =>
      dataFiles.length > 0 && schemaFile !== undefined && whenPresent !== 'SKIP',
  );
  if (withRows.length === 0) return;
  // MySQL answers from a table of statistics otherwise, which may be a day old.
  if (server.variables.has(EXPIRY)) await session.execute(`SET SESSION ${EXPIRY} = 0`);
  const [present, wantedCounters] = await Promise.all([
    readCounters(session, target, withRows),
    eachDefinition(withRows, (table, definition) => {
      const wanted = counterOf(definition);
      return wanted === undefined ? undefined : { table, wanted };
    }),
  ]);
  for (const { table, wanted } of wantedCounters) {
    const found = present.get(target.key(table.database, table.name));
    if (found === undefined || found >= wanted) continue;
    const label = quoteQualified(table.database, table.name);
    await saying(`setting the counter of ${label}`, () =>
      session.execute(`ALTER TABLE ${label} AUTO_INCREMENT = ${wanted}`),
    );
  }
}

/** Names of keys but the primary, in lower case, by {@link Target.key}; tables without such keys are absent. */
export async function readKeys(
  session: Session,
  target: Target,
  databases: readonly string[],
): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  if (databases.length === 0) return found;
  const rows = await askTarget(
    session,
    `SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME FROM information_schema.STATISTICS
      WHERE SEQ_IN_INDEX = 1 AND INDEX_NAME <> 'PRIMARY' AND TABLE_SCHEMA IN (${listOf(databases)})`,
  );
  for (const [database = '', name = '', key = ''] of rows) {
    const names = found.get(target.key(database, name)) ?? new Set();
    found.set(target.key(database, name), names.add(key.toLowerCase()));
  }
  return found;
}

async function readCounters(
  session: Session,
  target: Target,
  tables: readonly DumpTable[],
): Promise<Map<string, bigint>> {
  const rows = await askTarget(
    session,
    `SELECT TABLE_SCHEMA, TABLE_NAME, AUTO_INCREMENT FROM information_schema.TABLES
      WHERE AUTO_INCREMENT IS NOT NULL AND TABLE_SCHEMA IN (${listOf(databasesOf(tables))})`,
  );
  return new Map(rows.map(([database = '', name = '', next = '']) => [target.key(database, name), BigInt(next)]));
}

const databasesOf = (tables: readonly DumpTable[]): string[] => [...new Set(tables.map(({ database }) => database))];

const listOf = (names: readonly string[]): string => names.map(quoteString).join(', ');

/** What `look` finds in the CREATE TABLE statements of the dump, in the order of the tables. */
async function eachDefinition<Found>(
  tables: readonly DumpTable[],
  look: (table: DumpTable, definition: Buffer) => Found | undefined,
): Promise<Found[]> {
  const read = pLimit(FILES_AT_A_TIME);
  const found = await Promise.all(
    tables.map((table) =>
      read(async () => {
        const statements = table.schemaFile === undefined ? [] : await readDefinitions(table.schemaFile);
        return statements.flatMap(({ bytes }) => look(table, bytes) ?? []);
      }),
    ),
  );
  return found.flat();
}
