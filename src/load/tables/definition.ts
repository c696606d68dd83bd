/**
 * The definition of a table as its file has it, read before it is sent, and what of it is sent at first.
 */
import { ToolError } from '../../base/errors.ts';
import { statementKind } from '../../format/statements.ts';
import { engineOf } from '../../schema/create-table.ts';
import { splitTable } from '../../schema/table-keys.ts';
import type { DumpFile, DumpTable } from '../contents.ts';
import type { Guard } from '../guard.ts';
import { NOTHING_ASIDE } from '../keys.ts';
import type { SetAside } from '../keys.ts';
import { readDefinitions } from '../send/definitions.ts';

export interface Definition {
  readonly table: DumpTable;
  readonly file: DumpFile;
  readonly statements: readonly Buffer[];
  /**
   * The database and the settings that its CREATE TABLE is run with, equal for tables of which they are equal. Undefined:
   * the file is not SET statements and then one CREATE TABLE.
   */
  readonly surroundings: string | undefined;
}

/** @throws ToolError DUMP_INCOMPLETE without a file, DUMP_DAMAGED, FOREIGN_STATEMENT. */
export async function readDefinition(table: DumpTable, guard: Guard): Promise<Definition> {
  const { database, name, schemaFile: file } = table;
  if (file === undefined) {
    throw new ToolError('DUMP_INCOMPLETE', `the dump has no definition of ${database}.${name}`, {
      hint: 'create the table first and load with --no-schema',
    });
  }
  const found = await readDefinitions(file);
  await guard.admit(file, { holds: 'table', database, name }, found);
  const statements = found.map(({ bytes }) => bytes);
  return { table, file, statements, surroundings: surroundingsOf(database, statements) };
}

function surroundingsOf(database: string, statements: readonly Buffer[]): string | undefined {
  const settings = statements.slice(0, -1);
  const isPlain =
    settings.every((sql) => statementKind(sql) === 'set') &&
    /^CREATE TABLE\b/i.test(statements.at(-1)?.toString('latin1', 0, 13) ?? '');
  return isPlain ? [database, ...settings.map((sql) => sql.toString('latin1'))].join('\0') : undefined;
}

/** Takes out of statements, one after the other, what is added later. */
export class Splitter {
  setAside: SetAside = NOTHING_ASIDE;
  /** That the CREATE TABLE names. */
  engine: string | undefined;
  private readonly later: boolean;
  private readonly keepsForeignKeys: (clauses: readonly Buffer[]) => boolean;
  private readonly settings: Buffer[] = [];

  /** With `later` keys are taken out too; foreign keys always, but where they are kept. */
  constructor(later: boolean, keepsForeignKeys: (clauses: readonly Buffer[]) => boolean = () => false) {
    this.later = later;
    this.keepsForeignKeys = keepsForeignKeys;
  }

  /** What is to be sent of a statement. */
  split(sql: Buffer): Buffer {
    if (statementKind(sql) === 'set') this.settings.push(sql);
    this.engine = engineOf(sql) ?? this.engine;
    const split = splitTable(sql, { later: this.later });
    const { foreignKeys, keys } = split;
    if (foreignKeys.length > 0 && keys.length === 0 && this.keepsForeignKeys(foreignKeys)) {
      this.setAside = { ...NOTHING_ASIDE, presentForeignKeys: foreignKeys };
      return sql;
    }
    if (split.create !== sql) this.setAside = { ...split, settings: this.settings };
    return split.create;
  }
}
