/**
 * Finish: what turns a directory of files into a dump.
 *
 * In: every file that was written. Out: all of them durable, then the manifest, then `metadata` under its final name: a
 * directory that has it is whole.
 */
import { performance } from 'node:perf_hooks';

import type { BinlogPosition, DumpSummary } from '../base/events.ts';
import type { Notes } from '../base/notes.ts';
import { sum } from '../base/numbers.ts';
import { programIn } from '../format/codec.ts';
import { flushDirectory } from '../format/directory.ts';
import type { JournalPoint } from '../format/journal.ts';
import { publishFile, writeSmallFile } from '../format/files.ts';
import { HASHES_VERSION, manifestChunks } from '../format/manifest.ts';
import type { ManifestFile, ManifestHead } from '../format/manifest.ts';
import { metadataChunks } from '../format/metadata.ts';
import type { MetadataTable, MetadataText } from '../format/metadata.ts';
import { MANIFEST_NAME, METADATA_NAME, NOT_UPDATED_NAME } from '../format/names.ts';
import { storedHashOf } from '../kernel/stored-hash.ts';
import type { ServerInfo } from '../mysql/server.ts';
import { quoteQualified } from '../schema/names.ts';
import type { DumpedAccounts } from './accounts.ts';
import type { FilesByTask } from './crew.ts';
import { manifestEntries } from './finish/manifest-entries.ts';
import { earliestOf, manifestPoint, tellPoints } from './finish/points.ts';
import { keptRows, pointsOf } from './journal/begin.ts';
import type { DumpOptions } from './options.ts';
import type { DumpPlan } from './plan.ts';
import { LOAD_SQL_MODE } from './session.ts';
import type { Snapshot } from './snapshot.ts';
import type { Task, WrittenFile } from './task.ts';

export interface FinishedWork {
  readonly options: DumpOptions;
  readonly server: ServerInfo;
  readonly snapshot: Snapshot;
  readonly plan: DumpPlan;
  /** Undefined without --users. */
  readonly accounts: DumpedAccounts | undefined;
  readonly files: FilesByTask;
  /** Of this run. */
  readonly point: JournalPoint;
  readonly startMs: number;
  readonly notes: Notes;
}

/** What was written, sorted by what it is: data by table, and the rest. */
interface Written {
  readonly dataByTable: ReadonlyMap<string, readonly WrittenFile[]>;
  readonly definitions: readonly WrittenFile[];
}

/** @throws ToolError STORAGE; the directory then has no `metadata`. */
export async function finishDump(work: FinishedWork): Promise<DumpSummary> {
  const { options, server, snapshot, plan } = work;
  const { directory } = options;
  const written = sortOut(work.files, work.accounts);
  const notes = options.updatedSinceDays === undefined ? [] : [noteUnchanged(directory, plan)];
  await flushDirectory(directory);
  const points = pointsOf(plan, work.point);
  if (points.length > 1) tellPoints(work, points);
  // Where there are several points, none of them is the dump's: whoever would replicate from one would lose writes.
  const position = points.length > 1 ? {} : snapshot.position;
  const startedAt = earliestOf(points);
  const metadata = metadataText(work, written, { startedAt: new Date(startedAt), position });
  const head = {
    tool: 'tsdump',
    startedAt,
    server: { product: server.product, version: server.versionText },
    position,
    ...(points.length > 1 ? { points: points.map(manifestPoint) } : {}),
    sqlMode: server.sqlMode,
    lowerCaseTableNames: Number(server.variables.get('lower_case_table_names')),
    extension: programIn(options.codec)?.extension,
    statementBytes: options.maxStatementBytes,
    ...completeness(options),
    hashes: HASHES_VERSION,
  };
  const entries = manifestEntries({
    plan,
    dataByTable: written.dataByTable,
    others: [fileOf(METADATA_NAME, metadata), ...notes, ...written.definitions.map(listed)],
    tasks: work.files.keys(),
    skipped: work.notes.skipped,
    points,
  });
  await publishFile(directory, MANIFEST_NAME, manifestChunks(head, entries));
  await publishFile(directory, METADATA_NAME, [metadata]);
  return summarize(work, written, { points, position });
}

/** Kinds of objects of which nothing was left out, so that one that a server has too many can be known for one. */
function completeness(options: DumpOptions): Pick<ManifestHead, 'complete'> {
  const { tables, regex = [], omit = [], tableRules = [], ignoreEngines = [] } = options;
  const narrowing = [tables, regex, omit, tableRules, ignoreEngines];
  if (!options.withSchemas || narrowing.some((list) => list.length > 0)) return {};
  const kinds = [
    ['table', true],
    ['sequence', true],
    ['view', options.withViews],
    ['trigger', options.withTriggers],
    ['procedure', options.withRoutines],
    ['function', options.withRoutines],
    ['event', options.withEvents],
  ] as const;
  return { complete: kinds.filter(([, isThere]) => isThere).map(([kind]) => kind) };
}

