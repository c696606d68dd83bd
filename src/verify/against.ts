/**
 * Against: what a server holds beside what a dump says: definitions, and the rows by their hashes.
 *
 * In: a dump's manifest, its files of definitions, and a server. Out: what is different. The rows are asked for by the very SELECTs
 * of the dump, chunk by chunk, so that a difference is known by table, range of keys and key. What is compared are the values as
 * the server prints them: servers of other versions may print equal values otherwise, which is told as a difference.
 *
 * All rows are read in snapshots of one moment, where that can be had without a lock; see against/moment.ts. What was written between
 * the dump's moment and that one is a difference.
 */
import { performance } from 'node:perf_hooks';

import { abortable, followed } from '../base/abort.ts';
import type { AgainstSummary, Difference, Emit } from '../base/events.ts';
import { takeNotes } from '../base/notes.ts';
import { compileBareKernel } from '../kernel/kernel.ts';
import { connect, describeTarget } from '../mysql/connect.ts';
import { isConnectionLost, saying, serverErrno, serverWords } from '../mysql/failure.ts';
import { prepareToRead, widenSendBuffer } from '../mysql/reading.ts';
import { inspectServer } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteQualified } from '../schema/names.ts';
import { likenessOf } from '../schema/compare/likeness.ts';
import { Choice } from '../schema/filter/choice.ts';
import type { ChoiceRequest } from '../schema/filter/choice.ts';
import { compareColumns, ServerColumns } from './against/columns.ts';
import { compareDefinitions } from './against/definitions.ts';
import { ServerObjects } from './against/definitions/server-objects.ts';
import type { ProgramCodec } from '../format/program-codec.ts';
import { readDumped } from './against/dumped.ts';
import type { DumpedChunk, DumpedTable } from './against/dumped.ts';
import { differingKeys } from './against/differing-keys.ts';
import { letGo, openSnapshots } from './against/moment.ts';
import { RowHasher } from './against/row-hasher.ts';
import type { AgainstOptions } from './options.ts';

interface ChunkJob {
  readonly table: DumpedTable;
  readonly chunk: DumpedChunk;
  /** Where its rows are on the server, quoted. */
  readonly place: string;
}

