/** Which databases and tables a run is about. */
export interface Selection {
  /** Empty: all but the server's own. */
  readonly databases: readonly string[];
  /** Only tables of a list are wanted, and with them the databases that have one. */
  readonly listsTables: boolean;
  includesTable(database: string, table: string): boolean;
  /** Entries of the tables list that match none of `existing`. */
  unmatchedTables(existing: readonly { database: string; table: string }[]): string[];
}

/**
 * `tables` are "database.table" entries in which % and _ are the wildcards of LIKE, compared without regard to case.
 * When databases are not named but tables are, the databases are those of the entries that hold no wildcard.
 */
export function select(databases: readonly string[], tables: readonly string[]): Selection {
  const patterns = tables.map((entry) => ({ entry, matches: likePattern(entry) }));
  const includesTable = (database: string, table: string): boolean =>
    patterns.length === 0 || patterns.some(({ matches }) => matches.test(`${database}.${table}`));
  return {
    databases: databases.length > 0 ? databases : databasesOf(tables),
    listsTables: tables.length > 0,
    includesTable,
    unmatchedTables: (existing) =>
      patterns
        .filter(({ matches }) => !existing.some(({ database, table }) => matches.test(`${database}.${table}`)))
        .map(({ entry }) => entry),
  };
}

function databasesOf(tables: readonly string[]): string[] {
  const names = tables.map((entry) => entry.slice(0, Math.max(0, entry.indexOf('.'))));
  return names.some((name) => name === '' || /[%_]/.test(name)) ? [] : [...new Set(names)];
}

function likePattern(entry: string): RegExp {
  const source = entry
    .replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, 'is');
}
