/**
 * Settles which tables a load finds and which are its own, when there is room for them and before any is created.
 *
 * In: the target as it is, and as it was before the load. Out: the record says what a further run needs of it; tables
 * that an earlier run of the load has created are known by what they still lack.
 */
import type { Emit } from '../../base/events.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpContents, DumpTable } from '../contents.ts';
import type { LoadOptions } from '../options.ts';
import type { CreatedTable } from '../tables/schema-workers.ts';
import type { Target } from '../target.ts';
import { forgetLostRows } from './lost-rows.ts';
import { PresentKeys } from './present.ts';
import type { LoadRecord } from './record.ts';

export interface SettleRun {
  readonly session: Session;
  readonly contents: DumpContents;
  readonly options: LoadOptions;
  readonly record: LoadRecord;
  /** As it was before the load. */
  readonly target: Target;
  /** As this run has found it. */
  readonly found: Target;
  readonly emit: Emit;
}

type CreatedTables = (table: DumpTable) => Promise<CreatedTable | undefined>;

/** Out: what a table lacks that an earlier run has created; undefined for any other. */
export async function settleTables(run: SettleRun, kept: readonly DumpTable[]): Promise<CreatedTables> {
  const { session, contents, options, record, target, found } = run;
  if (!record.isBehind('room-made')) {
    await keepTables(run, kept);
    return () => Promise.resolve(undefined);
  }
  await forgetLostRows(session, record, found, contents.tables);
  const isOwn = ({ database, name }: DumpTable): boolean => found.has(database, name) && !target.has(database, name);
  const databases = [...new Set(contents.tables.filter(isOwn).map(({ database }) => database))];
  const keys = await PresentKeys.read(session, found, databases);
  return async (table) => {
    if (!isOwn(table)) return undefined;
    const missing = await keys.missingOf(table);
    // Without rows keys come with the table.
    const setAside = options.withData ? missing : { ...missing, keys: [] };
    return { setAside, engine: found.find(table.database, table.name)?.engine };
  };
}

async function keepTables({ session, options, record, target }: SettleRun, kept: readonly DumpTable[]): Promise<void> {
  const keys = kept.map(({ database, name }) => target.key(database, name));
  if (options.withSchemas) await record.keep(session, 'kept', keys);
  await record.reach(session, 'room-made');
}
