/**
 * Definitions of databases, tables and sequences: SHOW CREATE → the statements of a schema file, as bytes.
 *
 * In: a session that gives every definition in its own bytes (SET NAMES binary), and what to define. Out: statements
 * without terminators, for format/code.ts.
 */
import { isUtf8 } from 'node:buffer';

import { must } from '../base/errors.ts';
import type { Row, Session } from '../mysql/session.ts';
import { hexBinaryDefaults } from '../schema/binary-defaults.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import { quoteForeignKeys } from './foreign-key-names.ts';

const NAMES_UTF8 = Buffer.from('SET NAMES utf8mb4');

export async function databaseDefinition(session: Session, database: string): Promise<Buffer[]> {
  const row = await showCreate(session, `DATABASE IF NOT EXISTS ${quoteName(database)}`);
  return inItsCharacters(bytesAt(row, 1));
}

export async function tableDefinition(session: Session, database: string, table: string): Promise<Buffer[]> {
  const row = await showCreate(session, `TABLE ${quoteQualified(database, table)}`);
  return shownTable(session, database, table, row);
}

/** The same of what SHOW CREATE TABLE has answered already. */
export async function shownTable(session: Session, database: string, table: string, row: Row): Promise<Buffer[]> {
  return inItsCharacters(await quoteForeignKeys(session, database, table, bytesAt(row, 1)));
}

/**
 * The server prints definitions in UTF-8, whatever the character sets of the columns: read back as binary, an 'é' in a
 * latin1 ENUM or DEFAULT would become two other characters. Raw bytes, as MariaDB 10.11 prints the default of a BINARY
 * column, are spelled in hexadecimal; what holds them elsewhere is read back as binary.
 */
function inItsCharacters(definition: Buffer): Buffer[] {
  if (isUtf8(definition)) return [NAMES_UTF8, definition];
  const text = hexBinaryDefaults(definition);
  return isUtf8(text) ? [NAMES_UTF8, text] : [text];
}

/** A sequence, the value it hands out next, and how often it has begun anew. */
export async function sequenceDefinition(session: Session, database: string, name: string): Promise<Buffer[]> {
  const row = await showCreate(session, `SEQUENCE ${quoteQualified(database, name)}`);
  const { rows } = await session.query(
    `SELECT next_not_cached_value, cycle_count FROM ${quoteQualified(database, name)}`,
  );
  const state = must(rows[0], `the state of sequence ${name}`);
  const [next, round] = [0, 1].map((column) => bytesAt(state, column).toString('latin1'));
  const quoted = quoteName(name);
  return [
    Buffer.from(`DROP TABLE IF EXISTS ${quoted}`),
    Buffer.from(`DROP VIEW IF EXISTS ${quoted}`),
    ...inItsCharacters(bytesAt(row, 1)),
    Buffer.from(`DO SETVAL(${quoted}, ${next}, 0, ${round})`),
  ];
}

/**
 * A table with the view's column names. Other loaders create it first so that objects that use the view can be created
 * in any order; ours needs it not.
 */
export function viewPlaceholder(name: string, columns: readonly string[]): Buffer[] {
  // A view that is broken, because what it reads was dropped, shows no columns, and no table can have none.
  const list = (columns.length > 0 ? columns : ['broken']).map((column) => `${quoteName(column)} int`).join(',\n');
  return [
    Buffer.from(`CREATE TABLE IF NOT EXISTS ${quoteName(name)} (\n${list}\n) ENGINE=MEMORY /*!80016 ENCRYPTION='N' */`),
  ];
}

async function showCreate(session: Session, what: string): Promise<Row> {
  const { rows } = await session.query(`SHOW CREATE ${what}`);
  return must(rows[0], `the definition of ${what}`);
}

function bytesAt(row: Row, column: number): Buffer {
  return must(row[column], `the definition of ${row[0]?.toString('utf8') ?? 'an object'}`);
}
