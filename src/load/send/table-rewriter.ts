/**
 * Table rewriter: the INSERT statements of one table as LOAD DATA reads their rows, where that stores the very same.
 *
 * In: what the target says of the table, and a statement. Out: its rows as text and the LOAD DATA statement for them;
 * nothing for a statement that is to be sent as it stands: for another table, with a column that computes its value or without
 * one that does not, with any literal that is not known to come to the same. What REPLACE and IGNORE mean shows only where a
 * key is there already, and such rows are sent as they stand (rows-rewritten.ts).
 */
import { saying } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import { LOAD_DATA_SEPARATORS, loadDataStatement } from '../../format/load-data.ts';
import type { Statement } from '../../format/statements.ts';
import type { LiteralColumns, RewrittenText, RowRewriter } from '../../kernel/rows-from-insert.ts';
import { quoteQualified, unquoteName } from '../../schema/names.ts';
import { isTransactional } from '../../schema/table.ts';
import type { DumpTable } from '../contents.ts';
import { literalsFor, wantsConversion } from './column-literals.ts';
import { INSERT_NAME, ROWS_OPENING } from './insert-opening.ts';
import { readColumns, readEngine } from './target-columns.ts';
import type { TargetColumn } from './target-columns.ts';

/** What LOAD DATA statements call the rows; there is no such file. */
export const ROWS_NAME = 'rows';

/** What begins a statement, up to its rows, and how these are loaded. */
export interface LoadPlan {
  readonly opening: Buffer;
  readonly columns: LiteralColumns;
  readonly sql: Buffer;
}

export interface RewrittenStatement {
  readonly plan: LoadPlan;
  readonly rows: number;
  /** Of the statement as it stands. */
  readonly statementBytes: number;
}

export interface RewriterSetup {
  /** Shared by all tables: a statement is rewritten in one go. Undefined: nothing goes through LOAD DATA. */
  readonly kernel: RowRewriter | undefined;
  /** Whether statements that do not go through LOAD DATA are sent as several short ones. */
  readonly inShortStatements: boolean;
  readonly backslashEscapes: boolean;
  /** Of smaller files the rows go as INSERTs, which is one round trip less. */
  readonly minFileBytes: number;
}

/** A thousand columns with long names, and to spare. */
const MAX_OPENING_BYTES = 300_000;

export class TableRewriter {
  private readonly table: DumpTable;
  private readonly setup: RewriterSetup;
  /** None: its statements go as they stand. Undefined: not read yet. */
  private columns: readonly TargetColumn[] | undefined;
  private plan: LoadPlan | undefined;
  private isOff = false;

  constructor(table: DumpTable, setup: RewriterSetup) {
    this.table = table;
    this.setup = setup;
  }

  /** Whether a file of this size may be one for here. */
  wants(storedBytes: number): boolean {
    return !this.isOff && storedBytes >= this.setup.minFileBytes;
  }

  /** To be called before the rows of a file are sent; false: its statements go as they stand. */
  async isFor(session: Session, storedBytes: number): Promise<boolean> {
    if (!this.wants(storedBytes)) return false;
    this.columns ??= await this.readTable(session);
    return this.columns.length > 0;
  }

  /** Whether those that are not rewritten are sent as several short ones. */
  get inShortStatements(): boolean {
    return !this.isOff && this.setup.inShortStatements;
  }

  /** From now on statements go as they stand. */
  giveUp(): void {
    this.isOff = true;
  }

  /** Undefined: the statement is to be sent as it stands. */
  rewrite({ parts, rest }: Statement, text: RewrittenText): RewrittenStatement | undefined {
    const { kernel } = this.setup;
    if (this.isOff || rest !== undefined || kernel === undefined) return undefined;
    const plan = this.planFor(parts);
    if (plan === undefined) return undefined;
    kernel.begin(plan.columns, text);
    let passed = plan.opening.length;
    let statementBytes = 0;
    for (const part of parts) {
      if (!kernel.add(part.subarray(passed))) return undefined;
      passed -= Math.min(passed, part.length);
      statementBytes += part.length;
    }
    const rows = kernel.end();
    return rows === undefined ? undefined : { plan, rows, statementBytes };
  }

  /** No columns where rows that are stored otherwise could not be taken back. */
  private async readTable(session: Session): Promise<readonly TargetColumn[]> {
    const { name, database } = this.table;
    const columns = await saying(`looking at ${quoteQualified(database, name)}`, () =>
      readColumns(session, this.table),
    );
    const engine = await readEngine(session, this.table);
    return engine !== undefined && isTransactional(engine) ? columns : [];
  }

  /** Statements of a file begin alike, as a rule. */
  private planFor(parts: readonly Buffer[]): LoadPlan | undefined {
    const { plan } = this;
    if (plan !== undefined && parts[0]?.subarray(0, plan.opening.length).equals(plan.opening) === true) return plan;
    const found = ROWS_OPENING.exec(Buffer.concat(parts, MAX_OPENING_BYTES).toString('latin1'));
    const [opening = '', name = '', list] = found ?? [];
    if (found === null || meant(name) !== this.table.name) return undefined;
    const columns = this.columnsOf(list);
    if (columns === undefined) return undefined;
    this.plan = this.planOf(Buffer.from(opening, 'latin1'), columns);
    return this.plan;
  }

  /** Those that the values go into; undefined where a value would be computed, or not be given. */
  private columnsOf(list: string | undefined): readonly TargetColumn[] | undefined {
    const all = this.columns ?? [];
    const byName = new Map(all.map((column) => [column.name, column]));
    const names = list?.match(new RegExp(INSERT_NAME, 'g'))?.map(meant);
    const chosen = names?.map((name) => byName.get(name)) ?? all.filter(({ isInvisible }) => !isInvisible);
    const columns = [...new Set(chosen)].filter((column): column is TargetColumn => column?.isGenerated === false);
    const stored = all.filter(({ isGenerated }) => !isGenerated).length;
    return columns.length === chosen.length && columns.length === stored ? columns : undefined;
  }

  private planOf(opening: Buffer, columns: readonly TargetColumn[]): LoadPlan | undefined {
    const { backslashEscapes } = this.setup;
    const literals = columns.map(literalsFor);
    if (literals.includes(undefined)) return undefined;
    const sql = loadDataStatement({
      fileName: ROWS_NAME,
      table: this.table.name,
      separators: LOAD_DATA_SEPARATORS,
      hasHeader: false,
      columns: columns.map((column) => ({ name: column.name, through: throughOf(column) })),
      backslashEscapes,
    });
    return { opening, columns: { literals: literals as number[], backslashEscapes }, sql: Buffer.from(sql) };
  }
}

function throughOf(column: TargetColumn): 'characters' | 'counter' | 'bytes' {
  if (wantsConversion(column)) return 'characters';
  return column.isCounter ? 'counter' : 'bytes';
}

/** A name as it is meant, of one that was read as Latin-1. */
function meant(name: string): string {
  return unquoteName(Buffer.from(name, 'latin1').toString('utf8'));
}
