/** Tables, databases and sequences: the definition that the dump has beside the one that the server shows. */
import { must } from '../../../base/errors.ts';
import { databaseDefinition, sequenceDefinition, shownTable } from '../../../define/stored.ts';
import { serverWords } from '../../../mysql/failure.ts';
import { ServerError } from '../../../mysql/packets.ts';
import type { Session } from '../../../mysql/session.ts';
import type { PartDifference } from '../../../schema/compare/columns.ts';
import type { KeysCompared } from '../../../schema/compare/keys.ts';
import { insteadOf } from '../../../schema/compare/likeness.ts';
import { tableDifferences } from '../../../schema/compare/table.ts';
import { renameDatabase } from '../../../schema/ddl.ts';
import { quoteQualified, unquoteName } from '../../../schema/names.ts';

export interface TablePair {
  /** In the dump, and on the server. */
  readonly source: string;
  readonly database: string;
  readonly name: string;
  /** Of the file. */
  readonly statements: readonly Buffer[];
}

const CREATE = /^CREATE\s/i;
const createOf = (statements: readonly Buffer[]): Buffer =>
  statements.find((bytes) => CREATE.test(bytes.toString('latin1', 0, 8))) ?? Buffer.alloc(0);

/** A list for each of the tables. All are asked for before the first is answered. */
export async function compareTables(
  session: Session,
  tables: readonly TablePair[],
  compared: KeysCompared,
): Promise<readonly (readonly PartDifference[])[]> {
  const shown = await session.queryAll(
    tables.map(({ database, name }) => `SHOW CREATE TABLE ${quoteQualified(database, name)}`),
  );
  const differences: PartDifference[][] = [];
  for (const [at, { source, database, name, statements }] of tables.entries()) {
    const answer = shown[at];
    const row = answer instanceof ServerError ? undefined : answer?.rows[0];
    if (row === undefined) {
      differences.push([{ what: `does not show how it is defined: ${serverWords(answer)}` }]);
      continue;
    }
    const found = createOf(await shownTable(session, database, name, row));
    const was = { database: source, create: createOf(statements) };
    differences.push(tableDifferences(was, { database, create: found }, compared));
  }
  return differences;
}

/** What a database, or a sequence, is otherwise. */
export async function compareDatabase(
  session: Session,
  database: string,
  statements: readonly Buffer[],
  { likeness }: KeysCompared,
): Promise<string[]> {
  const was = renameDatabase(createOf(statements), database).toString();
  const is = createOf(await databaseDefinition(session, database)).toString();
  if (likeness === 'same series') return was === is ? [] : [`is defined otherwise: ${insteadOf(is, was)}`];
  const [before, found] = [was, is].map((text) => /CHARACTER SET (\w+)/.exec(text)?.[1]?.replace(/^utf8$/, 'utf8mb3'));
  return before === found ? [] : [`has character set ${found} instead of ${before}`];
}

/** As its file has it. */
export function sequenceName(statements: readonly Buffer[]): string {
  const name = /^CREATE SEQUENCE (`(?:[^`]|``)*`)/.exec(createOf(statements).toString())?.[1];
  return must(name && unquoteName(name), 'the name of a sequence');
}

const STATE = /^DO SETVAL\(.*, (-?\d+), 0, (\d+)\)$/s;

export async function compareSequence(
  session: Session,
  { database, name, statements }: Omit<TablePair, 'source'>,
  { likeness }: KeysCompared,
): Promise<string[]> {
  const shown = await sequenceDefinition(session, database, name);
  const [was, is] = [createOf(statements).toString(), createOf(shown).toString()];
  const differences = likeness !== 'same series' || was === is ? [] : [`is defined otherwise: ${insteadOf(is, was)}`];
  const [before, found] = [statements, shown].map((list) => stateOf(list));
  if (before === undefined || found === undefined || found.round > before.round) return differences;
  const step = BigInt(/INCREMENT BY (-?\d+)/i.exec(was)?.[1] ?? 1);
  const isBehind = found.round < before.round || (step < 0n ? found.next > before.next : found.next < before.next);
  // Values that were given out before would be given out again.
  return isBehind ? [...differences, `goes on with ${found.next} instead of ${before.next}`] : differences;
}

function stateOf(statements: readonly Buffer[]): { readonly next: bigint; readonly round: bigint } | undefined {
  for (const bytes of statements) {
    const [, next, round] = STATE.exec(bytes.toString('latin1')) ?? [];
    if (next !== undefined && round !== undefined) return { next: BigInt(next), round: BigInt(round) };
  }
  return undefined;
}
