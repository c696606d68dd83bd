/** What there is in databases of a server, by name: four catalogue queries, whatever there is. */
import { saying } from '../../../mysql/failure.ts';
import type { Session } from '../../../mysql/session.ts';
import { quoteString } from '../../../schema/names.ts';

export interface ServerObject {
  /** "table", "view", "sequence", "trigger", "procedure", "package body", "event", … */
  readonly kind: string;
  readonly database: string;
  /** As the server spells it. */
  readonly name: string;
  /** Of a trigger. */
  readonly table?: string | undefined;
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['BASE TABLE', 'table'],
  ['SYSTEM VERSIONED', 'table'],
]);
/** Of these names neither product tells upper from lower case. */
const CASELESS: ReadonlySet<string> = new Set(['procedure', 'function', 'package', 'package body', 'event']);

export class ServerObjects {
  readonly foldsNames: boolean;
  private readonly objects = new Map<string, ServerObject>();

  private constructor(foldsNames: boolean) {
    this.foldsNames = foldsNames;
  }

  /** `foldsNames`: names of tables that differ in case only are one. */
  static async read(session: Session, databases: readonly string[], foldsNames: boolean): Promise<ServerObjects> {
    const found = new ServerObjects(foldsNames);
    if (databases.length === 0) return found;
    const isIn = (column: string): string => `${column} IN (${databases.map(quoteString).join(', ')})`;
    await found.add(
      session,
      `SELECT TABLE_TYPE, TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE ${isIn('TABLE_SCHEMA')}`,
    );
    await found.add(
      session,
      `SELECT 'TRIGGER', TRIGGER_SCHEMA, TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS
        WHERE ${isIn('TRIGGER_SCHEMA')}
        ORDER BY TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
    );
    await found.add(
      session,
      `SELECT ROUTINE_TYPE, ROUTINE_SCHEMA, ROUTINE_NAME FROM information_schema.ROUTINES
        WHERE ${isIn('ROUTINE_SCHEMA')}`,
    );
    await found.add(
      session,
      `SELECT 'EVENT', EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS WHERE ${isIn('EVENT_SCHEMA')}`,
    );
    return found;
  }

  find(kind: string, database: string, name: string): ServerObject | undefined {
    return this.objects.get(this.key(kind, database, name));
  }

  /** Triggers in the order in which those of a table fire. */
  all(): Iterable<ServerObject> {
    return this.objects.values();
  }

  /** The same for names that are one to the server. */
  key(kind: string, database: string, name: string): string {
    const fold = (text: string): string => (this.foldsNames ? text.toLowerCase() : text);
    return JSON.stringify([kind, fold(database), CASELESS.has(kind) ? name.toLowerCase() : fold(name)]);
  }

  private async add(session: Session, sql: string): Promise<void> {
    await saying('reading what there is', () =>
      session.queryEach(sql, (row) => {
        const [type = '', database = '', name = '', table] = row.map((value) => value?.toString('utf8'));
        const kind = KINDS.get(type) ?? type.toLowerCase();
        this.objects.set(this.key(kind, database, name), { kind, database, name, table });
      }),
    );
  }
}
