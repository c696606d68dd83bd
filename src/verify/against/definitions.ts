/**
 * Definitions: what the server shows of its objects beside what the dump's files say.
 *
 * In: the dump, and sessions that read as a dump does. Out: what is missing, what is there and was not dumped, and what is
 * otherwise, in a few words each. Names come by four catalogue queries; definitions of tables by SHOW CREATE, many of them
 * asked for before the first is answered. What legitimately differs is not told: counters that went on, where rows lie.
 */
import type { Difference } from '../../base/events.ts';
import type { ProgramCodec } from '../../format/program-codec.ts';
import type { Session } from '../../mysql/session.ts';
import type { Choice } from '../../schema/filter/choice.ts';
import type { CodeObject } from '../../schema/compare/code.ts';
import type { KeysCompared } from '../../schema/compare/keys.ts';
import type { Likeness } from '../../schema/compare/likeness.ts';
import { quoteName, quoteQualified } from '../../schema/names.ts';
import { chosenCode, compareCode, inSlices, otherOrders } from './definitions/code.ts';
import { definitionFiles, readDefinitionFile } from './definitions/files.ts';
import type { DefinitionFile } from './definitions/files.ts';
import type { ServerObjects } from './definitions/server-objects.ts';
import { compareDatabase, compareSequence, compareTables, sequenceName } from './definitions/stored-objects.ts';
import type { Dumped } from './dumped.ts';

/** So many tables are asked for at once: their definitions are in memory at the same time. */
const TABLES_AT_ONCE = 64;

export interface DefinitionsWork {
  readonly dumped: Dumped;
  readonly directory: string;
  readonly program: ProgramCodec | undefined;
  readonly sessions: readonly Session[];
  readonly objects: ServerObjects;
  readonly likeness: Likeness;
  /** What of the dump is compared. */
  readonly choice: Choice;
  readonly takesDatabase: (source: string) => boolean;
  /** Tables whose definition is to be compared, by names of the dump. */
  readonly takesTable: (source: string, table: string) => boolean;
  /** Where a database of the dump is on the server. */
  readonly placeOf: (source: string) => string;
  readonly withDefiners: boolean;
  /** Whether it is told what the dump does not have. */
  readonly tellsExtra: boolean;
  /** Whether something was told of a column already. */
  readonly isTold: (place: string, column: string) => boolean;
  readonly tell: (difference: Difference) => void;
}

export interface DefinitionsCompared {
  readonly objects: number;
  /** Why there are none. */
  readonly warning?: string | undefined;
}

/** @throws ToolError DUMP_INCOMPLETE, DUMP_DAMAGED for files of the dump that are not as they were written. */
export async function compareDefinitions(work: DefinitionsWork): Promise<DefinitionsCompared> {
  const files = definitionFiles(work.dumped, work.program)?.filter(({ database }) => work.takesDatabase(database));
  if (files === undefined) {
    const warning = 'definitions are not compared: name the program that reads the files, with --exec-per-thread';
    return { objects: 0, warning };
  }
  const dumped = new Set<string>();
  const jobs = await jobsOf(work, files, dumped);
  await Promise.all(
    work.sessions.map(async (session) => {
      for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) await job(session);
    }),
  );
  if (work.tellsExtra) tellExtra(work, dumped);
  return { objects: dumped.size };
}

type Job = (session: Session) => Promise<void>;

/** What there is to ask the server. `dumped` gets the key of each object that the dump has. */
async function jobsOf(work: DefinitionsWork, files: readonly DefinitionFile[], dumped: Set<string>): Promise<Job[]> {
  const jobs: Job[] = [];
  const tables: DefinitionFile[] = [];
  for (const file of files) {
    switch (file.kind) {
      case 'database':
        if (!work.choice.isSelective) jobs.push((session) => databaseJob(work, session, file));
        break;
      case 'table':
        dumped.add(work.objects.key('table', work.placeOf(file.database), file.table ?? ''));
        if (isToCompare(work, file)) tables.push(file);
        break;
      case 'sequence':
        jobs.push(...(await sequenceJobs(work, file, dumped)));
        break;
      case 'code':
        jobs.push(...(await codeJobs(work, file, dumped)));
        break;
    }
  }
  for (let at = 0; at < tables.length; at += TABLES_AT_ONCE) {
    const some = tables.slice(at, at + TABLES_AT_ONCE);
    jobs.push((session) => tablesJob(work, session, some));
  }
  return jobs;
}

