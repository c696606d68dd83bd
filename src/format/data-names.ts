/**
 * Names in data files. A statement ends at `;` and newline, and names stand between backticks as they are: one that holds
 * `;`, blanks and newline gets a blank more, as bodies do in files of code, and the header of the file says so.
 */
import { disguiseBody } from './code.ts';

/** Stands in the header of a file whose names are disguised. Servers keep it as a variable that nobody reads. */
export const NAMES_DISGUISED = "/*!40101 SET @tsdump_names='disguised'*/";

/** Whether one of these names would end a statement. */
export function wantDisguise(names: readonly string[]): boolean {
  return names.some(endsStatement);
}

const endsStatement = (name: string): boolean => /; *\n/.test(name);

/** The beginning of an INSERT statement, with its names disguised where they need it. */
export function disguisedOpening(opening: string): Buffer {
  const bytes = Buffer.from(opening);
  return endsStatement(opening) ? disguiseBody(bytes) : bytes;
}
