/**
 * Finish: everything that waits for the rows. Foreign keys, triggers, routines and events, views, in this order.
 */
import pLimit from 'p-limit';

import { must, ToolError } from '../base/errors.ts';
import { saying, ServerErrno, serverErrno } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { renameDatabase } from '../schema/ddl.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import { orderViews } from '../schema/view-order.ts';
import type { DumpContents, DumpFile } from './contents.ts';
import type { LoadOptions } from './options.ts';
import { readDefinitions, sendDefinitions } from './send/definitions.ts';
import type { LoadSessions } from './session.ts';
import { alterTable, independentGroups } from './foreign-keys.ts';
import type { ForeignKeys } from './foreign-keys.ts';
import type { Target } from './target.ts';

export interface FinishRun {
  readonly session: Session;
  readonly sessions: LoadSessions;
  readonly contents: DumpContents;
  readonly threads: number;
  readonly signal: AbortSignal;
}

export async function createDatabases(session: Session, contents: DumpContents, options: LoadOptions): Promise<void> {
  for (const { name, schemaFile } of contents.databases) {
    if (schemaFile === undefined) {
      await saying(`creating database ${name}`, () =>
        session.execute(`CREATE DATABASE IF NOT EXISTS ${quoteName(name)}`),
      );
    } else {
      // Under another name too it keeps its character set and collation: code is bound to them.
      const isRenamed = options.targetDatabase !== undefined;
      await sendDefinitions(session, schemaFile, (sql) => (isRenamed ? renameDatabase(sql, name) : sql));
    }
  }
}

/** Sequences come before the tables whose defaults draw from them. */
export async function createSequences(session: Session, contents: DumpContents): Promise<void> {
  for (const { database, file } of contents.sequences) await runIn(session, database, file, () => undefined);
}

/**
 * Drops the triggers that would fire while rows are loaded. Those of the dump are created again afterwards.
 * Returns whether there were any.
 *
 * @throws ToolError LOAD_FAILED when a table to be loaded has a trigger that the dump does not hold.
 */
export async function removeTriggers(
  session: Session,
  contents: DumpContents,
  target: Target,
  options: LoadOptions,
): Promise<boolean> {
  // Tables that are dropped lose their triggers with them; tables that are passed over get no rows.
  if (options.withSchemas && (options.dropTable === 'DROP' || options.dropTable === 'SKIP')) return false;
  const loaded = new Set(
    contents.tables
      .filter(({ dataFiles }) => dataFiles.length > 0)
      .map(({ database, name }) => quoteQualified(database, name)),
  );
  const inTheWay = target.triggers.filter(({ database, table }) => loaded.has(quoteQualified(database, table)));
  if (inTheWay.length === 0) return false;
  const known = await triggersOfDump(contents);
  for (const { database, table, name } of inTheWay) {
    if (known.has(quoteQualified(database, name))) continue;
    throw new ToolError(
      'LOAD_FAILED',
      `${quoteQualified(database, table)} has the trigger ${quoteName(name)}, which would fire for every row loaded and is not part of the dump`,
      {
        hint: 'drop it before the load and create it again afterwards',
      },
    );
  }
  for (const { database, name } of inTheWay) {
    const qualified = quoteQualified(database, name);
    await saying(`dropping trigger ${qualified} for the load`, () =>
      session.execute(`DROP TRIGGER IF EXISTS ${qualified}`),
    );
  }
  return true;
}

async function triggersOfDump(contents: DumpContents): Promise<Set<string>> {
  const names = new Set<string>();
  for (const { database, file } of contents.triggerFiles) {
    for (const { bytes } of await readDefinitions(file)) {
      const [, name] = /^DROP TRIGGER IF EXISTS (`(?:[^`]|``)*`)\s*$/.exec(bytes.toString('utf8')) ?? [];
      if (name !== undefined) names.add(`${quoteName(database)}.${name}`);
    }
  }
  return names;
}

export async function addForeignKeys(run: FinishRun, foreignKeys: readonly ForeignKeys[]): Promise<void> {
  const groups = independentGroups(foreignKeys);
  await withEach(run, Math.min(run.threads, groups.length), async (session) => {
    for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
      for (const each of group) await alterTable(session, each);
    }
  });
}

/** Runs the files of code. Returns how many objects they created. */
export async function createCode(
  run: FinishRun,
  what: { readonly triggers: boolean; readonly rest: boolean },
): Promise<number> {
  const { contents, sessions, session } = run;
  const files = [...(what.triggers ? contents.triggerFiles : []), ...(what.rest ? contents.codeFiles : [])];
  let created = 0;
  for (const { database, file } of files) {
    await runIn(session, database, file, (sql) => {
      if (/^CREATE\b/i.test(sql.toString('latin1', 0, 7))) created++;
    });
    await saying('preparing a session', () => sessions.prepare(session)); // the file may leave its settings behind
  }
  return created;
}

async function runIn(
  session: Session,
  database: string,
  file: DumpFile,
  onStatement: (sql: Buffer) => void,
): Promise<void> {
  await saying(`selecting ${database}`, () => session.execute(`USE ${quoteName(database)}`));
  await sendDefinitions(session, file, (sql) => {
    onStatement(sql);
    return sql;
  });
}

/** Creates the views, each after those it reads. Returns how many. */
export async function createViews(run: FinishRun): Promise<number> {
  const { contents, session, sessions } = run;
  const read = pLimit(16);
  const views = await Promise.all(
    contents.views.map((view) =>
      read(async () => {
        const statements = await readDefinitions(view.file);
        const create = statements.find(({ bytes }) => /^CREATE\b/i.test(bytes.toString('latin1', 0, 7)));
        return { ...view, text: must(create, `CREATE VIEW in ${view.file.name}`).bytes.toString('utf8') };
      }),
    ),
  );
  for (const view of orderViews(views)) {
    try {
      await runIn(session, view.database, view.file, () => undefined);
    } catch (error) {
      throw explainMissingFunction(error, contents);
    }
  }
  if (views.length > 0) await saying('preparing a session', () => sessions.prepare(session));
  return views.length;
}

/** A view that calls a function is no use without it, and the dump may have been told to leave routines out. */
function explainMissingFunction(error: unknown, { codeFiles }: DumpContents): unknown {
  const isMissing = serverErrno(error) === ServerErrno.ER_SP_DOES_NOT_EXIST;
  if (!isMissing || codeFiles.length > 0 || !(error instanceof ToolError)) return error;
  return new ToolError(error.code, error.message, {
    cause: error.cause,
    hint: 'the dump holds no routines: dump with --routines, or create the function in the target first',
  });
}

/** Lends `connections` sessions at the same time. The first failure ends the others and is thrown. */
async function withEach(run: FinishRun, connections: number, use: (session: Session) => Promise<void>): Promise<void> {
  const opened: Session[] = [];
  let failure: unknown;
  const destroyAll = (): void => opened.forEach((session) => session.destroy('the run was ended'));
  run.signal.addEventListener('abort', destroyAll);
  await Promise.all(
    Array.from({ length: connections }, async () => {
      try {
        const session = await run.sessions.open(run.signal);
        opened.push(session);
        await use(session);
      } catch (error) {
        failure ??= error;
        destroyAll();
      }
    }),
  );
  run.signal.removeEventListener('abort', destroyAll);
  await Promise.all(opened.map((session) => session.close()));
  if (failure !== undefined) throw failure;
}
