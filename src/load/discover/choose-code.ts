/**
 * Choose code: which triggers, routines and events of a dump's files are created, when not all are wanted.
 *
 * In: a file and who decides. Out: the file with the names of what stays out of it; reading the file then passes over the
 * statements of those, from DROP … IF EXISTS to CREATE, which both tsdump and mydumper write for each.
 */
import { ToolError } from '../../base/errors.ts';
import type { SchemaStatement } from '../../format/code.ts';
import type { Choice } from '../../schema/filter/choice.ts';
import { triggerTable } from '../../schema/trigger-table.ts';
import type { CodeFile, DumpFile } from '../contents.ts';
import { readDefinitions } from '../send/definitions.ts';
import { codeObjects } from '../send/without.ts';
import type { CodeObject } from '../send/without.ts';

/** `isTaken` decides by kind, name and definition. Files of which nothing stays are gone from the result. */
async function chooseFrom(
  files: readonly CodeFile[],
  isTaken: (file: CodeFile, object: CodeObject) => boolean,
): Promise<readonly CodeFile[]> {
  const chosen: CodeFile[] = [];
  for (const code of files) {
    const objects = codeObjects(await readDefinitions(code.file));
    const out = objects.filter((object) => !isTaken(code, object));
    if (out.length === objects.length) continue;
    const without = new Set(out.map(({ key }) => key));
    chosen.push(without.size === 0 ? code : { ...code, file: { ...code.file, without } });
  }
  return chosen;
}

/** Routines and events by their own names. */
export async function chooseRoutines(files: readonly CodeFile[], choice: Choice): Promise<readonly CodeFile[]> {
  return chooseFrom(files, ({ source }, { kind, name }) =>
    kind === 'EVENT' ? choice.takesEvent(source, name) : choice.takesRoutine(source, name),
  );
}

/** Triggers go with their tables, `taken` are those that are loaded, by the source's database. */
export async function chooseTriggers(
  files: readonly CodeFile[],
  choice: Choice,
  taken: (database: string, table: string) => string | undefined,
): Promise<readonly CodeFile[]> {
  return chooseFrom(files, ({ source, file }, { name, create }) => {
    const table = taken(source, tableOf(file, create));
    return table !== undefined && choice.takesTrigger(source, table, name);
  });
}

/** Of the files' triggers only these. `keyOf` makes the key of a name in the target. */
export async function onlyTriggers(
  files: readonly CodeFile[],
  keys: ReadonlySet<string>,
  keyOf: (database: string, name: string) => string,
): Promise<readonly CodeFile[]> {
  return chooseFrom(files, ({ database }, { name }) => keys.has(keyOf(database, name)));
}

function tableOf(file: DumpFile, create: SchemaStatement): string {
  const table = triggerTable(create.bytes.toString('utf8'));
  if (table !== undefined) return table;
  throw new ToolError('DUMP_DAMAGED', `${file.name}, statement ${create.number} does not say which table it is for`);
}
