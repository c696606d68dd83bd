/**
 * Definitions, as the server prints them: whatever SHOW CREATE answers, column by column (text, sql_mode, charset,
 * collations, time zone), so that nothing has to be known about what each kind of object carries.
 *
 * Two things are forgiven, and no more:
 * 1. MySQL 8 and later print a column created as `CHARACTER SET x COLLATE x_y` with its charset and one created as
 *    `COLLATE x_y` without, although the columns are the same. The charset before a collation of its own is dropped.
 * 2. When a trigger was created (MySQL prints it): a restored trigger is younger than its original.
 */

import { quoteName } from './session.ts';
import type { Session } from './session.ts';
import type { CodeObject, Table } from './objects.ts';

export async function databaseDefinition(session: Session, database: string): Promise<string> {
  const rows = await session.rows(`SHOW CREATE DATABASE ${quoteName(database)}`);
  return lines(rows[0]?.slice(1));
}

export async function tableDefinition(session: Session, table: Table): Promise<string> {
  const rows = await session.rows(`SHOW CREATE TABLE ${qualified(table)}`);
  const text = lines(rows[0]?.slice(1));
  return session.product === 'MySQL' ? dropImpliedCharsets(text) : text;
}

/** The definition of a view, a sequence, or a piece of stored code. */
export async function codeDefinition(session: Session, object: CodeObject): Promise<string> {
  const rows = await session.rows(`SHOW CREATE ${object.kind.toUpperCase()} ${qualified(object)}`);
  const all = rows[0]?.slice(1) ?? [];
  const printed = object.kind === 'trigger' ? all.slice(0, COLUMNS_BEFORE_CREATED) : all;
  if (printed.length === 0 || printed.includes(null)) {
    throw new Error(`the account may not see all of ${object.kind} ${qualified(object)}`);
  }
  const state = object.kind === 'sequence' ? await sequenceState(session, object) : [];
  return lines([...object.facts, ...printed, ...state]);
}

/** sql_mode, statement, character_set_client, collation_connection, database collation; then the creation time. */
const COLUMNS_BEFORE_CREATED = 5;

/** The next value and the settings of a sequence, as its only row tells them. */
async function sequenceState(session: Session, sequence: CodeObject): Promise<readonly (string | null)[]> {
  const rows = await session.rows(`SELECT * FROM ${qualified(sequence)}`);
  return [`state ${rows[0]?.join(' ')}`];
}

const QUOTED_OR_IMPLIED_CHARSET = /'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`| CHARACTER SET (\w+)(?= COLLATE \1_)/gs;

function dropImpliedCharsets(definition: string): string {
  return definition.replace(QUOTED_OR_IMPLIED_CHARSET, (match, charset?: string) =>
    charset === undefined ? match : '',
  );
}

function lines(values: readonly (string | null)[] | undefined): string {
  return (values ?? []).map((value) => value ?? '(null)').join('\n');
}

export function qualified(object: { readonly database: string; readonly name: string }): string {
  return `${quoteName(object.database)}.${quoteName(object.name)}`;
}
