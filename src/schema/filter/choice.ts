/**
 * Choice: what of a server goes into a dump, or of a dump into a server, object by object, as they are met.
 *
 * In: the filters and the names. Out: yes or no; each object that a filter leaves out is told by an event, once. The rules
 * stand in filter.ts and table-rules.ts.
 */
import { ToolError } from '../../base/errors.ts';
import type { Emit, ObjectKind } from '../../base/events.ts';
import { quoteName, quoteQualified } from '../names.ts';
import { Filter } from './filter.ts';
import type { FilterOptions, LeftOutBy } from './filter.ts';
import { TableRules } from './table-rules.ts';
import type { Parts, TableRule, TableSettings } from './table-rules.ts';

const ALL_PARTS: Parts = { schema: true, data: true, triggers: true };

export interface ChoiceRequest extends FilterOptions {
  readonly tableRules?: readonly TableRule[] | undefined;
  /** Which key of the rules says what is wanted of a table. */
  readonly partsKey: 'object_to_export' | 'object_to_import';
}

export class Choice {
  private readonly request: ChoiceRequest;
  private readonly filter: Filter;
  private readonly rules: TableRules;
  private readonly emit: Emit;

  constructor(request: ChoiceRequest, emit: Emit) {
    this.request = request;
    this.filter = new Filter(request);
    this.rules = new TableRules(request.tableRules ?? []);
    this.emit = emit;
  }

  /** Whether there is anything to choose within a database. */
  get isSelective(): boolean {
    const { tables = [], regex = [], omit = [], tableRules = [] } = this.request;
    return tables.length + regex.length + omit.length + tableRules.length > 0;
  }

  /** Those databases that may hold something. @throws ToolError USAGE with this hint when one that was named is not there. */
  databases(existing: readonly string[], hint: string): string[] {
    const { databases = [] } = this.request;
    const missing = databases.filter((name) => !existing.includes(name));
    if (missing.length > 0) throw new ToolError('USAGE', `no such database: ${missing.join(', ')}`, { hint });
    return existing.filter((name) => {
      const by = this.filter.database(name);
      if (by === '--omit-from-file') this.leaveOut('database', quoteName(name), by);
      return by === undefined;
    });
  }

  takesTable(kind: 'table' | 'view' | 'sequence', database: string, name: string, engine: string): boolean {
    const by = this.filter.table(database, name, engine) ?? this.leftOutByParts(kind, database, name);
    if (by !== 'tsload') return this.takes(kind, database, name, by);
    this.warn(
      `${quoteQualified(database, name)} is left out: it records the progress of a load that has not ended, so rows of that load may be missing`,
    );
    return false;
  }

  takesRoutine(database: string, name: string): boolean {
    return this.takes('routine', database, name, this.filter.code(database, name));
  }

  takesEvent(database: string, name: string): boolean {
    return this.takes('event', database, name, this.filter.code(database, name));
  }

  /** Of a table that is taken. */
  takesTrigger(database: string, table: string, name: string): boolean {
    const by = this.partsOf(database, table).triggers ? undefined : this.request.partsKey;
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
    const { exported, imported } = this.settingsOf(database, table);
    return (this.request.partsKey === 'object_to_export' ? exported : imported) ?? ALL_PARTS;
  }

  /** Of a table that is taken. `otherwise` names what keeps its rows out, where that is not a rule. */
  takesRows(database: string, table: string, otherwise?: LeftOutBy): boolean {
    const by = otherwise ?? (this.partsOf(database, table).data ? undefined : this.request.partsKey);
    return this.takes('rows', database, table, by);
  }

  settingsOf(database: string, table: string): TableSettings {
    return this.rules.of(database, table);
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

  private leftOutByParts(kind: ObjectKind, database: string, name: string): LeftOutBy {
    const { schema, data, triggers } = this.partsOf(database, name);
    const isWanted = schema || (kind === 'table' && (data || triggers));
    return isWanted ? undefined : this.request.partsKey;
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