/** Made before the manifest, which has its hash, and written after it, which it declares whole. */
function metadataText(
  { options, plan }: FinishedWork,
  written: Written,
  when: Pick<MetadataText, 'startedAt' | 'position'>,
): Buffer {
  const chunks = metadataChunks({
    ...when,
    finishedAt: new Date(),
    sqlMode: LOAD_SQL_MODE,
    needsLocalInfile: options.bareRows !== undefined,
    tables: metadataTables(plan, written, options),
    maxStatementBytes: longestOf([...written.dataByTable.values()].flat()),
  });
  return Buffer.concat([...chunks]);
}

/** mydumper's list of the tables that were not dumped, theirs not even by definition; ours lack their rows. */
function noteUnchanged(directory: string, { tables }: DumpPlan): ManifestFile {
  const unchanged = tables.filter(({ table }) => table.isUnchanged === true);
  const lines = unchanged.map(({ table }) => `${table.database}.${table.name}\n`);
  const text = Buffer.from(lines.join(''));
  writeSmallFile(directory, NOT_UPDATED_NAME, text);
  return fileOf(NOT_UPDATED_NAME, text);
}

function listed({ name: file, storedBytes, xxh3 }: WrittenFile): ManifestFile {
  return { file, storedBytes, xxh3 };
}

function fileOf(file: string, text: Buffer): ManifestFile {
  return { file, storedBytes: text.length, xxh3: storedHashOf(text) };
}

function sortOut(files: FilesByTask, accounts: DumpedAccounts | undefined): Written {
  const dataByTable = new Map<string, WrittenFile[]>();
  const definitions: WrittenFile[] = accounts?.file === undefined ? [] : [accounts.file];
  for (const [task, written] of files) {
    if (task.kind !== 'data') {
      definitions.push(...written);
      continue;
    }
    const key = quoteQualified(task.database, task.table);
    const list = dataByTable.get(key) ?? [];
    dataByTable.set(key, list);
    list.push(...written);
  }
  for (const list of dataByTable.values()) list.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { dataByTable, definitions };
}

function* metadataTables(plan: DumpPlan, { dataByTable }: Written, options: DumpOptions): Generator<MetadataTable> {
  const entry = (database: string, name: string): Omit<MetadataTable, 'rows'> => ({
    database: plan.names.database(database),
    table: plan.names.table(database, name),
    realName: name,
  });
  for (const { table } of plan.tables) {
    const files = dataByTable.get(quoteQualified(table.database, table.name)) ?? [];
    yield { ...entry(table.database, table.name), rows: sum(files.map(({ rows }) => rows)) };
  }
  if (!options.withSchemas) return;
  for (const { name: database, views, sequences } of plan.databases) {
    if (options.withViews) for (const { name } of views) yield { ...entry(database, name), rows: 0, isView: true };
    for (const { name } of sequences) yield { ...entry(database, name), rows: 0, isSequence: true };
  }
}

function summarize(
  work: FinishedWork,
  { dataByTable, definitions }: Written,
  when: { readonly points: readonly JournalPoint[]; readonly position: BinlogPosition },
): DumpSummary {
  const { options, plan, snapshot } = work;
  const files = [...definitions, ...[...dataByTable.values()].flat()];
  const defined = (isWanted: (kind: Task['kind']) => boolean): number =>
    sum(
      [...work.files].flatMap(([{ kind }, written]) =>
        isWanted(kind) ? written.map((file) => file.codeObjects ?? 0) : [],
      ),
    );
  return {
    directory: options.directory,
    databases: plan.databases.length,
    tables: plan.tables.length,
    views: defined((kind) => kind === 'view'),
    codeObjects: defined((kind) => kind !== 'view'),
    accounts: work.accounts?.accounts,
    rows: sum(files.map(({ rows }) => rows)),
    earlierRows: keptRows(plan.tables),
    files: files.length,
    bytes: sum(files.map(({ bytes }) => bytes)),
    storedBytes: sum(files.map(({ storedBytes }) => storedBytes)),
    seconds: (performance.now() - work.startMs) / 1000,
    lockHeldMs: snapshot.lockHeldMs(),
    tableLocksHeldMs: snapshot.apart?.heldMs,
    isConsistent: snapshot.isConsistent && when.points.length === 1,
    points: when.points.length,
    position: when.position,
    leftOut: work.notes.leftOut,
    warnings: work.notes.warnings,
    skipped: work.notes.skipped,
  };
}

const longestOf = (files: readonly WrittenFile[]): number =>
  files.reduce((longest, { longestStatementBytes = 0 }) => Math.max(longest, longestStatementBytes), 0);
