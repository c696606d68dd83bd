/**
 * Warnings: whether a row that the server took with a warning is the row of the dump.
 *
 * Rows are loaded without strict modes, because these refuse what a source holds: an ENUM's error value, and whatever
 * a generated column warns of when it is computed. So a value that the server alters is only a warning, and warnings are
 * judged here:
 *
 * - one about a value of a column that the dump holds means that another value was stored: the load fails;
 * - an ENUM's error value is warned of each time it is stored; what the statement says tells whether it was meant;
 * - one about a generated column, or without a column, is the server's thinking aloud: it is told once a table.
 */
import { ToolError } from '../../base/errors.ts';
import type { Emit } from '../../base/events.ts';
import { saying } from '../../mysql/failure.ts';
import type { Session } from '../../mysql/session.ts';
import { quoteQualified } from '../../schema/names.ts';
import type { DumpTable } from '../contents.ts';
import { readColumns } from './target-columns.ts';
import type { TargetColumn } from './target-columns.ts';

interface Warning {
  readonly errno: number;
  readonly message: string;
  /** The column it is about, and the row of the statement, from 1; undefined when it says none. */
  readonly column: string | undefined;
  readonly row: number | undefined;
}

/** Rows that were sent, as far as warnings about them are judged. */
export interface SentRows {
  /** "t.00000.sql, statement 3". */
  readonly what: string;
  /** The same, with the line where that is known. */
  readonly place: () => Promise<string>;
  /** How many warnings the server counted. It does not keep all of them. */
  readonly warnings: number;
  /** Takes the rows apart. */
  readonly read: () => SentValues;
}

export interface SentValues {
  /** Into which column each value goes; undefined: all columns that are not invisible, in order. */
  readonly columns: readonly (string | undefined)[] | undefined;
  /** The bytes of each value; of what is no string its text. */
  readonly rows: Iterable<readonly (Buffer | undefined)[]> | AsyncIterable<readonly (Buffer | undefined)[]>;
}

const ER_BAD_NULL_ERROR = 1048;
const WARN_DATA_TRUNCATED = 1265;
/** In a mode that is not strict it comes from reading a value, in an expression, and not from storing one. */
const ER_TRUNCATED_WRONG_VALUE = 1292;
/**
 * Of conversions: CONVERT, which stands around values that must come in as text, and literals of more digits than a
 * DECIMAL has, as other tools write them. They name no column.
 */
const CONVERSION_ERRORS: ReadonlySet<number> = new Set([
  1300, // ER_INVALID_CHARACTER_STRING
  1916, // MariaDB: ER_DATA_OVERFLOW
  1917, // MariaDB: ER_DATA_TRUNCATED
  1918, // MariaDB: ER_BAD_DATA
]);

/** Judges the warnings of one table's rows, on all connections. */
export class RowWarnings {
  private readonly table: DumpTable;
  private readonly emit: Emit;
  private readonly told = new Set<number>();
  private columns: Promise<readonly TargetColumn[]> | undefined;

  constructor(table: DumpTable, emit: Emit) {
    this.table = table;
    this.emit = emit;
  }

  /**
   * To be called when rows that were sent last on `session` had warnings.
   *
   * @throws ToolError ROWS_DIFFER when a row was not stored as the dump has it; nothing of it is committed.
   */
  async judge(session: Session, sent: SentRows): Promise<void> {
    const warnings = await saying('reading warnings', () => readWarnings(session));
    if (warnings.length < sent.warnings) throw this.tooMany(sent, warnings.length);
    this.columns ??= saying(`reading the columns of ${this.label}`, () => readColumns(session, this.table));
    const columns = await this.columns;
    const altering = warnings.filter((warning) => altersValue(warning, columns));
    const lost = await unmeant(altering, columns, sent);
    if (lost !== undefined) throw await this.altered(sent, lost);
    for (const warning of warnings) this.tell(sent, warning, altering.includes(warning));
  }

