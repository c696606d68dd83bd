/**
 * Triggers of the target that would fire while rows are loaded.
 */
import { ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { quoteName, quoteQualified, unquoteName } from '../schema/names.ts';
import type { CodeFile, DumpContents, DumpTable } from './contents.ts';
import { onlyTriggers } from './discover/choose-code.ts';
import type { LoadOptions } from './options.ts';
import type { LoadRecord } from './resume/record.ts';
import { readDefinitions } from './send/definitions.ts';
import type { Target, TargetTrigger } from './target.ts';

/**
 * The triggers that would fire while rows are loaded.
 *
 * @throws ToolError LOAD_FAILED when a table to be loaded has a trigger that the dump does not hold.
 */
export async function triggersInTheWay(
  contents: DumpContents,
  target: Target,
  options: LoadOptions,
): Promise<readonly TargetTrigger[]> {
  // Tables that are dropped lose their triggers with them; tables that are passed over get no rows.
  const isSpared = ({ whenPresent }: DumpTable): boolean =>
    options.withSchemas &&
    (options.dropTable === 'SKIP' ||
      whenPresent === 'SKIP' ||
      (options.dropTable === 'DROP' && whenPresent !== 'LOAD'));
  const loaded = new Set(
    contents.tables
      .filter((table) => table.dataFiles.length > 0 && !isSpared(table))
      .map(({ database, name }) => target.key(database, name)),
  );
  const inTheWay = target.triggers.filter(({ database, table }) => loaded.has(target.key(database, table)));
  if (inTheWay.length === 0) return inTheWay;
  const known = await triggersOfDump(contents, target);
  for (const { database, table, name } of inTheWay) {
    if (known.has(target.key(database, name))) continue;
    throw new ToolError(
      'LOAD_FAILED',
      `${quoteQualified(database, table)} has the trigger ${quoteName(name)}, which would fire for every row loaded and is not part of the dump; nothing was changed`,
      {
        hint: 'drop it before the load and create it again afterwards',
      },
    );
  }
  return inTheWay;
}

export interface TriggerRun {
  readonly session: Session;
  readonly target: Target;
  readonly record: LoadRecord;
  readonly emit: Emit;
}

/**
 * Drops triggers for the time of the load. Returns which are to be put back, by {@link Target.key}: those of an earlier run
 * of the load too. The record has them before the first is dropped.
 */
export async function removeTriggers(
  { session, target, record, emit }: TriggerRun,
  inTheWay: readonly TargetTrigger[],
): Promise<ReadonlySet<string>> {
  const earlier = await record.keptOf(session, 'triggers');
  if (inTheWay.length === 0) return earlier;
  const removed = new Set([...earlier, ...inTheWay.map(({ database, name }) => target.key(database, name))]);
  await record.keep(session, 'triggers', removed);
  if (record.ledger === undefined) {
    const names = someOf(inTheWay.map(({ database, name }) => quoteQualified(database, name)));
    const message = `taken away for the rows and put back at the end, or to be put back by hand should the load not get there: trigger ${names}`;
    emit({ type: 'warning', message });
  }
  for (const { database, name } of inTheWay) {
    const qualified = quoteQualified(database, name);
    await saying(`dropping trigger ${qualified} for the load`, () =>
      session.execute(`DROP TRIGGER IF EXISTS ${qualified}`),
    );
  }
  return removed;
}

/** By {@link Target.key}. */
async function triggersOfDump(contents: DumpContents, target: Target): Promise<Set<string>> {
  const names = new Set<string>();
  for (const { database, file } of contents.triggerFiles) {
    for (const { bytes } of await readDefinitions(file)) {
      const [, name] = /^DROP TRIGGER IF EXISTS (`(?:[^`]|``)*`)\s*$/.exec(bytes.toString('utf8')) ?? [];
      if (name !== undefined) names.add(target.key(database, unquoteName(name)));
    }
  }
  return names;
}

/** All triggers of the dump where they are wanted; else those of `removed` alone, which must be put back. */
export async function triggersToCreate(
  { triggerFiles }: DumpContents,
  target: Target,
  removed: ReadonlySet<string>,
  { withSchemas, without }: LoadOptions,
): Promise<readonly CodeFile[]> {
  if (withSchemas && without?.has('triggers') !== true) return triggerFiles;
  return onlyTriggers(triggerFiles, removed, (database, name) => target.key(database, name));
}
