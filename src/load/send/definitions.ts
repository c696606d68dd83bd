/**
 * Definitions from a schema file to the server: every statement of the file in turn, as bytes.
 */
import { decodedChunks } from '../../format/codec.ts';
import { readCodeStatements } from '../../format/code.ts';
import { saying } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import type { DumpFile } from '../discover.ts';

/** A definition with its place in the file, for messages. */
export interface DefinitionStatement {
  readonly number: number;
  readonly line: number;
  readonly sql: Buffer;
}

/** The statements of a schema file; these files are small, so all of them. */
export async function readDefinitions(file: DumpFile): Promise<DefinitionStatement[]> {
  const statements: DefinitionStatement[] = [];
  for await (const statement of readCodeStatements(decodedChunks(file.path, file.codec), { file: file.name })) {
    statements.push(statement);
  }
  return statements;
}

/** Runs a whole schema file. `replace` may alter or drop (undefined) statements on the way. */
export async function sendDefinitions(
  session: Session,
  file: DumpFile,
  replace: (sql: Buffer) => Buffer | undefined = (sql) => sql,
): Promise<void> {
  for (const { number, line, sql } of await readDefinitions(file)) {
    const statement = replace(sql);
    if (statement === undefined) continue;
    await saying(`running ${file.name}, statement ${number} (line ${line})`, () => session.execute(statement));
  }
}
