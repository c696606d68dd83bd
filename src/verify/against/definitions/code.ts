/** Views, triggers, routines and events: the statements of a dump's file beside those that the server shows. */
import { routineDefinitions, triggerDefinitions, viewDefinition } from '../../../define/code.ts';
import type { Definitions } from '../../../define/code.ts';
import type { Session } from '../../../mysql/session.ts';
import { codeDifferences, codeObjects } from '../../../schema/compare/code.ts';
import type { CodeCompared, CodeObject } from '../../../schema/compare/code.ts';
import type { Choice } from '../../../schema/filter/choice.ts';
import { quoteName } from '../../../schema/names.ts';
import type { RoutineKind } from '../../../schema/table.ts';
import { triggerTable } from '../../../schema/trigger-table.ts';
import type { ServerObjects } from './server-objects.ts';

/** Each is a few round trips, and a file may hold thousands. */
const OBJECTS_AT_ONCE = 50;

/** Those that are wanted. */
export function chosenCode(source: string, statements: readonly Buffer[], choice: Choice): CodeObject[] {
  const objects = codeObjects(statements);
  return choice.isSelective ? objects.filter((object) => isTaken(object, source, choice)) : objects;
}

function isTaken({ kind, name, create }: CodeObject, source: string, choice: Choice): boolean {
  if (kind === 'view') return choice.takesTable('view', source, name, '');
  if (kind === 'event') return choice.takesEvent(source, name);
  if (kind !== 'trigger') return choice.takesRoutine(source, name);
  const table = triggerTable(create.toString()) ?? '';
  return choice.takesTable('table', source, table, '') && choice.takesTrigger(source, table, name);
}

export function inSlices(objects: readonly CodeObject[]): (readonly CodeObject[])[] {
  const slices: (readonly CodeObject[])[] = [];
  for (let at = 0; at < objects.length; at += OBJECTS_AT_ONCE) slices.push(objects.slice(at, at + OBJECTS_AT_ONCE));
  return slices;
}

/** In: objects of one file that the server has. Out: what is different of each that is otherwise. */
export async function compareCode(
  session: Session,
  objects: readonly CodeObject[],
  compared: CodeCompared,
): Promise<(readonly [object: CodeObject, what: string])[]> {
  const shown = await definitionsOf(session, compared.database, objects);
  const keyOf = ({ kind, name }: CodeObject): string => `${kind} ${kind === 'view' ? name : name.toLowerCase()}`;
  const found = new Map(codeObjects(shown.statements).map((object) => [keyOf(object), object]));
  return objects.flatMap((object): (readonly [CodeObject, string])[] => {
    const other = found.get(keyOf(object));
    if (other !== undefined) return codeDifferences(object, other, compared).map((what) => [object, what]);
    const why = shown.skipped.find(({ what }) => what.endsWith(`.${quoteName(object.name)}`))?.why;
    return [[object, `does not show how it is defined${why === undefined ? '' : `: ${why}`}`]];
  });
}

/** As a dump would write them. */
async function definitionsOf(
  session: Session,
  database: string,
  objects: readonly CodeObject[],
): Promise<Pick<Definitions, 'statements' | 'skipped'>> {
  const source = { session, database, definer: undefined };
  const names = (wanted: string): string[] => objects.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  const [views, triggers, events] = [names('view'), names('trigger'), names('event')];
  const routines = objects
    .filter(({ kind }) => kind !== 'view' && kind !== 'trigger' && kind !== 'event')
    .map(({ kind, name }) => ({ kind: kind.toUpperCase() as RoutineKind, name }));
  const all: Definitions[] = [];
  for (const name of views) all.push(await viewDefinition(source, name));
  if (triggers.length > 0) all.push(await triggerDefinitions(source, triggers));
  if (routines.length + events.length > 0) all.push(await routineDefinitions(source, routines, events));
  return { statements: all.flatMap((each) => each.statements), skipped: all.flatMap((each) => each.skipped) };
}

/** Tables whose triggers fire in another order than those of the dump: with both orders. */
export function otherOrders(
  database: string,
  dumped: readonly CodeObject[],
  objects: ServerObjects,
): { readonly table: string; readonly what: string }[] {
  const before = new Map<string, string[]>();
  for (const { kind, name } of dumped) {
    const found = kind === 'trigger' ? objects.find(kind, database, name) : undefined;
    if (found?.table === undefined) continue;
    before.set(found.table, [...(before.get(found.table) ?? []), found.name]);
  }
  if (before.size === 0) return [];
  const now = new Map<string, string[]>();
  for (const { kind, name, table, ...found } of objects.all()) {
    if (kind !== 'trigger' || table === undefined || found.database !== database) continue;
    if (before.get(table)?.includes(name) === true) now.set(table, [...(now.get(table) ?? []), name]);
  }
  return [...before].flatMap(([table, names]) => {
    const [is, was] = [(now.get(table) ?? []).join(', '), names.join(', ')];
    return is === was ? [] : [{ table, what: `fires its triggers in the order ${is} instead of ${was}` }];
  });
}
