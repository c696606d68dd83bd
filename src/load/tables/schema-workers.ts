/**
 * Schema workers: make the tables exist.
 *
 * In: the tables of the dump, largest data last, and what exists in the target. Each worker has a connection of its own
 * and takes the next table until there is none. Out: each table created, or left as it was where the mode says so, its
 * foreign keys, and for some tables other keys too, set aside for later; the moment a table is ready `onCreated` is told, so that its data can start while
 * other tables are still being created.
 */
import { abortable } from '../../base/abort.ts';
import { describeError, ToolError } from '../../base/errors.ts';
import type { Session } from '../../mysql/session.ts';
import { saying, ServerErrno, serverErrno } from '../../mysql/failure.ts';
import { statementKind } from '../../format/statements.ts';
import { quoteName } from '../../schema/names.ts';
import { withoutPlace } from '../../schema/place.ts';
import { splitTable } from '../../schema/table-keys.ts';
import type { DumpTable } from '../contents.ts';
import { NOTHING_ASIDE } from '../keys.ts';
import type { SetAside } from '../keys.ts';
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
  /** Whether keys of a table are to be added when its rows are there. */
  readonly hasKeysLater: (table: DumpTable) => boolean;
  readonly onStart: (table: DumpTable) => void;
  readonly onCreated: (table: DumpTable, setAside: SetAside) => void;
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
  let setAside = NOTHING_ASIDE;
  try {
    if (!isKept) setAside = await create(run, session, table);
  } catch (error) {
    if (serverErrno(error) !== ServerErrno.ER_UNKNOWN_STORAGE_ENGINE || table.dataFiles.length > 0) throw error;
    run.onRefused(table, describeError(error));
    return;
  }
  run.onCreated(table, setAside);
}

async function create(run: SchemaRun, session: Session, table: DumpTable): Promise<SetAside> {
  const { schemaFile } = table;
  if (schemaFile === undefined) {
    throw new ToolError('DUMP_INCOMPLETE', `the dump has no definition of ${table.database}.${table.name}`, {
      hint: 'create the table first and load with --no-schema',
    });
  }
  const later = run.hasKeysLater(table);
  await saying(`selecting ${table.database}`, () => session.execute(`USE ${quoteName(table.database)}`));
  const define = async (change: (sql: Buffer) => Buffer): Promise<SetAside> => {
    let setAside = NOTHING_ASIDE;
    const settings: Buffer[] = [];
    await sendDefinitions(session, run.sessions.modes, schemaFile, (sql) => {
      if (statementKind(sql) === 'set') settings.push(sql);
      const split = splitTable(change(sql), { later });
      if (split.create !== sql) setAside = { ...split, settings };
      return split.create;
    });
    return setAside;
  };
  try {
    return await define((sql) => sql);
  } catch (error) {
    if (!isMissingPlace(error)) throw error;
    const setAside = await define(withoutPlace);
    run.onMisplaced(table, describeError(error));
    return setAside;
  }
}

/** The definition names a tablespace or a directory that the target does not have (MySQL). */
function isMissingPlace(error: unknown): boolean {
  const errno = serverErrno(error);
  return errno === ServerErrno.ER_TABLESPACE_MISSING_WITH_NAME || errno === ServerErrno.ER_WRONG_DATA_DIRECTORY;
}
