/**
 * The story of a dump: from the first connection to the `metadata` file that makes the directory a dump.
 */
import { performance } from 'node:perf_hooks';

import type { DumpSummary, Emit } from './base/events.ts';
import { readCatalog } from './dump/catalog.ts';
import { WorkerCrew } from './dump/crew.ts';
import { finishDump } from './dump/finish.ts';
import type { DumpOptions } from './dump/options.ts';
import { planDump } from './dump/plan.ts';
import { fileHeader, loadSqlMode, prepareDumpSession } from './dump/session.ts';
import { takeSnapshot } from './dump/snapshot.ts';
import { openDirectory } from './format/directory.ts';
import { connect, describeTarget } from './mysql/connect.ts';
import { inspectServer } from './mysql/server.ts';
import { select } from './schema/filter.ts';

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
export async function dump(options: DumpOptions, { emit, signal }: DumpRun): Promise<DumpSummary> {
  const startedAt = new Date();
  const startMs = performance.now();
  const warnings: string[] = [];
  const tell: Emit = (event) => {
    if (event.type === 'warning') warnings.push(event.message);
    emit(event);
  };

  emit({ type: 'phase', phase: 'connect' });
  const session = await connect(options.connection);
  const onAbort = (): void => session.destroy('the run was interrupted');
  signal.addEventListener('abort', onAbort);
  let crew: WorkerCrew | undefined;
  try {
    const server = await inspectServer(session);
    emit({
      type: 'server',
      product: server.product,
      version: server.versionText,
      where: describeTarget(options.connection),
    });
    await prepareDumpSession(session, server);
    await openDirectory(options.directory);
    const sqlMode = loadSqlMode(server.sqlMode);
    crew = await WorkerCrew.open({ options, server, header: fileHeader(sqlMode), signal });

    emit({ type: 'phase', phase: 'lock' });
    const snapshot = await takeSnapshot(session, server, () => crew!.beginSnapshot(), tell);

    emit({ type: 'phase', phase: 'catalog' });
    const databases = await readCatalog(session, server, select(options.databases, options.tables));
    const plan = planDump(databases, options, session, tell);

    emit({ type: 'phase', phase: 'data' });
    const files = await crew.run(plan, tell);

    emit({ type: 'phase', phase: 'finish' });
    await crew.close();
    return await finishDump({ options, server, sqlMode, snapshot, plan, files, startedAt, startMs, warnings });
  } catch (error) {
    // What failed first is the reason; an abort is the reason for everything that failed after it.
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await crew?.stop();
    await session.close();
  }
}