  private tell({ what }: SentRows, { errno, message }: Warning, isMeant: boolean): void {
    if (isMeant || this.told.has(errno)) return;
    this.told.add(errno);
    this.emit({
      type: 'warning',
      message: `${this.label}: the server warns while rows are loaded (${what}): ${message} (${errno}); further warnings of this kind are not shown`,
    });
  }

  private async altered(sent: SentRows, { errno, message }: Warning): Promise<ToolError> {
    return new ToolError(
      'ROWS_DIFFER',
      `${this.label}: the server altered a value of ${await sent.place()}: ${message} (${errno})`,
      {
        hint: "compare the table in the target with the dump's CREATE TABLE: a column may be narrower, or of another type. The transaction was rolled back. Rows are counted within the statement as it was sent",
      },
    );
  }

  private tooMany({ what, warnings }: SentRows, kept: number): ToolError {
    return new ToolError(
      'ROWS_DIFFER',
      `${this.label}: the server gave ${warnings} warnings to ${what} and kept ${kept}: what the others say cannot be known`,
      { hint: 'raise max_error_count on the target (65535 is the most), or dump with a smaller --chunk-filesize' },
    );
  }

  private get label(): string {
    return quoteQualified(this.table.database, this.table.name);
  }
}

async function readWarnings(session: Session): Promise<Warning[]> {
  const warnings: Warning[] = [];
  await session.queryEach('SHOW WARNINGS', ([, code, text]) => {
    const message = text?.toString('utf8') ?? '';
    warnings.push({ errno: Number(code), message, ...place(message) });
  });
  return warnings;
}

/** MySQL says 'name', MariaDB that or `database`.`table`.`name`, neither doubling quotes. */
function place(message: string): Pick<Warning, 'column' | 'row'> {
  const [, quoted, row] = /\bcolumn (['`].+['`]) at row (\d+)$/s.exec(message) ?? [];
  const named = quoted ?? /^Column ('.+') cannot be null$/s.exec(message)?.[1];
  const column = named?.startsWith('`') === true ? named.slice(named.lastIndexOf('.`') + 1) : named;
  return { column: column?.slice(1, -1), row: row === undefined ? undefined : Number(row) };
}

/** Whether it says that a value of a column of the dump was not stored as it was. */
function altersValue({ errno, column, row }: Warning, columns: readonly TargetColumn[]): boolean {
  if (errno === ER_TRUNCATED_WRONG_VALUE) return false;
  if (CONVERSION_ERRORS.has(errno)) return !columns.some(({ isGenerated }) => isGenerated);
  if (column === undefined || (row === undefined && errno !== ER_BAD_NULL_ERROR)) return false;
  return columns.find(({ name }) => name === column)?.isGenerated !== true;
}

/** The first of the warnings that is not about an ENUM's error value where the statement has just that. */
async function unmeant(
  warnings: readonly Warning[],
  columns: readonly TargetColumn[],
  sent: SentRows,
): Promise<Warning | undefined> {
  const enums = new Set(columns.filter(({ dataType }) => dataType === 'enum').map(({ name }) => name));
  const byRow = new Map<number, Warning[]>();
  for (const warning of warnings) {
    const { errno, column, row } = warning;
    if (errno !== WARN_DATA_TRUNCATED || column === undefined || row === undefined || !enums.has(column))
      return warning;
    byRow.set(row, [...(byRow.get(row) ?? []), warning]);
  }
  if (byRow.size === 0) return undefined;
  const values = sent.read();
  const order = values.columns ?? columns.filter(({ isInvisible }) => !isInvisible).map(({ name }) => name);
  let row = 0;
  for await (const bytes of values.rows) {
    row++;
    const lost = byRow.get(row)?.find(({ column }) => !isErrorValue(bytes[order.indexOf(column)]));
    if (lost !== undefined) return lost;
  }
  return undefined;
}

/** '' or zeros, in whatever character set: what an ENUM's error value reads as, and the index it has. */
function isErrorValue(bytes: Buffer | undefined): boolean {
  return bytes?.every((byte) => byte === 0 || byte === 0x30) ?? false;
}
