/**
 * The story of a load: from a directory of files to a server that holds what they say.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

import { abortable, followed } from './base/abort.ts';
import type { Emit, LoadSummary } from './base/events.ts';
import { takeNotes } from './base/notes.ts';
import { Accounts } from './load/accounts.ts';
import { readTarget } from './load/target.ts';
import { refuseConflicts, requireTables } from './load/conflicts.ts';
import { CodeLoader } from './load/code.ts';
import { addForeignKeys } from './load/constraints.ts';
import { createDatabases, createSequences } from './load/databases.ts';
import { loadTables } from './load/tables.ts';
import { dropDatabases } from './load/drop-databases.ts';
import { discover } from './load/discover.ts';
import { countersToRaise, keptTables, raiseCounters, warnOfIncomplete } from './load/kept.ts';
import { makeRoom } from './load/make-room.ts';
import { preflight } from './load/preflight.ts';
import type { LoadOptions } from './load/options.ts';
import { closeDatabases, findReadOnly } from './load/read-only.ts';
import { findUnfinished, resumable, targetBefore } from './load/resume.ts';
import type { LoadRecord } from './load/resume/record.ts';
import { settleTables } from './load/resume/settle.ts';
import { LoadSessions } from './load/session.ts';
import { StallWatch } from './load/stall.ts';
import { removeTriggers, triggersInTheWay, triggersToCreate } from './load/triggers.ts';
import { createViews } from './load/views.ts';
import { describeTarget } from './mysql/connect.ts';

export interface LoadRun {
  readonly emit: Emit;
  /** Aborting ends the load with what the signal's reason says; what was committed stays in the target. */
  readonly signal: AbortSignal;
}

/**
 * Loads a dump. Resolves when every object exists and every row is committed and counted.
 *
 * @throws ToolError; see src/base/errors.ts for the codes.
 */
export async function load(options: LoadOptions, { emit, ...run }: LoadRun): Promise<LoadSummary> {
  const signal = followed(run.signal);
  const startMs = performance.now();
  const notes = takeNotes(emit);
  const stalls = new StallWatch(notes.emit, options.stallMs);
  const tell = stalls.emit;
  const contents = await discover(options, tell);

  emit({ type: 'phase', phase: 'connect' });
  const begun = await LoadSessions.begin(options, contents.sqlMode, tell, signal);
  const { server, sessions } = begun;
  let { session } = begun;
  const { product, versionText } = server;
  emit({ type: 'server', product, version: versionText, where: describeTarget(options.connection) });
  const stop = (): void => session.destroy('the run was interrupted');
  stalls.start(sessions);
  let record: LoadRecord | undefined;
  try {
    return await abortable(signal, stop, async () => {
      await preflight({ session, sessions, contents, options, emit: tell });
      record = await findUnfinished({ session, contents, options, emit: tell });
      const found = await readTarget(session, server, contents);
      const drops = options.dropsDatabases === true && !record.isResumed;
      const target = drops ? found.emptied() : await targetBefore(session, found, record, options);
      await refuseConflicts(session, contents, target, options);
      const kept = keptTables(contents, target, options);
      const readOnly = record.isResumed
        ? await record.keptOf(session, 'read-only')
        : await findReadOnly({ session, server, contents, options, emit: tell });
      const sleep = (ms: number): Promise<void> => setTimeout(ms, undefined, { signal });
      await requireTables({ session, server, emit: tell, sleep }, contents, options);
      const isToLoad = options.withData && !record.isBehind('rows-loaded');
      const triggers = isToLoad ? await triggersInTheWay(contents, target, options) : [];
      await warnOfIncomplete(session, target, kept, tell);

      emit({ type: 'phase', phase: 'schema' });
      if (drops) await dropDatabases(session, contents, tell);
      if (options.withSchemas) await createDatabases(session, sessions, contents, options);
      sessions.useLedger(await record.begin({ session, contents, options, emit: tell }));
      if (!record.isResumed) await record.keep(session, 'read-only', readOnly);
      const users = await Accounts.create({ session, sessions, server, record, emit: tell }, contents, options);
      const isNew = !record.isBehind('room-made');
      if (options.withSchemas && isNew) await createSequences(session, sessions, contents);
      const removed = await removeTriggers({ session, target, record, emit: tell }, triggers);
      if (isNew) await makeRoom(session, contents, target, options);
      const created = await settleTables({ session, contents, options, record, target, found, emit: tell }, kept);

      emit({ type: 'phase', phase: 'data' });
      const tables = await loadTables({
        options,
        contents,
        target,
        sessions,
        record,
        created,
        stalls,
        emit: tell,
        signal,
      });
      session = await sessions.revive(session, signal);
      const earlier = record.earlier(contents);
      await record.reach(session, 'rows-loaded');

      emit({ type: 'phase', phase: 'constraints' });
      if (options.withData)
        await raiseCounters(session, server, target, countersToRaise(contents, kept, record, options));
      const keys = options.without?.has('foreign keys') === true ? [] : tables.foreignKeys;
      await addForeignKeys({ sessions, threads: options.threads, target, emit: tell, signal }, keys);
      await record.reach(session, 'constraints-added');

      emit({ type: 'phase', phase: 'code' });
      const triggerFiles = await triggersToCreate(contents, target, removed, options);
      const code = { session, sessions, contents: { ...contents, triggerFiles }, definer: options.definer, emit: tell };
      const loader = new CodeLoader(code);
      const codeObjects = await loader.createCode({ rest: options.withSchemas });
      await record.reach(session, 'code-created');

      emit({ type: 'phase', phase: 'views' });
      const views = options.withSchemas ? await createViews(code, loader) : 0;
      loader.tellDangling();
      const accounts = await users?.grant(session);
      await record.end(session);
      await closeDatabases(session, [...readOnly], tell);
      return {
        directory: options.directory,
        databases: contents.databases.length,
        tables: contents.tables.length,
        views,
        codeObjects,
        accounts,
        rows: tables.rows,
        earlierRows: earlier.rows,
        bytes: tables.bytes,
        storedBytes: tables.storedBytes,
        seconds: (performance.now() - startMs) / 1000,
        retries: notes.retries,
        leftOut: notes.leftOut,
        warnings: notes.warnings,
        skipped: notes.skipped,
      };
    });
  } catch (error) {
    throw resumable(error, record);
  } finally {
    await stalls.stop();
    await session.close();
    await sessions.killAbandoned();
  }
}
