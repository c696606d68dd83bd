/** Lists of names and patterns that objects are held against. Each remembers which of its entries ever matched. */

/** An entry that is no exact name. */
interface Pattern {
  readonly entry: string;
  readonly regex: RegExp;
  isUsed: boolean;
}

/** Every entry that matches is marked, not only the first: one that names nothing is a mistake somebody made. */
function matchesAny(patterns: readonly Pattern[], text: string, isFound: boolean): boolean {
  let found = isFound;
  for (const pattern of patterns) {
    if ((found && pattern.isUsed) || !pattern.regex.test(text)) continue;
    pattern.isUsed = true;
    found = true;
  }
  return found;
}

const unusedOf = (patterns: readonly Pattern[]): string[] =>
  patterns.filter(({ isUsed }) => !isUsed).map(({ entry }) => entry);

/** "database.name" entries, compared without regard to case; % and _ are the wildcards of LIKE. */
export class TableList {
  /** By the entry in lower case: a list of thousands costs one look-up. */
  private readonly plain = new Map<string, Pattern>();
  private readonly wild: readonly Pattern[];
  private readonly databases: readonly string[];
  private readonly databasePatterns: readonly RegExp[];

  constructor(entries: readonly string[]) {
    const patterns = entries.map((entry) => ({ entry, regex: likePattern(entry), isUsed: false }));
    for (const pattern of patterns) {
      if (!hasWildcard(pattern.entry)) this.plain.set(pattern.entry.toLowerCase(), pattern);
    }
    this.wild = patterns.filter(({ entry }) => hasWildcard(entry));
    this.databases = [...new Set(entries.map((entry) => databaseOf(entry).toLowerCase()))];
    this.databasePatterns = this.databases.map(likePattern);
  }

  matches(database: string, name: string): boolean {
    const text = `${database}.${name}`;
    const plain = this.plain.get(text.toLowerCase());
    if (plain !== undefined) plain.isUsed = true;
    return matchesAny(this.wild, text, plain !== undefined);
  }

  /** Whether a table of this database can match. */
  reaches(database: string): boolean {
    return this.databasePatterns.some((pattern) => pattern.test(database));
  }

  /** Whether an entry says the database's name itself. */
  names(database: string): boolean {
    return this.databases.includes(database.toLowerCase());
  }

  unused(): string[] {
    return [...unusedOf([...this.plain.values()]), ...unusedOf(this.wild)];
  }
}

function databaseOf(entry: string): string {
  return entry.split('.', 1)[0] ?? '';
}

const hasWildcard = (entry: string): boolean => /[%_]/.test(entry);

function likePattern(entry: string): RegExp {
  const source = entry
    .replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, 'is');
}

/** Regular expressions, searched for in "database.name"; one that matches is enough. */
export class RegexList {
  private readonly patterns: readonly Pattern[];

  constructor(sources: readonly string[]) {
    this.patterns = sources.map((entry) => ({ entry, regex: compileRegex(entry), isUsed: false }));
  }

  matches(database: string, name: string): boolean {
    return matchesAny(this.patterns, `${database}.${name}`, false);
  }

  matchesDatabase(database: string): boolean {
    return matchesAny(this.patterns, database, false);
  }

  unused(): string[] {
    return unusedOf(this.patterns);
  }
}

/** "database.name" lines, each an exact name, and names of whole databases. */
export class OmitList {
  private readonly entries: Map<string, { isUsed: boolean }>;

  constructor(entries: readonly string[]) {
    this.entries = new Map(entries.map((entry) => [entry, { isUsed: false }]));
  }

  matches(database: string, name: string): boolean {
    return this.has(`${database}.${name}`);
  }

  matchesDatabase(database: string): boolean {
    return this.has(database);
  }

  unused(): string[] {
    return [...this.entries].filter(([, { isUsed }]) => !isUsed).map(([entry]) => entry);
  }

  private has(name: string): boolean {
    const entry = this.entries.get(name);
    if (entry !== undefined) entry.isUsed = true;
    return entry !== undefined;
  }
}

/** Escapes that JavaScript and PCRE2 read alike. JavaScript takes every other letter for itself, without complaint. */
const SHARED_ESCAPE = /^\\(?:[bBdDwWsSnrtfk\d]|x[\da-f]{2}|c[a-z]|\W)$/i;

/** What else PCRE2 knows and JavaScript takes for something different. */
const NOT_SHARED: readonly (readonly [RegExp, string])[] = [
  [/\[\^?\]/, 'a class that begins with a bracket'],
  [/\[[^\]]*\[:\^?\w+:\]/, 'a POSIX class'],
];

/**
 * A pattern in mydumper's meaning, as near as JavaScript comes: without regard to case, ^ and $ at lines, look-around.
 *
 * @throws SyntaxError when JavaScript cannot read the pattern, or would read it otherwise than PCRE2 does.
 */
export function compileRegex(source: string): RegExp {
  const rest = source.replaceAll(/\\(?:x[\da-f]{2}|c[a-z]|[\s\S]|$)/gi, (escape) => {
    if (!SHARED_ESCAPE.test(escape)) throw new SyntaxError(`${escape} is no escape that is known here`);
    return ' '.repeat(escape.length);
  });
  for (const [pattern, what] of NOT_SHARED) {
    const [found] = pattern.exec(rest) ?? [];
    if (found !== undefined) throw new SyntaxError(`${found} is ${what}, which is not known here`);
  }
  return new RegExp(source, 'im');
}