/** One that is missing is told where its columns are. */
function isToCompare(
  { objects, placeOf, takesTable }: DefinitionsWork,
  { database, table = '' }: DefinitionFile,
): boolean {
  return takesTable(database, table) && objects.find('table', placeOf(database), table) !== undefined;
}

async function tablesJob(work: DefinitionsWork, session: Session, files: readonly DefinitionFile[]): Promise<void> {
  const { directory, placeOf, isTold, tell } = work;
  const pairs = await Promise.all(
    files.map(async (file) => ({
      source: file.database,
      database: placeOf(file.database),
      name: file.table ?? '',
      statements: await readDefinitionFile(directory, file),
    })),
  );
  const found = await compareTables(session, pairs, comparedOf(work));
  for (const [at, { database, name }] of pairs.entries()) {
    const object = quoteQualified(database, name);
    for (const { column, what } of found[at] ?? [])
      if (column === undefined || !isTold(object, column)) tell({ object, what });
  }
}

async function databaseJob(work: DefinitionsWork, session: Session, file: DefinitionFile): Promise<void> {
  const { directory, placeOf, tell } = work;
  const database = placeOf(file.database);
  const statements = await readDefinitionFile(directory, file);
  for (const what of await compareDatabase(session, database, statements, comparedOf(work)))
    tell({ object: `database ${quoteName(database)}`, what });
}

async function sequenceJobs(work: DefinitionsWork, file: DefinitionFile, dumped: Set<string>): Promise<Job[]> {
  const { directory, placeOf, objects, choice, tell } = work;
  const database = placeOf(file.database);
  const statements = await readDefinitionFile(directory, file);
  const name = sequenceName(statements);
  if (!choice.takesTable('sequence', file.database, name, '')) return [];
  dumped.add(objects.key('sequence', database, name));
  const object = `sequence ${quoteQualified(database, name)}`;
  if (objects.find('sequence', database, name) === undefined) {
    tell({ object, what: 'is missing' });
    return [];
  }
  const pair = { database, name, statements };
  return [
    async (session) => {
      for (const what of await compareSequence(session, pair, comparedOf(work))) tell({ object, what });
    },
  ];
}

async function codeJobs(work: DefinitionsWork, file: DefinitionFile, dumped: Set<string>): Promise<Job[]> {
  const { directory, placeOf, objects, choice, likeness, withDefiners, tell } = work;
  const database = placeOf(file.database);
  const chosen = chosenCode(file.database, await readDefinitionFile(directory, file), choice);
  const named = ({ kind, name }: CodeObject): string => `${kind} ${quoteQualified(database, name)}`;
  const present = chosen.filter((object) => {
    dumped.add(objects.key(object.kind, database, object.name));
    const isThere = objects.find(object.kind, database, object.name) !== undefined;
    if (!isThere) tell({ object: named(object), what: 'is missing' });
    return isThere;
  });
  if (likeness !== 'other product') {
    for (const { table, what } of otherOrders(database, present, objects))
      tell({ object: quoteQualified(database, table), what });
  }
  const compared = { source: file.database, database, likeness, withDefiners };
  return inSlices(present).map((slice) => async (session) => {
    for (const [object, what] of await compareCode(session, slice, compared)) tell({ object: named(object), what });
  });
}

/** Of kinds that the dump has all of, as it says. */
function tellExtra(
  { dumped, objects, placeOf, takesDatabase, tell }: DefinitionsWork,
  known: ReadonlySet<string>,
): void {
  const places = new Map([...dumped.databases.values()].filter(takesDatabase).map((name) => [placeOf(name), name]));
  for (const { kind, database, name } of objects.all()) {
    const source = places.get(database);
    const isComplete = dumped.complete.has(kind.startsWith('package') ? 'procedure' : kind);
    if (source === undefined || !isComplete || known.has(objects.key(kind, database, name))) continue;
    // What could not be dumped was named by the dump.
    if (dumped.skipped.some((what) => what.endsWith(` ${quoteQualified(source, name)}`))) continue;
    const qualified = quoteQualified(database, name);
    tell({ object: kind === 'table' ? qualified : `${kind} ${qualified}`, what: 'is there, but was not dumped' });
  }
}

const comparedOf = ({ likeness, objects }: DefinitionsWork): KeysCompared => ({
  likeness,
  foldsNames: objects.foldsNames,
});
