/**
 * Views, triggers, routines and events: the statements that create them, with the settings that each is created under.
 *
 * In: statements as tsdump writes them. Out: objects; and of two of them what is different.
 */
import { changeDefiner, createdObject, definerClause } from '../definer.ts';
import { quoteName } from '../names.ts';
import { insteadOf } from './likeness.ts';
import type { Likeness } from './likeness.ts';

export interface CodeObject {
  /** "view", "package body", … */
  readonly kind: string;
  readonly name: string;
  readonly create: Buffer;
  /** By what they are called for people: those that count for an object. */
  readonly settings: ReadonlyMap<string, string>;
}

const SETTINGS: ReadonlyMap<string, string> = new Map([
  ['sql_mode', 'sql_mode'],
  ['time_zone', 'time zone'],
  ['character_set_client', 'client character set'],
  ['collation_connection', 'connection collation'],
]);
const MAX_SETTING_BYTES = 4096;

export function codeObjects(statements: Iterable<Buffer>): CodeObject[] {
  const objects: CodeObject[] = [];
  const settings = new Map<string, string>();
  for (const statement of statements) {
    const created = createdObject(statement);
    if (created !== undefined) objects.push({ ...created, create: statement, settings: new Map(settings) });
    else if (statement.length < MAX_SETTING_BYTES) heed(statement.toString('latin1'), settings);
  }
  return objects;
}

/** SET SESSION a = …, SESSION b = …; values of variables put back what was there before, and are nobody's. */
function heed(statement: string, settings: Map<string, string>): void {
  const collation = /^ALTER DATABASE COLLATE = (\w+)$/.exec(statement)?.[1];
  if (collation !== undefined) settings.set('database collation', collation);
  if (!statement.startsWith('SET SESSION ')) return;
  for (const [, name = '', quoted, word = ''] of statement.matchAll(/SESSION (\w+) = (?:'([^']*)'|(\w+))/g)) {
    const label = SETTINGS.get(name);
    if (label !== undefined) settings.set(label, quoted ?? word);
  }
}

export interface CodeCompared {
  /** What the database is called in the dump, and on the server. */
  readonly source: string;
  readonly database: string;
  readonly likeness: Likeness;
  /** False where definers were changed on the way. */
  readonly withDefiners: boolean;
}

/** What is different, behind the object's name; servers of other versions print code otherwise, and are not compared. */
export function codeDifferences(was: CodeObject, is: CodeObject, compared: CodeCompared): string[] {
  const { likeness, withDefiners } = compared;
  if (likeness !== 'same series') return [];
  const differences = [...new Set([...was.settings.keys(), ...is.settings.keys()])].flatMap((name) => {
    const [before, found] = [was.settings.get(name), is.settings.get(name)];
    if (before === found) return [];
    return [`was created under ${name} ${named(found)} instead of ${named(before)}`];
  });
  const [before, found] = [bodyOf(was, compared.source), bodyOf(is, compared.database)];
  if (!before.equals(found)) return [...differences, `is defined otherwise: ${insteadOf(text(found), text(before))}`];
  const [owner, other] = [definerClause(was.create), definerClause(is.create)];
  if (!withDefiners || owner === other) return differences;
  return [...differences, `has ${other ?? 'no definer'} instead of ${owner ?? 'none'}`];
}

/** Without definer. Of views that it cannot open MariaDB prints columns with their database, of others without. */
function bodyOf({ kind, create }: CodeObject, database: string): Buffer {
  const body = changeDefiner(create, { kind: 'skip' });
  if (kind !== 'view') return body;
  const qualifier = Buffer.from(`${quoteName(database)}.`).toString('latin1');
  return Buffer.from(body.toString('latin1').replaceAll(qualifier, ''), 'latin1');
}

const text = (bytes: Buffer): string => bytes.toString('utf8');
/** undefined: what the database has. */
const named = (value: string | undefined): string => (value === undefined || value === '' ? 'none' : value);
