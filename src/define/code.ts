/**
 * Definitions of views and code: SHOW CREATE → the statements that create the same again, as bytes.
 *
 * In: a session that gives every definition in its own bytes (SET NAMES binary), and what to define. Out: statements
 * without terminators, for format/code.ts, and the objects whose text the account may not read. Each object is created
 * under the sql_mode, character set, collations and time zone it was created under.
 */
import type { Skipped } from '../base/events.ts';
import { must } from '../base/errors.ts';
import { ServerErrno } from '../mysql/failure.ts';
import { ServerError } from '../mysql/packets.ts';
import { textRow } from '../mysql/server.ts';
import type { Row, Session } from '../mysql/session.ts';
import { changeDefiner } from '../schema/definer.ts';
import type { DefinerChange } from '../schema/definer.ts';
import { quoteName, quoteQualified, quoteString } from '../schema/names.ts';
import { eventDeadline } from '../schema/event.ts';
import { serverSpelledParts, withPlainComment } from '../schema/mixed-text.ts';
import type { Routine } from '../schema/table.ts';

/** The text of a file of definitions, and what it lacks. */
export interface Definitions {
  /** Empty when nothing could be read. */
  readonly statements: readonly Buffer[];
  readonly objects: number;
  readonly skipped: readonly Skipped[];
}

export interface CodeSource {
  readonly session: Session;
  readonly database: string;
  readonly definer: DefinerChange | undefined;
}

export async function viewDefinition({ session, database, definer }: CodeSource, name: string): Promise<Definitions> {
  // With the database selected the server leaves its name out, so that the view can be restored under another.
  await session.execute(`USE ${quoteName(database)}`);
  const shown = await show(session, 'VIEW', database, name);
  if ('why' in shown) return { statements: [], objects: 0, skipped: [shown] };
  const quoted = quoteName(name);
  const statements = inOwnSession([
    Buffer.from(`DROP TABLE IF EXISTS ${quoted}`),
    Buffer.from(`DROP VIEW IF EXISTS ${quoted}`),
    useCharacterSets(shown),
    definer === undefined ? shown.text : changeDefiner(shown.text, definer),
  ]);
  return { statements, objects: 1, skipped: [] };
}

export async function triggerDefinitions(source: CodeSource, names: readonly string[]): Promise<Definitions> {
  return codeDefinitions(
    source,
    names.map((name) => ({ kind: 'TRIGGER', name })),
  );
}

export async function routineDefinitions(
  source: CodeSource,
  routines: readonly Routine[],
  events: readonly string[],
): Promise<Definitions> {
  return codeDefinitions(source, [...routines, ...events.map((name) => ({ kind: 'EVENT' as const, name }))]);
}

type Kind = Routine['kind'] | 'TRIGGER' | 'EVENT';

async function codeDefinitions(
  source: CodeSource,
  objects: readonly { readonly kind: Kind; readonly name: string }[],
): Promise<Definitions> {
  const { session, database, definer } = source;
  await session.execute(`USE ${quoteName(database)}`);
  const [collation = ''] = await textRow(session, 'SELECT @@collation_database');
  const statements: Buffer[] = [];
  const skipped: Skipped[] = [];
  let current = collation;
  for (const { kind, name } of objects) {
    const shown = await show(session, kind, database, name);
    if ('why' in shown) {
      skipped.push(shown);
      continue;
    }
    // What has no character set of its own takes that which the database had when the object was created.
    if (shown.databaseCollation !== current) statements.push(useDatabaseCollation(shown.databaseCollation));
    current = shown.databaseCollation;
    const printed = await inClientCharacters(session, shown);
    const text = /\bNO_BACKSLASH_ESCAPES\b/.test(shown.sqlMode) ? withPlainComment(printed) : printed;
    statements.push(
      useSqlMode(shown.sqlMode), // also before DROP PACKAGE, which MariaDB 10.11 knows in ORACLE mode only
      ...dropObject(kind, name),
      ...(kind === 'EVENT' ? [useTimeZone(shown)] : []),
      useCharacterSets(shown),
      ...inItsTime(kind, definer === undefined ? text : changeDefiner(text, definer)),
    );
  }
  if (skipped.length === objects.length) return { statements: [], objects: 0, skipped };
  if (current !== collation) statements.push(useDatabaseCollation(collation));
  return { statements: inOwnSession(statements), objects: objects.length - skipped.length, skipped };
}

/** What SHOW CREATE tells of an object; '' where that kind of object has no such setting. */
interface Shown {
  readonly text: Buffer;
  readonly sqlMode: string;
  readonly timeZone: string;
  readonly client: string;
  readonly connectionCollation: string;
  readonly databaseCollation: string;
}

/** Where SHOW CREATE has what; the client's character set and the two collations come behind the text. */
const COLUMNS: ReadonlyMap<string, { readonly text: number; readonly sqlMode?: number; readonly timeZone?: number }> =
  new Map([
    ['VIEW', { text: 1 }],
    ['EVENT', { sqlMode: 1, timeZone: 2, text: 3 }],
  ]);
