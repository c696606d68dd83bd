/**
 * Definitions from a schema file to the server: every statement of the file in turn, as bytes.
 */
import { readSchemaStatements } from '../../format/code.ts';
import type { SchemaStatement } from '../../format/code.ts';
import { decodedChunks } from '../../format/codec.ts';
import { lineAt } from '../../format/statements.ts';
import { serverFailure } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpFile } from '../contents.ts';
import type { SqlModes } from '../sql-modes.ts';
import { storedText } from '../stored-text.ts';
import { withoutObjects } from './without.ts';

/** The statements of a schema file that are wanted; these files are small, so all of them. */
export async function readDefinitions(file: DumpFile): Promise<readonly SchemaStatement[]> {
  const statements: SchemaStatement[] = [];
  for await (const statement of readSchemaStatements(storedText(file), { path: file.path })) {
    statements.push(statement);
  }
  return file.without === undefined ? statements : withoutObjects(statements, file.without);
}

/** Runs a whole schema file. `change` may alter statements on the way. */
export async function sendDefinitions(
  session: Session,
  modes: SqlModes,
  file: DumpFile,
  change: (sql: Buffer) => Buffer = (sql) => sql,
): Promise<void> {
  for (const { number, offset, bytes } of await readDefinitions(file)) {
    try {
      await modes.execute(session, change(bytes));
    } catch (error) {
      const line = await lineAt(decodedChunks(file.path, file.codec), offset);
      throw serverFailure(`running ${file.name}, statement ${number} (line ${line})`, error);
    }
  }
}
