/**
 * The story of a dump: from the first connection to the `metadata` file that makes the directory a dump.
 */
import { performance } from 'node:perf_hooks';

import { abortable, followed } from './base/abort.ts';
import type { DumpSummary, Emit } from './base/events.ts';
import { takeNotes } from './base/notes.ts';
import { writeAccounts } from './dump/accounts.ts';
import { readCatalog } from './dump/catalog.ts';
import { WorkerCrew } from './dump/crew.ts';
import { tryExtracts } from './dump/plan/extract.ts';
import { finishDump } from './dump/finish.ts';
import type { DumpOptions } from './dump/options.ts';
import { planDump, tablesToRead } from './dump/plan.ts';
import { PlanningConnection } from './dump/planning.ts';
import { checkPrivileges } from './dump/privileges.ts';
import { fileHeader, prepareDumpSession } from './dump/session.ts';
import { settle } from './dump/settle.ts';
import { takeSnapshot } from './dump/snapshot.ts';
import { selectionOf } from './dump/snapshot/inventory.ts';
import { DEFAULT_LOCK, lockWaitSeconds } from './dump/snapshot/options.ts';
import { openDirectory, removeEmptyDirectories } from './format/directory.ts';
import { connect, describeTarget } from './mysql/connect.ts';
import { saying } from './mysql/failure.ts';
import { killAbandoned } from './mysql/kill.ts';
import { inspectServer } from './mysql/server.ts';
import { Choice } from './schema/filter/choice.ts';

export interface DumpRun {
  readonly emit: Emit;
  /** Aborting ends the dump with what the signal's reason says; the directory is left without metadata. */
  readonly signal: AbortSignal;
}

/**
 * Writes a consistent dump. Resolves when every file is durable and `metadata` has its name.
 *
 * @throws ToolError; see src/base/errors.ts for the codes. The directory then holds no `metadata`.
 */
export async function dump(options: DumpOptions, { emit, ...run }: DumpRun): Promise<DumpSummary> {
  const signal = followed(run.signal);
  const startedAt = new Date();
  const startMs = performance.now();
  const notes = takeNotes(emit);
  const tell = notes.emit;

  emit({ type: 'phase', phase: 'connect' });
  const crew = WorkerCrew.start(options, fileHeader(), signal);
  const session = await connect(options.connection, signal).catch(async (error: unknown) => {
    await crew.stop();
    throw error;
  });
  let madeDirectories: readonly string[] = [];
  let planning: PlanningConnection | undefined;
  /** The main one, and one that holds locks of its own. */
  const sessions = [session];
  const stop = (): void => {
    for (const each of sessions) each.destroy('the run was interrupted');
    planning?.destroy('the run was interrupted');
  };
  try {
    madeDirectories = await openDirectory(options.directory);
    return await abortable(signal, stop, async () => {
      const server = await saying('looking at the server', () => inspectServer(session));
      const { product, versionText } = server;
      emit({ type: 'server', product, version: versionText, where: describeTarget(options.connection) });
      await saying('preparing a session', () => prepareDumpSession(session, server));
      await crew.open(server);

      const selection = selectionOf(options);

      emit({ type: 'phase', phase: 'lock' });
      const snapshot = await takeSnapshot({
        session,
        server,
        selection,
        signal,
        emit: tell,
        options: options.lock ?? DEFAULT_LOCK,
        connection: options.connection,
        withData: options.withData,
        beginEverywhere: crew.beginSnapshot,
        adopt: (opened) => sessions.push(opened),
      });
      const { apart } = snapshot;

      emit({ type: 'phase', phase: 'catalog' });
      const choice = new Choice({ ...options, partsKey: 'object_to_export' }, tell);
      const databases = await readCatalog(snapshot.session, choice, options, server);
      await checkPrivileges(databases, { session: snapshot.session, server, options, emit: tell });
      planning = new PlanningConnection(options.connection, server, signal, lockWaitSeconds(options.lock));
      const planned = planDump(databases, {
        options,
        choice,
        server,
        planning,
        emit: tell,
        apart: apart?.tables,
      });
      await tryExtracts(snapshot.session, planned.tables);
      apart?.expect(tablesToRead(planned));
      const accounts = await writeAccounts(snapshot.session, server, options, tell);

      emit({ type: 'phase', phase: 'data' });
      const outcomes = await crew.run(planned, tell, (table) => apart?.done(table));
      await apart?.end();
      const { plan, files } = await settle({
        snapshot,
        server,
        selection,
        plan: planned,
        outcomes,
        directory: options.directory,
        redo: crew.redo,
        emit: tell,
      });

      emit({ type: 'phase', phase: 'finish' });
      await crew.close();
      return finishDump({ options, server, snapshot, plan, accounts, files, startedAt, startMs, notes });
    });
  } catch (error) {
    await crew.stop();
    await removeEmptyDirectories(madeDirectories);
    throw error;
  } finally {
    await planning?.close();
    for (const each of sessions) await each.close();
    await killAbandoned(options.connection, [...sessions, ...(planning?.sessions ?? [])], emit);
  }
}
