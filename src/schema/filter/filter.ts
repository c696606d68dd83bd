/**
 * Filter: which objects a run is about, by their names. The same rules hold for what a server has (tsdump) and for what a
 * dump has (tsload); names are those of the source, also when the load renames the database.
 *
 * | object                | --database, --source-db | --tables-list      | --regex finds | --omit-from-file has | also               |
 * | --------------------- | ----------------------- | ------------------ | ------------- | -------------------- | ------------------ |
 * | table                 | its database            | has `db.table`     | `db.table`    | `db.table` or `db`   | --ignore-engines, object_to_export, -import |
 * | view, sequence        | its database            | has `db.name`      | `db.name`     | `db.name` or `db`    | object_to_export, -import |
 * | trigger               |                         |                    |               |                      | goes with its table; object_to_export, -import of that |
 * | routine, event        | its database            | is not asked       | `db.name`     | `db.name` or `db`    |                    |
 * | database (its CREATE) | itself                  | names one of its   |               | `db`                 | see below          |
 *
 * The table in which tsload keeps the progress of a load never passes.
 *
 * A database of which no object passes goes along only when neither a tables list nor a pattern was given, or when it is
 * empty, there is no tables list, and a pattern finds its bare name. Packages are routines here. Views and events are not
 * looked into: one that reads what was left out comes along, and the load will name what it misses.
 *
 * Where this parts from mydumper 1.0: there a routine that passes brings all of its database with it; `^db\.` leaves
 * CREATE DATABASE out, because it does not match the bare `db`; and `^(?!db\.)` writes a CREATE DATABASE for `db`.
 */
import { LEDGER_TABLE, SYSTEM_DATABASES } from '../names.ts';
import { OmitList, RegexList, TableList } from './name-list.ts';

export interface FilterOptions {
  /** Names; undefined or empty: all but the server's own. */
  readonly databases?: readonly string[] | undefined;
  /** "database.table" entries in which % and _ are wildcards, compared without regard to case. */
  readonly tables?: readonly string[] | undefined;
  /** Patterns that {@link compileRegex} takes. */
  readonly regex?: readonly string[] | undefined;
  /** "database.table", or "database" for all of it: exact names. */
  readonly omit?: readonly string[] | undefined;
  /** Engines whose tables are left out, in any case. */
  readonly ignoreEngines?: readonly string[] | undefined;
  /** What belongs to the server itself needs not be named: it is in the dump because it was. */
  readonly takesSystem?: boolean | undefined;
}

/** The option that leaves an object out; undefined: it passes. */
export type LeftOutBy = string | undefined;

/** Decides by name, and remembers which of its entries ever mattered. */
export class Filter {
  private readonly databases: ReadonlySet<string>;
  private readonly tables: TableList | undefined;
  private readonly regex: RegexList | undefined;
  private readonly omit: OmitList;
  private readonly takesSystem: boolean;
  private readonly ignoredEngines: ReadonlySet<string>;

  /** @throws SyntaxError for a pattern that is none. */
  constructor(options: FilterOptions) {
    const { databases = [], tables = [], regex = [], omit = [], ignoreEngines = [], takesSystem = false } = options;
    this.databases = new Set(databases);
    this.tables = tables.length === 0 ? undefined : new TableList(tables);
    this.regex = regex.length === 0 ? undefined : new RegexList(regex);
    this.omit = new OmitList(omit);
    this.takesSystem = takesSystem;
    this.ignoredEngines = new Set(ignoreEngines.map((engine) => engine.toLowerCase()));
  }

  /** Whether anything of the database can pass. */
  database(name: string): LeftOutBy {
    if (this.databases.size > 0 && !this.databases.has(name)) return '--database';
    if (this.tables !== undefined && !this.tables.reaches(name)) return '--tables-list';
    const isNamed = this.takesSystem || this.databases.has(name) || this.tables?.names(name) === true;
    if (SYSTEM_DATABASES.includes(name.toLowerCase()) && !isNamed) return 'the server';
    return this.omit.matchesDatabase(name) ? '--omit-from-file' : undefined;
  }

  /** A database that passed by name, but of which no object did; `isEmpty`: there was none. */
  bareDatabase(name: string, isEmpty: boolean): LeftOutBy {
    if (this.tables !== undefined) return '--tables-list';
    if (this.regex === undefined) return undefined;
    return isEmpty && this.regex.matchesDatabase(name) ? undefined : '--regex';
  }

  /** A table, view or sequence of a database that passed. Views and sequences have no engine. */
  table(database: string, name: string, engine = ''): LeftOutBy {
    if (this.tables !== undefined && !this.tables.matches(database, name)) return '--tables-list';
    const by = this.code(database, name);
    if (by !== undefined) return by;
    if (this.ignoredEngines.has(engine.toLowerCase())) return '--ignore-engines';
    return name === LEDGER_TABLE ? 'tsload' : undefined;
  }

  /** A routine, package or event of a database that passed. */
  code(database: string, name: string): LeftOutBy {
    if (this.regex !== undefined && !this.regex.matches(database, name)) return '--regex';
    return this.omit.matches(database, name) ? '--omit-from-file' : undefined;
  }

  /** What was asked for by name or pattern and has matched nothing, once everything was shown: a slip of the operator. */
  unused(): {
    readonly tables: readonly string[];
    readonly regex: readonly string[];
    readonly omit: readonly string[];
  } {
    return { tables: this.tables?.unused() ?? [], regex: this.regex?.unused() ?? [], omit: this.omit.unused() };
  }
}
