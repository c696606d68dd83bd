/**
 * Finish: what turns a directory of files into a dump.
 *
 * In: every file that was written. Out: all of them durable, then the manifest, then `metadata` under its final name: a
 * directory that has it is whole.
 */
import { performance } from 'node:perf_hooks';

import type { DumpSummary } from '../base/events.ts';
import { flushDirectory } from '../format/directory.ts';
import { publishFile } from '../format/files.ts';
import { manifestChunks } from '../format/manifest.ts';
import type { ManifestEntry } from '../format/manifest.ts';
import { metadataChunks } from '../format/metadata.ts';
import type { MetadataTable } from '../format/metadata.ts';
import { MANIFEST_NAME, METADATA_NAME } from '../format/names.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { FilesByTask } from './crew.ts';
import type { DumpOptions } from './options.ts';
import type { DumpPlan } from './plan.ts';
import type { Snapshot } from './snapshot.ts';
import type { WrittenFile } from './task.ts';

export interface FinishedWork {
  readonly options: DumpOptions;
  readonly server: ServerInfo;
  readonly sqlMode: string;
  readonly snapshot: Snapshot;
  readonly plan: DumpPlan;
  readonly files: FilesByTask;
  readonly startedAt: Date;
  readonly startMs: number;
  readonly warnings: readonly string[];
}

export async function finishDump(work: FinishedWork): Promise<DumpSummary> {
  const { options, server, sqlMode, snapshot, plan, files } = work;
  const { directory } = options;
  await flushDirectory(directory);
  const facts = { startedAt: work.startedAt, finishedAt: new Date(), sqlMode, position: snapshot.position };
  const dataFiles = groupByTable(files);
  const tables = [...metadataTables(plan, dataFiles, options)];
  await publishFile(
    directory,
    MANIFEST_NAME,
    manifestChunks(
      { ...facts, server: { product: server.product, version: server.versionText } },
      manifestEntries(plan, dataFiles, files),
    ),
  );
  await publishFile(
    directory,
    METADATA_NAME,
    metadataChunks({ ...facts, tables, maxStatementBytes: options.maxStatementBytes }),
  );
  return summarize(work);
}
