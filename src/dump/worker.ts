/**
 * Entry of a dump worker thread: serves several connections from one event loop. Each connection does one job at a time
 * and has a kernel of its own; the number of threads follows the cores, the number of connections --threads.
 */
import { must } from '../base/errors.ts';
import type { Skipped } from '../base/events.ts';
import { codeFile, schemaFile } from '../format/code.ts';
import { packFile } from '../format/codec.ts';
import { writeSmallFile } from '../format/files.ts';
import { COMPRESSED_WINDOWS, RowKernel, PLAIN_WINDOWS } from '../kernel/kernel.ts';
import { storedHashOf } from '../kernel/stored-hash.ts';
import { connect, loadDriver } from '../mysql/connect.ts';
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { tablespaceOf } from '../schema/place.ts';
import { serve } from '../threads/serve.ts';
import { databaseDefinition, sequenceDefinition, tableDefinition, viewPlaceholder } from '../define/stored.ts';
import { routineDefinitions, triggerDefinitions, viewDefinition } from '../define/code.ts';
import type { Definitions } from '../define/code.ts';
import { fetchChunk } from './fetch.ts';
import { lossOf } from './loss.ts';
import { prepareToRead, widenSendBuffer } from '../mysql/reading.ts';
import { beginSnapshot } from '../mysql/snapshots.ts';
import { lettingGo, mayLetGo } from './session.ts';
import { describeObject, describeTask } from './task.ts';
import type { DefinitionTask, DumpWorkerMethods, Task, TaskResult, WorkerSetup, WrittenFile } from './task.ts';

interface Lane {
  readonly session: Session;
  /** Whether it lets go of locked tables that it has read. */
  readonly letsGo: boolean;
  kernel: RowKernel | undefined;
  /** Of the last chunk: its files on their way to the disk while the next chunk is read. */
  durable: Promise<void>;
}

await loadDriver(); // while the main thread still looks at the server

serve<WorkerSetup, DumpWorkerMethods>((setup) => {
  const lanes: Lane[] = [];
  /** Why objects are out of reach: nobody has to wait for them twice. */
  const lost = new Map<string, string>();
  return {
    async open(server) {
      while (lanes.length < setup.sessions) {
        const session = await connect(setup.connection);
        const letsGo = await saying('preparing a session', async () => {
          await prepareToRead(session, server);
          await widenSendBuffer(session, server);
          await session.execute(`SET SESSION lock_wait_timeout = ${setup.lockWaitSeconds}`);
          return mayLetGo(session, server);
        });
        lanes.push({ session, letsGo, kernel: undefined, durable: Promise.resolve() });
      }
    },
    async beginSnapshot(query) {
      return saying('opening the snapshot', () =>
        Promise.all(lanes.map(({ session }) => beginSnapshot(session, query))),
      );
    },
    async run({ session, tasks }) {
      const lane = must(lanes[session], `session ${session}`);
      const doAll = async (): Promise<readonly TaskResult[]> => {
        const results: TaskResult[] = [];
        for (const task of tasks) results.push(await attempt(task, lost, () => doTask(setup, lane, task)));
        return results;
      };
      const areLocked = tasks.some((task) => task.kind === 'data' && task.isLocked);
      return lane.letsGo && areLocked ? lettingGo(lane.session, doAll) : doAll();
    },
    named(session) {
      return must(lanes[session], `session ${session}`).durable;
    },
    async close() {
      await Promise.all(lanes.map(({ durable }) => durable));
      await Promise.all(lanes.map(({ session }) => session.close()));
    },
  };
});

/** A task whose object DDL has put out of reach is done, with nothing in hand. */
async function attempt(
  task: Task,
  lostBefore: Map<string, string>,
  action: () => Promise<TaskResult>,
): Promise<TaskResult> {
  const known = lostBefore.size === 0 ? undefined : lostBefore.get(describeObject(task));
  if (known !== undefined) return { files: [], lost: known };
  try {
    return await action();
  } catch (error) {
    const lost = lossOf(task, error);
    if (lost === undefined) throw error;
    lostBefore.set(describeObject(task), lost);
    return { files: [], lost };
  }
}

async function doTask(setup: WorkerSetup, lane: Lane, task: Task): Promise<TaskResult> {
  if (task.kind === 'data') {
    lane.kernel ??= new RowKernel(setup.kernel, setup.codec === 'none' ? PLAIN_WINDOWS : COMPRESSED_WINDOWS);
    const { durable, ...result } = await fetchChunk(setup, lane.session, lane.kernel, task);
    await lane.durable; // a slow disk is never more than one chunk behind
    if (setup.namesFilesAtOnce) await durable;
    durable.catch(() => undefined); // awaited with the next chunk, or at the end
    lane.durable = durable;
    return result;
  }
  const { files, skipped, tablespace } = await saying(`reading the definition of ${describeTask(task)}`, () =>
    define(setup, lane.session, task),
  );
  const written = await Promise.all(files.map((file) => writeDefinition(setup, file)));
  // What crosses threads costs by its properties, and most tables have nothing to tell.
  return skipped.length === 0 && tablespace === undefined
    ? { files: written }
    : { files: written, skipped, tablespace };
}

interface DefinitionFile {
  readonly name: string;
  readonly text: Buffer;
  readonly codeObjects: number;
}

interface Defined {
  readonly files: readonly DefinitionFile[];
  readonly skipped: readonly Skipped[];
  readonly tablespace?: string | undefined;
}

async function define(setup: WorkerSetup, session: Session, task: DefinitionTask): Promise<Defined> {
  const { header } = setup;
  const plain = (name: string, statements: readonly Buffer[]): DefinitionFile => ({
    name,
    text: schemaFile(header, statements),
    codeObjects: 0,
  });
  const code = ({ statements, objects, skipped }: Definitions, file = codeFile): Defined => ({
    files: statements.length === 0 ? [] : [{ name: task.file, text: file(header, statements), codeObjects: objects }],
    skipped,
  });
  const source = { session, database: task.database, definer: setup.definer };
  switch (task.kind) {
    case 'database':
      return { files: [plain(task.file, await databaseDefinition(session, task.database))], skipped: [] };
    case 'table': {
      const statements = await tableDefinition(session, task.database, task.name);
      return {
        files: [plain(task.file, statements)],
        skipped: [],
        tablespace: statements.map(tablespaceOf).find((each) => each !== undefined),
      };
    }
    case 'sequence':
      return { files: [plain(task.file, await sequenceDefinition(session, task.database, task.name))], skipped: [] };
    case 'view': {
      const { files, skipped } = code(await viewDefinition(source, task.name), schemaFile);
      const placeholder = plain(task.placeholderFile, viewPlaceholder(task.name, task.columns));
      return { files: files.length === 0 ? [] : [placeholder, ...files], skipped };
    }
    case 'triggers':
      return code(await triggerDefinitions(source, task.names));
    case 'code':
      return code(await routineDefinitions(source, task.routines, task.events));
  }
}

async function writeDefinition(setup: WorkerSetup, { name, text, codeObjects }: DefinitionFile): Promise<WrittenFile> {
  const stored = setup.codec === 'none' ? text : await packFile(text, name, setup);
  writeSmallFile(setup.directory, name, stored);
  const written = { name, storedBytes: stored.length, xxh3: storedHashOf(stored), bytes: text.length, rows: 0 };
  return codeObjects === 0 ? written : { ...written, codeObjects };
}
