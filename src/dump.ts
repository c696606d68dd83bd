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
import { HookRunner } from './dump/hook.ts';
import { beginJournal, marksOf, pointOf, resumable } from './dump/journal/begin.ts';
import type { DumpJournal } from './dump/journal.ts';
import type { DumpOptions } from './dump/options.ts';
import { planDump, tablesToRead } from './dump/plan.ts';
import { checkPrivileges } from './dump/privileges.ts';
import { findInterrupted } from './dump/resume.ts';
import { KeptTables } from './dump/resume/kept-tables.ts';
import { beginThrottle } from './dump/throttle.ts';
import { fileHeader } from './dump/session.ts';
import { prepareToRead } from './mysql/reading.ts';
import { DumpSessions } from './dump/sessions.ts';
import { settle } from './dump/settle.ts';
import { takeSnapshot } from './dump/snapshot.ts';
import { programIn } from './format/codec.ts';
import { openDirectory, openInterrupted } from './format/directory.ts';
import type { OpenedDirectory } from './format/directory.ts';
import { describeTarget } from './mysql/connect.ts';
import { saying } from './mysql/failure.ts';
import { inspectServer } from './mysql/server.ts';
import { Choice } from './schema/filter/choice.ts';

export interface DumpRun {
  readonly emit: Emit;
  /** Aborting ends the dump with what the signal's reason says; the directory is left without metadata, and can be gone on with. */
  readonly signal: AbortSignal;
}

/**
 * Writes a consistent dump, or goes on with one that was interrupted. Resolves when every file is durable and `metadata` has its name.
 *
 * @throws ToolError; see src/base/errors.ts for the codes. The directory then holds no `metadata`.
 */
export async function dump(options: DumpOptions, { emit, ...run }: DumpRun): Promise<DumpSummary> {
  const signal = followed(run.signal);
  const startedAt = new Date();
  const startMs = performance.now();
  const notes = takeNotes(emit);
  const tell = notes.emit;

  const hook = options.hook && new HookRunner(options.hook, options);
  emit({ type: 'phase', phase: 'connect' });
  const crew = WorkerCrew.start(options, fileHeader(), signal);
  const sessions = await DumpSessions.begin(options, signal).catch(async (error: unknown) => {
    await crew.stop();
    throw error;
  });
  let directory: OpenedDirectory | undefined;
  let journal: DumpJournal | undefined;
  try {
    directory = await (options.resume === true
      ? openInterrupted(options.directory)
      : openDirectory(options.directory, {
          clear: options.clearsDirectory === true,
          program: programIn(options.codec),
        }));
    const summary = await abortable(signal, sessions.stop, async () => {
      const { main } = sessions;
      const server = await saying('looking at the server', () => inspectServer(main));
      const { product, versionText } = server;
      emit({ type: 'server', product, version: versionText, where: describeTarget(options.connection) });
      await saying('preparing a session', () => prepareToRead(main, server));
      const common = { options, server, signal, emit: tell };
      const interrupted = await findInterrupted(common);
      const throttle = await beginThrottle(options, sessions, { signal, emit: tell });
      await crew.open(server);
      const { beginSnapshot, redo } = crew;

      emit({ type: 'phase', phase: 'lock' });
      const snapshot = await takeSnapshot({ ...common, session: main, beginSnapshot, adopt: sessions.adopt });
      const { session, apart, confirm } = snapshot;
      const point = await pointOf(snapshot, server, startedAt);

      emit({ type: 'phase', phase: 'catalog' });
      const choice = new Choice({ ...options, partsKey: 'object_to_export' }, tell);
      const databases = await readCatalog(session, choice, options, server);
      await checkPrivileges(databases, { ...common, session });
      const planning = sessions.forPlanning(server, signal);
      const kept = interrupted && new KeptTables(interrupted, point, marksOf(snapshot));
      const planned = planDump(databases, { ...common, choice, planning, apart: apart?.tables, kept });
      await tryExtracts(session, planned.tables);
      journal = await beginJournal({ ...common, snapshot, plan: planned, point, kept });
      apart?.expect(tablesToRead(planned));
      throttle?.suspendWhile(() => apart?.isHeld === true);
      const accounts = await writeAccounts(session, server, options, tell);
      if (accounts?.file !== undefined) hook?.add([accounts.file]);

      emit({ type: 'phase', phase: 'data' });
      const outcomes = await crew.run(
        planned,
        journal,
        { emit: tell, throttle },
        {
          tableRead: (table) => apart?.done(table),
          filesWritten: (task, written) => {
            if (task.kind !== 'triggers') hook?.add(written);
          },
        },
      );
      await apart?.end();
      await confirm();
      const { plan, files } = await settle({ ...common, snapshot, plan: planned, outcomes, redo });
      // Triggers: a table that is lost takes its own out of their file. The rest: what an interrupted dump had left.
      for (const written of files.values()) hook?.add(written);

      emit({ type: 'phase', phase: 'finish' });
      await crew.close();
      const finished = await finishDump({ ...common, snapshot, point, plan, accounts, files, startMs, notes });
      await journal.end(true);
      return finished;
    });
    if (hook === undefined) return summary;
    await sessions.close(emit); // whatever the programs take, the server waits for none of them
    await abortable(
      signal,
      () => void hook.stop(),
      async () => {
        await hook.finish(tell);
        signal.throwIfAborted();
      },
    );
    return { ...summary, skipped: notes.skipped };
  } catch (error) {
    await hook?.stop();
    await crew.stop();
    throw resumable(error, journal);
  } finally {
    await journal?.end(false);
    await sessions.close(emit);
    await directory?.close();
  }
}
