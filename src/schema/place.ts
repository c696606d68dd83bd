/** Where a table's file lies: the clauses of CREATE TABLE that name a tablespace or a directory of one server. */

/** A string or a name, to be passed over; or else such a clause, as MySQL prints them for tables and partitions. */
const QUOTED_OR_PLACE =
  /\/\*!50100 TABLESPACE `(?:[^`]|``)*` \*\/ ?| (?:DATA|INDEX) DIRECTORY ?= ?'(?:[^'\\]|\\.|'')*'| TABLESPACE = `(?:[^`]|``)*`|'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`/gs;

/** The same definition without them: the table gets a file where the server keeps its files. */
export function withoutPlace(definition: Buffer): Buffer {
  // latin1 maps each byte to one character and back: nothing is decoded.
  const text = definition.toString('latin1');
  return Buffer.from(
    text.replaceAll(QUOTED_OR_PLACE, (token) => (/^['`]/.test(token) ? token : '')),
    'latin1',
  );
}

/** The general tablespace that a table lies in, which not every server has. Undefined: a place that all have. */
export function tablespaceOf(definition: Buffer): string | undefined {
  if (!definition.includes('TABLESPACE')) return undefined;
  for (const [token] of definition.toString('latin1').matchAll(QUOTED_OR_PLACE)) {
    const [, name = 'innodb_'] = /^[^'`].*TABLESPACE (?:= )?`((?:[^`]|``)*)`/s.exec(token) ?? [];
    // Only the server's own have names that begin like this.
    if (!name.startsWith('innodb_')) return Buffer.from(name.replaceAll('``', '`'), 'latin1').toString('utf8');
  }
  return undefined;
}
