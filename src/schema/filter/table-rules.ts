/** What a run is told about single tables: the sections [`database`.`table`] of a defaults file, as plain values. */

/** Which parts of a table are wanted. */
export interface Parts {
  readonly schema: boolean;
  readonly data: boolean;
  readonly triggers: boolean;
}

/** A key that is undefined leaves the matter to a rule that is less exact, or to the run's own options. */
export interface TableSettings {
  /** SQL, as it stands in the file. */
  readonly where?: string | undefined;
  readonly limit?: number | undefined;
  /** Rows a chunk aims at. */
  readonly rows?: number | undefined;
  /** Names of columns, or expressions, each as SQL. */
  readonly columnsOnSelect?: readonly string[] | undefined;
  /** Names of columns, without quotes. */
  readonly columnsOnInsert?: readonly string[] | undefined;
  /** SQL expressions by the name of the column in whose place they are read. */
  readonly replacements?: ReadonlyMap<string, string> | undefined;
  readonly exported?: Parts | undefined;
  readonly imported?: Parts | undefined;
  readonly partitionRegex?: string | undefined;
}

export interface TableRule {
  /** Real names; '' stands for any. */
  readonly database: string;
  readonly table: string;
  readonly settings: TableSettings;
  /** For messages: "[`shop`.`orders`] in backup.cnf, line 12". */
  readonly origin: string;
}

const keyOf = (database: string, table: string): string => `${database}\0${table}`;

const NO_SETTINGS: TableSettings = {};

/** Finds what applies to a table, key by key: its own section first, then that of its name in any database, then its database's. */
export class TableRules {
  private readonly rules: readonly TableRule[];
  private readonly byNames = new Map<string, TableRule[]>();
  private readonly used = new Set<TableRule>();

  /** Of two rules for the same names the later one wins, key by key. */
  constructor(rules: readonly TableRule[]) {
    this.rules = rules;
    for (const rule of rules) {
      const key = keyOf(rule.database, rule.table);
      this.byNames.set(key, [...(this.byNames.get(key) ?? []), rule]);
    }
  }

  of(database: string, table: string): TableSettings {
    if (this.rules.length === 0) return NO_SETTINGS;
    const anyTable = this.matching(database, '');
    const anyDatabase = this.matching('', table);
    const exact = this.matching(database, table);
    return Object.assign(
      {},
      ...[...anyTable, ...anyDatabase, ...exact].map(({ settings }) => settings),
    ) as TableSettings;
  }

  /** Rules that name a table which was never asked for. */
  unused(): string[] {
    return this.rules.filter((rule) => !this.used.has(rule)).map(({ origin }) => origin);
  }

  private matching(database: string, table: string): TableRule[] {
    const found = this.byNames.get(keyOf(database, table)) ?? [];
    for (const rule of found) this.used.add(rule);
    return found;
  }
}
