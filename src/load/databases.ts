/**
 * Databases, and the sequences in them: what must be there before the first table.
 */
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { renameDatabase } from '../schema/ddl.ts';
import { quoteName } from '../schema/names.ts';
import type { DumpContents } from './contents.ts';
import type { LoadOptions } from './options.ts';
import { readDefinitions, sendDefinitions } from './send/definitions.ts';
import type { LoadSessions } from './session.ts';

export async function createDatabases(
  session: Session,
  { modes, guard }: LoadSessions,
  contents: DumpContents,
  options: LoadOptions,
): Promise<void> {
  if (options.without?.has('databases') === true) return;
  for (const { name, schemaFile } of contents.databases) {
    if (schemaFile === undefined) {
      await saying(`creating database ${name}`, () =>
        session.execute(`CREATE DATABASE IF NOT EXISTS ${quoteName(name)}`),
      );
    } else {
      // Under another name too it keeps its character set and collation: code is bound to them.
      const isRenamed = options.targetDatabase !== undefined;
      const change = (sql: Buffer): Buffer => (isRenamed ? renameDatabase(sql, name) : sql);
      const statements = await readDefinitions(schemaFile);
      const changed = statements.map((statement) => ({ ...statement, bytes: change(statement.bytes) }));
      await guard.admit(schemaFile, { holds: 'database', database: name }, changed);
      await sendDefinitions(session, modes, schemaFile, change);
    }
  }
}

/** Sequences come before the tables whose defaults draw from them. */
export async function createSequences(
  session: Session,
  { modes, guard }: LoadSessions,
  contents: DumpContents,
): Promise<void> {
  for (const { database, name, file } of contents.sequences) {
    await guard.admit(file, { holds: 'sequence', database, name }, await readDefinitions(file));
    await saying(`selecting ${database}`, () => session.execute(`USE ${quoteName(database)}`));
    await sendDefinitions(session, modes, file);
  }
}