/** @throws ToolError CONNECT, AUTHENTICATION, …; USAGE when the dump has no hashes of rows. What differs is no error. */
export async function verifyAgainst(
  options: AgainstOptions,
  run: { emit: Emit; signal: AbortSignal },
): Promise<AgainstSummary> {
  const signal = followed(run.signal);
  const startMs = performance.now();
  const notes = takeNotes(run.emit);
  const { emit } = notes;
  const { directory, connection, program } = options;
  const dumped = await readDumped(directory);
  // Behind a load this was said already.
  if (dumped.warning !== undefined && options.only === undefined) emit({ type: 'warning', message: dumped.warning });
  const { sourceDatabase } = options;
  const takesDatabase = (source: string): boolean => sourceDatabase === undefined || sourceDatabase === source;
  const wanted = dumped.tables.filter((table) => takesDatabase(table.database) && isWanted(table, options));
  emit({ type: 'phase', phase: 'connect' });
  const sessions: Session[] = [];
  const stop = (): void => sessions.forEach((session) => session.destroy('the run was interrupted'));
  try {
    return await abortable(signal, stop, async () => {
      const main = await connect(connection, signal);
      sessions.push(main);
      const server = await saying('looking at the server', () => inspectServer(main));
      const { product, versionText } = server;
      emit({ type: 'server', product, version: versionText, where: describeTarget(connection) });
      while (sessions.length < options.threads) sessions.push(await connect(connection, signal));
      for (const session of sessions) {
        await prepareToRead(session, server);
        await widenSendBuffer(session, server);
      }
      emit({ type: 'phase', phase: 'verify' });
      const databaseOf = (source: string): string => options.targetDatabase ?? source;
      const places = [...new Set([...dumped.databases.values()].filter(takesDatabase).map(databaseOf))];
      const columns = await saying('reading columns', () => ServerColumns.read(main, server, places));
      const differences: Difference[] = [];
      const told = new Map<string, ReadonlyMap<string, string>>();
      const jobs = wanted.flatMap((table): ChunkJob[] => {
        const place = quoteQualified(databaseOf(table.database), table.table);
        const found = columns.of(databaseOf(table.database), table.table);
        const others = found && compareColumns(table, found);
        if (others === undefined) differences.push({ object: place, what: 'is missing' });
        else for (const what of others.values()) differences.push({ object: place, what });
        told.set(place, others ?? new Map());
        return found === undefined ? [] : table.chunks.map((chunk) => ({ table, chunk, place }));
      });
      const foldsNames = server.variables.get('lower_case_table_names') !== '0';
      const takenTables = new Set(wanted.map(({ database, table }) => quoteQualified(database, table)));
      const definitions = await compareDefinitions({
        dumped,
        directory,
        program,
        sessions,
        objects: await ServerObjects.read(main, places, foldsNames),
        likeness: likenessOf(dumped.server, { product, version: versionText }),
        choice: new Choice(
          { ...filtersIn(options), takesSystem: true, partsKey: 'object_to_import' },
          () => undefined, // whoever has loaded was told
        ),
        takesDatabase,
        takesTable: (database, table) => takenTables.has(quoteQualified(database, table)),
        placeOf: databaseOf,
        withDefiners: options.definer === undefined,
        // A load adds to what there is.
        tellsExtra: options.only === undefined,
        isTold: (place, column) => told.get(place)?.has(column) === true,
        tell: (difference) => void differences.push(difference),
      });
      if (definitions.warning !== undefined) emit({ type: 'warning', message: definitions.warning });
      const readers = [main, ...sessions.slice(1)] as const;
      const moment = jobs.length === 0 ? undefined : await openSnapshots(readers, server, signal);
      const rows = await compareChunks(jobs, { sessions, directory, program, differences, emit });
      for (const { object, what } of differences) run.emit({ type: 'warning', message: `${object} ${what}` });
      return {
        directory,
        where: describeTarget(connection),
        tables: wanted.length,
        definitions: definitions.objects,
        chunks: jobs.length,
        rows,
        moment,
        differences,
        seconds: (performance.now() - startMs) / 1000,
        warnings: notes.warnings,
        skipped: notes.skipped,
      };
    });
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
}

function isWanted({ database, table }: DumpedTable, { targetDatabase, only }: AgainstOptions): boolean {
  return only === undefined || only.has(quoteQualified(targetDatabase ?? database, table));
}

function filtersIn({ tables, regex, omit, tableRules }: AgainstOptions): Omit<ChoiceRequest, 'partsKey'> {
  return { tables, regex, omit, tableRules };
}

interface Comparing {
  readonly sessions: readonly Session[];
  readonly directory: string;
  readonly program: ProgramCodec | undefined;
  readonly differences: Difference[];
  readonly emit: Emit;
}

/** Out: how many rows the server has in all chunks. */
async function compareChunks(
  jobs: readonly ChunkJob[],
  { sessions, directory, program, differences, emit }: Comparing,
): Promise<number> {
  const module = compileBareKernel();
  const largestLast = jobs.toSorted((a, b) => a.chunk.rows - b.chunk.rows);
  const total = jobs.reduce((sum, { chunk }) => sum + chunk.rows, 0);
  const left = new Map<DumpedTable, number>();
  for (const { table } of jobs) left.set(table, (left.get(table) ?? 0) + 1);
  emit({ type: 'totals', tables: left.size, rows: total, bytes: 0 });
  const progress = {
    tablesDone: 0,
    tablesTotal: left.size,
    rowsTotal: total,
    bytesDone: 0,
    storedBytes: 0,
    storedBytesTotal: 0,
    activities: [],
  };
  let rowsDone = 0;
  const work = async (session: Session): Promise<void> => {
    const hasher = new RowHasher(module);
    for (let job = largestLast.pop(); job !== undefined; job = largestLast.pop()) {
      const { table, place } = job;
      const rows = await compareChunk(job, { session, hasher, directory, program, differences });
      await letGo(session);
      rowsDone += rows; // others add to it meanwhile
      const chunksLeft = (left.get(table) ?? 0) - 1;
      left.set(table, chunksLeft);
      if (chunksLeft === 0) {
        progress.tablesDone += 1;
        emit({ type: 'table-done', table: place, rows: table.rows });
      }
      emit({ type: 'progress', progress: { ...progress, rowsDone } });
    }
  };
  await Promise.all(sessions.map(work));
  return rowsDone;
}

interface Reader {
  readonly session: Session;
  readonly hasher: RowHasher;
  readonly directory: string;
  readonly program: ProgramCodec | undefined;
  readonly differences: Difference[];
}

async function compareChunk(
  job: ChunkJob,
  { session, hasher, directory, program, differences }: Reader,
): Promise<number> {
  const { table, chunk, place } = job;
  const sql = `SELECT /*M! SQL_NO_CACHE */ ${table.select.join(',')} FROM ${place}${chunk.rest}`;
  const range = chunk.rest === '' ? '' : ` in${chunk.rest}`;
  try {
    const found = await hasher.select(session, sql, table.select.length);
    if (found.rows === chunk.rows && found.hash === chunk.hash) return found.rows;
    const counts =
      found.rows === chunk.rows
        ? `has ${found.rows} rows, as many as were dumped, but not the same`
        : `has ${found.rows} rows instead of ${chunk.rows}`;
    const keys = await differingKeys({ session, sql, place, table, chunk, directory, program });
    differences.push({
      object: place,
      what: `${counts}${range}${keys === undefined ? '' : `: ${keys.summary}`}`,
      keys: keys?.keys,
    });
    return found.rows;
  } catch (error) {
    if (isConnectionLost(error) || serverErrno(error) === undefined) throw error;
    differences.push({ object: place, what: `cannot be read${range} as it was: ${serverWords(error)}` });
    return 0;
  }
}
