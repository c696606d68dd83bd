/**
 * Choice: what of the server goes into the dump, object by object, while the catalogue is read.
 *
 * In: the options and what the catalogue tells. Out: yes or no; each object that a filter leaves out is told by an event,
 * once. The rules are those of schema/filter.
 */
import { ToolError } from '../base/errors.ts';
import type { Emit, ObjectKind } from '../base/events.ts';
import { Filter } from '../schema/filter/filter.ts';
import type { LeftOutBy } from '../schema/filter/filter.ts';
import { TableRules } from '../schema/filter/table-rules.ts';
import type { Parts, TableSettings } from '../schema/filter/table-rules.ts';
import { quoteName, quoteQualified } from '../schema/names.ts';
import type { DumpOptions } from './options.ts';

const ALL_PARTS: Parts = { schema: true, data: true, triggers: true };

export class Choice {
  private readonly filter: Filter;
  private readonly rules: TableRules;
  private readonly options: DumpOptions;
  private readonly emit: Emit;
  private readonly unchanged = new Set<string>();

  constructor(options: DumpOptions, emit: Emit) {
    this.filter = new Filter(options);
    this.rules = new TableRules(options.tableRules ?? []);
    this.options = options;
    this.emit = emit;
  }

  /** Those of the server's databases that may hold something for the dump. @throws ToolError USAGE for a name that is none. */
  databases(existing: readonly string[]): string[] {
    const missing = this.filter.namedDatabases.filter((name) => !existing.includes(name));
    if (missing.length > 0) {
      throw new ToolError('USAGE', `no such database: ${missing.join(', ')}`, {
        hint: 'see SHOW DATABASES, which lists what this account may see; upper and lower case count here',
      });
    }
    return existing.filter((name) => {
      const by = this.filter.database(name);
      if (by === '--omit-from-file') this.leaveOut('database', quoteName(name), by);
      return by === undefined;
    });
  }

  takesTable(kind: 'table' | 'view' | 'sequence', database: string, name: string, engine: string): boolean {
    const by = this.filter.table(database, name, engine) ?? this.leftOutByParts(kind, database, name);
    return this.takes(kind, database, name, by);
  }

  takesRoutine(database: string, name: string): boolean {
    return this.options.withRoutines && this.takes('routine', database, name, this.filter.code(database, name));
  }

  takesEvent(database: string, name: string): boolean {
    return this.options.withEvents && this.takes('event', database, name, this.filter.code(database, name));
  }

  /** Of a table that is taken. */
  takesTrigger(database: string, table: string, name: string): boolean {
    if (!this.options.withTriggers) return false;
    const by = this.partsOf(database, table).triggers ? undefined : 'object_to_export';
    return this.takes('trigger', database, name, by);
  }

  /** When its objects have been seen: `taken` of them are, `isEmpty` says that there was none. */
  takesDatabase(name: string, content: { readonly taken: number; readonly isEmpty: boolean }): boolean {
    if (content.taken > 0) return true;
    const by = this.filter.bareDatabase(name, content.isEmpty);
    if (by !== undefined) this.leaveOut('database', quoteName(name), by);
    return by === undefined;
  }

  partsOf(database: string, table: string): Parts {
    return this.settingsOf(database, table).exported ?? ALL_PARTS;
  }

  /** Of a table that is taken; `partitions` are those that are wanted, where not all are. */
  takesRows(database: string, table: string, partitions: readonly string[] | undefined): boolean {
    const by = this.rowsLeftOutBy(database, table) ?? (partitions?.length === 0 ? '--partition-regex' : undefined);
    return this.takes('rows', database, table, by);
  }

  settingsOf(database: string, table: string): TableSettings {
    return this.rules.of(database, table);
  }

  /** By --updated-since: its definition is dumped, its rows are not. */
  noteUnchanged(database: string, table: string): void {
    this.unchanged.add(`${database}.${table}`);
  }

  /** "database.table", in the order of the catalogue. */
  get unchangedTables(): readonly string[] {
    return [...this.unchanged];
  }

  /**
   * To be called when everything was shown.
   *
   * @throws ToolError USAGE when a filter has matched nothing: a slip must not end in a dump without what was meant.
   */
  refuseUnused(): void {
    const { tables, regex, omit } = this.filter.unused();
    if (tables.length > 0) {
      throw new ToolError('USAGE', `--tables-list matches nothing with: ${tables.join(', ')}`, {
        hint: 'entries are database.table; % and _ are wildcards',
      });
    }
    if (regex.length > 0) {
      throw new ToolError('USAGE', `--regex matches nothing with: ${regex.join(' and ')}`, {
        hint: 'it is searched for in database.table, and in the bare name of a database that is empty',
      });
    }
    if (omit.length > 0) {
      this.warn(`--omit-from-file names what is not there: ${omit.join(', ')}`);
    }
    const rules = this.rules.unused();
    if (rules.length > 0) this.warn(`no table is meant by ${rules.join(', ')}`);
  }

  private rowsLeftOutBy(database: string, table: string): LeftOutBy {
    if (this.unchanged.has(`${database}.${table}`)) return '--updated-since';
    return this.partsOf(database, table).data ? undefined : 'object_to_export';
  }

  private leftOutByParts(kind: ObjectKind, database: string, name: string): LeftOutBy {
    const { schema, data, triggers } = this.partsOf(database, name);
    const isWanted = schema || (kind === 'table' && (data || triggers));
    return isWanted ? undefined : 'object_to_export';
  }

  private takes(kind: ObjectKind, database: string, name: string, by: LeftOutBy): boolean {
    if (by !== undefined) this.leaveOut(kind, quoteQualified(database, name), by);
    return by === undefined;
  }

  private leaveOut(kind: ObjectKind, name: string, by: string): void {
    this.emit({ type: 'left-out', kind, name, by });
  }

  private warn(message: string): void {
    this.emit({ type: 'warning', message });
  }
}
