/**
 * Target: what the server to be loaded holds already of what the dump names, by two catalogue queries.
 */
import { saying } from '../mysql/failure.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { Session } from '../mysql/session.ts';
import { quoteQualified, quoteString } from '../schema/names.ts';
import type { DumpContents } from './contents.ts';

export class Target {
  readonly triggers: readonly TargetTrigger[];
  private readonly foldsCase: boolean;
  /** Tables and views, by {@link key}. */
  private readonly objects: ReadonlyMap<string, TargetObject>;

  constructor(foldsCase: boolean, objects: ReadonlyMap<string, TargetObject>, triggers: readonly TargetTrigger[]) {
    this.foldsCase = foldsCase;
    this.objects = objects;
    this.triggers = triggers;
  }

  /** As it would be with these of its tables and views only, by {@link key}. */
  withOnly(keys: ReadonlySet<string>): Target {
    const objects = [...this.objects].filter(([key]) => keys.has(key));
    return new Target(this.foldsCase, new Map(objects), this.triggers);
  }

  /** As it would be with nothing in it. */
  emptied(): Target {
    return new Target(this.foldsCase, new Map(), []);
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
    return keyOf(this.foldsCase, database, name);
  }
}

function keyOf(foldsCase: boolean, database: string, name: string): string {
  const qualified = quoteQualified(database, name);
  return foldsCase ? qualified.toLowerCase() : qualified;
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
  if (databases === '') return new Target(foldsCase, new Map(), []);
  const objects = await askTarget(
    session,
    `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES
      WHERE TABLE_SCHEMA IN (${databases})`,
  );
  const triggers = await askTarget(
    session,
    `SELECT TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME FROM information_schema.TRIGGERS
      WHERE TRIGGER_SCHEMA IN (${databases})`,
  );
  const described = triggers.map(([database = '', table = '', name = '']) => ({ database, table, name }));
  const entries = objects.map(
    ([database = '', name = '', type = '', engine = '']) =>
      [keyOf(foldsCase, database, name), { type, engine }] as const,
  );
  return new Target(foldsCase, new Map(entries), described);
}

/** The rows of a query about the target as text, '' for NULL. The statement may name what it likes in UTF-8. */
export async function askTarget(session: Session, sql: string): Promise<string[][]> {
  return saying('reading what the target holds', async () => {
    await session.execute('SET NAMES utf8mb4');
    const { rows } = await session.query(sql);
    await session.execute('SET NAMES binary');
    return rows.map((row) => row.map((value) => value?.toString('utf8') ?? ''));
  });
}
