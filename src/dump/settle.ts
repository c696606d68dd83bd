/**
 * Settle: what DDL did to a dump, once all rows are read.
 *
 * In: the plan, the files, the objects that could not be read, and the inventory of the snapshot where DDL was not kept
 * out. Out: plan and files of what is whole. Whatever is not is named, and none of its files stays.
 *
 * Called while the reading transactions are still open: a table that was read cannot be changed until they end, so that
 * a table which still has the mark of the snapshot had it all the time. Those that were locked instead could not be changed
 * before they were read, and may have been since.
 */
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import type { Emit } from '../base/events.ts';
import { storageError } from '../format/storage-error.ts';
import { saying } from '../mysql/failure.ts';
import type { ServerInfo } from '../mysql/server.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import type { FilesByTask, TaskOutcomes } from './crew.ts';
import type { DumpOptions } from './options.ts';
import type { DumpPlan } from './plan.ts';
import type { TableWork } from './plan/table-work.ts';
import type { Snapshot } from './snapshot.ts';
import { changesBetween, marksFor, qualified, readInventory, selectionOf } from './snapshot/inventory.ts';
import type { Task, WrittenFile } from './task.ts';

export interface Settlement {
  readonly options: DumpOptions;
  readonly snapshot: Snapshot;
  readonly server: ServerInfo;
  readonly plan: DumpPlan;
  readonly outcomes: TaskOutcomes;
  /** Does a task again, over the file that it wrote. */
  readonly redo: (task: Task) => Promise<readonly WrittenFile[]>;
  readonly emit: Emit;
}

type IsLost = (object: { database: string; name: string }) => boolean;

/** By name, those of tables qualified and quoted: why it is lost. */
type Losses = ReadonlyMap<string, string>;

/** @throws ToolError STORAGE when a file cannot be removed. */
export async function settle(work: Settlement): Promise<{ plan: DumpPlan; files: FilesByTask }> {
  const { plan, outcomes, emit } = work;
  const losses = await findLosses(work);
  const lostDatabases = databasesIn(outcomes);
  for (const [name, why] of lostDatabases) emit({ type: 'skipped', what: `database ${quoteName(name)}`, why });
  if (losses.size + lostDatabases.size === 0) return { plan, files: outcomes.files };
  const prefixes = [...lostDatabases.keys()].map((name) => `${quoteName(name)}.`);
  for (const [name, why] of losses) {
    if (!prefixes.some((prefix) => name.startsWith(prefix))) emit({ type: 'skipped', what: `table ${name}`, why });
  }
  const isLost: IsLost = (object) => lostDatabases.has(object.database) || losses.has(qualified(object));
  const isLostTask = (task: Task): boolean => lostDatabases.has(task.database) || isOf(task, isLost);
  await removeFiles(work, isLost, isLostTask);
  const files = new Map([...outcomes.files].filter(([task]) => !isLostTask(task)));
  await redoTriggers(work, files, isLost);
  return {
    plan: {
      ...plan,
      tables: plan.tables.filter(({ table }) => !isLost(table)),
      databases: plan.databases
        .filter(({ name }) => !lostDatabases.has(name))
        .map((database) => ({
          ...database,
          tables: database.tables.filter((table) => !isLost(table)),
          views: database.views.filter((view) => !isLost(view)),
          sequences: database.sequences.filter((sequence) => !isLost(sequence)),
          triggers: database.triggers.filter(({ table }) => !isLost({ database: database.name, name: table })),
        })),
    },
    files,
  };
}

async function findLosses({ options, snapshot, server, plan, outcomes }: Settlement): Promise<Losses> {
  const losses = new Map<string, string>();
  for (const [task, why] of outcomes.losses) {
    const name = nameOf(task);
    if (name !== undefined) losses.set(name, why);
  }
  const { inventory: before, session } = snapshot;
  if (before === undefined || plan.dataTables === 0) return losses;
  const after = await saying('looking for changed tables', () =>
    readInventory(session, server, { selection: selectionOf(options), marks: marksFor(options) }),
  );
  const planned = new Set(plan.tables.map(({ table }) => qualified(table)));
  const locked = new Set(plan.tables.filter(({ data }) => data?.isLocked).map(({ table }) => qualified(table)));
  const isThere = ({ kept }: TableWork): boolean => kept !== undefined && kept.unread === undefined;
  const there = new Set(plan.tables.filter(isThere).map(({ table }) => qualified(table)));
  for (const [name, why] of changesBetween(before, after)) {
    // Definition and rows were read under a lock, or by an earlier run: this happened afterwards.
    if (locked.has(name) || there.has(name)) continue;
    // What is still there and was not planned was left out on request.
    if (planned.has(name) || !after.has(name)) losses.set(name, losses.get(name) ?? why);
  }
  for (const name of planned) {
    if (!before.has(name)) losses.set(name, 'it was created or renamed while the dump began');
  }
  return losses;
}

/** Databases that are gone, and why. No row of theirs was read: a table of which one was cannot be dropped. */
function databasesIn({ losses }: TaskOutcomes): Losses {
  return new Map([...losses].flatMap(([task, why]) => (nameOf(task) === undefined ? [[task.database, why]] : [])));
}

function nameOf(task: Task): string | undefined {
  switch (task.kind) {
    case 'data':
      return quoteQualified(task.database, task.table);
    case 'table':
    case 'view':
    case 'sequence':
      return qualified(task);
    default:
      return undefined;
  }
}

function isOf(task: Task, isLost: IsLost): boolean {
  if (task.kind === 'data') return isLost({ database: task.database, name: task.table });
  return (task.kind === 'table' || task.kind === 'view' || task.kind === 'sequence') && isLost(task);
}

/** Also of chunks that failed midway: those files are in no list. */
async function removeFiles(
  { options: { directory }, plan, outcomes }: Settlement,
  isLost: IsLost,
  isLostTask: (task: Task) => boolean,
): Promise<void> {
  const doomed = new Set<string>();
  for (const [task, files] of outcomes.files) if (isLostTask(task)) for (const { name } of files) doomed.add(name);
  const prefixes = plan.tables
    .filter(({ table }) => isLost(table))
    .map(({ table }) => `${plan.names.database(table.database)}.${plan.names.table(table.database, table.name)}.`);
  for (const name of await readdir(directory)) {
    if (doomed.has(name) || prefixes.some((prefix) => name.startsWith(prefix))) await remove(join(directory, name));
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    throw storageError(error, 'removing', path);
  }
}

/** A trigger without its table would end the restore. */
async function redoTriggers(
  { options: { directory }, plan, redo }: Settlement,
  files: Map<Task, readonly WrittenFile[]>,
  isLost: IsLost,
): Promise<void> {
  const tasks = [...files.keys()].filter((task) => task.kind === 'triggers');
  for (const task of tasks) {
    const triggers = plan.databases.find(({ name }) => name === task.database)?.triggers ?? [];
    const left = triggers.filter(({ table }) => !isLost({ database: task.database, name: table }));
    if (left.length === triggers.length) continue;
    const written = files.get(task) ?? [];
    files.delete(task);
    const smaller = { ...task, names: left.map(({ name }) => name) };
    if (left.length > 0) files.set(smaller, await redo(smaller));
    else for (const { name } of written) await remove(join(directory, name));
  }
}
