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
import { discover } from './load/discover.ts';
import { beginLedger } from './load/ledger/begin.ts';
import { keptTables, raiseCounters, warnOfIncomplete } from './load/kept.ts';
import { makeRoom } from './load/make-room.ts';
import { preflight } from './load/preflight.ts';
import type { LoadOptions } from './load/options.ts';
import { closeDatabases, findReadOnly } from './load/read-only.ts';
import { LoadSessions } from './load/session.ts';
import { StallWatch } from './load/stall.ts';
import { removeTriggers, triggersToCreate } from './load/triggers.ts';
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
  const begun = await LoadSessions.begin(options.connection, contents.sqlMode, tell, signal);
  const { server, sessions } = begun;
  let { session } = begun;
  const { product, versionText } = server;
  emit({ type: 'server', product, version: versionText, where: describeTarget(options.connection) });
  const stop = (): void => session.destroy('the run was interrupted');
  stalls.start(sessions);
  try {
    return await abortable(signal, stop, async () => {
      await preflight({ session, sessions, contents, options, emit: tell });
      const target = await readTarget(session, server, contents);
      await refuseConflicts(session, contents, target, options);
      const kept = keptTables(contents, target, options);
      const readOnly = await findReadOnly({ session, server, contents, options, emit: tell });
      const sleep = (ms: number): Promise<void> => setTimeout(ms, undefined, { signal });
      await requireTables({ session, server, emit: tell, sleep }, contents, options);
      await warnOfIncomplete(session, target, kept, tell);

      emit({ type: 'phase', phase: 'schema' });
      const users = await Accounts.create({ session, sessions, server, emit: tell }, contents, options);
      if (options.withSchemas) {
        await createDatabases(session, sessions.modes, contents, options);
        await createSequences(session, sessions.modes, contents);
      }
      const ledger = await beginLedger({ session, contents, options, emit: tell });
      sessions.useLedger(ledger);
      const removed = options.withData ? await removeTriggers(session, contents, target, options) : new Set<string>();
      if (options.withSchemas) await makeRoom(session, contents, target, options.dropTable);

      emit({ type: 'phase', phase: 'data' });
      const tables = await loadTables({ options, contents, target, sessions, stalls, emit: tell, signal });
      session = await sessions.revive(session, signal);

      emit({ type: 'phase', phase: 'constraints' });
      const isLeftAlone = options.withSchemas && options.dropTable === 'SKIP';
      if (options.withData && !isLeftAlone) await raiseCounters(session, server, target, kept);
      const keys = options.without?.has('foreign keys') === true ? [] : tables.foreignKeys;
      await addForeignKeys({ sessions, threads: options.threads, emit: tell, signal }, keys);

      emit({ type: 'phase', phase: 'code' });
      const triggerFiles = await triggersToCreate(contents, target, removed, options);
      const code = { session, sessions, contents: { ...contents, triggerFiles }, definer: options.definer, emit: tell };
      const loader = new CodeLoader(code);
      const codeObjects = await loader.createCode({ rest: options.withSchemas });

      emit({ type: 'phase', phase: 'views' });
      const views = options.withSchemas ? await createViews(code, loader) : 0;
      loader.tellDangling();
      const accounts = await users?.grant();
      await ledger?.drop(session);
      await closeDatabases(session, readOnly, tell);
      return {
        directory: options.directory,
        databases: contents.databases.length,
        tables: contents.tables.length,
        views,
        codeObjects,
        accounts,
        rows: tables.rows,
        bytes: tables.bytes,
        storedBytes: tables.storedBytes,
        seconds: (performance.now() - startMs) / 1000,
        retries: notes.retries,
        leftOut: notes.leftOut,
        warnings: notes.warnings,
        skipped: notes.skipped,
      };
    });
  } finally {
    await stalls.stop();
    await session.close();
    await sessions.killAbandoned();
  }
}
