/**
 * Schema workers: make the tables exist.
 *
 * In: the tables of the dump, largest data last, and what exists in the target. Each worker has a connection of its own
 * and takes the next tables until there are none. Out: each table created, or left as it was where the mode says so, its
 * foreign keys, and for some tables other keys too, set aside for later; the moment a table is ready `onCreated` is told,
 * so that its data can start while other tables are still being created.
 *
 * CREATE TABLE statements leave one behind the other, so that many cost one round trip, but only under settings that the
 * session has already: a USE or SET that fails must not be followed by what relies on it. So the first table of a database,
 * or of other settings, is created by itself, statement by statement, and so is one that was refused: that names what is
 * wrong and where, and knows what to do about it. When the connection is lost, what was not answered is tried again; a table
 * that is there then was created.
 */
import { abortable } from '../../base/abort.ts';
import { describeError } from '../../base/errors.ts';
import type { Session } from '../../mysql/session.ts';
import { saying, ServerErrno, serverErrno } from '../../mysql/failure.ts';
import { ServerError } from '../../mysql/packets.ts';
import { retryPolicyOf } from '../../mysql/retry.ts';
import { quoteName, quoteQualified } from '../../schema/names.ts';
import { withoutPlace } from '../../schema/place.ts';
import type { DumpTable } from '../contents.ts';
import { NOTHING_ASIDE } from '../keys.ts';
import type { SetAside } from '../keys.ts';
import type { DropTableMode } from '../options.ts';
import { Place } from '../place.ts';
import type { PlaceRun } from '../place.ts';
import { sendDefinitions } from '../send/definitions.ts';
import type { Target } from '../target.ts';
import type { OpenPlaces } from './open-places.ts';
import { readDefinition, Splitter } from './definition.ts';
import type { Definition } from './definition.ts';
import type { EarlyForeignKeys } from './early-foreign-keys.ts';

export interface SchemaRun extends PlaceRun {
  readonly places: OpenPlaces;
  /** Shared by all workers and consumed from the end. */
  readonly tables: DumpTable[];
  readonly dropTable: DropTableMode;
  readonly target: Target;
  /** What a table lacks that an earlier run of this load has created; undefined: none has. */
  readonly created: (table: DumpTable) => Promise<CreatedTable | undefined>;
  /** Whether keys of a table are to be added when its rows are there. */
  readonly hasKeysLater: (table: DumpTable) => boolean;
  readonly early: EarlyForeignKeys;
  readonly onStart: (table: DumpTable) => void;
  /** With the engine that its definition names. */
  readonly onCreated: (table: DumpTable, setAside: SetAside, engine?: string) => void;
  /** Created in the server's own place: the one of the definition does not exist here. */
  readonly onMisplaced: (table: DumpTable, why: string) => void;
  /** A definition without rows, of an engine that the target does not have. */
  readonly onRefused: (table: DumpTable, why: string) => void;
  readonly onSkipped: (table: DumpTable) => void;
}

export interface CreatedTable {
  readonly setAside: SetAside;
  /** Undefined: the server's default. */
  readonly engine: string | undefined;
}

/** Those that wait for the last of them lose a few milliseconds. */
const MAX_TOGETHER = 16;
/** A table with more rows is not kept waiting, and nobody waits for it. */
const MAX_TOGETHER_BYTES = 1024 * 1024;
/** Who takes many at a time leaves the others without work at the end. */
const MIN_SHARES = 8;

/**
 * One worker: creates tables until there are none.
 *
 * @throws ToolError naming the file whose statement failed.
 */
export async function schemaWorker(run: SchemaRun, number: number): Promise<void> {
  if (run.tables.length === 0) return;
  const place = new Place(run, `schema.${number}`);
  await abortable(
    run.signal,
    () => place.destroy('the run was ended'),
    async () => {
      if (!(await isConnected(run, place))) return;
      const worker = new SchemaWorker(run, place);
      for (let tables = nextTables(run); tables.length > 0; tables = nextTables(run)) await worker.create(tables);
      await place.close();
    },
  );
}

/** False: the server has no connection left, and others are at work. */
async function isConnected({ places }: SchemaRun, place: Place): Promise<boolean> {
  const policyFor: typeof retryPolicyOf = (error) => (places.canDoWithout(error) ? undefined : retryPolicyOf(error));
  try {
    await place.retried({ what: 'opening a connection', policyFor }, async () => places.add());
    return true;
  } catch (error) {
    if (!places.canDoWithout(error)) throw error;
    return false;
  }
}

function nextTables({ tables }: SchemaRun): readonly DumpTable[] {
  const most = Math.min(MAX_TOGETHER, Math.ceil(tables.length / MIN_SHARES));
  const taken: DumpTable[] = [];
  while (taken.length < most) {
    const table = tables.pop();
    if (table === undefined) break;
    taken.push(table);
    if (table.storedBytes > MAX_TOGETHER_BYTES) break;
  }
  return taken;
}

class SchemaWorker {
  private readonly run: SchemaRun;
  private readonly place: Place;
  private session: Session | undefined;
  /** Of the definition that was run last; undefined when they are not known. */
  private surroundings: string | undefined;
  private left: readonly Definition[] = [];
  /** Of those left what was sent with others, and may have been created. */
  private readonly sent = new Map<Definition, Splitter>();
  /** An answer may have been lost. */
  private isTriedAgain = false;

