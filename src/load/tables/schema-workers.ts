/**
 * Schema workers: make the tables exist.
 *
 * In: the tables of the dump, largest data last, and what exists in the target. Each worker has a connection of its own
 * and takes the next table until there is none. Out: each table created, or left as it was where the mode says so, its
 * foreign keys set aside for later; the moment a table is ready `onCreated` is told, so that its data can start while
 * other tables are still being created.
 */
import { abortable } from '../../base/abort.ts';
import { describeError, ToolError } from '../../base/errors.ts';
import type { Session } from '../../mysql/session.ts';
import { saying, ServerErrno, serverErrno } from '../../mysql/failure.ts';
import { splitForeignKeys } from '../../schema/ddl.ts';
import { quoteName } from '../../schema/names.ts';
import { withoutPlace } from '../../schema/place.ts';
import type { DumpTable } from '../contents.ts';
import type { DropTableMode } from '../options.ts';
import { sendDefinitions } from '../send/definitions.ts';
import type { LoadSessions } from '../session.ts';
import type { Target } from '../target.ts';

export interface SchemaRun {
  readonly sessions: LoadSessions;
  /** Shared by all workers and consumed from the end. */
  readonly tables: DumpTable[];
  readonly dropTable: DropTableMode;
  readonly target: Target;
  readonly onStart: (table: DumpTable) => void;
  /** `foreignKeys` are the clauses that were taken out of the statement. */
  readonly onCreated: (table: DumpTable, foreignKeys: readonly Buffer[]) => void;
  /** Created in the server's own place: the one of the definition does not exist here. */
  readonly onMisplaced: (table: DumpTable, why: string) => void;
  /** A definition without rows, of an engine that the target does not have. */
  readonly onRefused: (table: DumpTable, why: string) => void;
  readonly onSkipped: (table: DumpTable) => void;
  readonly signal: AbortSignal;
}

/**
 * One worker: creates tables until there are none.
 *
 * @throws ToolError naming the file whose statement failed.
 */
export async function schemaWorker(run: SchemaRun): Promise<void> {
  if (run.tables.length === 0) return;
  const session = await run.sessions.open(run.signal);
  await abortable(
    run.signal,
    () => session.destroy('the run was ended'),
    async () => {
      for (let table = run.tables.pop(); table !== undefined; table = run.tables.pop()) {
        await createTable(run, session, table);
      }
      await session.close();
    },
  );
}

async function createTable(run: SchemaRun, session: Session, table: DumpTable): Promise<void> {
  run.onStart(table);
  const exists = run.target.has(table.database, table.name);
  if (exists && (run.dropTable === 'SKIP' || table.whenPresent === 'SKIP')) {
    run.onSkipped(table);
    return;
  }
  const isKept = exists && (run.dropTable !== 'DROP' || table.whenPresent === 'LOAD');
  let foreignKeys: readonly Buffer[] = [];
  try {
    if (!isKept) foreignKeys = await create(run, session, table);
  } catch (error) {
    if (serverErrno(error) !== ServerErrno.ER_UNKNOWN_STORAGE_ENGINE || table.dataFiles.length > 0) throw error;
    run.onRefused(table, describeError(error));
    return;
  }
  run.onCreated(table, foreignKeys);
}

async function create(run: SchemaRun, session: Session, table: DumpTable): Promise<readonly Buffer[]> {
  const { schemaFile } = table;
  if (schemaFile === undefined) {
    throw new ToolError('DUMP_INCOMPLETE', `the dump has no definition of ${table.database}.${table.name}`, {
      hint: 'create the table first and load with --no-schema',
    });
  }
  const foreignKeys: Buffer[] = [];
  await saying(`selecting ${table.database}`, () => session.execute(`USE ${quoteName(table.database)}`));
  const define = (change: (sql: Buffer) => Buffer): Promise<void> =>
    sendDefinitions(session, run.sessions.modes, schemaFile, (sql) => {
      const split = splitForeignKeys(change(sql));
      foreignKeys.push(...split.foreignKeys);
      return split.create;
    });
  try {
    await define((sql) => sql);
  } catch (error) {
    if (!isMissingPlace(error)) throw error;
    await define(withoutPlace);
    run.onMisplaced(table, describeError(error));
  }
  return foreignKeys;
}

/** The definition names a tablespace or a directory that the target does not have (MySQL). */
function isMissingPlace(error: unknown): boolean {
  const errno = serverErrno(error);
  return errno === ServerErrno.ER_TABLESPACE_MISSING_WITH_NAME || errno === ServerErrno.ER_WRONG_DATA_DIRECTORY;
}
