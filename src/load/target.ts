/**
 * Target: what the server to be loaded holds already of what the dump names, by two catalogue queries.
 */
import { describeError, ToolError } from '../base/errors.ts';
import type { Emit } from '../base/events.ts';
import { someOf } from '../base/some-of.ts';
import { saying } from '../mysql/failure.ts';
import { TABLE_MISSING, withRetries } from '../mysql/retry.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteQualified, quoteString } from '../schema/names.ts';
import type { DumpContents } from './contents.ts';
import { describeIncomplete, findIncomplete, keptTables } from './kept.ts';
import type { LoadOptions } from './options.ts';

export class Target {
  readonly triggers: readonly TargetTrigger[];
  private readonly foldsCase: boolean;
  /** Tables and views, by {@link key}. */
  private readonly objects: ReadonlyMap<string, TargetObject>;

  constructor(foldsCase: boolean, objects: readonly (readonly string[])[], triggers: readonly TargetTrigger[]) {
    this.foldsCase = foldsCase;
    this.objects = new Map(
      objects.map(([database = '', name = '', type = '', engine = '']) => [this.key(database, name), { type, engine }]),
    );
    this.triggers = triggers;
  }

  has(database: string, name: string): boolean {
    return this.objects.has(this.key(database, name));
  }

  hasView(database: string, name: string): boolean {
    return this.find(database, name)?.type === 'VIEW';
  }

  find(database: string, name: string): TargetObject | undefined {
    return this.objects.get(this.key(database, name));
  }

  /** The same for names that are one to the server. */
  key(database: string, name: string): string {
    const qualified = quoteQualified(database, name);
    return this.foldsCase ? qualified.toLowerCase() : qualified;
  }
}

/** As information_schema.TABLES has it. */
export interface TargetObject {
  readonly type: string;
  /** Empty for a view. */
  readonly engine: string;
}

export interface TargetTrigger {
  readonly database: string;
  readonly table: string;
  readonly name: string;
}

export async function readTarget(session: Session, server: ServerInfo, contents: DumpContents): Promise<Target> {
  const foldsCase = server.variables.get('lower_case_table_names') !== '0';
  const databases = contents.databases.map(({ name }) => quoteString(name)).join(', ');
  if (databases === '') return new Target(foldsCase, [], []);
  return saying('reading what the target holds', async () => {
    await session.execute('SET NAMES utf8mb4');
    const objects = await texts(
      session,
      `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES
        WHERE TABLE_SCHEMA IN (${databases})`,
    );
    const triggers = await texts(
      session,
      `SELECT TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME FROM information_schema.TRIGGERS
        WHERE TRIGGER_SCHEMA IN (${databases})`,
    );
    await session.execute('SET NAMES binary');
    const described = triggers.map(([database = '', table = '', name = '']) => ({ database, table, name }));
    return new Target(foldsCase, objects, described);
  });
}

/**
 * Refuses before anything is touched what would fail half way.
 *
 * @throws ToolError LOAD_FAILED naming the tables or views that stand in the way.
 */
export async function refuseConflicts(
  session: Session,
  contents: DumpContents,
  target: Target,
  options: LoadOptions,
): Promise<void> {
  if (!options.withSchemas || options.dropTable !== 'FAIL') return;
  const tables = contents.tables.filter(({ whenPresent }) => whenPresent === undefined);
  const present = [...tables, ...contents.views]
    .filter(({ database, name }) => target.has(database, name))
    .map(({ database, name }) => quoteQualified(database, name));
  if (present.length === 0) return;
  const incomplete = await findIncomplete(session, target, keptTables(contents, target, options));
  const lacking =
    incomplete.length === 0 ? '' : `${describeIncomplete(incomplete)}, as a load that was interrupted leaves it; `;
  throw new ToolError('LOAD_FAILED', `the target has ${someOf(present)} already; ${lacking}nothing was changed`, {
    hint: 'use --drop-table to replace them, --drop-table=TRUNCATE, DELETE, SKIP or NONE to keep them, or --no-schema',
  });
}

/**
 * Tables that are loaded and not created, with --no-schema all of them, must be there. One that is not may be about to be created by somebody else: it is waited
 * for as long as a missing table is anywhere, before the first row is sent.
 *
 * @throws ToolError LOAD_FAILED naming the tables that did not appear.
 */
export async function requireTables(run: TargetWait, contents: DumpContents, options: LoadOptions): Promise<void> {
  const needed = contents.tables.filter(
    ({ dataFiles, whenPresent }) => dataFiles.length > 0 && (!options.withSchemas || whenPresent === 'LOAD'),
  );
  if (needed.length === 0) return;
  await withRetries(
    {
      policy: TABLE_MISSING,
      isWorthRetrying: (error) => error instanceof ToolError && error.code === 'LOAD_FAILED',
      onRetry: (attempt, waitMs, error) =>
        run.emit({ type: 'retry', what: 'looking for the tables', attempt, waitMs, reason: describeError(error) }),
      sleep: run.sleep,
    },
    async () => {
      const target = await readTarget(run.session, run.server, contents);
      const missing = needed
        .filter(({ database, name }) => !target.has(database, name))
        .map(({ database, name }) => quoteQualified(database, name));
      if (missing.length === 0) return;
      throw new ToolError('LOAD_FAILED', `the target has no ${someOf(missing)}; nothing was changed`, {
        hint: 'create the tables first: tsload --no-data, or leave out what keeps them from being created',
      });
    },
  );
}

export interface TargetWait {
  readonly session: Session;
  readonly server: ServerInfo;
  readonly emit: Emit;
  readonly sleep: (ms: number) => Promise<void>;
}

async function texts(session: Session, sql: string): Promise<string[][]> {
  const { rows } = await session.query(sql);
  return rows.map((row) => row.map((value) => value?.toString('utf8') ?? ''));
}
