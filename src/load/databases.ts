/**
 * Databases, and the sequences in them: what must be there before the first table.
 */
import { saying } from '../mysql/failure.ts';
import type { Session } from '../mysql/session.ts';
import { renameDatabase } from '../schema/ddl.ts';
import { quoteName } from '../schema/names.ts';
import type { DumpContents } from './contents.ts';
import type { LoadOptions } from './options.ts';
import { sendDefinitions } from './send/definitions.ts';
import type { SqlModes } from './sql-modes.ts';

export async function createDatabases(
  session: Session,
  modes: SqlModes,
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
      await sendDefinitions(session, modes, schemaFile, (sql) => (isRenamed ? renameDatabase(sql, name) : sql));
    }
  }
}

/** Sequences come before the tables whose defaults draw from them. */
export async function createSequences(session: Session, modes: SqlModes, contents: DumpContents): Promise<void> {
  for (const { database, file } of contents.sequences) {
    await saying(`selecting ${database}`, () => session.execute(`USE ${quoteName(database)}`));
    await sendDefinitions(session, modes, file);
  }
}
