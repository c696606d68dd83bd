/**
 * Definitions: SHOW CREATE → the statements of a schema file, as bytes.
 *
 * In: a session that gives every definition in its own bytes (SET NAMES binary), and what to define. Out: statements
 * without terminators, for format/code.ts. Objects with code carry the sql_mode, character set, collation and time zone
 * under which they were created, and so does the file.
 */
import { isUtf8 } from 'node:buffer';

import { must, ToolError } from '../base/errors.ts';
import type { Row, Session } from '../mysql/session.ts';
import { quoteName, quoteQualified, quoteString } from '../schema/names.ts';
import type { Routine } from '../schema/table.ts';

export async function databaseDefinition(session: Session, database: string): Promise<Buffer[]> {
  const row = await showCreate(session, `DATABASE IF NOT EXISTS ${quoteName(database)}`);
  return [bytesAt(row, 1)];
}

export async function tableDefinition(session: Session, database: string, table: string): Promise<Buffer[]> {
  return inItsCharacters(bytesAt(await showCreate(session, `TABLE ${quoteQualified(database, table)}`), 1));
}

/**
 * The server prints definitions in UTF-8, whatever the character sets of the columns: read back as binary, an 'é' in a
 * latin1 ENUM or DEFAULT would become two other characters. A definition that is no UTF-8 holds raw bytes, as MariaDB
 * prints the default of a BINARY column, and is read back as binary.
 */
function inItsCharacters(definition: Buffer): Buffer[] {
  return isUtf8(definition) ? [Buffer.from('SET NAMES utf8mb4'), definition] : [definition];
}

/** A sequence and the value it hands out next. */
export async function sequenceDefinition(session: Session, database: string, name: string): Promise<Buffer[]> {
  const row = await showCreate(session, `SEQUENCE ${quoteQualified(database, name)}`);
  const { rows } = await session.query(`SELECT next_not_cached_value FROM ${quoteQualified(database, name)}`);
  const next = bytesAt(must(rows[0], `the state of sequence ${name}`), 0).toString('latin1');
  const quoted = quoteName(name);
  return [
    Buffer.from(`DROP TABLE IF EXISTS ${quoted}`),
    Buffer.from(`DROP VIEW IF EXISTS ${quoted}`),
    bytesAt(row, 1),
    Buffer.from(`DO SETVAL(${quoted}, ${next}, 0)`),
  ];
}

/**
 * A table with the view's column names. Other loaders create it first so that objects that use the view can be created
 * in any order; ours needs it not.
 */
export function viewPlaceholder(name: string, columns: readonly string[]): Buffer[] {
  const list = columns.map((column) => `${quoteName(column)} int`).join(',\n');
  return [
    Buffer.from(`CREATE TABLE IF NOT EXISTS ${quoteName(name)} (\n${list}\n) ENGINE=MEMORY /*!80016 ENCRYPTION='N' */`),
  ];
}

export async function viewDefinition(session: Session, database: string, name: string): Promise<Buffer[]> {
  // With the database selected the server leaves its name out, so that the view can be restored under another.
  await session.execute(`USE ${quoteName(database)}`);
  const row = await showCreate(session, `VIEW ${quoteQualified(database, name)}`);
  const quoted = quoteName(name);
  return inOwnSession([
    Buffer.from(`DROP TABLE IF EXISTS ${quoted}`),
    Buffer.from(`DROP VIEW IF EXISTS ${quoted}`),
    useCharacterSets(textAt(row, 2), textAt(row, 3)),
    bytesAt(row, 1),
  ]);
}

export async function triggerDefinitions(
  session: Session,
  database: string,
  names: readonly string[],
): Promise<Buffer[]> {
  const statements: Buffer[] = [];
  for (const name of names) {
    const row = await showCreate(session, `TRIGGER ${quoteQualified(database, name)}`);
    statements.push(
      Buffer.from(`DROP TRIGGER IF EXISTS ${quoteName(name)}`),
      useSqlMode(textAt(row, 1)),
      useCharacterSets(textAt(row, 3), textAt(row, 4)),
      bytesAt(row, 2),
    );
  }
  return inOwnSession(statements);
}

export async function codeDefinitions(
  session: Session,
  database: string,
  routines: readonly Routine[],
  events: readonly string[],
): Promise<Buffer[]> {
  const statements: Buffer[] = [];
  for (const { kind, name } of routines) {
    const row = await showCreate(session, `${kind} ${quoteQualified(database, name)}`);
    statements.push(
      Buffer.from(`DROP ${kind} IF EXISTS ${quoteName(name)}`),
      useSqlMode(textAt(row, 1)),
      useCharacterSets(textAt(row, 3), textAt(row, 4)),
      bytesAt(row, 2),
    );
  }
  for (const name of events) {
    const row = await showCreate(session, `EVENT ${quoteQualified(database, name)}`);
    statements.push(
      Buffer.from(`DROP EVENT IF EXISTS ${quoteName(name)}`),
      useSqlMode(textAt(row, 1)),
      Buffer.from(`SET SESSION time_zone = ${quoteString(textAt(row, 2))}`),
      useCharacterSets(textAt(row, 4), textAt(row, 5)),
      bytesAt(row, 3),
    );
  }
  return inOwnSession(statements);
}

/** The session settings that the statements change are put back behind them: a loader's connection goes on. */
function inOwnSession(statements: readonly Buffer[]): Buffer[] {
  const settings = ['sql_mode', 'time_zone', 'character_set_client', 'character_set_results', 'collation_connection'];
  const save = settings.map((name) => `@tsdump_${name} = @@SESSION.${name}`).join(', ');
  const restore = settings.map((name) => `SESSION ${name} = @tsdump_${name}`).join(', ');
  return [Buffer.from(`SET ${save}`), ...statements, Buffer.from(`SET ${restore}`)];
}

function useSqlMode(sqlMode: string): Buffer {
  return Buffer.from(`SET SESSION sql_mode = ${quoteString(sqlMode)}`);
}

function useCharacterSets(client: string, connectionCollation: string): Buffer {
  return Buffer.from(
    `SET SESSION character_set_client = ${client}, SESSION character_set_results = ${client}, SESSION collation_connection = ${connectionCollation}`,
  );
}

async function showCreate(session: Session, what: string): Promise<Row> {
  const { rows } = await session.query(`SHOW CREATE ${what}`);
  return must(rows[0], `the definition of ${what}`);
}

function bytesAt(row: Row, column: number): Buffer {
  const bytes = row[column];
  if (bytes !== null && bytes !== undefined) return bytes;
  // The server answers NULL where the account may know of an object but not read its text.
  throw new ToolError(
    'PRIVILEGE',
    `the account may not read the definition of ${row[0]?.toString('utf8') ?? 'an object'}`,
    {
      hint: 'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, SHOW_ROUTINE (MySQL) or SHOW CREATE ROUTINE (MariaDB) to the account',
    },
  );
}

function textAt(row: Row, column: number): string {
  return row[column]?.toString('utf8') ?? '';
}
