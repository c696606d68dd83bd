/** The objects of a file of code, each from its DROP … IF EXISTS to its CREATE. */
import type { SchemaStatement } from '../../format/code.ts';
import { unquoteName } from '../../schema/names.ts';

export interface CodeObject {
  readonly kind: string;
  readonly name: string;
  /** Tells it from the others of its file: "TRIGGER name". */
  readonly key: string;
  readonly create: SchemaStatement;
}

const DROP = /^DROP\s+(TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE BODY|PACKAGE)\s+IF\s+EXISTS\s+(`(?:[^`]|``)*`)\s*$/i;

export function codeObjects(statements: readonly SchemaStatement[]): CodeObject[] {
  const objects: CodeObject[] = [];
  let open: Omit<CodeObject, 'create'> | undefined;
  for (const statement of statements) {
    const dropped = droppedBy(statement);
    if (dropped !== undefined) open = dropped;
    else if (open !== undefined && isCreate(statement)) {
      objects.push({ ...open, create: statement });
      open = undefined;
    }
  }
  return objects;
}

/** The statements but for those of the objects with these keys. */
export function withoutObjects(
  statements: readonly SchemaStatement[],
  keys: ReadonlySet<string>,
): readonly SchemaStatement[] {
  let isOut = false;
  return statements.filter((statement) => {
    const dropped = droppedBy(statement);
    if (dropped !== undefined) isOut = keys.has(dropped.key);
    const goes = isOut;
    if (isCreate(statement)) isOut = false;
    return !goes;
  });
}

function droppedBy({ bytes }: SchemaStatement): Omit<CodeObject, 'create'> | undefined {
  if (bytes.length > 600) return undefined; // no DROP is as long
  const [, kind, quoted] = DROP.exec(bytes.toString('utf8')) ?? [];
  if (kind === undefined || quoted === undefined) return undefined;
  const name = unquoteName(quoted);
  return { kind: kind.toUpperCase(), name, key: `${kind.toUpperCase()} ${name}` };
}

const isCreate = ({ bytes }: SchemaStatement): boolean => /^CREATE\b/i.test(bytes.toString('latin1', 0, 7));
