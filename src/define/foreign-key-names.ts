/**
 * Names in foreign keys as MariaDB prints them: it doubles the backticks of tables and databases, and forgets those of
 * constraints and columns (seen up to 11.8). What it printed cannot be taken apart, but it can be made again from the
 * names that information_schema has, and so be found and replaced.
 *
 * Asked for only where a definition has a foreign key whose names are not plainly quoted.
 */
import type { Session } from '../mysql/session.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';

const ANY_KEY = / FOREIGN KEY \(/g;
const PLAIN_KEY =
  /\n {2}CONSTRAINT `[^`]*` FOREIGN KEY \((?:`[^`]*`, )*`[^`]*`\) REFERENCES (?:`[^`]*`\.)?`[^`]*` \((?:`[^`]*`, )*`[^`]*`\)/g;

/** The definition with all names of its foreign keys quoted so that they can be read. */
export async function quoteForeignKeys(
  session: Session,
  database: string,
  table: string,
  definition: Buffer,
): Promise<Buffer> {
  // latin1 maps each byte to one character and back: nothing is decoded.
  const text = definition.toString('latin1');
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  if (count(ANY_KEY) === count(PLAIN_KEY)) return definition;
  const keys = await readForeignKeys(session, database, table);
  const quoted = keys.reduce(
    (sql, key) => sql.replace(latin1(spelled(key, (name) => `\`${name}\``)), () => latin1(spelled(key, quoteName))),
    text,
  );
  return Buffer.from(quoted, 'latin1');
}

interface ForeignKey {
  readonly name: string;
  readonly columns: string[];
  /** Quoted, with its database where the key leaves its own. */
  readonly referenced: string;
  readonly referencedColumns: string[];
}

async function readForeignKeys(session: Session, database: string, table: string): Promise<ForeignKey[]> {
  const { rows } = await session.query(
    `SELECT CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
       FROM information_schema.KEY_COLUMN_USAGE
      WHERE TABLE_SCHEMA = ${utf8(database)} AND TABLE_NAME = ${utf8(table)} AND REFERENCED_TABLE_NAME IS NOT NULL
      ORDER BY CONSTRAINT_NAME, ORDINAL_POSITION`,
  );
  const keys = new Map<string, ForeignKey>();
  for (const row of rows) {
    const [name = '', column = '', schema = '', parent = '', target = ''] = row.map((value) => value?.toString('utf8'));
    const referenced = schema === database ? quoteName(parent) : quoteQualified(schema, parent);
    const key = keys.get(name) ?? { name, columns: [], referenced, referencedColumns: [] };
    key.columns.push(column);
    key.referencedColumns.push(target);
    keys.set(name, key);
  }
  return [...keys.values()];
}

function spelled(key: ForeignKey, quote: (name: string) => string): string {
  const list = (names: readonly string[]): string => names.map(quote).join(', ');
  return `  CONSTRAINT ${quote(key.name)} FOREIGN KEY (${list(key.columns)}) REFERENCES ${key.referenced} (${list(key.referencedColumns)})`;
}

/** A name as a constant, whatever the character set of the session. */
function utf8(name: string): string {
  return `CONVERT(0x${Buffer.from(name).toString('hex')} USING utf8mb4)`;
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
