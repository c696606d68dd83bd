/**
 * Ignored errors: rows that the server refused and that are left out, because the operator said which errors are to be ignored
 * or because the dump's own statement says IGNORE. They are counted and named; the load then does not end with success.
 */
import { ToolError } from '../../base/errors.ts';
import type { Skipped } from '../../base/events.ts';
import { serverErrno } from '../../mysql/failure.ts';
import { retryPolicyOf } from '../../mysql/retry.ts';
import { quoteQualified } from '../../schema/names.ts';
import type { DumpTable } from '../contents.ts';

/** Rows that were left out together. */
interface LeftOut {
  /** "t.00000.sql, statement 3 (line 12), row 5". */
  readonly place: string;
  readonly rows: number;
  readonly why: string;
}

/** Why rows are left out by statements that say so. */
export const LEFT_OUT_BY_IGNORE = 'the statement says IGNORE, and the target had reason to';

/** So many places are named of each table. */
const NAMED = 5;

/** Rows left out since the last commit, or of a table. */
export class IgnoredRows {
  rows = 0;
  named: readonly LeftOut[] = [];

  /** `place` is asked only where it is going to be named. */
  async add(rows: number, place: () => Promise<string>, why: string): Promise<void> {
    this.rows += rows;
    if (this.named.length < NAMED) this.named = [...this.named, { place: await place(), rows, why }];
  }

  addAll({ rows, named }: Pick<IgnoredRows, 'rows' | 'named'>): void {
    this.rows += rows;
    this.named = [...this.named, ...named].slice(0, NAMED);
  }

  /** Those that are here, which are here no longer. */
  take(): Pick<IgnoredRows, 'rows' | 'named'> {
    const { rows, named } = this;
    this.rows = 0;
    this.named = [];
    return { rows, named };
  }
}

/** Of one table, on all connections. */
export class IgnoredErrors {
  private readonly table: DumpTable;
  private readonly numbers: ReadonlySet<number>;
  private readonly committed = new IgnoredRows();

  constructor(table: DumpTable, numbers: readonly number[] = []) {
    this.table = table;
    this.numbers = new Set(numbers);
  }

  /** Whether any error is to be ignored. */
  get areAny(): boolean {
    return this.numbers.size > 0;
  }

  /**
   * Whether an error is to be ignored. One that takes a transaction or a connection with it is not: it is tried again, and
   * rows that nobody refused would be lost with it.
   */
  has(error: unknown): boolean {
    return this.numbers.has(serverErrno(error) ?? 0) && retryPolicyOf(error) === undefined;
  }

  /** To be called when they are committed. */
  commit(rows: IgnoredRows): void {
    this.committed.addAll(rows.take());
  }

  /**
   * What of the table is not there, of which `stored` rows are; undefined: all of it is. An earlier run, or a connection that
   * was lost, may have left out rows that are not known any more.
   *
   * @throws ToolError ROWS_DIFFER when the table has not as many rows as the dump, and not because they were left out.
   */
  missing(stored: number): Skipped | undefined {
    const { rows: counted, named } = this.committed;
    const { database, name, rows: written = stored + counted } = this.table;
    const missing = written - stored;
    const label = quoteQualified(database, name);
    if (missing < counted || (missing > counted && !this.areAny)) {
      const leftOut = counted === 0 ? '' : ` and ${counted} left out`;
      throw new ToolError('ROWS_DIFFER', `${label}: the dump has ${written} rows, ${stored} were inserted${leftOut}`);
    }
    if (missing === 0) return undefined;
    const others = missing - named.reduce((sum, { rows }) => sum + rows, 0);
    const places = named.map(({ place, why }) => `${place}: ${why}`);
    if (others > 0) places.push(`${others} more`);
    return { what: `${missing} of ${written} rows of ${label}`, why: places.join('; ') };
  }
}
