/**
 * What the tables that an interrupted load has created lack: keys that were to be added when their rows are there, and
 * foreign keys that were to be added last.
 *
 * In: the definitions of the dump, and the target's catalogue by two queries. Out: what is still to be added, table by table.
 */
import type { Session } from '../../mysql/session.ts';
import { statementKind } from '../../format/statements.ts';
import { parseForeignKey } from '../../schema/foreign-key.ts';
import type { ForeignKey } from '../../schema/foreign-key.ts';
import { quoteString } from '../../schema/names.ts';
import { keysOf, splitTable } from '../../schema/table-keys.ts';
import type { TableKey } from '../../schema/table-keys.ts';
import type { DumpTable } from '../contents.ts';
import type { ForeignKeys } from '../foreign-keys.ts';
import { readKeys } from '../kept.ts';
import { NOTHING_ASIDE } from '../keys.ts';
import type { SetAside } from '../keys.ts';
import { readDefinitions } from '../send/definitions.ts';
import { askTarget } from '../target.ts';
import type { Target } from '../target.ts';

export class PresentKeys {
  private readonly target: Target;
  /** As {@link readKeys} has them. */
  private readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly foreignKeys: ForeignKeysPresent;

  private constructor(target: Target, keys: ReadonlyMap<string, ReadonlySet<string>>, foreignKeys: ForeignKeysPresent) {
    this.target = target;
    this.keys = keys;
    this.foreignKeys = foreignKeys;
  }

  /** Of all tables of these databases. */
  static async read(session: Session, target: Target, databases: readonly string[]): Promise<PresentKeys> {
    const keys = await readKeys(session, target, databases);
    return new PresentKeys(target, keys, await readForeignKeys(session, target, databases));
  }

  /** What the definition of a table that exists says and the table does not have. */
  async missingOf(table: DumpTable): Promise<SetAside> {
    const statements = table.schemaFile === undefined ? [] : await readDefinitions(table.schemaFile);
    const at = statements.findIndex(({ bytes }) => keysOf(bytes) !== undefined);
    const create = statements[at]?.bytes;
    if (create === undefined) return NOTHING_ASIDE;
    const { keys, foreignKeys } = splitTable(create, { later: true });
    const settings = statements.slice(0, at).map(({ bytes }) => bytes);
    const staying = (keysOf(create)?.length ?? 0) - keys.length;
    return {
      keys: missingKeys(keys, this.keys.get(this.target.key(table.database, table.name)) ?? new Set(), staying),
      foreignKeys: foreignKeys.filter((clause) => !this.hasForeignKey(table, clause)),
      presentForeignKeys: foreignKeys.filter((clause) => this.hasForeignKey(table, clause)),
      settings: settings.filter((sql) => statementKind(sql) === 'set'),
    };
  }

  private hasForeignKey(table: DumpTable, clause: Buffer): boolean {
    return isPresent(this.foreignKeys, this.target, table, clause);
  }
}

/** Of foreign keys that are to be added those that the table does not have. The session's character set is binary afterwards. */
export async function withoutPresent(session: Session, target: Target, keys: ForeignKeys): Promise<ForeignKeys> {
  const found = await readForeignKeys(session, target, [keys.table.database]);
  return { ...keys, clauses: keys.clauses.filter((clause) => !isPresent(found, target, keys.table, clause)) };
}

/** By its name; one without is known by what it says. */
function isPresent(found: ForeignKeysPresent, target: Target, { database, name }: DumpTable, clause: Buffer): boolean {
  const present = found.get(target.key(database, name));
  const key = parseForeignKey(clause);
  if (present === undefined || key === undefined) return false;
  return key.name === undefined
    ? [...present.values()].includes(textOf(target, database, key))
    : present.has(key.name.toLowerCase());
}

/** What each foreign key says, by {@link textOf}, by its name in lower case, by the {@link Target.key} of its table. */
type ForeignKeysPresent = ReadonlyMap<string, ReadonlyMap<string, string>>;

async function readForeignKeys(
  session: Session,
  target: Target,
  databases: readonly string[],
): Promise<ForeignKeysPresent> {
  const found = new Map<string, Map<string, string>>();
  if (databases.length === 0) return found;
  const rows = await askTarget(
    session,
    `SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME,
            REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
       FROM information_schema.KEY_COLUMN_USAGE
      WHERE TABLE_SCHEMA IN (${databases.map(quoteString).join(', ')}) AND REFERENCED_TABLE_NAME IS NOT NULL
      ORDER BY ORDINAL_POSITION`,
  );
  for (const [database = '', table = '', name = '', column = '', ...parent] of rows) {
    const [parentDatabase = '', parentTable = '', parentColumn = ''] = parent;
    const keys = found.get(target.key(database, table)) ?? new Map<string, string>();
    found.set(target.key(database, table), keys);
    const part = partOf(column, target.key(parentDatabase, parentTable), parentColumn);
    keys.set(name.toLowerCase(), (keys.get(name.toLowerCase()) ?? '') + part);
  }
  return found;
}

/** `database` is where a reference without one points. */
function textOf(target: Target, database: string, key: ForeignKey): string {
  const parent = target.key(key.parentDatabase ?? database, key.parentTable);
  return key.columns.map((column, at) => partOf(column, parent, key.parentColumns[at] ?? '')).join('');
}

/** Names of columns know no case. */
const partOf = (column: string, parent: string, parentColumn: string): string =>
  `${column.toLowerCase()} → ${parent} ${parentColumn.toLowerCase()}\n`;

/**
 * Of the keys of a definition that may be added later. One without a name, which the server has given a name to, is taken
 * for missing when there are fewer keys than there would be with it. `staying`: how many others the definition has.
 */
function missingKeys(keys: readonly TableKey[], present: ReadonlySet<string>, staying: number): readonly TableKey[] {
  const isThere = ({ name }: TableKey): boolean => name !== undefined && present.has(name.toLowerCase());
  const missing = keys.filter((key) => key.name !== undefined && !isThere(key));
  const unnamed = keys.filter(({ name }) => name === undefined);
  const named = keys.filter(isThere).length;
  missing.push(...unnamed.slice(Math.max(0, present.size - staying - named)));
  return keys.filter((key) => missing.includes(key));
}