const OTHERS = { sqlMode: 1, text: 2 };

/** The server's words for "you may not", "it cannot be read" and "it is there no more". */
const UNREADABLE: ReadonlySet<number> = new Set([
  ServerErrno.ER_DBACCESS_DENIED_ERROR,
  ServerErrno.ER_TABLEACCESS_DENIED_ERROR,
  ServerErrno.ER_COLUMNACCESS_DENIED_ERROR,
  ServerErrno.ER_NO_SUCH_TABLE,
  ServerErrno.ER_SPECIFIC_ACCESS_DENIED_ERROR,
  ServerErrno.ER_SP_DOES_NOT_EXIST,
  ServerErrno.ER_VIEW_INVALID,
  ServerErrno.ER_TRG_DOES_NOT_EXIST,
  ServerErrno.ER_PROCACCESS_DENIED_ERROR,
  ServerErrno.ER_EVENT_DOES_NOT_EXIST,
]);

const READ_HINT =
  'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, and SHOW_ROUTINE (MySQL) or SHOW CREATE ROUTINE (MariaDB) to the account';

async function show(session: Session, kind: string, database: string, name: string): Promise<Shown | Skipped> {
  const what = `${kind.toLowerCase()} ${quoteQualified(database, name)}`;
  try {
    const { rows } = await session.query(`SHOW CREATE ${kind} ${quoteQualified(database, name)}`);
    const row = must(rows[0], `the definition of ${what}`);
    const at = COLUMNS.get(kind) ?? OTHERS;
    const text = row[at.text];
    // The server answers NULL where the account may know of an object but not read its text.
    if (text === null || text === undefined) {
      return { what, why: `the account may not read its definition: ${READ_HINT}` };
    }
    return {
      text,
      sqlMode: at.sqlMode === undefined ? '' : textAt(row, at.sqlMode),
      timeZone: 'timeZone' in at ? textAt(row, at.timeZone) : '',
      client: textAt(row, at.text + 1),
      connectionCollation: textAt(row, at.text + 2),
      databaseCollation: textAt(row, at.text + 3),
    };
  } catch (error) {
    if (!(error instanceof ServerError) || !UNREADABLE.has(error.errno)) throw error;
    return { what, why: error.message };
  }
}

/** In this character set the server takes names as UTF-8; the object before may have left another. */
function dropObject(kind: Kind, name: string): Buffer[] {
  const drop = Buffer.from(`DROP ${kind} IF EXISTS ${quoteName(name)}`);
  return drop.every((byte) => byte < 0x80) ? [drop] : [Buffer.from('SET NAMES binary'), drop];
}

/**
 * The text of code is in its client's character set, but for a few parts that the server adds in UTF-8. To be read back
 * they must be in the client's, too.
 */
async function inClientCharacters(session: Session, { text, client }: Shown): Promise<Buffer> {
  if (client === 'binary' || client.startsWith('utf8')) return text;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end } of serverSpelledParts(text)) {
    const part = text.subarray(start, end);
    const hex = `_utf8mb4 0x${part.toString('hex')}`;
    const { rows } = await session.query(
      `SELECT CAST(CONVERT(${hex} USING ${client}) AS BINARY), CAST(CONVERT(CONVERT(${hex} USING ${client}) USING utf8mb4) AS BINARY)`,
    );
    const [converted, back] = must(rows[0], 'a conversion');
    // What does not come back was no UTF-8, but looked like it.
    const isUtf8 = converted !== null && converted !== undefined && back?.equals(part) === true;
    pieces.push(text.subarray(at, start), isUtf8 ? converted : part);
    at = end;
  }
  return Buffer.concat([...pieces, text.subarray(at)]);
}

function useTimeZone({ timeZone }: Shown): Buffer {
  return Buffer.from(`SET SESSION time_zone = ${quoteString(timeZone)}`);
}

/**
 * A disabled event may have its time behind it, and servers drop such an event in the moment of its creation: unless it
 * is created in a past in which that time was still to come.
 */
function inItsTime(kind: Kind, text: Buffer): Buffer[] {
  const deadline = kind === 'EVENT' ? eventDeadline(text) : undefined;
  if (deadline === undefined) return [text];
  return [
    Buffer.from(`SET SESSION timestamp = LEAST(UNIX_TIMESTAMP(), UNIX_TIMESTAMP('${deadline}') - 1)`),
    text,
    Buffer.from('SET SESSION timestamp = DEFAULT'),
  ];
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

function useDatabaseCollation(collation: string): Buffer {
  return Buffer.from(`ALTER DATABASE COLLATE = ${collation}`);
}

function useCharacterSets({ client, connectionCollation }: Shown): Buffer {
  return Buffer.from(
    `SET SESSION character_set_client = ${client}, SESSION character_set_results = ${client}, SESSION collation_connection = ${connectionCollation}`,
  );
}

function textAt(row: Row, column: number): string {
  return row[column]?.toString('utf8') ?? '';
}