  constructor(run: SchemaRun, place: Place) {
    this.run = run;
    this.place = place;
  }

  async create(tables: readonly DumpTable[]): Promise<void> {
    const missing: DumpTable[] = [];
    for (const table of tables) if (!(await this.isThere(table))) missing.push(table);
    this.left = await Promise.all(missing.map((table) => readDefinition(table, this.run.sessions.guard)));
    const [first] = this.left;
    if (first === undefined) return;
    const what = `creating ${quoteQualified(first.table.database, first.table.name)}`;
    await this.place.retried({ what, achieved: () => -this.left.length }, async (session, attempt) => {
      if (session !== this.session) this.surroundings = undefined;
      this.session = session;
      this.isTriedAgain = attempt > 1;
      await this.createLeft(session);
    });
  }

  private async createLeft(session: Session): Promise<void> {
    for (let [first] = this.left; first !== undefined; [first] = this.left) {
      const { surroundings } = this;
      const alike = this.left.filter((each) => surroundings !== undefined && each.surroundings === surroundings);
      if (alike.length > 0) await this.createTogether(session, alike);
      else await this.createAlone(session, first);
    }
  }

  private created(definition: Definition, { setAside, engine }: Splitter): void {
    this.settle(definition);
    this.run.onCreated(definition.table, setAside, engine);
  }

  private settle(definition: Definition): void {
    this.left = this.left.filter((each) => each !== definition);
    this.sent.delete(definition);
  }

  /** True for a table that is not to be created: it keeps the definition that it has in the target. */
  private async isThere(table: DumpTable): Promise<boolean> {
    const { target, dropTable, onStart, onSkipped, onCreated } = this.run;
    onStart(table);
    if (!target.has(table.database, table.name)) return this.wasCreated(table);
    if (dropTable === 'SKIP' || table.whenPresent === 'SKIP') onSkipped(table);
    else if (dropTable !== 'DROP' || table.whenPresent === 'LOAD') onCreated(table, NOTHING_ASIDE);
    else return false;
    return true;
  }

  /** By an earlier run of this load. */
  private async wasCreated(table: DumpTable): Promise<boolean> {
    const earlier = await this.run.created(table);
    if (earlier !== undefined) this.run.onCreated(table, earlier.setAside, earlier.engine);
    return earlier !== undefined;
  }

  /** In one round trip, but for those that are refused. */
  private async createTogether(session: Session, definitions: readonly Definition[]): Promise<void> {
    const { hasKeysLater, early } = this.run;
    const wanted = definitions.map((definition) => {
      const { table } = definition;
      const splitter = new Splitter(hasKeysLater(table), (clauses) => early.take(table, clauses));
      this.sent.set(definition, splitter);
      const sql = definition.statements.map((statement) => splitter.split(statement)).at(-1) ?? '';
      return { definition, sql, splitter };
    });
    const outcomes = await saying('creating tables', () => session.executeEach(wanted.map(({ sql }) => sql)));
    const isCreated = (at: number): boolean => !(outcomes[at] instanceof ServerError);
    for (const [at, { definition, splitter }] of wanted.entries())
      if (isCreated(at)) this.created(definition, splitter);
    const refused = wanted.filter((_, at) => !isCreated(at));
    for (const { definition } of refused) this.sent.delete(definition);
    for (const { definition } of refused) await this.createAlone(session, definition);
  }

  private async createAlone(session: Session, definition: Definition): Promise<void> {
    const { table, surroundings } = definition;
    this.surroundings = undefined;
    try {
      this.created(definition, await this.define(session, definition));
      this.surroundings = surroundings;
    } catch (error) {
      if (serverErrno(error) === ServerErrno.ER_UNKNOWN_STORAGE_ENGINE && table.dataFiles.length === 0) {
        this.settle(definition);
        return this.run.onRefused(table, describeError(error));
      }
      if (serverErrno(error) === undefined || retryPolicyOf(error) !== undefined) throw error;
      // What refers to it may be why.
      if (!(await this.run.early.dropReferences(session, table))) throw error;
      await this.createAlone(session, definition);
    }
  }

  private async define(session: Session, definition: Definition): Promise<Splitter> {
    const { run, isTriedAgain } = this;
    const { table, file } = definition;
    await saying(`selecting ${table.database}`, () => session.execute(`USE ${quoteName(table.database)}`));
    const send = async (change: (sql: Buffer) => Buffer): Promise<Splitter> => {
      const splitter = new Splitter(run.hasKeysLater(table));
      try {
        await sendDefinitions(session, run.sessions.modes, file, (sql) => splitter.split(change(sql)));
      } catch (error) {
        const isThere = serverErrno(error) === ServerErrno.ER_TABLE_EXISTS_ERROR;
        if (!isTriedAgain || !isThere) throw error;
        return this.sent.get(definition) ?? splitter;
      }
      return splitter;
    };
    try {
      return await send((sql) => sql);
    } catch (error) {
      if (!isMissingPlace(error)) throw error;
      const splitter = await send(withoutPlace);
      run.onMisplaced(table, describeError(error));
      return splitter;
    }
  }
}

/** The definition names a tablespace or a directory that the target does not have (MySQL). */
function isMissingPlace(error: unknown): boolean {
  const errno = serverErrno(error);
  return errno === ServerErrno.ER_TABLESPACE_MISSING_WITH_NAME || errno === ServerErrno.ER_WRONG_DATA_DIRECTORY;
}
