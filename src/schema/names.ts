/** An identifier as it stands in SQL: in backticks, its own doubled. Nothing leaves these quotes. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** "`database`.`table`". */
export function quoteQualified(database: string, name: string): string {
  return `${quoteName(database)}.${quoteName(name)}`;
}

/** The name in backticks, or as it stands when there are none around it. */
export function unquoteName(text: string): string {
  return /^`(?:[^`]|``)*`$/.test(text) ? text.slice(1, -1).replaceAll('``', '`') : text;
}

/** A name as servers and clients write it, in quotes of any kind, or as it stands when it begins with none. */
export function unquoteAny(name: string): string {
  const quote = name.charAt(0);
  return /^[`'"]/.test(quote) ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
}

/** A string literal that means the same with and without NO_BACKSLASH_ESCAPES, as long as it holds no backslash. */
export function quoteString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** What belongs to the server itself and is never part of a dump. */
export const SYSTEM_DATABASES: readonly string[] = ['information_schema', 'performance_schema', 'mysql', 'sys'];

/** The table in which tsload records how far a load has come, in one of the databases that it loads. */
export const LEDGER_TABLE = 'tsload_progress';
