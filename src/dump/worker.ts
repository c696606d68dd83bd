/**
 * Entry of a dump worker thread: serves several connections from one event loop. Each connection does one job at a time
 * and has a kernel of its own; the number of threads follows the cores, the number of connections --threads.
 */
import { must } from '../base/errors.ts';
import { codeFile, schemaFile } from '../format/code.ts';
import { compressBlock } from '../format/codec.ts';
import { writeSmallFile } from '../format/files.ts';
import { COMPRESSED_WINDOWS, InsertKernel, PLAIN_WINDOWS } from '../kernel/kernel.ts';
import { connect } from '../mysql/connect.ts';
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { serve } from '../threads/serve.ts';
import {
  codeDefinitions,
  databaseDefinition,
  sequenceDefinition,
  tableDefinition,
  triggerDefinitions,
  viewDefinition,
  viewPlaceholder,
} from './define.ts';
import { fetchChunk } from './fetch.ts';
import { beginSnapshot, prepareDumpSession } from './session.ts';
import { describeTask } from './task.ts';
import type { DefinitionTask, DumpWorkerMethods, Task, TaskResult, WorkerSetup, WrittenFile } from './task.ts';

interface Lane {
  readonly session: Session;
  kernel: InsertKernel | undefined;
  /** Of the last chunk: its files on their way to the disk while the next chunk is read. */
  durable: Promise<void>;
}

serve<WorkerSetup, DumpWorkerMethods>((setup) => {
  const lanes: Lane[] = [];
  return {
    async open(server) {
      while (lanes.length < setup.sessions) {
        const session = await connect(setup.connection);
        lanes.push({ session, kernel: undefined, durable: Promise.resolve() });
        await saying('preparing a session', () => prepareDumpSession(session, server));
      }
    },
    async beginSnapshot() {
      await saying('opening the snapshot', () => Promise.all(lanes.map(({ session }) => beginSnapshot(session))));
    },
    async run({ session, tasks }) {
      const lane = must(lanes[session], `session ${session}`);
      const results: TaskResult[] = [];
      for (const task of tasks) results.push({ files: await doTask(setup, lane, task) });
      return results;
    },
    async close() {
      await Promise.all(lanes.map(({ durable }) => durable));
      await Promise.all(lanes.map(({ session }) => session.close()));
    },
  };
});

async function doTask(setup: WorkerSetup, lane: Lane, task: Task): Promise<readonly WrittenFile[]> {
  if (task.kind === 'data') {
    lane.kernel ??= new InsertKernel(setup.kernel, setup.codec === 'none' ? PLAIN_WINDOWS : COMPRESSED_WINDOWS);
    const { files, durable } = await fetchChunk(setup, lane.session, lane.kernel, task);
    await lane.durable; // a slow disk is never more than one chunk behind
    durable.catch(() => undefined); // awaited with the next chunk, or at the end
    lane.durable = durable;
    return files;
  }
  const files = await saying(`reading the definition of ${describeTask(task)}`, () =>
    define(setup, lane.session, task),
  );
  return Promise.all(files.map(({ name, text }) => writeDefinition(setup, name, text)));
}

interface DefinitionFile {
  readonly name: string;
  readonly text: Buffer;
}

async function define(setup: WorkerSetup, session: Session, task: DefinitionTask): Promise<DefinitionFile[]> {
  const header = Buffer.from(setup.header);
  switch (task.kind) {
    case 'database':
      return [{ name: task.file, text: schemaFile(header, await databaseDefinition(session, task.database)) }];
    case 'table':
      return [{ name: task.file, text: schemaFile(header, await tableDefinition(session, task.database, task.name)) }];
    case 'sequence':
      return [
        { name: task.file, text: schemaFile(header, await sequenceDefinition(session, task.database, task.name)) },
      ];
    case 'view':
      return [
        { name: task.placeholderFile, text: schemaFile(header, viewPlaceholder(task.name, task.columns)) },
        { name: task.file, text: schemaFile(header, await viewDefinition(session, task.database, task.name)) },
      ];
    case 'triggers':
      return [
        { name: task.file, text: codeFile(header, await triggerDefinitions(session, task.database, task.names)) },
      ];
    case 'code': {
      const statements = await codeDefinitions(session, task.database, task.routines, task.events);
      return [{ name: task.file, text: codeFile(header, statements) }];
    }
  }
}

async function writeDefinition(setup: WorkerSetup, name: string, text: Buffer): Promise<WrittenFile> {
  const stored = await compressBlock(text, setup.codec, setup.compressLevel);
  writeSmallFile(setup.directory, name, stored);
  return { name, storedBytes: stored.length, bytes: text.length, rows: 0 };
}
